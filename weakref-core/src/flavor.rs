//! [`Local`] and [`Shared`]: the differences between objects in an `Rc` and objects in an `Arc`.
//!
//! The traits are for generic code: [`Pointer`] and [`AsPointer`] are owners of objects, and
//! [`Callback`], [`MaybeSend`] and [`Stored`] say what must be `Send` or `Sync` in `Shared`.

use std::{mem::MaybeUninit, ops::Deref, rc, sync};

use crate::{
    Weakrefable,
    finalize::exit::registry::{LocalRegistry, Registry, SharedRegistry},
    slot::{LocalWords, SharedWords, Words},
    sync::deferred_lock::{LocalLock, RawLock, SharedLock},
    sync::{AtomicUsize, state_word::State},
};

/// The flavour of types whose objects are in an `Rc`: for one thread, without atomics.
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

/// The flavour of types whose objects are in an `Arc`: for any number of threads.
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

/// The pointer of a weakly referenceable type: [`Local`] for `Rc`, [`Shared`] for `Arc`.
///
/// A type chooses its flavour once, by the type of its [`WeakSlot`](crate::WeakSlot). This trait is
/// sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{Flavor, Local, Shared};
///
/// /// A cache entry of either flavour.
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
    note = "write `WeakSlot<Local>` for a type that lives in an `Rc`, `WeakSlot` or \
            `WeakSlot<Shared>` for one in an `Arc`"
)]
pub trait Flavor: sealed::Sealed + Sized + 'static {
    /// `Rc<T>` or `Arc<T>`.
    type Strong<T: ?Sized>: Clone + Deref<Target = T>;
    /// `rc::Weak<T>` or `sync::Weak<T>`.
    type Weak<T: ?Sized>: Clone;

    /// Creates a strong pointer, like `Rc::new` and `Arc::new`.
    fn strong<T>(value: T) -> Self::Strong<T>;
    /// Creates a weak pointer, like `Rc::downgrade` and `Arc::downgrade`.
    fn downgrade<T: ?Sized>(strong: &Self::Strong<T>) -> Self::Weak<T>;
    /// Returns a strong pointer if the object is alive, like `Weak::upgrade`.
    fn upgrade<T: ?Sized>(weak: &Self::Weak<T>) -> Option<Self::Strong<T>>;

    #[doc(hidden)]
    fn strong_count<T: ?Sized>(weak: &Self::Weak<T>) -> usize;
    #[doc(hidden)]
    #[inline]
    fn is_dead<T: ?Sized>(weak: &Self::Weak<T>) -> bool {
        Self::strong_count(weak) == 0
    }
    #[doc(hidden)]
    fn as_ptr<T: ?Sized>(weak: &Self::Weak<T>) -> *const T;
    #[doc(hidden)]
    fn dangling<T>() -> Self::Weak<T>;
    #[doc(hidden)]
    fn weak_count<T: ?Sized>(strong: &Self::Strong<T>) -> usize;
    #[doc(hidden)]
    fn into_inner<T>(strong: Self::Strong<T>) -> Option<T>;
    #[doc(hidden)]
    fn new_uninit_slice<T>(len: usize) -> Self::Strong<[MaybeUninit<T>]>;
    #[doc(hidden)]
    fn get_mut<T: ?Sized>(strong: &mut Self::Strong<T>) -> Option<&mut T>;
    #[doc(hidden)]
    fn into_raw<T: ?Sized>(strong: Self::Strong<T>) -> *const T;
    /// # Safety
    ///
    /// As for `Rc::from_raw` and `Arc::from_raw`.
    #[doc(hidden)]
    #[allow(unsafe_code)]
    unsafe fn from_raw<T: ?Sized>(pointer: *const T) -> Self::Strong<T>;
    #[doc(hidden)]
    fn is_unique<T: ?Sized>(strong: &Self::Strong<T>) -> bool;
    /// Whether objects of this flavour are shared by threads, which can then block each other.
    #[doc(hidden)]
    const IS_SHARED: bool;
    /// The two words of a slot.
    #[doc(hidden)]
    type Words: Words;
    /// The lock of a container's shard, with deferred operations of type `Op`.
    #[doc(hidden)]
    type Lock<Op: Send>: RawLock<Op>;
    /// The state word of a node.
    #[doc(hidden)]
    type State: State;
    /// The registry of the finalizers that run at the end of the program.
    #[doc(hidden)]
    type Registry: Registry;
}

mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
    impl Sealed for super::Local {}
    impl Sealed for super::Shared {}

    /// Seals [`Callback`](super::Callback): its blanket implementations do not prevent others. For
    /// instance, a `&'static dyn Trait` is known not to be `Send`, so the crate of `Trait` could
    /// implement `Callback` for it.
    #[allow(unnameable_types)]
    pub trait Callback<T: ?Sized, F> {}
    impl<T: ?Sized, C> Callback<T, super::Local> for C {}
    impl<T: ?Sized + Send + Sync, C: Send> Callback<T, super::Shared> for C {}

    /// Seals [`Pointer`](super::Pointer).
    #[allow(unnameable_types)]
    pub trait Pointer {}
    impl<T: ?Sized> Pointer for super::rc::Rc<T> {}
    impl<T: ?Sized> Pointer for super::sync::Arc<T> {}

    /// Seals [`AsPointer`](super::AsPointer).
    #[allow(unnameable_types)]
    pub trait AsPointer {}
    impl<P: Pointer> AsPointer for &P {}
    impl<T: ?Sized> AsPointer for super::rc::Rc<T> {}
    impl<T: ?Sized> AsPointer for super::sync::Arc<T> {}

    /// Seals [`MaybeSend`](super::MaybeSend).
    #[allow(unnameable_types)]
    pub trait MaybeSend<F> {}
    impl<C> MaybeSend<super::Local> for C {}
    impl<C: Send> MaybeSend<super::Shared> for C {}

    /// Seals [`Stored`](super::Stored).
    #[allow(unnameable_types)]
    pub trait Stored<F> {}
    impl<T: ?Sized> Stored<super::Local> for T {}
    impl<T: ?Sized + Send + Sync> Stored<super::Shared> for T {}
}

/// The parts of the two implementations that differ only in the names of the pointers.
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
        fn strong_count<T: ?Sized>(weak: &$std::Weak<T>) -> usize {
            weak.strong_count()
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
        fn new_uninit_slice<T>(len: usize) -> $std::$Strong<[MaybeUninit<T>]> {
            $std::$Strong::new_uninit_slice(len)
        }
        fn get_mut<T: ?Sized>(strong: &mut $std::$Strong<T>) -> Option<&mut T> {
            $std::$Strong::get_mut(strong)
        }
        fn into_raw<T: ?Sized>(strong: $std::$Strong<T>) -> *const T {
            $std::$Strong::into_raw(strong)
        }
        #[allow(unsafe_code)]
        unsafe fn from_raw<T: ?Sized>(pointer: *const T) -> $std::$Strong<T> {
            // SAFETY: as promised by the caller.
            unsafe { $std::$Strong::from_raw(pointer) }
        }
        fn is_unique<T: ?Sized>(strong: &$std::$Strong<T>) -> bool {
            $std::$Strong::strong_count(strong) == 1
        }
    };
}

impl Flavor for Local {
    pointers!(rc::Rc);

    const IS_SHARED: bool = false;
    type Words = LocalWords;
    type Lock<Op: Send> = LocalLock<Op>;
    type State = std::cell::Cell<usize>;
    type Registry = LocalRegistry;
}

impl Flavor for Shared {
    pointers!(sync::Arc);

    const IS_SHARED: bool = true;
    type Words = SharedWords;
    type Lock<Op: Send> = SharedLock<Op>;
    type State = AtomicUsize;
    type Registry = SharedRegistry;
}

