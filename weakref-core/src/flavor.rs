//! `Local` and `Shared`: what an object in an `Rc` and one in an `Arc` differ in.

use std::{ops::Deref, rc, sync};

use crate::{
    Weakrefable,
    exit::registry::{LocalRegistry, Registry, SharedRegistry},
    gate::{LocalWord, SharedWord, Word},
    node::State,
    slot::{LocalWords, SharedWords, Words},
    sync::AtomicUsize,
};

/// Says that a type lives in an `Rc`: for one thread, without atomics.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable};
///
/// #[derive(Weakrefable)]
/// struct Node { slot: WeakSlot<Local> }
///
/// let node = Rc::new(Node { slot: WeakSlot::new() });
/// assert!(WeakRef::new(&node).upgrade().is_some());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Local {}

/// Says that a type lives in an `Arc`: for any number of threads.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Shared, WeakRef, WeakSlot, Weakrefable};
///
/// #[derive(Weakrefable)]
/// struct Image { slot: WeakSlot<Shared> } // the same as `WeakSlot`
///
/// let image = Arc::new(Image { slot: WeakSlot::new() });
/// assert!(WeakRef::new(&image).upgrade().is_some());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shared {}

/// Where a weakly referenceable type lives: [`Local`] for `Rc`, [`Shared`] for `Arc`.
///
/// A type chooses once, by the type of its [`WeakSlot`](crate::WeakSlot); everything else follows.
/// Sealed: there are these two.
///
/// # Examples
///
/// ```
/// use weakref_core::{Flavor, Local, Shared};
///
/// /// A cache entry, in either world.
/// struct Entry<F: Flavor> {
///     text: F::Weak<str>,
/// }
///
/// impl<F: Flavor> Entry<F> {
///     fn text(&self) -> Option<F::Strong<str>> {
///         F::upgrade(&self.text)
///     }
/// }
///
/// let text: std::rc::Rc<str> = "here".into();
/// let entry = Entry::<Local> { text: Local::downgrade(&text) };
/// assert_eq!(entry.text().as_deref(), Some("here"));
/// # let _ = Shared::strong(0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a flavour",
    note = "write `WeakSlot<Local>` for a type that lives in an `Rc`, `WeakSlot` or `WeakSlot<Shared>` for one in an `Arc`"
)]
pub trait Flavor: sealed::Sealed + Sized + 'static {
    /// `Rc<T>` or `Arc<T>`.
    type Strong<T: ?Sized>: Clone + Deref<Target = T>;
    /// The `Weak<T>` that belongs to it.
    type Weak<T: ?Sized>: Clone;

    /// Returns a new owner of `value`, as `Rc::new` and `Arc::new` do.
    fn strong<T>(value: T) -> Self::Strong<T>;
    /// Returns a weak pointer, as `Rc::downgrade` and `Arc::downgrade` do.
    fn downgrade<T: ?Sized>(strong: &Self::Strong<T>) -> Self::Weak<T>;
    /// Returns an owner if there still is one, as `Weak::upgrade` does.
    fn upgrade<T: ?Sized>(weak: &Self::Weak<T>) -> Option<Self::Strong<T>>;

    #[doc(hidden)]
    fn is_dead<T: ?Sized>(weak: &Self::Weak<T>) -> bool;
    #[doc(hidden)]
    fn as_ptr<T: ?Sized>(weak: &Self::Weak<T>) -> *const T;
    #[doc(hidden)]
    fn dangling<T>() -> Self::Weak<T>;
    #[doc(hidden)]
    fn weak_count<T: ?Sized>(strong: &Self::Strong<T>) -> usize;
    #[doc(hidden)]
    fn into_inner<T>(strong: Self::Strong<T>) -> Option<T>;
    #[doc(hidden)]
    fn is_unique<T: ?Sized>(strong: &Self::Strong<T>) -> bool;
    /// The words of a slot.
    #[doc(hidden)]
    type Words: Words;
    /// The lock of a container's table.
    #[doc(hidden)]
    type Word: Word;
    /// How many parts a container's table has, so that threads do not wait for each other.
    #[doc(hidden)]
    fn shards() -> usize;
    /// The word of a weak reference with a callback.
    #[doc(hidden)]
    type State: State;
    /// The finalizers that are to run at the end.
    #[doc(hidden)]
    type Registry: Registry;
}

mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
    impl Sealed for super::Local {}
    impl Sealed for super::Shared {}

    /// What [`Callback`](super::Callback) says, where nobody else can say it. The implementations for
    /// all that fit do not keep others out: a `&'static dyn Trait` of somebody's own trait is known
    /// not to be `Send`, so that it could have one of its own.
    #[allow(unnameable_types)]
    pub trait Callback<T: ?Sized, F> {}
    impl<T: ?Sized, C> Callback<T, super::Local> for C {}
    impl<T: ?Sized + Send + Sync, C: Send> Callback<T, super::Shared> for C {}

    /// The same of [`Pointer`](super::Pointer).
    #[allow(unnameable_types)]
    pub trait Pointer {}
    impl<T: ?Sized> Pointer for super::rc::Rc<T> {}
    impl<T: ?Sized> Pointer for super::sync::Arc<T> {}

    /// The same of [`MaybeSend`](super::MaybeSend).
    #[allow(unnameable_types)]
    pub trait MaybeSend<F> {}
    impl<C> MaybeSend<super::Local> for C {}
    impl<C: Send> MaybeSend<super::Shared> for C {}

    /// The same of [`Stored`](super::Stored).
    #[allow(unnameable_types)]
    pub trait Stored<F> {}
    impl<T: ?Sized> Stored<super::Local> for T {}
    impl<T: ?Sized + Send + Sync> Stored<super::Shared> for T {}
}

/// What the two implementations have in common, but for the names.
macro_rules! pointers {
    ($std:ident :: $Strong:ident) => {
        type Strong<T: ?Sized> = $std::$Strong<T>;
        type Weak<T: ?Sized> = $std::Weak<T>;

        #[inline]
        fn strong<T>(value: T) -> $std::$Strong<T> {
            $std::$Strong::new(value)
        }
        #[inline]
        fn downgrade<T: ?Sized>(strong: &$std::$Strong<T>) -> $std::Weak<T> {
            $std::$Strong::downgrade(strong)
        }
        #[inline]
        fn upgrade<T: ?Sized>(weak: &$std::Weak<T>) -> Option<$std::$Strong<T>> {
            weak.upgrade()
        }
        #[inline]
        fn is_dead<T: ?Sized>(weak: &$std::Weak<T>) -> bool {
            weak.strong_count() == 0
        }
        #[inline]
        fn as_ptr<T: ?Sized>(weak: &$std::Weak<T>) -> *const T {
            weak.as_ptr()
        }
        fn dangling<T>() -> $std::Weak<T> {
            $std::Weak::new()
        }
        fn weak_count<T: ?Sized>(strong: &$std::$Strong<T>) -> usize {
            $std::$Strong::weak_count(strong)
        }
        fn into_inner<T>(strong: $std::$Strong<T>) -> Option<T> {
            $std::$Strong::into_inner(strong)
        }
        fn is_unique<T: ?Sized>(strong: &$std::$Strong<T>) -> bool {
            $std::$Strong::strong_count(strong) == 1
        }
    };
}

impl Flavor for Local {
    pointers!(rc::Rc);

    type Words = LocalWords;
    type Word = LocalWord;
    fn shards() -> usize {
        1
    }
    type State = std::cell::Cell<usize>;
    type Registry = LocalRegistry;
}

impl Flavor for Shared {
    pointers!(sync::Arc);

    type Words = SharedWords;
    type Word = SharedWord;
    fn shards() -> usize {
        static SHARDS: sync::OnceLock<usize> = sync::OnceLock::new();
        // As many as DashMap takes: with four for each thread, two seldom meet in one.
        let count = || std::thread::available_parallelism().map_or(1, usize::from);
        *SHARDS.get_or_init(|| (4 * count()).next_power_of_two().min(256))
    }
    type State = AtomicUsize;
    type Registry = SharedRegistry;
}

