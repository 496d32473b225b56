//! `WeakRef`, and what can be asked of an object about its weak references.
#![allow(unsafe_code)]

use std::{
    any::type_name,
    fmt,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    mem::ManuallyDrop,
    ptr::NonNull,
    sync::{
        OnceLock,
        atomic::{AtomicPtr, Ordering},
    },
};

use crate::{
    Callback, Flavor, Pointer, ReferenceError, StrongOf, WeakSlot,
    flavor::WeakOf,
    node::{Body, Handle},
};

/// A type whose objects can be weakly referenced.
///
/// Implemented by [`#[weakrefable]`](macro@crate::weakrefable) and
/// [`#[derive(Weakrefable)]`](macro@crate::Weakrefable) for structs, and by
/// [`Slotted`](crate::Slotted) for everything else.
///
/// As a supertrait it makes trait objects weakly referenceable: `trait Listener:
/// Weakrefable<Flavor = Shared>` is enough for `Arc<dyn Listener>` and `WeakRef<dyn Listener>`.
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
    message = "`{Self}` has no weak-list slot, so it cannot be weakly referenced",
    label = "this type has no `WeakSlot`",
    note = "put `#[weakrefable]` on the struct (`#[weakrefable(local)]` for use in an `Rc`), or wrap the value in `Slotted`",
    note = "references and containers are of the type itself, without its pointer: `WeakRef<Image>`, `WeakSet<Image>`"
)]
pub trait Weakrefable {
    /// [`Local`](crate::Local) if its objects live in an `Rc`, [`Shared`](crate::Shared) if they
    /// live in an `Arc`.
    type Flavor: Flavor;

    /// Returns the object's slot: always the same one, and nothing else. O(1).
    ///
    /// Containers ask for it in the middle of an operation, and at a death: it neither panics nor uses
    /// a container.
    fn weak_slot(&self) -> &WeakSlot<Self::Flavor>;
}

/// A weak reference: Python's `weakref.ref`.
///
/// It does not keep its referent alive. [`upgrade`](Self::upgrade) gives an owner as long as there
/// is one. With a callback, it tells when the referent dies.
///
/// `T` is `?Sized`; whether it is an `Rc` or an `Arc` that is referred to is `T`'s choice
/// ([`Weakrefable::Flavor`]). In `Shared`, a `WeakRef` is `Send` and `Sync` if `T` is both.
///
/// # Identity
///
/// A clone is the same reference: the callback is shared and runs once, when any of the clones
/// still exists. All references to one object that have no callback are the same reference too, as
/// in Python. Two references with callbacks are different ones. [`ptr_eq`](Self::ptr_eq) tells.
///
/// # Equality and hash
///
/// Living references are equal if their referents are, by `T`'s own equality; if one is dead, they
/// are equal if they are the same reference. The hash is that of the referent, computed at the
/// first use and then kept with this reference; so a reference that has been hashed can be found in
/// a `HashMap` after the death, also by its callback. (Clippy's `mutable_key_type` sees the kept
/// hash in a key without callback, and can be allowed.) There is no order.
///
/// # Cost
///
/// Without a callback it is a std `Weak`, and costs what that costs: no allocation, nothing in the
/// slot. With one, it is a single allocation that holds the callback. Like every `Weak`, it keeps
/// the referent's memory (not the referent) until it is dropped.
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
    /// With a callback, a copy of the pointer in the node, which owns it.
    weak: ManuallyDrop<WeakOf<T>>,
    /// The node; or without a callback, the kept hash. It stays what it is.
    behind: KeptHash,
}

impl<T: ?Sized + Weakrefable> WeakRef<T> {
    /// Returns the weak reference to the object that has no callback.
    ///
    /// Allocates nothing and takes no lock.
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
    pub fn new<P: Pointer<Referent = T>>(owner: &P) -> Self {
        Self::from_weak(T::Flavor::downgrade(owner.strong()))
    }

