//! `KeyedRef`: a weak reference that carries a key.
#![allow(unsafe_code)]

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::NonNull,
};

use crate::{
    Callback, Pointer, ReferenceError, Stored, StrongOf, WeakRef, WeakReference, WeakReferenceKind,
    Weakrefable, node::Handle,
};

/// A weak reference that carries a key, for one callback that is shared by many: Python's `KeyedRef`.
///
/// The callback is given the reference, which is dead by then, and finds in its key what is to be done.
/// So the closure need not know which object it is for, and can be the same for all: a `fn`, or a clone
/// of one closure for each.
///
/// Like Python's, it cannot be cloned; [`downgrade`](Self::downgrade) gives a plain [`WeakRef`].
/// Equality and hash are those of a [`WeakRef`]; the key takes no part.
///
/// # Cost
///
/// One allocation, which holds key and callback.
///
/// # Examples
///
/// ```
/// use std::{cell::RefCell, collections::HashMap, rc::Rc};
/// use weakref_core::{KeyedRef, Local, Slotted};
///
/// type Text = Slotted<String, Local>;
///
/// let index = Rc::new(RefCell::new(HashMap::<u32, KeyedRef<u32, Text>>::new()));
/// // Shared by all, and holds the index weakly, as the index holds it.
/// let weak_index = Rc::downgrade(&index);
/// let remove = move |dead: &KeyedRef<u32, Text>| {
///     if let Some(index) = weak_index.upgrade() {
///         index.borrow_mut().remove(dead.key());
///     }
/// };
///
/// let texts: Vec<Rc<Text>> = ["a", "b"].map(|text| Rc::new(Slotted::new(text.into()))).into();
/// for (key, text) in (0..).zip(&texts) {
///     index.borrow_mut().insert(key, KeyedRef::new(text, key, remove.clone()));
/// }
/// assert_eq!(index.borrow().len(), 2);
/// drop(texts);
/// assert!(index.borrow().is_empty());
/// ```
///
/// # A reference of your own
///
/// What is a subclass of `ref` in Python is a struct around one here. This is the `ExtendedRef` of
/// Python's documentation, which counts its calls:
///
/// ```
/// use std::{cell::Cell, sync::Arc};
/// use weakref_core::{Slotted, StrongOf, WeakRef, Weakrefable};
///
/// struct ExtendedRef<T: Weakrefable> {
///     weak: WeakRef<T>,
///     calls: Cell<u32>,
/// }
///
/// impl<T: Weakrefable> ExtendedRef<T> {
///     fn call(&self) -> Option<(StrongOf<T>, u32)> {
///         let object = self.weak.upgrade()?;
///         self.calls.set(self.calls.get() + 1);
///         Some((object, self.calls.get()))
///     }
/// }
///
/// let owner = Arc::new(Slotted::new("text"));
/// let extended = ExtendedRef { weak: WeakRef::new(&owner), calls: Cell::new(0) };
/// assert_eq!(extended.call().unwrap().1, 1);
/// assert_eq!(extended.call().unwrap().1, 2);
/// drop(owner);
/// assert!(extended.call().is_none());
/// assert_eq!(extended.calls.get(), 2, "calls of the dead do not count");
/// ```
#[repr(transparent)]
pub struct KeyedRef<K, T: ?Sized + Weakrefable> {
    /// Its node has a `K` as its extra, and no other handles than this and the callback's.
    weak: WeakRef<T>,
    /// Invariant: with a shorter-lived `K`, the callback would be given the key that `set_key` put there.
    #[allow(clippy::type_complexity)]
    key: PhantomData<(K, fn(K) -> K)>,
}

impl<K, T: ?Sized + Weakrefable> KeyedRef<K, T> {
    /// Returns a new weak reference that carries `key`, and calls `callback` when the object dies.
    ///
    /// All that [`WeakRef::with_callback`] says of the callback holds here. The reference is
    /// [counted](crate::weakref_count), but not [listed](crate::weakrefs).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// fn say(dead: &KeyedRef<&str, Slotted<i32>>) {
    ///     println!("{} has gone", dead.key());
    /// }
    ///
    /// let (one, two) = (Arc::new(Slotted::new(1)), Arc::new(Slotted::new(2)));
    /// let _watch = [KeyedRef::new(&one, "one", say), KeyedRef::new(&two, "two", say)];
    /// drop(two); // prints "two has gone"
    /// # drop(one);
    /// ```
    pub fn new<P, C>(owner: &P, key: K, callback: C) -> Self
    where
        T: 'static,
        K: Stored<T::Flavor>,
        P: Pointer<Referent = T>,
        C: FnOnce(&Self) + Callback<T, T::Flavor>,
    {
        // SAFETY: a `KeyedRef` is a transparent `WeakRef`, and this one is the handle of a node with a
        // `K`, which the callback is given for as long as it runs.
        let show = |weak: &WeakRef<T>| unsafe { NonNull::from(weak).cast::<Self>().as_ref() };
        // SAFETY: what `Callback` says of `callback` holds for this closure, which owns nothing else;
        // what `Stored` says of the key.
        let handle = unsafe {
            Handle::register_hidden(owner.strong(), key, move |weak: &WeakRef<T>| {
                callback(show(weak));
            })
        };
        Self { weak: WeakRef::from_handle(handle), key: PhantomData }
    }

