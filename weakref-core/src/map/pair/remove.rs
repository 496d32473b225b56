//! Removal of several entries, and the listeners of removals.

use std::ptr;

use super::{PairMap, PairRecord};
use crate::{
    Flavor, RemovalCause, StrongOf, WeakRef, Weakrefable,
    container::{
        removal,
        snapshot::{Drain, ExtractIf},
        walk::{Visited, Walk},
    },
    flavor::Stored,
};

impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>, C> PairMap<K, V, C> {
    /// Removes the entries for which `keep` returns `false`.
    ///
    /// Entries of an object that is being dropped, or was moved out of its pointer, are removed
    /// too. Nothing is locked while `keep` runs. See [iteration](crate::WeakWeakMap#iteration) for
    /// the entries that it sees. An entry whose key or value was replaced after `keep` had been
    /// shown the old one is not removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let [one, two] = ["session 1", "session 2"].map(|name| Arc::new(Slotted::new(name)));
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let users = WeakWeakMap::from([(one.clone(), ann.clone()), (two.clone(), bob.clone())]);
    /// users.retain(|_session, user| ***user != "Ann");
    /// assert!(users.iter().eq([(two, bob)]));
    /// ```
    #[track_caller]
    pub fn retain(&self, mut keep: impl FnMut(&StrongOf<K>, &StrongOf<V>) -> bool) {
        let mut walk = Walk::sweeping(&self.shards);
        while let Some(Visited { hash, strong: (key, value), .. }) = walk.next() {
            if !keep(&key, &value) {
                self.take_this(hash, &key, &value);
            }
        }
    }

    /// Returns an iterator that removes the entries for which `pick` returns `true`, and returns
    /// each of them.
    ///
    /// The iterator is lazy: it calls `pick` for one entry after the other, as it is advanced.
    /// Entries that it has not come to when it is dropped stay in the map. Entries of an object
    /// that is being dropped, or was moved out of its pointer, are removed on the way, and are not
    /// returned.
    ///
    /// Nothing is locked while `pick` runs. See [iteration](crate::WeakWeakMap#iteration) for the
    /// entries that it sees.
    ///
    /// If the iterator is forgotten ([`mem::forget`](std::mem::forget)), a part of the map may stay
    /// pinned as by an iteration that does not end. It frees no memory from then on, and lookups in
    /// it become slower as it grows.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let [one, two] = ["session 1", "session 2"].map(|name| Arc::new(Slotted::new(name)));
    /// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
    /// let users = WeakWeakMap::from([(one.clone(), ann.clone()), (two.clone(), bob.clone())]);
    /// assert!(users.extract_if(|_session, user| ***user == "Ann").eq([(one, ann)]));
    /// assert_eq!(users.len(), 1);
    /// ```
    pub fn extract_if<'a>(
        &'a self,
        mut pick: impl FnMut(&StrongOf<K>, &StrongOf<V>) -> bool + 'a,
    ) -> ExtractIf<'a, StrongOf<K>, StrongOf<V>> {
        let mut walk = Walk::sweeping(&self.shards);
        ExtractIf::new(std::iter::from_fn(move || {
            while let Some(Visited { hash, strong: (key, value), .. }) = walk.next() {
                if pick(&key, &value) && self.take_this(hash, &key, &value).is_some() {
                    return Some((key, value));
                }
            }
            None
        }))
    }

    /// Removes the entry that has exactly this key and this value.
    #[track_caller]
    pub(super) fn take_this(
        &self,
        hash: u32,
        key: &StrongOf<K>,
        value: &StrongOf<V>,
    ) -> Option<()> {
        let is_match = |record: &PairRecord<K, V>| {
            ptr::addr_eq(K::Flavor::as_ptr(&record.key), &raw const **key)
                && ptr::addr_eq(K::Flavor::as_ptr(&record.value), &raw const **value)
        };
        drop(self.shards.remove_record(hash, is_match)?.into_record());
        Some(())
    }

    /// Removes an arbitrary entry, and returns owners of its key and of its value: Python's
    /// `popitem`.
    ///
    /// Returns `None` if the map is empty. Entries that it finds before, and of which an object is
    /// being dropped or was moved out of its pointer, are discarded.
    ///
    /// The search begins where the last entry was found. It takes long in a table that is much too
    /// large for its entries.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert_eq!(users.pop(), Some((session, ann)));
    /// assert_eq!(users.pop(), None);
    /// ```
    #[doc(alias = "popitem")]
    #[track_caller]
    pub fn pop(&self) -> Option<(StrongOf<K>, StrongOf<V>)> {
        self.shards.pop(|removed| {
            let (key, value) = removed.into_removed().into_owners();
            Some((key?, value?))
        })
    }

    /// Removes all entries, and returns owners of their keys and values, in arbitrary order.
    ///
    /// All is removed before this returns, whether the iterator is used or not. The shards are
    /// emptied one after the other: what is inserted meanwhile may stay. ([`clear`](Self::clear)
    /// removes what listeners and destructors insert, too.)
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// assert!(users.drain().eq([(session, ann)]));
    /// assert!(users.is_empty());
    /// ```
    #[track_caller]
    pub fn drain(&self) -> Drain<StrongOf<K>, StrongOf<V>> {
        Drain::new(self.take_all())
    }

    #[track_caller]
    pub(super) fn take_all(&self) -> Vec<(StrongOf<K>, StrongOf<V>)> {
        let all = self.shards.remove_all(RemovalCause::Removed).into_iter();
        all.filter_map(|removed| {
            let (key, value) = removed.into_owners();
            Some((key?, value?))
        })
        .collect()
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
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
    /// users.clear();
    /// assert!(users.is_empty());
    /// assert_eq!(Arc::strong_count(&session), 1);
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
    /// use weakref_core::{RemovalCause, Slotted, WeakRef, WeakWeakMap};
    ///
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let users = WeakWeakMap::<Slotted<String>, Slotted<&str>>::new();
    /// let listener_log = log.clone();
    /// users.on_removal(move |session: &WeakRef<Slotted<String>>, cause| {
    ///     listener_log.lock().unwrap().push((session.clone(), cause));
    /// });
    ///
    /// let session = Arc::new(Slotted::new(String::from("session 1")));
    /// let ann = Arc::new(Slotted::new("Ann"));
    /// users.insert(&session, &ann);
    /// drop(ann);
    /// let log = log.lock().unwrap();
    /// assert_eq!(log[0].0.upgrade(), Some(session));
    /// assert_eq!(log[0].1, RemovalCause::Died);
    /// ```
    #[track_caller]
    pub fn on_removal<L>(&self, listener: L)
    where
        L: Fn(&WeakRef<K>, RemovalCause) + Stored<K::Flavor>,
    {
        self.shards.add_listener(removal::listener(listener));
    }
}