    /// Returns a new weak reference that calls `callback` when the object dies.
    ///
    /// The callback runs once, in the thread that drops the last owner and inside that drop, if
    /// this reference or a clone of it still exists then; dropping them cancels it. It is given
    /// this reference, which reads dead, as do all others. The callbacks and container entries of
    /// one object run newest first. A panic goes to the
    /// [unraisable hook](crate::set_unraisable_hook), and the others still run.
    ///
    /// What the callback owns lives until it has run, or is cancelled. If it owns the object
    /// itself, the object lives for ever.
    ///
    /// Costs one allocation (from the object's second registration on, the growth of a list), and
    /// in `Shared` holds the slot for a few instructions.
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
    pub fn with_callback<P, C>(owner: &P, callback: C) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        C: FnOnce(&WeakRef<T>) + Callback<T, T::Flavor>,
    {
        Self::from_handle(Handle::register(owner, callback))
    }

    /// As [`with_callback`](Self::with_callback).
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
        // SAFETY: as promised.
        Self::from_handle(unsafe { Handle::register_unchecked(owner, callback) })
    }

    /// Returns a reference with a callback of the crate's own: counted, but in nobody else's hands.
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
        // SAFETY: as promised.
        Self::from_handle(unsafe { Handle::register_hidden(owner, (), callback) })
    }

    /// Drops the reference without cancelling its callback.
    pub(crate) fn let_stand(self) {
        if let Some(node) = ManuallyDrop::new(self).node() {
            // SAFETY: this reference had a handle of it, and is not dropped.
            unsafe { Handle::from_raw(node) }.let_stand();
        }
    }

    /// Returns the reference without callback to the same object. It also reads alive where this one
    /// has been cleared.
    pub(crate) fn without_callback(&self) -> Self {
        Self::from_weak(WeakOf::<T>::clone(&self.weak))
    }

    /// Returns whether the callback is there and registered, if the object has not left its pointer:
    /// it has been neither called nor detached, nor cleared with the object.
    pub(crate) fn is_registered(&self) -> bool {
        self.body().is_some_and(|body| body.has_callback() && !body.is_cleared())
    }

    #[inline]
    pub(crate) fn from_weak(weak: WeakOf<T>) -> Self {
        Self { weak: ManuallyDrop::new(weak), behind: KeptHash::default() }
    }

    pub(crate) fn from_handle(handle: Handle<T>) -> Self {
        // SAFETY: the copy is used only while the handle keeps the node, and is not dropped.
        let weak = unsafe { std::ptr::read(&raw const handle.body().weak) };
        let behind = KeptHash::from_pointer(handle.into_raw().as_ptr().cast());
        Self { weak: ManuallyDrop::new(weak), behind }
    }

    /// The node, if there is a callback or was one.
    #[inline]
    pub(crate) fn node(&self) -> Option<NonNull<Body<T>>> {
        self.behind.pointer().map(NonNull::cast)
    }

    #[inline]
    fn body(&self) -> Option<&Body<T>> {
        // SAFETY: this reference has a handle of it.
        self.node().map(|node| unsafe { node.as_ref() })
    }

    fn kept_hash(&self) -> &KeptHash {
        self.body().map_or(&self.behind, |node| &node.hash)
    }

    /// Returns an owner of the object, or `None` once it is dead: Python's call of a reference.
    ///
    /// The owner can become the last one; then the object dies where it is dropped.
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
    pub fn upgrade(&self) -> Option<StrongOf<T>> {
        if self.is_cleared() { None } else { T::Flavor::upgrade(&self.weak) }
    }

    #[inline]
    fn is_cleared(&self) -> bool {
        self.body().is_some_and(Body::is_cleared)
    }

    /// Calls `f` with the object and returns its result, or `None` if the object is dead.
    ///
    /// The object lives at least until `f` returns.
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

    /// Returns whether the object is dead, without making an owner of it.
    ///
    /// In `Shared`, "not dead" can be out of date at once: to use the object, ask
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

    /// Returns whether a callback waits for the object's death: not any more once the object is
    /// dead, so not inside the callback either.
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

    /// Returns whether the two are the same reference.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = WeakRef::new(&owner);
    /// assert!(weak.ptr_eq(&WeakRef::new(&owner)));
    /// let called = WeakRef::with_callback(&owner, |_| ());
    /// assert!(called.ptr_eq(&called.clone()));
    /// assert!(!called.ptr_eq(&weak));
    /// ```
    pub fn ptr_eq(&self, other: &Self) -> bool {
        match (self.node(), other.node()) {
            (None, None) => self.refers_to_same(other),
            (this, other) => this == other,
        }
    }

    /// Whether the two refer to the same object.
    pub(crate) fn refers_to_same(&self, other: &Self) -> bool {
        // Addresses only: two pointers to one object can differ in their vtables.
        T::Flavor::as_ptr(&self.weak).addr() == T::Flavor::as_ptr(&other.weak).addr()
    }

    /// Forgets the callback, uncalled, also for the clones of this reference; which lives on
    /// without. Does nothing where there is none, or while it runs.
    ///
    /// O(1). What the callback owns is dropped here.
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
            // SAFETY: this reference has a handle of it, and keeps it.
            ManuallyDrop::new(unsafe { Handle::from_raw(node) }).detach();
        }
    }

    /// Writes the type of the referent, and its address or `dead`, behind the name of what refers to it.
    pub(crate) fn describe(&self, what: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = type_name::<T>();
        if self.is_dead() {
            write!(f, "{what}({name}, dead)")
        } else {
            let address = T::Flavor::as_ptr(&self.weak).cast::<()>();
            write!(f, "{what}({name} at {address:p})")
        }
    }

    /// Returns the hash of the object, computed at the first call while it lives and then kept with
    /// this reference.
    ///
    /// The hash is the same for equal objects, within one run of the program.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{ReferenceError, Slotted, WeakRef};
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
    /// [`ReferenceError`] if the object died before its hash was asked for.
    pub fn try_hash(&self) -> Result<u64, ReferenceError>
    where
        T: Hash,
    {
        /// Keyed by chance, as the objects may come from strangers.
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
    /// Returns the same reference once more: it has the same callback and identity.
    #[inline]
    fn clone(&self) -> Self {
        match self.node() {
            None => {
                let behind = self.behind.clone();
                Self { weak: self.weak.clone(), behind }
            }
            Some(node) => {
                // SAFETY: this reference has a handle of it.
                unsafe { node.as_ref() }.add_handle();
                // SAFETY: that one.
                Self::from_handle(unsafe { Handle::from_raw(node) })
            }
        }
    }
}

