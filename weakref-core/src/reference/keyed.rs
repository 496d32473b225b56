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
    StrongOf, WeakRef, WeakReference, Weakrefable,
    error::ReferenceError,
    flavor::{Callback, Pointer, Stored},
    reference::WeakReferenceKind,
    reference::weakref::node::Handle,
};

/// A weak reference that carries a key, for one callback that is shared by many: Python's
/// `KeyedRef`.
///
/// The callback is given the reference, which is dead by then, and reads its key. So the closure
/// does not depend on the object, and can be the same for all references: a `fn`, or clones of one
/// closure.
///
/// Clones are the same reference, with one key and one callback; in Python, assignment makes them.
/// [`downgrade`](Self::downgrade) returns a plain [`WeakRef`]. Equality and hash are those of a
/// [`WeakRef`], and do not depend on the key.
///
/// # Cost
///
/// One allocation, for the key and the callback.
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
/// // The same for all references. The index owns it, so it has a weak pointer to the index.
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
/// In Python, you can derive a class from `ref`. In Rust, put a [`WeakRef`] into a struct. This is
/// the `ExtendedRef` of Python's documentation, which counts its calls:
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
/// assert_eq!(extended.calls.get(), 2, "calls of a dead reference do not count");
/// ```
#[repr(transparent)]
pub struct KeyedRef<K, T: ?Sized + Weakrefable> {
    /// A reference with a node, which has a `K` as its extra. Its handles are those of the clones
    /// and, while the callback runs, the callback's.
    weak: WeakRef<T>,
    /// Makes `K` invariant: the callback was made for this `K`, and is given the key that `set_key`
    /// has stored.
    #[allow(clippy::type_complexity)]
    key: PhantomData<(K, fn(K) -> K)>,
}

impl<K, T: ?Sized + Weakrefable> KeyedRef<K, T> {
    /// Creates a weak reference that carries `key`, and calls `callback` when the object is
    /// dropped.
    ///
    /// The callback is called as that of [`WeakRef::with_callback`]. The reference counts in
    /// [`weakref_count`](crate::weakref_count), but [`weakrefs`](crate::weakrefs) does not return
    /// it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// fn say(dead: &KeyedRef<&str, Slotted<i32>>) {
    ///     println!("{} was dropped", dead.key());
    /// }
    ///
    /// let (one, two) = (Arc::new(Slotted::new(1)), Arc::new(Slotted::new(2)));
    /// let _watch = [KeyedRef::new(&one, "one", say), KeyedRef::new(&two, "two", say)];
    /// drop(two); // prints "two was dropped"
    /// # drop(one);
    /// ```
    #[must_use = "the callback is cancelled when the last handle is dropped"]
    pub fn new<P, C>(owner: &P, key: K, callback: C) -> Self
    where
        T: 'static,
        K: Stored<T::Flavor>,
        P: Pointer<Referent = T>,
        C: FnOnce(&Self) + Callback<T, T::Flavor>,
    {
        // SAFETY: a `KeyedRef<K, T>` is a transparent `WeakRef<T>`, so the pointer is valid for it.
        // This one is a handle of a node with a `K`. The reference is used only while the callback
        // runs, which borrows the `WeakRef` as long.
        let show = |weak: &WeakRef<T>| unsafe { NonNull::from(weak).cast::<Self>().as_ref() };
        // SAFETY: `C: Callback<T, T::Flavor>` says that in `Shared`, `callback` is `Send` and `T`
        // is `Send + Sync`; the closure owns nothing else. `K: Stored<T::Flavor>` says that `K` is
        // `'static`, and in `Shared` that it is `Send + Sync`.
        let handle = unsafe {
            Handle::register_hidden(owner.strong(), key, move |weak: &WeakRef<T>| {
                callback(show(weak));
            })
        };
        Self { weak: WeakRef::from_handle(handle), key: PhantomData }
    }

    /// Returns the handle in this reference, as a copy that must not be dropped.
    fn handle(&self) -> ManuallyDrop<Handle<T>> {
        let node = self.weak.node().expect("a keyed reference has a node");
        // SAFETY: the handle belongs to this reference; the copy is never dropped, so it is used up
        // once.
        ManuallyDrop::new(unsafe { Handle::from_raw(node) })
    }