    /// The handle in this reference.
    fn handle(&self) -> ManuallyDrop<Handle<T>> {
        let node = self.weak.node().expect("a keyed reference has a node");
        // SAFETY: it is borrowed from this reference, and not dropped.
        ManuallyDrop::new(unsafe { Handle::from_raw(node) })
    }

    /// Returns the key. It stays after the death.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let keyed = KeyedRef::new(&Arc::new(Slotted::new(7)), "seven", |_| ());
    /// assert!(keyed.is_dead());
    /// assert_eq!(*keyed.key(), "seven");
    /// ```
    pub fn key(&self) -> &K {
        let handle = self.handle();
        // SAFETY: the node was made with a `K`, and lives as long as this reference. To replace the key
        // takes this reference by `&mut`.
        unsafe { NonNull::from(handle.extra::<K>()).as_ref() }
    }

    /// Replaces the key, and returns the one before.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let mut keyed = KeyedRef::new(&owner, "six", |_| ());
    /// assert_eq!(keyed.set_key("seven"), Ok("six"));
    /// assert_eq!(*keyed.key(), "seven");
    /// ```
    ///
    /// # Errors
    ///
    /// The new key, while the callback is running, which may look at the old one.
    pub fn set_key(&mut self, key: K) -> Result<K, K> {
        // SAFETY: the node was made with a `K`.
        unsafe { self.handle().replace_extra(key) }
    }

    /// Returns an owner of the object, or `None` once it is dead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let keyed = KeyedRef::new(&owner, "seven", |_| ());
    /// assert!(Arc::ptr_eq(&keyed.upgrade().unwrap(), &owner));
    /// ```
    #[inline]
    pub fn upgrade(&self) -> Option<StrongOf<T>> {
        self.weak.upgrade()
    }

    /// Returns whether the object is dead, without making an owner of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let keyed = KeyedRef::new(&owner, "seven", |_| ());
    /// drop(owner);
    /// assert!(keyed.is_dead());
    /// ```
    #[inline]
    pub fn is_dead(&self) -> bool {
        self.weak.is_dead()
    }

    /// Returns whether the two are the same reference: inside the callback, its argument is the one
    /// that was made.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let (one, two) = (KeyedRef::new(&owner, 1, |_| ()), KeyedRef::new(&owner, 2, |_| ()));
    /// assert!(one.ptr_eq(&one) && !one.ptr_eq(&two));
    /// ```
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.weak.ptr_eq(&other.weak)
    }

    /// Forgets the callback, uncalled.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let keyed = KeyedRef::new(&owner, "seven", |_| unreachable!());
    /// keyed.detach();
    /// drop(owner);
    /// ```
    pub fn detach(&self) {
        self.weak.detach();
    }

    /// Returns the weak reference to the object that has no callback.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let keyed = KeyedRef::new(&owner, "seven", |_| ());
    /// assert!(keyed.downgrade().ptr_eq(&WeakRef::new(&owner)));
    /// ```
    pub fn downgrade(&self) -> WeakRef<T> {
        self.weak.without_callback()
    }

    /// Returns the hash of the object, computed at the first call while it lives and then kept, as
    /// [`WeakRef::try_hash`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let keyed = KeyedRef::new(&owner, "seven", |_| ());
    /// assert_eq!(keyed.try_hash(), WeakRef::new(&owner).try_hash());
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReferenceError`] if the object died before its hash was asked for.
    pub fn try_hash(&self) -> Result<u64, ReferenceError>
    where
        T: Hash,
    {
        self.weak.try_hash()
    }
}

impl<K, T: ?Sized + Weakrefable + PartialEq> PartialEq for KeyedRef<K, T> {
    fn eq(&self, other: &Self) -> bool {
        self.weak == other.weak
    }

    // As `WeakRef`'s, the referents' own `!=`.
    #[allow(clippy::partialeq_ne_impl)]
    fn ne(&self, other: &Self) -> bool {
        self.weak != other.weak
    }
}

impl<K, T: ?Sized + Weakrefable + Eq> Eq for KeyedRef<K, T> {}

impl<K, T: ?Sized + Weakrefable + Hash> Hash for KeyedRef<K, T> {
    /// Writes [`try_hash`](KeyedRef::try_hash).
    ///
    /// # Panics
    ///
    /// With [`ReferenceError`]'s message, if the object died before its hash was asked for.
    #[track_caller]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.weak.hash(state);
    }
}

impl<K, T: ?Sized + Weakrefable> fmt::Debug for KeyedRef<K, T> {
    /// Writes the type of the referent, and its address or `dead`. Calls neither into it nor into the
    /// key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.weak.describe("KeyedRef", f)
    }
}

impl<K, T: ?Sized + Weakrefable> WeakReference for KeyedRef<K, T> {
    fn kind(&self) -> WeakReferenceKind {
        WeakReferenceKind::Keyed
    }

    fn is_dead(&self) -> bool {
        self.is_dead()
    }

    fn weakref_count(&self) -> usize {
        self.weak.weakref_count()
    }
}