/// `Rc<T>` or `Arc<T>`, as `T` has chosen.
///
/// # Examples
///
/// ```
/// use weakref_core::{StrongOf, WeakRef, Weakrefable};
///
/// /// What a cache gives: an owner, whichever kind it is.
/// fn first_alive<T: Weakrefable>(candidates: &[WeakRef<T>]) -> Option<StrongOf<T>> {
///     candidates.iter().find_map(WeakRef::upgrade)
/// }
/// ```
///
/// Where such an owner is handed to what takes an `&impl Pointer`, the compiler must be told that it
/// is one:
///
/// ```
/// use weakref_core::{Pointer, PtrWeakSet, StrongOf, Weakrefable};
///
/// fn add_all<T: Weakrefable>(from: &PtrWeakSet<T>, to: &PtrWeakSet<T>)
/// where
///     StrongOf<T>: Pointer<Referent = T>,
/// {
///     from.for_each(|owner| {
///         to.insert(owner);
///     });
/// }
/// ```
pub type StrongOf<T> = <<T as Weakrefable>::Flavor as Flavor>::Strong<T>;

/// The `Weak<T>` of `T`'s pointer.
pub(crate) type WeakOf<T> = <<T as Weakrefable>::Flavor as Flavor>::Weak<T>;

/// An owner of a weakly referenceable object: `Rc<T>` if `T` is [`Local`], `Arc<T>` if it is
/// [`Shared`].
///
/// Functions that take an owner take `&impl Pointer`, so that the compiler finds `T`. Sealed.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Pointer, Slotted, WeakRef};
///
/// fn watch<P: Pointer>(owner: &P) -> WeakRef<P::Referent> {
///     WeakRef::new(owner)
/// }
///
/// let owner = Arc::new(Slotted::new("text"));
/// assert!(!watch(&owner).is_dead());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an owner of a weakly referenceable object",
    label = "expected `Rc<T>` or `Arc<T>`",
    note = "an owner is an `Rc<T>` where `T` is `Local`, or an `Arc<T>` where `T` is `Shared`; of several (`update`, `extend`, `collect`), owners are given and not references to them: `.cloned()`"
)]
pub trait Pointer: sealed::Pointer + Clone + Deref<Target = <Self as Pointer>::Referent> {
    /// What it points to.
    type Referent: ?Sized + Weakrefable;
    #[doc(hidden)]
    fn strong(&self) -> &StrongOf<Self::Referent>;
}

/// Says which flavour's objects a pointer can own.
///
/// `T: Weakrefable<Flavor = Shared>` would say the same. This way the error has words of its own;
/// and as each of the two pointers has a single flavour, the compiler finds it where it is not
/// written, in `Rc::new(Slotted::new(1))`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `{F}` type in the wrong pointer: `Local` types live in an `Rc`, `Shared` ones in an `Arc`",
    label = "not the pointer in which a `{F}` type lives",
    note = "for an `Rc`, write `#[weakrefable(local)]`, `WeakSlot<Local>` or `Slotted<_, Local>`",
    note = "for an `Arc`, write `#[weakrefable]`, `WeakSlot` or `Slotted<_>`"
)]
pub trait Owns<F: Flavor> {
    type Owner<T: ?Sized>;
    fn strong<T: ?Sized>(owner: &Self::Owner<T>) -> &F::Strong<T>;
}

/// The pointer `Rc`, for any `T`.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub enum AnRc {}

/// The pointer `Arc`, for any `T`.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub enum AnArc {}

macro_rules! pointer {
    ($Flavor:ident, $std:ident :: $Strong:ident, $Pointer:ident) => {
        impl Owns<$Flavor> for $Pointer {
            type Owner<T: ?Sized> = $std::$Strong<T>;
            #[inline]
            fn strong<T: ?Sized>(owner: &$std::$Strong<T>) -> &$std::$Strong<T> {
                owner
            }
        }

        impl<T: ?Sized + Weakrefable> Pointer for $std::$Strong<T>
        where
            $Pointer: Owns<T::Flavor, Owner<T> = Self>,
        {
            type Referent = T;
            #[inline]
            fn strong(&self) -> &StrongOf<T> {
                <$Pointer as Owns<T::Flavor>>::strong::<T>(self)
            }
        }
    };
}