impl<T: ?Sized + Weakrefable> Drop for WeakRef<T> {
    #[inline]
    fn drop(&mut self) {
        match self.node() {
            // SAFETY: it is this reference's own, and not used again.
            None => unsafe { ManuallyDrop::drop(&mut self.weak) },
            // SAFETY: this reference has one handle of it, which goes with it.
            Some(node) => unsafe { Handle::drop_raw(node) },
        }
    }
}

impl<T: Weakrefable> Default for WeakRef<T> {
    /// Returns a dead reference. Allocates nothing.
    fn default() -> Self {
        Self::from_weak(T::Flavor::dangling())
    }
}

impl<T: ?Sized + Weakrefable> fmt::Debug for WeakRef<T> {
    /// Writes the type of the referent, and its address or `dead`. Does not call into it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe("WeakRef", f)
    }
}

impl<T: ?Sized + Weakrefable + PartialEq> WeakRef<T> {
    /// Compares the referents if both live, else the references.
    fn compare(&self, other: &Self, referents: impl FnOnce(&T, &T) -> bool) -> Option<bool> {
        let (this, other) = (self.upgrade()?, other.upgrade()?);
        Some(referents(&this, &other))
    }
}

impl<T: ?Sized + Weakrefable + PartialEq> PartialEq for WeakRef<T> {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other, T::eq).unwrap_or_else(|| self.ptr_eq(other))
    }

    // As in Python, the referents' own `!=`, which need not be the opposite of their `==`.
    #[allow(clippy::partialeq_ne_impl)]
    fn ne(&self, other: &Self) -> bool {
        self.compare(other, T::ne).unwrap_or_else(|| !self.ptr_eq(other))
    }
}

