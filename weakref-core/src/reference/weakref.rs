//! `WeakRef`, and the trait of types that can be weakly referenced.
#![allow(unsafe_code)]

pub(super) mod node;

use std::{
    any::type_name,
    fmt,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    mem::ManuallyDrop,
    panic::{RefUnwindSafe, UnwindSafe},
    ptr::NonNull,
    sync::OnceLock,
};

use crate::{
    Flavor, Local, Shared, StrongOf, WeakOf, WeakSlot,
    error::ReferenceError,
    flavor::{Callback, Dangling, Pointer},
    reference::kept_hash::KeptHash,
};
use node::{Body, Handle};

/// A type whose objects can be weakly referenced.
///
/// Implemented by [`#[weakrefable]`](macro@crate::weakrefable) and
/// [`#[derive(Weakrefable)]`](macro@crate::Weakrefable) for structs, and by
/// [`Slotted`](crate::Slotted) for everything else.
///
/// Make it a supertrait for weakly referenceable trait objects: with
/// `trait Listener: Weakrefable<Flavor = Shared>` you can use `Arc<dyn Listener>` and
/// `WeakRef<dyn Listener>`.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Shared, WeakRef, Weakrefable, new, weakrefable};
///
/// trait Listener: Weakrefable<Flavor = Shared> {
///     fn hear(&self) -> usize;
/// }
///
/// #[weakrefable]
/// struct Ear(usize);
///
/// impl Listener for Ear {
///     fn hear(&self) -> usize { self.0 }
/// }
///
/// let listener: Arc<dyn Listener> = Arc::new(new!(Ear(2)));
/// let weak = WeakRef::new(&listener);
/// assert_eq!(weak.with(|listener| listener.hear()), Some(2));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `WeakSlot`, so it cannot be weakly referenced",
    label = "this type does not implement `Weakrefable`",
    note = "put `#[weakrefable]` on the struct (`#[weakrefable(local)]` for use in an `Rc`), or \
            `#[derive(Weakrefable)]`, as on one with a field of type `WeakSlot`, or wrap the value \
            in `Slotted`",
    note = "for a `dyn Trait`, make it a supertrait, `trait Trait: Weakrefable<Flavor = Shared>`, \
            or keep `Arc<Slotted<dyn Trait>>`, `Rc<Slotted<dyn Trait, Local>>`",
    note = "references and containers are of the type itself, without its pointer: \
            `WeakRef<Image>`, `WeakSet<Image>`"
)]
pub trait Weakrefable {
    /// [`Local`] for objects in an `Rc`, [`Shared`] for objects in an `Arc`.
    type Flavor: Flavor;

    /// Returns the object's slot: always the same one. O(1).
    ///
    /// Containers call this while a shard is locked, and when an object is dropped. So an
    /// implementation by hand must not use a container. If it panics there, the process aborts.
    fn weak_slot(&self) -> &WeakSlot<Self::Flavor>;
}