    /// Returns the key, also after the object has been dropped.
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
        // SAFETY: the node was made with a `K`, and this reference keeps it. The key is replaced
        // only through a reference by `&mut`, which is the only handle then; so the borrow may last
        // as long as `self`'s.
        unsafe { NonNull::from(handle.extra::<K>()).as_ref() }
    }

    /// Replaces the key and returns the previous one.
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
    /// Returns the new key if there is a clone of this reference, or the callback is running: they
    /// may be reading the old one.
    pub fn set_key(&mut self, key: K) -> Result<K, K> {
        // SAFETY: the node was made with a `K`.
        unsafe { self.handle().replace_extra(key) }
    }

    /// Returns a strong pointer to the object, or `None` if it has been dropped.
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
    #[must_use = "the object may be dropped with this strong pointer"]
    pub fn upgrade(&self) -> Option<StrongOf<T>> {
        self.weak.upgrade()
    }

    /// Calls `f` with the object and returns its result, or `None` if the object has been dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(String::from("text")));
    /// let keyed = KeyedRef::new(&owner, 7, |_| ());
    /// assert_eq!(keyed.with(|text| text.len()), Some(4));
    /// ```
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        self.weak.with(f)
    }

    /// Returns whether there is a callback that may still be called: false once the object has been
    /// dropped, and so inside the callback.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let keyed = KeyedRef::new(&owner, "seven", |keyed| assert!(!keyed.has_callback()));
    /// assert!(keyed.has_callback());
    /// ```
    pub fn has_callback(&self) -> bool {
        self.weak.has_callback()
    }

    /// Returns whether the object has been dropped, without making a strong pointer.
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

    /// Returns whether the two are the same reference. The argument of the callback is the same as
    /// the reference that was made with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let (one, two) = (KeyedRef::new(&owner, 1, |_| ()), KeyedRef::new(&owner, 2, |_| ()));
    /// assert!(one.is_same_reference(&one) && !one.is_same_reference(&two));
    /// ```
    pub fn is_same_reference(&self, other: &Self) -> bool {
        self.weak.is_same_reference(&other.weak)
    }

    /// Drops the callback without calling it.
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

    /// Returns a weak reference to the object without a callback. It keeps the hash, if that has
    /// been computed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{KeyedRef, Slotted, WeakRef};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let keyed = KeyedRef::new(&owner, "seven", |_| ());
    /// assert!(keyed.downgrade().is_same_reference(&WeakRef::new(&owner)));
    /// ```
    #[must_use]
    pub fn downgrade(&self) -> WeakRef<T> {
        self.weak.without_callback()
    }

    /// Returns the hash of the object. It is computed by the first call, while the object is alive,
    /// and then kept, as by [`WeakRef::try_hash`].
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
    /// Returns [`ReferenceError`] if the object was dropped before the first call.
    pub fn try_hash(&self) -> Result<u64, ReferenceError>
    where
        T: Hash,
    {
        self.weak.try_hash()
    }
}

impl<K, T: ?Sized + Weakrefable> Clone for KeyedRef<K, T> {
    /// Returns the same reference, with the same key and callback. While there are several, the key
    /// cannot be [replaced](KeyedRef::set_key).
    fn clone(&self) -> Self {
        Self { weak: self.weak.clone(), key: PhantomData }
    }
}

impl<K, T: ?Sized + Weakrefable + PartialEq> PartialEq for KeyedRef<K, T> {
    fn eq(&self, other: &Self) -> bool {
        self.weak == other.weak
    }

    // Like `WeakRef`'s: the `!=` of the objects.
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
    /// With the message of [`ReferenceError`], if the object was dropped before the first call.
    #[track_caller]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.weak.hash(state);
    }
}

impl<K, T: ?Sized + Weakrefable> fmt::Debug for KeyedRef<K, T> {
    /// Writes the type of the object, and its address or `dead`. Calls no method of the object or
    /// the key.
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
