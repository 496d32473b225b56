//! Removal of elements.

use super::{
    Drain, ListKey, WeakList,
    access::keys_of,
    drop_all,
    iterate::Walk,
    slab::{NONE, Slab},
};
use crate::{StrongOf, Weakrefable, flavor::WeakOf};

impl<T: ?Sized + Weakrefable> WeakList<T> {
    /// Removes the element with this key, and returns an owner of it.
    ///
    /// Returns `None` if the element has left the list already. If it is being dropped, or was
    /// [moved out of its pointer](Self#objects-that-are-moved-out), it is removed, and `None` is
    /// returned.
    ///
    /// O(1).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::new();
    /// let key = words.push(&hello);
    /// words.push(&world);
    /// assert_eq!(words.remove(key), Some(hello));
    /// assert_eq!(words.remove(key), None);
    /// assert!(words.iter().eq([world]));
    /// ```
    pub fn remove(&self, key: ListKey) -> Option<StrongOf<T>> {
        let mut guard = self.root.lock()?;
        let index = guard.find(key)?;
        guard.remove(index)
    }

    /// Removes this object wherever it is in the list, and returns how many elements that were.
    ///
    /// It is known by its address. Pass a reference to the object or, for a `T` that is not a `dyn
    /// Trait`, to an owner of it.
    ///
    /// O(n).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone(), world.clone(), hello.clone()]);
    /// assert_eq!(words.remove_object(&hello), 2);
    /// assert_eq!(words.remove_object(&hello), 0);
    /// assert!(words.iter().eq([world]));
    /// ```
    #[doc(alias = "disconnect", alias = "unsubscribe")]
    pub fn remove_object(&self, object: &T) -> usize {
        let mut owners = Vec::new();
        let Some(mut guard) = self.root.lock() else { return 0 };
        let keys: Vec<ListKey> = keys_of(&guard, object).collect();
        for key in &keys {
            owners.extend(guard.remove(key.index));
        }
        drop(guard);
        drop_all(owners);
        keys.len()
    }

    /// Removes the first element that is alive, and returns an owner of it.
    ///
    /// Returns `None` if there is none. Elements before it, which are being dropped or were
    /// [moved out of their pointer](Self#objects-that-are-moved-out), are removed too.
    ///
    /// O(1), and a step for each element that it removes.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone(), world.clone()]);
    /// assert_eq!(words.pop_front(), Some(hello));
    /// assert_eq!(words.pop_front(), Some(world));
    /// assert_eq!(words.pop_front(), None);
    /// ```
    pub fn pop_front(&self) -> Option<StrongOf<T>> {
        self.pop(Slab::first)
    }

    /// Removes the last element that is alive, and returns an owner of it.
    ///
    /// Returns `None` if there is none. Elements after it, which are being dropped or were
    /// [moved out of their pointer](Self#objects-that-are-moved-out), are removed too.
    ///
    /// O(1), and a step for each element that it removes.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone(), world.clone()]);
    /// assert_eq!(words.pop_back(), Some(world));
    /// assert_eq!(words.pop_back(), Some(hello));
    /// assert_eq!(words.pop_back(), None);
    /// ```
    pub fn pop_back(&self) -> Option<StrongOf<T>> {
        self.pop(Slab::last)
    }

    fn pop(&self, end: fn(&Slab<WeakOf<T>>) -> u32) -> Option<StrongOf<T>> {
        let mut guard = self.root.lock()?;
        loop {
            let index = Some(end(&guard)).filter(|&index| index != NONE)?;
            if let Some(owner) = guard.remove(index) {
                return Some(owner);
            }
        }
    }

    /// Removes the elements for which `keep` returns `false`. Calls `keep` from the first element
    /// to the last.
    ///
    /// Elements that are being dropped, or were
    /// [moved out of their pointer](Self#objects-that-are-moved-out), are removed too. Nothing is
    /// locked while `keep` runs. See [iteration](Self#iteration) for the elements that it sees.
    ///
    /// O(n), with an allocation for the owners.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let numbers: Vec<_> = (0..10).map(|number| Arc::new(Slotted::new(number))).collect();
    /// let list: WeakList<_> = numbers.iter().cloned().collect();
    /// list.retain(|number| ***number % 2 == 0);
    /// assert!(list.iter().map(|number| **number).eq([0, 2, 4, 6, 8]));
    /// ```
    pub fn retain(&self, mut keep: impl FnMut(&StrongOf<T>) -> bool) {
        let Walk { all, removals } = self.walk(true);
        for (key, owner) in all {
            let is_shown = !removals.have_changed() || self.still_contains(key);
            if is_shown && !keep(&owner) {
                // Another owner than this one, which is dropped next: nothing is dropped here.
                self.remove(key);
            }
        }
    }

    /// Removes all elements. The objects stay alive as long as they have owners.
    ///
    /// What destructors or other threads insert meanwhile stays.
    ///
    /// O(n), with an allocation for owners of the elements.
    ///
    /// # Panics
    ///
    /// If an object is dropped by this call, as its last other owner was dropped at this moment,
    /// and its destructor panics, the list is empty all the same. The first panic is resumed. Later
    /// ones go to the [unraisable hook](crate::set_unraisable_hook).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let hello = Arc::new(Slotted::new("hello"));
    /// let words = WeakList::from([hello.clone()]);
    /// words.clear();
    /// assert!(words.is_empty());
    /// assert_eq!(Arc::strong_count(&hello), 1);
    /// ```
    pub fn clear(&self) {
        drop_all(self.take_all());
    }

    /// Removes all elements, and returns owners of them, from the first to the last.
    ///
    /// All is removed before this returns, whether the iterator is used or not.
    ///
    /// O(n), with an allocation for the owners.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone(), world.clone()]);
    /// assert!(words.drain().eq([hello, world]));
    /// assert!(words.is_empty());
    /// ```
    pub fn drain(&self) -> Drain<StrongOf<T>> {
        Drain::new(self.take_all())
    }

    pub(super) fn take_all(&self) -> Vec<StrongOf<T>> {
        let mut owners = Vec::new();
        if let Some(mut guard) = self.root.lock() {
            owners.reserve_exact(guard.len());
            guard.remove_all(&mut owners);
        }
        owners
    }
}