/// A weak reference: Python's `weakref.ref`.
///
/// It does not keep the object alive. [`upgrade`](Self::upgrade) returns a strong pointer until the
/// object is dropped. A callback is called when the object is dropped.
///
/// `T` is `?Sized`, and chooses by [`Weakrefable::Flavor`] whether its objects are in an `Rc` or an
/// `Arc`. In `Shared`, a `WeakRef` is `Send` and `Sync` if `T` is both.
///
/// # Identity
///
/// A clone is the same reference: the clones share one callback, which runs once if any of them
/// exists. All references without callback to one object are the same reference too, as in Python.
/// Two references that were made with a callback each are different. [`is_same_reference`](Self::is_same_reference)
/// compares the identity.
///
/// # Equality and hash
///
/// Two references to objects that are alive are equal if the objects are equal, by `T`'s own
/// equality. If one of the objects has been dropped, the references are equal if they are the same
/// reference. References have no order.
///
/// The hash is that of the object. It is computed at the first use, while the object is alive, and
/// then kept. So a reference that has been hashed can be found in a `HashMap` after the object has
/// been dropped, also by its callback. (Clippy's `mutable_key_type` notices the kept hash in a key
/// without callback. You can allow it.)
///
/// All clones of a reference with a callback share the kept hash. A reference without callback
/// stores the hash in itself, and copies it to clones that are made later. So of two references
/// without callback to one object, which are the same reference, one can have a hash after the drop
/// while the other has none; in Python, the two are one object and share it. To look up a reference
/// without callback after the drop, call [`try_hash`](Self::try_hash) once before you clone it:
///
/// ```
/// # #![allow(clippy::mutable_key_type)]
/// use std::{collections::HashSet, sync::Arc};
/// use weakref_core::{Slotted, WeakRef};
///
/// let owner = Arc::new(Slotted::new("text"));
/// let weak = WeakRef::new(&owner);
/// weak.try_hash()?;
/// let set = HashSet::from([weak.clone()]);
/// drop(owner);
/// assert!(set.contains(&weak)); // without the call of `try_hash`, this would panic
/// # Ok::<(), weakref_core::error::ReferenceError>(())
/// ```
///
/// # Cost
///
/// Without a callback, it is a std `Weak` and one word for the kept hash. It allocates nothing and
/// does not use the slot. It has 16 bytes if `T` is sized, where an `rc::Weak` has 8; making and
/// dropping one takes about 1.5 times as long as an `rc::Weak`. With a callback, it is one
/// allocation, which contains the callback. Like every `Weak`, it keeps the memory of the object,
/// but not the object, until it is dropped.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
/// use weakref_core::{WeakRef, new, weakrefable};
///
/// #[weakrefable]
/// struct Image { name: String }
///
/// static GONE: AtomicBool = AtomicBool::new(false);
///
/// let image = Arc::new(new!(Image { name: "cat".into() }));
/// let weak = WeakRef::with_callback(&image, |_| GONE.store(true, Ordering::Relaxed));
/// assert_eq!(weak.upgrade().unwrap().name, "cat");
///
/// drop(image);
/// assert!(GONE.load(Ordering::Relaxed));
/// assert!(weak.upgrade().is_none());
/// ```
pub struct WeakRef<T: ?Sized + Weakrefable> {
    /// With a node, a bitwise copy of the node's weak pointer, which the node owns. Without a node,
    /// this reference's own.
    weak: ManuallyDrop<WeakOf<T>>,
    /// A pointer to the node, of which this reference has a handle; or without a node, the kept
    /// hash. A reference never gets or loses its node.
    behind: KeptHash,
}

// `Send` and `Sync` are those of the std `Weak`, by the compiler. The node behind adds nothing: in
// `Shared`, its callback is `Send`, and what else is in it, `Send + Sync`, as `Handle::register_as`
// asks; and `Local`'s `Weak` is neither.

// Like `Rc` and `Arc`: a reference gives access to the object only by a strong pointer.
impl<T: ?Sized + Weakrefable + RefUnwindSafe> UnwindSafe for WeakRef<T> {}
impl<T: ?Sized + Weakrefable + RefUnwindSafe> RefUnwindSafe for WeakRef<T> {}

impl<T: ?Sized + Weakrefable> WeakRef<T> {
    /// Creates a weak reference without callback. Allocates nothing and takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = WeakRef::new(&owner);
    /// drop(owner);
    /// assert!(weak.is_dead());
    /// ```
    #[inline]
    #[must_use]
    pub fn new<P: Pointer<Referent = T>>(owner: &P) -> Self {
        Self::from_weak(T::Flavor::downgrade(owner.strong()))
    }

    /// Creates a weak reference that calls `callback` when the object is dropped.
    ///
    /// The callback runs once, in the thread that drops the last strong pointer, inside that drop,
    /// if this reference or a clone of it exists then. Dropping all of them cancels the callback.
    /// It is given this reference, which is dead by then, like all others to the object. The
    /// callbacks and container entries of one object are run and removed newest first. A panic goes
    /// to the [unraisable hook](crate::set_unraisable_hook), and the remaining callbacks still run.
    ///
    /// The callback is dropped after it has run or has been cancelled. If it owns a strong pointer
    /// to the object itself, the object is never dropped.
    ///
    /// Costs one allocation; from the object's second registration on, a list grows. In `Shared`,
    /// holds the slot for a few instructions.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{cell::Cell, rc::Rc};
    /// use weakref_core::{Local, Slotted, WeakRef};
    ///
    /// let deaths = Rc::new(Cell::new(0));
    /// let count = Rc::clone(&deaths);
    ///
    /// let owner = Rc::new(Slotted::<_, Local>::new("text"));
    /// let _weak = WeakRef::with_callback(&owner, move |dead| {
    ///     assert!(dead.is_dead());
    ///     count.set(count.get() + 1);
    /// });
    /// drop(owner);
    /// assert_eq!(deaths.get(), 1);
    /// ```
    #[must_use = "the callback is cancelled when the last clone of the reference is dropped"]
    pub fn with_callback<P, C>(owner: &P, callback: C) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        C: FnOnce(&WeakRef<T>) + Callback<T, T::Flavor>,
    {
        Self::from_handle(Handle::register(owner, callback))
    }