pointer!(Local, rc::Rc, AnRc);
pointer!(Shared, sync::Arc, AnArc);

/// What can be called when a referent dies: a `FnOnce(&WeakRef<T>)` that borrows nothing and, in
/// [`Shared`], is `Send`.
///
/// Where the bound fails, the error stands where the callback is given. Implemented for all that
/// fit; sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{Callback, Pointer, WeakRef, Weakrefable};
///
/// /// Calls `callback`, and says so.
/// fn log_death<T, P, C>(owner: &P, callback: C) -> WeakRef<T>
/// where
///     T: Weakrefable + 'static,
///     P: Pointer<Referent = T>,
///     C: FnOnce(&WeakRef<T>) + Callback<T, T::Flavor>,
/// {
///     println!("watching {:?}", WeakRef::new(owner));
///     WeakRef::with_callback(owner, callback)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called when a `{T}` dies",
    note = "a callback owns what it uses (`move`); in `Shared`, the callback is `Send` and the referent `Send + Sync`, as the last owner can go on any thread"
)]
pub trait Callback<T: ?Sized + Weakrefable, F: Flavor>:
    sealed::Callback<T, F> + Sized + 'static
{
}

impl<T, C> Callback<T, Local> for C
where
    T: ?Sized + Weakrefable<Flavor = Local> + 'static,
    C: 'static,
{
}

impl<T, C> Callback<T, Shared> for C
where
    T: ?Sized + Weakrefable<Flavor = Shared> + Send + Sync + 'static,
    C: Send + 'static,
{
}

/// What can go where an object of a flavour dies: anything that borrows nothing, for [`Local`]; what
/// is `Send` besides, for [`Shared`], whose objects can die on any thread.
///
/// Implemented for all that fit; sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{Finalizer, MaybeSend, Weakrefable, finalize_on};
///
/// /// Has `close` run when `file` is dropped, but not at the end of the program.
/// fn close_after<T: Weakrefable, F: FnOnce() + MaybeSend<T::Flavor>>(
///     file: &T,
///     close: F,
/// ) -> Finalizer<T, F> {
///     let finalizer = finalize_on(file, close);
///     finalizer.set_atexit(false);
///     finalizer
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be run when a `{F}` object dies",
    note = "a finalizer owns what it uses (`move`); in `Shared`, it is `Send`, as the object can be dropped on any thread"
)]
pub trait MaybeSend<F: Flavor>: sealed::MaybeSend<F> + Sized + 'static {}

impl<C: 'static> MaybeSend<Local> for C {}

impl<C: Send + 'static> MaybeSend<Shared> for C {}

/// What can stand in a weak container, as a key, a value or a referent: anything that borrows
/// nothing, for [`Local`]; what is `Send + Sync` besides, for [`Shared`]: an entry goes in whichever
/// thread drops its referent, and visitors in several threads see it at once.
///
/// Implemented for all that fit; sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{Stored, WeakValueMap, Weakrefable};
///
/// /// What has a name, and is owned by somebody else.
/// struct Named<V: Weakrefable> {
///     by_name: WeakValueMap<String, V>,
/// }
///
/// impl<V: Weakrefable + Stored<V::Flavor>> Named<V>
/// where
///     String: Stored<V::Flavor>,
/// {
///     fn new() -> Self {
///         Self { by_name: WeakValueMap::new() }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a weak container of `{F}` objects",
    note = "keys, values, referents and listeners must borrow nothing; if the objects live in an `Arc`, they must be `Send + Sync`"
)]
pub trait Stored<F: Flavor>: sealed::Stored<F> + 'static {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + 'static> Stored<Local> for T {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + Send + Sync + 'static> Stored<Shared> for T {}