/// The strong pointer to `T`: `Rc<T>` or `Arc<T>`, by its flavour.
///
/// # Examples
///
/// ```
/// use weakref_core::{StrongOf, WeakRef, Weakrefable};
///
/// /// Returns a strong pointer to the first object that is alive.
/// fn first_alive<T: Weakrefable>(candidates: &[WeakRef<T>]) -> Option<StrongOf<T>> {
///     candidates.iter().find_map(WeakRef::upgrade)
/// }
/// ```
///
/// In generic code, the compiler does not know that `StrongOf<T>` is a [`Pointer`]. The methods
/// [`insert_strong`](crate::WeakValueMap::insert_strong) of containers take a `&StrongOf<T>`. Other
/// functions that take an `&impl Pointer` need a bound:
///
/// ```
/// use weakref_core::{PtrWeakSet, StrongOf, WeakRef, Weakrefable, flavor::Pointer};
///
/// fn add_all<T: Weakrefable>(from: &PtrWeakSet<T>, to: &PtrWeakSet<T>) {
///     from.for_each(|owner| {
///         to.insert_strong(owner);
///     });
/// }
///
/// fn watch_all<T: Weakrefable>(objects: &PtrWeakSet<T>) -> Vec<WeakRef<T>>
/// where
///     StrongOf<T>: Pointer<Referent = T>,
/// {
///     objects.iter().map(|owner| WeakRef::new(&owner)).collect()
/// }
/// ```
pub type StrongOf<T> = <<T as Weakrefable>::Flavor as Flavor>::Strong<T>;

/// A flavour with the constant that [`WeakRef::dead`](crate::WeakRef::dead) needs: both are. This
/// trait is sealed.
#[doc(hidden)]
pub trait Dangling<T>: Flavor {
    const DANGLING: Self::Weak<T>;
}

impl<T> Dangling<T> for Local {
    const DANGLING: rc::Weak<T> = rc::Weak::new();
}

impl<T> Dangling<T> for Shared {
    const DANGLING: sync::Weak<T> = sync::Weak::new();
}

/// The weak pointer to `T`: `rc::Weak<T>` or `sync::Weak<T>`, by its flavour.
///
/// # Examples
///
/// ```
/// use weakref_core::{WeakOf, WeakRef, Weakrefable};
///
/// /// Returns the std weak pointers of all references that are alive.
/// fn living<T: Weakrefable>(refs: &[WeakRef<T>]) -> Vec<WeakOf<T>> {
///     refs.iter().filter(|weak| !weak.is_dead()).map(|weak| weak.as_weak().clone()).collect()
/// }
/// ```
pub type WeakOf<T> = <<T as Weakrefable>::Flavor as Flavor>::Weak<T>;

/// A strong pointer to a weakly referenceable object: `Rc<T>` if `T` is [`Local`], `Arc<T>` if it
/// is [`Shared`].
///
/// Functions that take a strong pointer take `&impl Pointer`, so that the compiler infers `T`. This
/// trait is sealed.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, flavor::Pointer};
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
    note = "an owner is an `Rc<T>` where `T` is `Local`, or an `Arc<T>` where `T` is `Shared`"
)]
pub trait Pointer:
    sealed::Pointer
    + Clone
    + Deref<Target = <Self as Pointer>::Referent>
    + AsPointer<<Self as Pointer>::Referent>
{
    /// The type of the object.
    type Referent: ?Sized + Weakrefable;
    #[doc(hidden)]
    fn strong(&self) -> &StrongOf<Self::Referent>;
}

/// A [`Pointer`] to a `T`, or a reference to one.
///
/// The methods and traits that fill a container from an iterator or a collection (`update`,
/// `extend`, `collect` and `from`) accept both. This trait is sealed.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakSet, Slotted, WeakRef, Weakrefable, flavor::AsPointer};
///
/// fn observe<T: Weakrefable, P: AsPointer<T>>(
///     listeners: &PtrWeakSet<T>,
///     more: impl IntoIterator<Item = P>,
/// ) {
///     listeners.update(more);
/// }
///
/// let all = [1, 2].map(|number| Arc::new(Slotted::new(number)));
/// let listeners = PtrWeakSet::new();
/// observe(&listeners, &all);
/// assert_eq!(listeners.len(), 2);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an owner of a weakly referenceable object",
    label = "expected `Rc<T>` or `Arc<T>`, or a reference to one",
    note = "an owner is an `Rc<T>` where `T` is `Local`, or an `Arc<T>` where `T` is `Shared`"
)]
pub trait AsPointer<T: ?Sized + Weakrefable>: sealed::AsPointer {
    #[doc(hidden)]
    fn as_strong(&self) -> &StrongOf<T>;
}