    /// Like [`with_callback`](Self::with_callback), without the bound on the callback.
    ///
    /// # Safety
    ///
    /// What `C: Callback<T, T::Flavor>` says: in `Shared`, the callback is `Send`, and `T` is
    /// `Send + Sync`.
    pub(crate) unsafe fn with_callback_unchecked<C>(owner: &StrongOf<T>, callback: C) -> Self
    where
        T: 'static,
        C: FnOnce(&Self) + 'static,
    {
        // SAFETY: as promised by the caller.
        Self::from_handle(unsafe { Handle::register_unchecked(owner, callback) })
    }

    /// Creates a reference with a callback of the crate's own. It is counted, but not listed, so
    /// nobody else gets a handle of it.
    ///
    /// # Safety
    ///
    /// What `C: Callback<T, T::Flavor>` says: in `Shared`, the callback is `Send`, and `T` is
    /// `Send + Sync`.
    pub(crate) unsafe fn with_hidden_callback<C>(owner: &StrongOf<T>, callback: C) -> Self
    where
        T: 'static,
        C: FnOnce(&WeakRef<T>) + 'static,
    {
        // SAFETY: as promised by the caller; `()` is `Send + Sync`.
        Self::from_handle(unsafe { Handle::register_hidden(owner, (), callback) })
    }

    /// Drops the reference without cancelling its callback.
    pub(crate) fn let_stand(self) {
        if let Some(node) = ManuallyDrop::new(self).node() {
            // SAFETY: this reference has a handle of the node and is not dropped, so the handle is
            // used once.
            unsafe { Handle::from_raw(node) }.let_stand();
        }
    }

    /// Returns a reference without callback to the same object, with the kept hash. It is alive
    /// even if this one has been cleared.
    pub(crate) fn without_callback(&self) -> Self {
        let weak = ManuallyDrop::new(WeakOf::<T>::clone(&self.weak));
        Self { weak, behind: self.kept_hash().clone() }
    }

    /// Returns whether the callback has been neither called nor detached, and the reference has not
    /// been cleared. Then the callback is registered, unless the object was moved out of its
    /// pointer.
    pub(crate) fn is_registered(&self) -> bool {
        self.body().is_some_and(|body| body.has_callback() && !body.is_cleared())
    }

    #[inline]
    pub(crate) fn from_weak(weak: WeakOf<T>) -> Self {
        Self { weak: ManuallyDrop::new(weak), behind: KeptHash::new() }
    }

    pub(crate) fn from_handle(handle: Handle<T>) -> Self {
        // SAFETY: `weak` is constant in a node, and the handle keeps the node. The copy is used only
        // while this reference has the handle; the node owns the original, so the copy is never
        // dropped.
        let weak = unsafe { std::ptr::read(&raw const handle.body().weak) };
        let behind = KeptHash::from_pointer(handle.into_raw().as_ptr().cast());
        Self { weak: ManuallyDrop::new(weak), behind }
    }

    /// Returns the node, if the reference was made with a callback.
    #[inline]
    pub(crate) fn node(&self) -> Option<NonNull<Body<T>>> {
        self.behind.pointer().map(NonNull::cast)
    }

    #[inline]
    fn body(&self) -> Option<&Body<T>> {
        // SAFETY: this reference has a handle, which keeps the node. What changes in the body does
        // so by shared reference.
        self.node().map(|node| unsafe { node.as_ref() })
    }

    fn kept_hash(&self) -> &KeptHash {
        self.body().map_or(&self.behind, |node| &node.hash)
    }