impl<T: ?Sized + Weakrefable + Eq> Eq for WeakRef<T> {}

impl<T: ?Sized + Weakrefable + Hash> Hash for WeakRef<T> {
    /// Writes [`try_hash`](WeakRef::try_hash).
    ///
    /// # Panics
    ///
    /// With [`ReferenceError`]'s message, if the object died before its hash was asked for.
    #[track_caller]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.try_hash() {
            Ok(hash) => state.write_u64(hash),
            Err(ReferenceError) => ReferenceError::raise(),
        }
    }
}

/// One word: nothing, a hash that is computed once, or a pointer (odd).
///
/// A hash is used with references that have no node, and in the node itself: where one is asked for,
/// there is no pointer.
#[derive(Debug, Default)]
pub(crate) struct KeptHash(AtomicPtr<()>);

impl KeptHash {
    fn from_pointer(pointer: *mut ()) -> Self {
        Self(AtomicPtr::new(pointer.map_addr(|addr| addr | 1)))
    }

    #[inline]
    fn pointer(&self) -> Option<NonNull<()>> {
        let word = self.0.load(Ordering::Relaxed);
        // One test, on the way of every use of a reference without callback.
        (word.addr() & 1 != 0).then(|| {
            // SAFETY: only `from_pointer` writes odd words, of pointers to nodes.
            unsafe { NonNull::new_unchecked(word.map_addr(|addr| addr - 1)) }
        })
    }

    fn get(&self) -> Option<u64> {
        let hash = self.0.load(Ordering::Relaxed).addr();
        (hash != 0).then_some(hash as u64)
    }

    /// Keeps as many bits as there is room for.
    fn keep(&self, hash: u64) -> u64 {
        #[allow(clippy::cast_possible_truncation)]
        let hash = (hash as usize | 2) & !1;
        self.0.store(std::ptr::without_provenance_mut(hash), Ordering::Relaxed);
        hash as u64
    }
}

impl Clone for KeptHash {
    #[inline]
    fn clone(&self) -> Self {
        Self(AtomicPtr::new(self.0.load(Ordering::Relaxed)))
    }
}

/// Whether the object has a weak reference without callback.
///
/// Nothing registers those: they are std `Weak`s. But of the registrations, `with_weak` hold exactly
/// one of their own each, so one more than that is one of them.
fn has_plain<T: ?Sized + Weakrefable>(owner: &StrongOf<T>, with_weak: usize) -> bool {
    T::Flavor::weak_count(owner) > with_weak
}

/// Returns the number of weak references to the object: Python's `getweakrefcount`.
///
/// Counted are the references with callback, the live finalizers, the watches of queues, the entries in
/// weak containers, and, as one, all the references without callback. Those are std `Weak`s, so a `Weak`
/// of your own counts among them; and so does a reference that has lost its callback, by [`WeakRef::detach`] or [`clear_weakrefs`]. What
/// is still registered with an object that has moved to another pointer counts until it dies, and as many
/// references without callback are not seen meanwhile.
///
/// O(1) (with finalizers made by [`finalize_on`](crate::finalize_on), O(n) in the number counted); in
/// `Shared`, holds the slot for a few instructions, and other threads can change the number at once.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, weakref_count};
///
/// let owner = Arc::new(Slotted::new(7));
/// assert_eq!(weakref_count(&owner), 0);
/// let plain = WeakRef::new(&owner);
/// let same = WeakRef::new(&owner);
/// let called = WeakRef::with_callback(&owner, |_| ());
/// assert_eq!(weakref_count(&owner), 2);
/// # drop((plain, same, called));
/// ```
pub fn weakref_count<P: Pointer>(owner: &P) -> usize {
    count::<P::Referent>(owner.strong())
}