impl<T: ?Sized + Weakrefable, P: Pointer<Referent = T>> AsPointer<T> for &P {
    #[inline]
    fn as_strong(&self) -> &StrongOf<T> {
        self.strong()
    }
}

/// Relates a kind of pointer to the flavour of its objects.
///
/// `T: Weakrefable<Flavor = Shared>` would say the same. With this trait, the error has a message
/// of its own. And as each kind of pointer has one flavour, the compiler infers it in
/// `Rc::new(Slotted::new(1))`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `{F}` type in the wrong pointer: `Local` types live in an `Rc`, `Shared` ones in \
            an `Arc`",
    label = "not the pointer in which a `{F}` type lives",
    note = "for an `Rc`, write `#[weakrefable(local)]`, `WeakSlot<Local>` or `Slotted<_, Local>`",
    note = "for an `Arc`, write `#[weakrefable]`, `WeakSlot` or `Slotted<_>`",
    note = "for any `T` in an `Arc<T>`, write `T: Weakrefable<Flavor = Shared>` (`Local` for an \
            `Rc<T>`), or take a `&P` where `P: Pointer<Referent = T>`"
)]
pub trait Owns<F: Flavor> {
    type Owner<T: ?Sized>;
    fn strong<T: ?Sized>(owner: &Self::Owner<T>) -> &F::Strong<T>;
}

/// Stands for `Rc<T>`, for any `T`.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub enum AnRc {}

/// Stands for `Arc<T>`, for any `T`.
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

        impl<T: ?Sized + Weakrefable> AsPointer<T> for $std::$Strong<T>
        where
            Self: Pointer<Referent = T>,
        {
            #[inline]
            fn as_strong(&self) -> &StrongOf<T> {
                self.strong()
            }
        }
    };
}

pointer!(Local, rc::Rc, AnRc);
pointer!(Shared, sync::Arc, AnArc);

/// A function that can be called when an object is dropped: it borrows nothing, and in [`Shared`]
/// it is `Send`.
///
/// If the bound does not hold, the compiler reports the error at the callback. Implemented for all
/// such types; this trait is sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{WeakRef, Weakrefable, flavor::{Callback, Pointer}};
///
/// /// Prints the object that is watched.
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
    note = "a callback owns what it uses (`move`); in `Shared`, the callback is `Send` and the \
            referent `Send + Sync`, as the last owner can go on any thread"
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

/// A type that can be moved to the thread that drops an object: for [`Local`], every type that
/// borrows nothing; for [`Shared`], whose objects can be dropped on any thread, it must also be
/// `Send`.
///
/// Implemented for all such types; this trait is sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{Finalizer, Weakrefable, finalize_on, flavor::MaybeSend};
///
/// /// Runs `close` when `file` is dropped, but not at the end of the program.
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
    note = "a finalizer owns what it uses (`move`); in `Shared`, it is `Send`, as the object can \
            be dropped on any thread"
)]
pub trait MaybeSend<F: Flavor>: sealed::MaybeSend<F> + Sized + 'static {}

impl<C: 'static> MaybeSend<Local> for C {}

impl<C: Send + 'static> MaybeSend<Shared> for C {}

/// A type that can be stored in a weak container, as a key, a value or an object: for [`Local`],
/// every type that borrows nothing; for [`Shared`], it must also be `Send + Sync`, as any thread
/// can drop an object and with it the entry, and several threads can read an entry at the same
/// time.
///
/// Implemented for all such types; this trait is sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{WeakValueMap, Weakrefable, flavor::Stored};
///
/// /// An index of objects by their names, which does not own the objects.
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
    note = "keys, values, referents and listeners must borrow nothing; if the objects live in an \
            `Arc`, they must be `Send + Sync`"
)]
pub trait Stored<F: Flavor>: sealed::Stored<F> + 'static {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + 'static> Stored<Local> for T {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + Send + Sync + 'static> Stored<Shared> for T {}