    /// Returns a strong pointer to the object, or `None` if it has been dropped: Python's call of a
    /// reference.
    ///
    /// The strong pointer may become the last one: then the object is dropped with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = WeakRef::new(&owner);
    /// assert!(Arc::ptr_eq(&weak.upgrade().unwrap(), &owner));
    /// ```
    #[inline]
    #[must_use = "the object may be dropped with this strong pointer"]
    pub fn upgrade(&self) -> Option<StrongOf<T>> {
        if self.is_cleared() { None } else { T::Flavor::upgrade(&self.weak) }
    }

    #[inline]
    fn is_cleared(&self) -> bool {
        self.body().is_some_and(Body::is_cleared)
    }

    /// Calls `f` with the object and returns its result, or `None` if the object has been dropped.
    ///
    /// The object is alive at least until `f` returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(String::from("text")));
    /// assert_eq!(WeakRef::new(&owner).with(|text| text.len()), Some(4));
    /// ```
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        self.upgrade().map(|owner| f(&owner))
    }

    /// Returns whether the object has been dropped, without making a strong pointer.
    ///
    /// In `Shared`, `false` can be out of date at once. To use the object, call
    /// [`upgrade`](Self::upgrade).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = WeakRef::new(&owner);
    /// assert!(!weak.is_dead());
    /// drop(owner);
    /// assert!(weak.is_dead());
    /// ```
    #[inline]
    pub fn is_dead(&self) -> bool {
        T::Flavor::is_dead(&self.weak) || self.is_cleared()
    }

    /// Returns the number of strong pointers to the object, like [`Weak::strong_count`]: 0 if it has
    /// been dropped.
    ///
    /// In `Shared`, the number can be out of date at once.
    ///
    /// [`Weak::strong_count`]: std::sync::Weak::strong_count
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = WeakRef::new(&owner);
    /// let another = owner.clone();
    /// assert_eq!(weak.strong_count(), 2);
    /// drop((owner, another));
    /// assert_eq!(weak.strong_count(), 0);
    /// ```
    #[must_use]
    pub fn strong_count(&self) -> usize {
        if self.is_cleared() { 0 } else { T::Flavor::strong_count(&self.weak) }
    }

    /// Returns whether the reference refers to the object of `owner`, whatever the object's equality
    /// says.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let [one, other] = [7, 7].map(|number| Arc::new(Slotted::new(number)));
    /// let weak = WeakRef::new(&one);
    /// assert!(weak.refers_to(&one));
    /// assert!(!weak.refers_to(&other));
    /// ```
    #[must_use]
    pub fn refers_to<P: Pointer<Referent = T>>(&self, owner: &P) -> bool {
        let object = &raw const **owner;
        std::ptr::addr_eq(T::Flavor::as_ptr(&self.weak), object)
    }

    /// Returns the std weak pointer in this reference: an `rc::Weak<T>` or a `sync::Weak<T>`.
    ///
    /// A clone of it can be unsized, and made a reference again. It knows nothing of
    /// [`clear_weakrefs`](crate::clear_weakrefs): it can be upgraded as long as there is a strong
    /// pointer.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{fmt::Display, sync::{Arc, Weak}};
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = WeakRef::new(&owner);
    /// let unsized_weak: Weak<Slotted<dyn Display>> = weak.as_weak().clone();
    /// let display = WeakRef::from(unsized_weak);
    /// assert_eq!(display.with(|number| number.to_string()).as_deref(), Some("7"));
    /// ```
    #[must_use]
    pub fn as_weak(&self) -> &WeakOf<T> {
        &self.weak
    }

    /// Returns whether there is a callback that may still be called: false once the object has been
    /// dropped, and so inside the callback.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// assert!(!WeakRef::new(&owner).has_callback());
    /// assert!(WeakRef::with_callback(&owner, |_| ()).has_callback());
    /// ```
    pub fn has_callback(&self) -> bool {
        self.body().is_some_and(Body::has_callback) && !self.is_dead()
    }

    /// Returns whether the two are the same reference: clones of one reference with a callback, or
    /// two references without callback to one object.
    ///
    /// A reference stays equal to itself after the object has been dropped. It keeps its hash if
    /// that has been computed: see [`WeakRef`](Self#equality-and-hash).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = WeakRef::new(&owner);
    /// assert!(weak.is_same_reference(&WeakRef::new(&owner)));
    /// let called = WeakRef::with_callback(&owner, |_| ());
    /// assert!(called.is_same_reference(&called.clone()));
    /// assert!(!called.is_same_reference(&weak));
    /// ```
    pub fn is_same_reference(&self, other: &Self) -> bool {
        match (self.node(), other.node()) {
            (None, None) => self.ptr_eq(other),
            (this, other) => this == other,
        }
    }

    /// Returns whether the two refer to the same object, dropped or not, like [`Weak::ptr_eq`]. Two
    /// [dead](Self::dead) references are equal too.
    ///
    /// [`Weak::ptr_eq`]: std::sync::Weak::ptr_eq
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let [one, other] = [7, 7].map(|number| Arc::new(Slotted::new(number)));
    /// let (weak, called) = (WeakRef::new(&one), WeakRef::with_callback(&one, |_| ()));
    /// assert!(weak.ptr_eq(&called));
    /// assert!(!weak.ptr_eq(&WeakRef::new(&other)));
    /// ```
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        // Compares addresses only, as two pointers to one object can have different vtables.
        T::Flavor::as_ptr(&self.weak).addr() == T::Flavor::as_ptr(&other.weak).addr()
    }

    /// Drops the callback without calling it, also for the clones of this reference. The reference
    /// itself remains. Does nothing if there is no callback, or while it runs.
    ///
    /// O(1), beside the drop of the callback.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = WeakRef::with_callback(&owner, |_| unreachable!());
    /// weak.detach();
    /// assert!(!weak.has_callback());
    /// assert!(weak.upgrade().is_some());
    /// ```
    pub fn detach(&self) {
        if let Some(node) = self.node() {
            // SAFETY: this reference has a handle of the node. The copy is not dropped, so it is
            // used once.
            ManuallyDrop::new(unsafe { Handle::from_raw(node) }).detach();
        }
    }

    /// Writes the name of the referring type, the type of the object, and its address or `dead`.
    pub(crate) fn describe(&self, what: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = type_name::<T>();
        if self.is_dead() {
            write!(f, "{what}({name}, dead)")
        } else {
            let address = T::Flavor::as_ptr(&self.weak).cast::<()>();
            write!(f, "{what}({name} at {address:p})")
        }
    }

    /// Returns the hash of the object. It is computed by the first call, while the object is alive,
    /// and then kept.
    ///
    /// Equal objects have the same hash, within one run of the program. With a callback, the hash
    /// is kept for all clones of this reference; without one, for this reference and the clones
    /// that are made of it later.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef, error::ReferenceError};
    ///
    /// let owner = Arc::new(Slotted::new("text"));
    /// let asked = WeakRef::new(&owner);
    /// let hash = asked.try_hash()?;
    /// let never_asked = WeakRef::new(&owner);
    /// drop(owner);
    /// assert_eq!(asked.try_hash(), Ok(hash));
    /// assert_eq!(never_asked.try_hash(), Err(ReferenceError));
    /// # Ok::<(), ReferenceError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReferenceError`] if the object was dropped before the first call.
    pub fn try_hash(&self) -> Result<u64, ReferenceError>
    where
        T: Hash,
    {
        /// Randomly keyed, as the objects may come from an attacker.
        static STATE: OnceLock<RandomState> = OnceLock::new();

        if let Some(hash) = self.kept_hash().get() {
            return Ok(hash);
        }
        let owner = self.upgrade().ok_or(ReferenceError)?;
        let hash = STATE.get_or_init(RandomState::new).hash_one(&*owner);
        Ok(self.kept_hash().keep(hash))
    }
}

