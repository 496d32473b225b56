//! Removal of several entries, and the listeners of removals.

use super::WeakValueMap;
use crate::{
    RemovalCause, StrongOf, Weakrefable,
    container::{
        record::Record,
        removal::{self, Removed},
        snapshot::{Drain, ExtractIf},
        walk::Walk,
    },
    flavor::Stored,
};

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S> {
    /// Removes the entries for which `keep` returns `false`.
    ///
    /// Entries whose value is being dropped, or was moved out of its pointer, are removed too.
    /// Nothing is locked while `keep` runs. See [iteration](Self#iteration) for the entries that it
    /// sees. An entry whose value was replaced after `keep` had been shown the old one is not
    /// removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let texture = Arc::new(Slotted::new("pixels"));
    /// let textures: WeakValueMap<_, _> = (0..10).map(|id| (id, texture.clone())).collect();
    /// textures.retain(|id, _texture| id % 2 == 0);
    /// assert_eq!(textures.len(), 5);
    /// assert!(textures.contains_key(&4) && !textures.contains_key(&5));
    /// ```
    #[track_caller]
    pub fn retain(&self, mut keep: impl FnMut(&K, &StrongOf<V>) -> bool) {
        let mut walk = Walk::sweeping(&self.shards);
        while let Some(visited) = walk.next() {
            if !keep(visited.key(), &visited.strong) {
                self.remove_visited(visited.hash, visited.key(), &visited.strong);
            }
        }
    }

    /// Removes an entry that a walk has shown, unless it was changed meanwhile. Returns whether it
    /// was removed.
    #[track_caller]
    fn remove_visited(&self, hash: u32, key: &K, owner: &StrongOf<V>) -> bool {
        let removed = self.shards.remove_record(hash, |record| {
            std::ptr::eq(record.key(), key) && record.refers_to((&raw const **owner).cast())
        });
        removed.map(Removed::into_owners).is_some()
    }

    /// Returns an iterator that removes the entries for which `pick` returns `true`, and returns
    /// each of them.
    ///
    /// The iterator is lazy: it calls `pick` for one entry after the other, as it is advanced.
    /// Entries that it has not come to when it is dropped stay in the map. Entries whose value is
    /// being dropped, or was moved out of its pointer, are removed on the way, and are not
    /// returned.
    ///
    /// Nothing is locked while `pick` runs. See [iteration](Self#iteration) for the entries that it
    /// sees. The keys are cloned.
    ///
    /// If the iterator is forgotten ([`mem::forget`](std::mem::forget)), a part of the map stays
    /// pinned as by an iteration that does not end. It frees no memory from then on, and lookups in
    /// it become slower as it grows. The keys of entries that are removed there are not dropped,
    /// and no listener is called with them.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let texture = Arc::new(Slotted::new("pixels"));
    /// let textures: WeakValueMap<_, _> = (0..10).map(|id| (id, texture.clone())).collect();
    /// let mut odd: Vec<_> = textures.extract_if(|id, _| id % 2 == 1).map(|(id, _)| id).collect();
    /// odd.sort();
    /// assert_eq!(odd, [1, 3, 5, 7, 9]);
    /// assert_eq!(textures.len(), 5);
    /// ```
    pub fn extract_if<'a>(
        &'a self,
        mut pick: impl FnMut(&K, &StrongOf<V>) -> bool + 'a,
    ) -> ExtractIf<'a, K, StrongOf<V>>
    where
        K: Clone,
    {
        let mut walk = Walk::sweeping(&self.shards);
        ExtractIf::new(std::iter::from_fn(move || {
            while let Some(visited) = walk.next() {
                if pick(visited.key(), &visited.strong)
                    && self.remove_visited(visited.hash, visited.key(), &visited.strong)
                {
                    return Some((visited.key().clone(), visited.strong));
                }
            }
            None
        }))
    }

    /// Removes an arbitrary entry, and returns its key and an owner of its value: Python's
    /// `popitem`.
    ///
    /// Returns `None` if the map is empty. Entries that it finds before, and whose value is being
    /// dropped or was moved out of its pointer, are discarded. The key is moved out of the map. It
    /// is cloned only if an [iteration](Self#iteration), or another call that clones a key, is
    /// using that part of the map at the moment.
    ///
    /// The search begins where the last entry was found. It takes long in a table that is much too
    /// large for its entries.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert_eq!(textures.pop(), Some(("grass", grass)));
    /// assert_eq!(textures.pop(), None);
    /// ```
    #[doc(alias = "popitem")]
    #[track_caller]
    pub fn pop(&self) -> Option<(K, StrongOf<V>)>
    where
        K: Clone,
    {
        self.shards.pop(|removed| {
            let (key, owner) = removed.into_key(|record| record.key);
            Some((key, owner?))
        })
    }

    /// Removes all entries, and returns their keys and owners of their values, in arbitrary order.
    ///
    /// All is removed before this returns, whether the iterator is used or not. The shards are
    /// emptied one after the other: what is inserted meanwhile may stay. ([`clear`](Self::clear)
    /// removes what listeners and destructors insert, too.) A key is cloned only if an
    /// [iteration](Self#iteration), or another call that clones a key, is using that part of the
    /// map at the moment.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.drain().eq([("grass", grass)]));
    /// assert!(textures.is_empty());
    /// ```
    #[track_caller]
    pub fn drain(&self) -> Drain<K, StrongOf<V>>
    where
        K: Clone,
    {
        let all = self.shards.remove_all_entries().into_iter();
        let pairs = all.filter_map(|removed| {
            let (key, owner) = removed.into_key(|record| record.key);
            Some((key, owner?))
        });
        Drain::new(pairs.collect())
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
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// textures.clear();
    /// assert!(textures.is_empty());
    /// assert_eq!(Arc::strong_count(&grass), 1);
    /// ```
    #[track_caller]
    pub fn clear(&self) {
        self.shards.clear();
    }

    /// Calls `listener` for each entry that is removed or replaced from now on, with its key and
    /// the [cause](RemovalCause).
    ///
    /// The listener is called after the removal, in the thread that removes the entry, while
    /// nothing is locked. It may use the map. If a thread drops an object while another thread has
    /// locked the entry's shard, the latter removes the entry. If the listener panics, the panic
    /// goes to the [unraisable hook](crate::set_unraisable_hook).
    ///
    /// If an [iteration](Self#iteration) is using that part of the map, the listener is called
    /// later, when the iteration is done with it.
    ///
    /// Several listeners are called in the order in which they were added. A listener is dropped
    /// with the map; one that owns the map keeps it alive for ever. A clone of the map has no
    /// listeners. Dropping the map calls none.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use weakref_core::{RemovalCause, Slotted, WeakValueMap};
    ///
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let textures = WeakValueMap::new();
    /// let listener_log = log.clone();
    /// textures.on_removal(move |name: &&str, cause| {
    ///     listener_log.lock().unwrap().push((*name, cause));
    /// });
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// textures.insert("grass", &grass);
    /// drop(grass);
    /// assert_eq!(*log.lock().unwrap(), [("grass", RemovalCause::Died)]);
    /// ```
    #[track_caller]
    pub fn on_removal<L>(&self, listener: L)
    where
        L: Fn(&K, RemovalCause) + Stored<V::Flavor>,
    {
        self.shards.add_listener(removal::listener(listener));
    }
}
