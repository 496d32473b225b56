//! Removal of several entries, and the listeners of removals.

use super::{KeyAndValue, KeyMap, KeyRecord, access::pair};
use crate::{
    RemovalCause, StrongOf, WeakRef, Weakrefable,
    container::{
        removal::{self, Removed},
        shared_value::SharedValue,
        snapshot::{Drain, ExtractIf},
        walk::{Visited, Walk},
    },
    flavor::Stored,
};

impl<K: ?Sized + Weakrefable, V, C> KeyMap<K, V, C> {
    /// Removes the entries for which `keep` returns `false`. `keep` may change the values.
    ///
    /// Entries whose key is being dropped, or was moved out of its pointer, are removed too.
    /// Nothing is locked while `keep` runs but the value. See
    /// [iteration](crate::WeakKeyMap#iteration) for the entries that it sees. An entry whose value
    /// was replaced after `keep` had been shown the old one is not removed.
    ///
    /// # Panics
    ///
    /// Panics if a closure of this thread is using one of the values, or if waiting for a value
    /// would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7), (bob.clone(), 8)]);
    /// scores.retain(|_name, score| *score > 7);
    /// assert!(scores.keys().eq([bob]));
    /// ```
    #[track_caller]
    pub fn retain(&self, mut keep: impl FnMut(&StrongOf<K>, &mut V) -> bool) {
        let mut walk = Walk::sweeping(&self.shards);
        while let Some(Visited { hash, strong, .. }) = walk.next() {
            drop(self.take_if("retain", hash, strong, |key, value| !keep(key, value)));
        }
    }

