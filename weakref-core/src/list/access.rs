//! Size, and lookup of elements.

use super::{ListKey, WeakList, slab::Slab};
use crate::{Flavor, StrongOf, Weakrefable, flavor::WeakOf};

impl<T: ?Sized + Weakrefable> WeakList<T> {
    /// Returns the number of elements.
    ///
    /// An object that is being dropped counts until its element is removed, and a value that was
    /// [moved out of its pointer](Self#objects-that-are-moved-out) counts until it is dropped. The
    /// number is exact unless the list is being used concurrently.
    ///
    /// O(1).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let hello = Arc::new(Slotted::new("hello"));
    /// let words = WeakList::from([hello.clone(), hello.clone()]);
    /// assert_eq!(words.len(), 2);
    /// drop(hello);
    /// assert_eq!(words.len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.root.lock().map_or(0, |guard| guard.len())
    }

    /// Returns `true` if the list contains no elements, as [`len`](Self::len) counts them.
    ///
    /// O(1).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let hello = Arc::new(Slotted::new("hello"));
    /// let words = WeakList::from([hello.clone()]);
    /// assert!(!words.is_empty());
    /// drop(hello);
    /// assert!(words.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns an owner of the element with this key.
    ///
    /// Returns `None` if the element has left the list, or is being dropped.
    ///
    /// O(1).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let hello = Arc::new(Slotted::new("hello"));
    /// let words = WeakList::new();
    /// let key = words.push(&hello);
    /// assert_eq!(words.get(key), Some(hello.clone()));
    /// drop(hello);
    /// assert_eq!(words.get(key), None);
    /// ```
    pub fn get(&self, key: ListKey) -> Option<StrongOf<T>> {
        let guard = self.root.lock()?;
        let index = guard.find(key)?;
        guard.upgrade(index)
    }

    /// Returns `true` if the element with this key is in the list and alive.
    ///
    /// O(1). Makes no owner.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let hello = Arc::new(Slotted::new("hello"));
    /// let words = WeakList::new();
    /// let key = words.push(&hello);
    /// assert!(words.contains_key(key));
    /// words.remove(key);
    /// assert!(!words.contains_key(key));
    /// ```
    pub fn contains_key(&self, key: ListKey) -> bool {
        let Some(guard) = self.root.lock() else { return false };
        let element = guard.find(key).and_then(|index| guard.element(index));
        element.is_some_and(|(_, weak, _)| !T::Flavor::is_dead(weak))
    }

    /// Returns `true` if the list contains this object: the same one, by its address.
    ///
    /// Pass a reference to the object or, for a `T` that is not a `dyn Trait`, to an owner of it.
    ///
    /// O(n). Makes no owners.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, equal] = ["hello", "hello"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone()]);
    /// assert!(words.contains(&hello));
    /// assert!(!words.contains(&equal));
    /// ```
    pub fn contains(&self, object: &T) -> bool {
        self.root.lock().is_some_and(|guard| keys_of(&guard, object).next().is_some())
    }

    /// Returns an owner of the first element that is alive.
    ///
    /// O(1), and a step for each dead element before that one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone(), world.clone()]);
    /// assert_eq!(words.front(), Some(hello.clone()));
    /// drop(hello);
    /// assert_eq!(words.front(), Some(world));
    /// ```
    pub fn front(&self) -> Option<StrongOf<T>> {
        let guard = self.root.lock()?;
        guard.iter().find_map(|(_, weak)| T::Flavor::upgrade(weak))
    }

    /// Returns an owner of the last element that is alive.
    ///
    /// O(1), and a step for each dead element after that one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone(), world.clone()]);
    /// assert_eq!(words.back(), Some(world.clone()));
    /// drop(world);
    /// assert_eq!(words.back(), Some(hello));
    /// ```
    pub fn back(&self) -> Option<StrongOf<T>> {
        let guard = self.root.lock()?;
        guard.iter_back().find_map(|(_, weak)| T::Flavor::upgrade(weak))
    }
}

/// Returns the keys of the elements that are this object, if it is alive.
pub(super) fn keys_of<'a, T: ?Sized + Weakrefable>(
    slab: &'a Slab<WeakOf<T>>,
    object: &'a T,
) -> impl Iterator<Item = ListKey> + 'a {
    let is_match = |weak: &WeakOf<T>| {
        std::ptr::addr_eq(T::Flavor::as_ptr(weak), object) && !T::Flavor::is_dead(weak)
    };
    slab.iter().filter(move |(_, weak)| is_match(weak)).map(|(key, _)| key)
}