impl<T: ?Sized + Weakrefable> Clone for WeakRef<T> {
    /// Returns the same reference, with the same callback and identity, and with the hash if that
    /// has been [kept](WeakRef#equality-and-hash) by now.
    #[inline]
    fn clone(&self) -> Self {
        match self.node() {
            None => {
                let behind = self.behind.clone();
                Self { weak: self.weak.clone(), behind }
            }
            Some(node) => {
                // SAFETY: this reference has a handle, which keeps the node.
                unsafe { node.as_ref() }.add_handle();
                // SAFETY: the handle that has just been added is used once.
                Self::from_handle(unsafe { Handle::from_raw(node) })
            }
        }
    }
}

impl<T: ?Sized + Weakrefable> Drop for WeakRef<T> {
    #[inline]
    fn drop(&mut self) {
        match self.node() {
            // SAFETY: without a node, the weak pointer is this reference's own. It is not used
            // again.
            None => unsafe { ManuallyDrop::drop(&mut self.weak) },
            // SAFETY: this reference has one handle of the node, which is used up here.
            Some(node) => unsafe { Handle::drop_raw(node) },
        }
    }
}

impl<T: Weakrefable> WeakRef<T> {
    /// Returns a dead reference, like [`Weak::new`]. Allocates nothing.
    ///
    /// Where the flavour of `T` is known, this can be a constant. In generic code,
    /// [`default`](Self::default) does the same.
    ///
    /// [`Weak::new`]: std::sync::Weak::new
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// static CURRENT: Mutex<WeakRef<Slotted<u32>>> = Mutex::new(WeakRef::dead());
    ///
    /// assert!(CURRENT.lock().unwrap().is_dead());
    /// let owner = Arc::new(Slotted::new(7));
    /// *CURRENT.lock().unwrap() = WeakRef::new(&owner);
    /// assert!(CURRENT.lock().unwrap().refers_to(&owner));
    /// ```
    #[must_use]
    pub const fn dead() -> Self
    where
        T::Flavor: Dangling<T>,
    {
        let weak = <T::Flavor as Dangling<T>>::DANGLING;
        Self { weak: ManuallyDrop::new(weak), behind: KeptHash::new() }
    }
}

