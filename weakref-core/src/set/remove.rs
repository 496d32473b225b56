//! Removal of several elements, and the listeners of removals.

use super::{Drain, Element, ExtractIf, ObjectSet};
use crate::{
    Flavor, RemovalCause, StrongOf, WeakRef, Weakrefable,
    container::{
        removal::{self, Removed},
        walk::{Visited, Walk},
    },
    flavor::Stored,
};

impl<T: ?Sized + Weakrefable, C> ObjectSet<T, C> {
    /// Removes the elements for which `keep` returns `false`.
    ///
    /// Elements that are being dropped, or were moved out of their pointer, are removed too.
    /// Nothing is locked while `keep` runs. See [iteration](crate::WeakSet#iteration) for the
    /// elements that it sees.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let numbers: Vec<_> = (0..10).map(|number| Arc::new(Slotted::new(number))).collect();
    /// let set: WeakSet<_> = numbers.iter().cloned().collect();
    /// set.retain(|number| ***number % 2 == 0);
    /// assert_eq!(set.len(), 5);
    /// assert!(set.contains(&*numbers[4]) && !set.contains(&*numbers[5]));
    /// ```
    #[track_caller]
    pub fn retain(&self, mut keep: impl FnMut(&StrongOf<T>) -> bool) {
        let mut walk = Walk::sweeping(&self.shards);
        while let Some(Visited { hash, strong, .. }) = walk.next() {
            if !keep(&strong) {
                self.take_this(hash, &strong);
            }
        }
    }

    /// Returns an iterator that removes the elements for which `pick` returns `true`, and returns
    /// an owner of each.
    ///
    /// The iterator is lazy: it calls `pick` for one element after the other, as it is advanced.
    /// Elements that it has not come to when it is dropped stay in the set. Elements that are being
    /// dropped, or were moved out of their pointer, are removed on the way, and are not returned.
    ///
    /// Nothing is locked while `pick` runs. See [iteration](crate::WeakSet#iteration) for the
    /// elements that it sees.
    ///
    /// If the iterator is forgotten ([`mem::forget`](std::mem::forget)), a part of the set may stay
    /// pinned as by an iteration that does not end. It frees no memory from then on, and lookups in
    /// it become slower as it grows.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let numbers: Vec<_> = (0..10).map(|number| Arc::new(Slotted::new(number))).collect();
    /// let set: WeakSet<_> = numbers.iter().cloned().collect();
    /// assert_eq!(set.extract_if(|number| ***number % 2 == 1).count(), 5);
    /// assert_eq!(set.len(), 5);
    /// ```
    pub fn extract_if<'a>(
        &'a self,
        mut pick: impl FnMut(&StrongOf<T>) -> bool + 'a,
    ) -> ExtractIf<'a, StrongOf<T>> {
        let mut walk = Walk::sweeping(&self.shards);
        ExtractIf::new(std::iter::from_fn(move || {
            while let Some(Visited { hash, strong, .. }) = walk.next() {
                if pick(&strong) && self.take_this(hash, &strong).is_some() {
                    return Some(strong);
                }
            }
            None
        }))
    }

    #[track_caller]
    pub(super) fn take_this(&self, hash: u32, owner: &StrongOf<T>) -> Option<()> {
        let is_match = |element: &Element<T>| {
            std::ptr::addr_eq(T::Flavor::as_ptr(&element.weak), &raw const **owner)
        };
        drop(self.shards.remove_record(hash, is_match)?.into_record());
        Some(())
    }

    /// Removes an arbitrary element, and returns an owner of it.
    ///
    /// Returns `None` if the set is empty. Elements that it finds before, and that are being
    /// dropped or were moved out of their pointer, are discarded.
    ///
    /// The search begins where the last element was found. It takes long in a table that is much
    /// too large for its elements.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert_eq!(words.pop(), Some(hello));
    /// assert_eq!(words.pop(), None);
    /// ```
    #[track_caller]
    pub fn pop(&self) -> Option<StrongOf<T>> {
        self.shards.pop(|removed| removed.into_removed().into_owners())
    }

    /// Removes all elements, and returns owners of them, in arbitrary order.
    ///
    /// All is removed before this returns, whether the iterator is used or not. The shards are
    /// emptied one after the other: what is inserted meanwhile may stay. ([`clear`](Self::clear)
    /// removes what listeners and destructors insert, too.)
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// assert!(words.drain().eq([hello]));
    /// assert!(words.is_empty());
    /// ```
    #[track_caller]
    pub fn drain(&self) -> Drain<StrongOf<T>> {
        Drain::new(self.take_all())
    }

    #[track_caller]
    pub(super) fn take_all(&self) -> Vec<StrongOf<T>> {
        let all = self.shards.remove_all(RemovalCause::Removed).into_iter();
        all.filter_map(Removed::into_owners).collect()
    }

    /// Removes all elements. The objects stay alive as long as they have owners.
    ///
    /// Listeners and destructors run while nothing is locked. Elements that they insert in this
    /// thread are removed too, so this method does not return while they insert without end.
    /// Elements that other threads insert meanwhile may stay, because the shards are emptied one
    /// after the other.
    ///
    /// # Panics
    ///
    /// If a destructor panics, the remaining elements are removed all the same. Then the first
    /// panic is resumed. Later ones go to the [unraisable hook](crate::set_unraisable_hook).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::from([hello.clone()]);
    /// words.clear();
    /// assert!(words.is_empty());
    /// assert_eq!(Arc::strong_count(&hello), 1);
    /// ```
    #[track_caller]
    pub fn clear(&self) {
        self.shards.clear();
    }

    /// Calls `listener` for each element that is removed or replaced from now on, with a weak
    /// reference to it and the [cause](RemovalCause).
    ///
    /// If the element has been dropped, the reference is dead, and has no [kept
    /// hash](crate::WeakRef#equality-and-hash). [`ptr_eq`](crate::WeakRef::ptr_eq) tells which
    /// element it was.
    ///
    /// The listener is called after the removal, in the thread that removes the element, while
    /// nothing is locked. It may use the set. If a thread drops an object while another thread has
    /// locked the element's shard, the latter removes it. If the listener panics, the panic goes to
    /// the [unraisable hook](crate::set_unraisable_hook).
    ///
    /// Several listeners are called in the order in which they were added. A listener is dropped
    /// with the set; one that owns the set keeps it alive for ever. A clone of the set has no
    /// listeners. Dropping the set calls none.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use weakref_core::{RemovalCause, Slotted, WeakRef, WeakSet};
    ///
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let words = WeakSet::new();
    /// let listener_log = log.clone();
    /// words.on_removal(move |word: &WeakRef<Slotted<String>>, cause| {
    ///     listener_log.lock().unwrap().push((word.is_dead(), cause));
    /// });
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// words.insert(&hello);
    /// words.remove("hello");
    /// words.insert(&hello);
    /// drop(hello);
    /// let expected = [(false, RemovalCause::Removed), (true, RemovalCause::Died)];
    /// assert_eq!(*log.lock().unwrap(), expected);
    /// ```
    #[track_caller]
    pub fn on_removal<L>(&self, listener: L)
    where
        L: Fn(&WeakRef<T>, RemovalCause) + Stored<T::Flavor>,
    {
        self.shards.add_listener(removal::listener(listener));
    }
}