pub(crate) fn count<T: ?Sized + Weakrefable>(owner: &StrongOf<T>) -> usize {
    let (all, with_weak) = owner.weak_slot().counts();
    all + usize::from(has_plain::<T>(owner, with_weak))
}

/// Returns the weak references to the object: Python's `getweakrefs`.
///
/// First the one without callback, if there is one, then those with callback, newest first. They
/// are the references that the program holds, by [`WeakRef::ptr_eq`]; one that was made through a
/// pointer of another type (before the owner was coerced to `dyn Trait`, say) cannot be expressed
/// in this one, and a reference without callback stands for it. Container entries, finalizers, watches,
/// [`KeyedRef`](crate::KeyedRef)s and the callbacks of [`WeakMethod`](crate::WeakMethod)s are counted by
/// [`weakref_count`], but not listed.
///
/// O(n), with an allocation for each; holds the slot meanwhile.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, weakrefs};
///
/// let owner = Arc::new(Slotted::new(7));
/// let first = WeakRef::with_callback(&owner, |_| ());
/// let second = WeakRef::with_callback(&owner, |_| ());
/// let all = weakrefs(&owner);
/// assert!(all[0].ptr_eq(&second) && all[1].ptr_eq(&first));
/// ```
pub fn weakrefs<P: Pointer<Referent: 'static>>(owner: &P) -> Vec<WeakRef<P::Referent>> {
    let (with_weak, handles) = owner.weak_slot().handles();
    let all = handles.len();
    let ours = handles.into_iter().map(|handle| handle.downcast::<WeakRef<_>>().ok());
    // The dead belong to the pointer that the object was in before.
    let is_dead =
        |handle: &Option<Box<WeakRef<_>>>| handle.as_ref().is_some_and(|weak| weak.is_dead());
    let living: Vec<_> = ours.filter(|handle| !is_dead(handle)).collect();
    let plain = has_plain::<P::Referent>(owner.strong(), with_weak - (all - living.len()))
        .then(|| WeakRef::new(owner));
    let registered =
        living.into_iter().map(|handle| handle.map_or_else(|| WeakRef::new(owner), |weak| *weak));
    plain.into_iter().chain(registered).collect()
}

/// Makes all registered weak references to a living object read dead, takes its entries out of all
/// weak containers, and then runs the callbacks and finalizers, newest first, as if it had died.
///
/// References without callback are std `Weak`s and stay as they are.
///
/// O(n). Runs callbacks; a panic in one goes to the [unraisable hook](crate::set_unraisable_hook).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, clear_weakrefs};
///
/// let owner = Arc::new(Slotted::new(7));
/// let weak = WeakRef::with_callback(&owner, |weak| assert!(weak.upgrade().is_none()));
/// clear_weakrefs(&owner);
/// assert!(weak.is_dead());
/// ```
pub fn clear_weakrefs<P: Pointer>(owner: &P) {
    owner.weak_slot().clear(address(owner), false);
}

/// The same as [`clear_weakrefs`] without running a callback: each stays with its reference, and
/// goes when that is dropped. Container entries go. Finalizers stay alive, and run when they are called
/// or at the [end of the program](crate::exit), not at the object's death.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, clear_weakrefs_silently};
///
/// let owner = Arc::new(Slotted::new(7));
/// let weak = WeakRef::with_callback(&owner, |_| unreachable!());
/// clear_weakrefs_silently(&owner);
/// assert!(weak.is_dead());
/// ```
pub fn clear_weakrefs_silently<P: Pointer>(owner: &P) {
    owner.weak_slot().clear(address(owner), true);
}

fn address<P: Pointer>(owner: &P) -> *const () {
    std::ptr::from_ref::<P::Referent>(owner).cast()
}