impl<T: Weakrefable> Default for WeakRef<T> {
    /// Returns a dead reference. Allocates nothing.
    fn default() -> Self {
        Self::from_weak(T::Flavor::dangling())
    }
}

macro_rules! from_std {
    ($($Flavor:ident: $($std:ident)::*, $Strong:ident;)*) => {$(
        impl<T: ?Sized + Weakrefable<Flavor = $Flavor>> From<$($std)::*::Weak<T>> for WeakRef<T> {
            /// Returns a reference without callback. Allocates nothing.
            ///
            /// This is the way to a reference to an object that is being made by `new_cyclic`, and
            /// to one of a trait object: unsize the `Weak` first.
            #[inline]
            fn from(weak: $($std)::*::Weak<T>) -> Self {
                Self::from_weak(weak)
            }
        }

        impl<T: ?Sized + Weakrefable<Flavor = $Flavor>> From<&$($std)::*::$Strong<T>> for WeakRef<T> {
            /// Returns a reference without callback, like [`WeakRef::new`].
            #[inline]
            fn from(owner: &$($std)::*::$Strong<T>) -> Self {
                Self::from_weak($($std)::*::$Strong::downgrade(owner))
            }
        }
    )*};
}
from_std! {
    Local: std::rc, Rc;
    Shared: std::sync, Arc;
}

impl<T: ?Sized + Weakrefable> fmt::Debug for WeakRef<T> {
    /// Writes the type of the object, and its address or `dead`. Calls no method of the object.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe("WeakRef", f)
    }
}

impl<T: ?Sized + Weakrefable + PartialEq> WeakRef<T> {
    /// Compares the objects, or returns `None` if one of them has been dropped.
    fn compare(&self, other: &Self, objects: impl FnOnce(&T, &T) -> bool) -> Option<bool> {
        let (this, other) = (self.upgrade()?, other.upgrade()?);
        Some(objects(&this, &other))
    }
}

impl<T: ?Sized + Weakrefable + PartialEq> PartialEq for WeakRef<T> {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other, T::eq).unwrap_or_else(|| self.is_same_reference(other))
    }

    // As in Python, this uses the `!=` of the objects, which need not be the opposite of their
    // `==`.
    #[allow(clippy::partialeq_ne_impl)]
    fn ne(&self, other: &Self) -> bool {
        self.compare(other, T::ne).unwrap_or_else(|| !self.is_same_reference(other))
    }
}

impl<T: ?Sized + Weakrefable + Eq> Eq for WeakRef<T> {}

impl<T: ?Sized + Weakrefable + Hash> Hash for WeakRef<T> {
    /// Writes [`try_hash`](WeakRef::try_hash).
    ///
    /// # Panics
    ///
    /// With the message of [`ReferenceError`], if the object was dropped before this reference was
    /// hashed. Hashing another reference without callback to the same object, or a clone of this
    /// one, does not count.
    #[track_caller]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.try_hash() {
            Ok(hash) => state.write_u64(hash),
            Err(ReferenceError) => ReferenceError::raise(),
        }
    }
}