    /// Returns an iterator that removes the entries for which `pick` returns `true`, and returns
    /// each of them. `pick` may change the values.
    ///
    /// The iterator is lazy: it calls `pick` for one entry after the other, as it is advanced.
    /// Entries that it has not come to when it is dropped stay in the map. Entries whose key is
    /// being dropped, or was moved out of its pointer, are removed on the way, and are not
    /// returned.
    ///
    /// Nothing is locked while `pick` runs but the value. See
    /// [iteration](crate::WeakKeyMap#iteration) for the entries that it sees.
    ///
    /// If the iterator is forgotten ([`mem::forget`](std::mem::forget)), a part of the map may stay
    /// pinned as by an iteration that does not end. It frees no memory from then on, and lookups in
    /// it become slower as it grows.
    ///
    /// # Panics
    ///
    /// The iterator panics if a closure of this thread is using one of the values, or if waiting
    /// for a value would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7), (bob.clone(), 8)]);
    /// assert!(scores.extract_if(|_name, score| *score > 7).eq([(bob, 8)]));
    /// assert!(scores.keys().eq([ann]));
    /// ```
    pub fn extract_if<'a>(
        &'a self,
        mut pick: impl FnMut(&StrongOf<K>, &mut V) -> bool + 'a,
    ) -> ExtractIf<'a, StrongOf<K>, V> {
        let mut walk = Walk::sweeping(&self.shards);
        ExtractIf::new(std::iter::from_fn(move || {
            while let Some(Visited { hash, strong, .. }) = walk.next() {
                let taken = self.take_if("extract_if", hash, strong, &mut pick);
                if taken.is_some() {
                    return taken;
                }
            }
            None
        }))
    }

    /// Removes an entry if `pick` accepts it and it is still there.
    #[track_caller]
    fn take_if(
        &self,
        method: &str,
        hash: u32,
        KeyAndValue { key, value }: KeyAndValue<K, V>,
        pick: impl FnOnce(&StrongOf<K>, &mut V) -> bool,
    ) -> Option<(StrongOf<K>, V)> {
        if !value.write(method, |value| pick(&key, value))? {
            return None;
        }
        let (owner, value) = pair(self.remove_exactly(hash, &value)?);
        Some((owner?, value.take(method)?))
    }

    /// Removes the entry that has exactly this value.
    #[track_caller]
    pub(super) fn remove_exactly(
        &self,
        hash: u32,
        value: &SharedValue<K::Flavor, V>,
    ) -> Option<Removed<K::Flavor, KeyRecord<K, V>>> {
        self.shards.remove_record(hash, |record| record.value.is_same(value))
    }

    /// Removes an arbitrary entry, and returns an owner of its key, and its value: Python's
    /// `popitem`.
    ///
    /// Returns `None` if the map is empty. Entries that it finds before, and whose key is being
    /// dropped or was moved out of its pointer, are discarded. If a closure of another thread is
    /// using the value, this waits until the closure has returned.
    ///
    /// The search begins where the last entry was found. It takes long in a table that is much too
    /// large for its entries.
    ///
    /// # Panics
    ///
    /// Panics like [`remove`](Self::remove), if the value is in use.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert_eq!(scores.pop(), Some((ann, 7)));
    /// assert_eq!(scores.pop(), None);
    /// ```
    #[doc(alias = "popitem")]
    #[track_caller]
    pub fn pop(&self) -> Option<(StrongOf<K>, V)> {
        loop {
            let taken = self.shards.pop(|removed| {
                let (owner, value) = pair(removed.into_removed());
                Some((owner?, value))
            });
            let (owner, value) = taken?;
            // Otherwise another thread has moved the value out meanwhile.
            if let Some(value) = value.take("pop") {
                return Some((owner, value));
            }
        }
    }

    /// Removes all entries, and returns owners of their keys, and their values, in arbitrary order.
    ///
    /// All is removed before this returns, whether the iterator is used or not. The shards are
    /// emptied one after the other: what is inserted meanwhile may stay. ([`clear`](Self::clear)
    /// removes what listeners and destructors insert, too.) If a closure of another thread is using
    /// a value, this waits until the closure has returned.
    ///
    /// # Panics
    ///
    /// Panics like [`remove`](Self::remove), if one of the values is in use.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// assert!(scores.drain().eq([(ann, 7)]));
    /// assert!(scores.is_empty());
    /// ```
    #[track_caller]
    pub fn drain(&self) -> Drain<StrongOf<K>, V> {
        Drain::new(self.take_all("drain"))
    }

    #[track_caller]
    pub(super) fn take_all(&self, method: &str) -> Vec<(StrongOf<K>, V)> {
        let all = self.shards.remove_all(RemovalCause::Removed);
        let mut pairs = Vec::with_capacity(all.len());
        for removed in all {
            let (owner, value) = pair(removed);
            if let Some(owner) = owner
                && let Some(value) = value.take(method)
            {
                pairs.push((owner, value));
            }
        }
        pairs
    }

    /// Removes all entries. The objects stay alive as long as they have owners.
    ///
    /// Listeners and destructors run while nothing is locked. Entries that they insert in this
    /// thread are removed too, so this method does not return while they insert without end.
    /// Entries that other threads insert meanwhile may stay, because the shards are emptied one
    /// after the other.
    ///
    /// # Panics
    ///
    /// If a destructor panics, the remaining entries are removed all the same. Then the first panic
    /// is resumed. Later ones go to the [unraisable hook](crate::set_unraisable_hook).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::from([(ann.clone(), 7)]);
    /// scores.clear();
    /// assert!(scores.is_empty());
    /// assert_eq!(Arc::strong_count(&ann), 1);
    /// ```
    #[track_caller]
    pub fn clear(&self) {
        self.shards.clear();
    }

    /// Calls `listener` for each entry that is removed or replaced from now on, with a weak
    /// reference to its key and the [cause](RemovalCause).
    ///
    /// If the key has been dropped, the reference is dead, and has no [kept
    /// hash](crate::WeakRef#equality-and-hash). [`ptr_eq`](crate::WeakRef::ptr_eq) tells which key
    /// it was.
    ///
    /// The listener is called after the removal, in the thread that removes the entry, while
    /// nothing is locked. It may use the map. If a thread drops an object while another thread has
    /// locked the entry's shard, the latter removes the entry. If the listener panics, the panic
    /// goes to the [unraisable hook](crate::set_unraisable_hook).
    ///
    /// Several listeners are called in the order in which they were added. A listener is dropped
    /// with the map; one that owns the map keeps it alive for ever. A clone of the map has no
    /// listeners. Dropping the map calls none.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use weakref_core::{RemovalCause, Slotted, WeakKeyMap, WeakRef};
    ///
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let scores = WeakKeyMap::new();
    /// let listener_log = log.clone();
    /// scores.on_removal(move |name: &WeakRef<Slotted<String>>, cause| {
    ///     listener_log.lock().unwrap().push((name.is_dead(), cause));
    /// });
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// scores.insert(&ann, 7);
    /// scores.remove("Ann");
    /// scores.insert(&ann, 8);
    /// drop(ann);
    /// let expected = [(false, RemovalCause::Removed), (true, RemovalCause::Died)];
    /// assert_eq!(*log.lock().unwrap(), expected);
    /// ```
    #[track_caller]
    pub fn on_removal<L>(&self, listener: L)
    where
        L: Fn(&WeakRef<K>, RemovalCause) + Stored<K::Flavor>,
    {
        self.shards.add_listener(removal::listener(listener));
    }
}
