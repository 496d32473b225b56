//! `WeakKeyMap` and `PtrWeakKeyMap`.

mod face;

use std::{
    convert::Infallible,
    fmt,
    hash::RandomState,
    ops::{BitOr, BitOrAssign},
    panic::UnwindSafe,
};

use hashbrown::hash_table;

use super::{
    cell::{KeyCell, NOWHERE},
    entry::{self, Mapping, OccupiedEntry},
    face::{by_address, hashed, pairs, weak_keys, whole},
    factory::Wanted as _,
    gone::{self, Gone, RemovalCause},
    held::Held,
    iter::{Drain, ExtractIf, IntoIter, Iter, Keys, Values},
    lookup::{ByAddress, Lookup},
    shard::{Inside, Shards},
    table::{Entry, Keep, unregister},
    weak::{self, Search, WeakKeyed, Wish},
};
use crate::{
    Flavor, Pointer, Stored, StrongOf, WeakRef, Weakrefable, flavor::WeakOf, observer::Head,
};

/// One pair.
pub(super) struct KeyEntry<K: ?Sized + Weakrefable, V> {
    cell: KeyCell<WeakOf<K>>,
    value: Held<K::Flavor, V>,
}

// Not by reference: a value that a closure changes, and panics, is half changed.
impl<K: ?Sized + Weakrefable, V: UnwindSafe> UnwindSafe for KeyEntry<K, V> {}

/// Owners of all that is in an entry.
#[allow(unnameable_types, missing_debug_implementations)]
pub struct Living<K: ?Sized + Weakrefable, V> {
    key: StrongOf<K>,
    value: Held<K::Flavor, V>,
}

impl<K: ?Sized + Weakrefable, V> Clone for Living<K, V> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), value: self.value.clone() }
    }
}

impl<K: ?Sized + Weakrefable, V> Entry<K::Flavor> for KeyEntry<K, V> {
    type Key = WeakOf<K>;
    type Told = WeakRef<K>;
    type Owners = Option<StrongOf<K>>;
    type Living = Living<K, V>;
    type Making = StrongOf<K>;
    type User = V;

    const IS_PAIR: bool = false;

    #[inline]
    fn cell(&self) -> &KeyCell<WeakOf<K>> {
        &self.cell
    }

    fn cell_mut(&mut self) -> &mut KeyCell<WeakOf<K>> {
        &mut self.cell
    }

    fn into_cell(self) -> KeyCell<WeakOf<K>> {
        self.cell
    }

    #[inline]
    fn is_dead(&self) -> bool {
        K::Flavor::is_dead(weak::key(&self.cell))
    }

    fn is_of(&self, referent: *const ()) -> bool {
        K::Flavor::as_ptr(weak::key(&self.cell)).cast::<()>() == referent
    }

    #[inline]
    fn owners(&self) -> Option<StrongOf<K>> {
        K::Flavor::upgrade(weak::key(&self.cell))
    }

    #[inline]
    fn survivors(&self) -> Option<StrongOf<K>> {
        None
    }

    fn others(&self, _: *const ()) -> Option<StrongOf<K>> {
        None
    }

    #[inline]
    fn is_owned(owner: &Option<StrongOf<K>>) -> bool {
        owner.is_some()
    }

    #[inline]
    fn upgrade(&self) -> Result<Living<K, V>, Self::Owners> {
        let key = self.owners().ok_or(None)?;
        Ok(Living { key, value: self.value.clone() })
    }

    #[inline]
    fn unregister(&self, owner: &Option<StrongOf<K>>, shard: *const Head) -> usize {
        let (place, hash) = (self.cell.place_in_slot(), self.cell.hash());
        unregister::<K>(owner.as_ref(), place, hash, shard)
    }

    fn show_key(key: &WeakOf<K>, listener: &mut dyn FnMut(&WeakRef<K>)) {
        weak::show::<K>(key, listener);
    }
}

impl<K: ?Sized + Weakrefable, V> WeakKeyed<K> for KeyEntry<K, V> {
    fn living(&self, key: StrongOf<K>) -> Result<Living<K, V>, StrongOf<K>> {
        Ok(Living { key, value: self.value.clone() })
    }
}

/// Takes what has left the table apart.
fn pair<K: ?Sized + Weakrefable, V>(
    gone: Gone<K::Flavor, KeyEntry<K, V>>,
) -> (Option<StrongOf<K>>, Held<K::Flavor, V>) {
    let (entry, owner) = gone.into_parts();
    (owner, entry.value)
}

/// Takes the value out of what has left the table.
fn value_of<K: ?Sized + Weakrefable, V>(
    gone: Gone<K::Flavor, KeyEntry<K, V>>,
) -> Held<K::Flavor, V> {
    let (owner, value) = pair(gone);
    // First, as it can panic, and what is being returned would not be dropped then.
    drop(owner);
    value
}

face::key_map! {
    /// A map that does not keep its keys alive: Python's `WeakKeyDictionary`.
    ///
    /// An entry, with its value, goes when its key dies, inside the drop of the last owner. Keys are
    /// `Rc<K>` or `Arc<K>`, as `K` has chosen, and are compared by their `Eq`; [`PtrWeakKeyMap`] goes
    /// by identity. The map owns its values, which are read by [`get`](Self::get), if they are
    /// `Clone`, and by [`with`](Self::with) and [`with_mut`](Self::with_mut).
    ///
    /// All methods take `&self`. A map of [`Shared`](crate::Shared) keys is `Send` and `Sync` if its
    /// hasher is, and takes any number of threads; it is split into shards.
    ///
    /// # The user's code
    ///
    /// It runs as with [`WeakValueMap`](crate::WeakValueMap#the-users-code). Each value has a lock of
    /// its own besides, like a `RefCell` (`Local`) or an `RwLock` (`Shared`) around it: a closure
    /// that changes a value has it for itself. Where another closure of the same thread has it, or
    /// waiting would never end, that panics.
    ///
    /// # A value that owns its key
    ///
    /// keeps it: there are no ephemerons. Such an entry stays until it is removed, or the map goes.
    /// Let the value hold a [`WeakRef`] to the key instead.
    ///
    /// # Cost
    ///
    /// As [`WeakValueMap`](crate::WeakValueMap#cost); a search makes an owner of the key that it
    /// compares, and each value has an allocation of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ages = WeakKeyMap::new();
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// ages.insert(&ann, 36);
    /// assert_eq!(ages.get("Ann"), Some(36));
    ///
    /// drop(ann);
    /// assert!(ages.is_empty());
    /// ```
    #[doc(alias = "WeakKeyDictionary")]
    WeakKeyMap [S = RandomState] [S2] S, S2
}

hashed! {
    impl [K: ?Sized + Weakrefable, V] WeakKeyMap[K, V] for [Slotted<u32>, u32]
    where [K: Stored<K::Flavor>, V: Stored<K::Flavor>,]
}

face::key_map! {
    /// A [`WeakKeyMap`] whose keys are the objects themselves, whatever they contain: extra data
    /// attached to objects that somebody else owns.
    ///
    /// Two keys are the same if they stand at the same address; neither `Eq` nor `Hash` is needed, and
    /// a `dyn Trait` can be a key. It is asked for `&owner`, or for a reference to the object, as a
    /// method of the object has it (where keys are `dyn Trait`, as that: `self as &dyn Trait`).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{PtrWeakKeyMap, Slotted};
    ///
    /// let notes = PtrWeakKeyMap::new();
    /// let [one, same] = [1.5, 1.5].map(|number| Arc::new(Slotted::new(number)));
    /// notes.insert(&one, "the first");
    /// assert_eq!(notes.get(&one), Some("the first"));
    /// assert_eq!(notes.get(&same), None, "equal, but another");
    ///
    /// drop(one);
    /// assert!(notes.is_empty());
    /// ```
    PtrWeakKeyMap [] [] ByAddress, ByAddress
}

by_address! {
    impl [K: ?Sized + Weakrefable, V] PtrWeakKeyMap[K, V] for [Slotted<u32>, u32]
    where [K: Stored<K::Flavor>, V: Stored<K::Flavor>,]
}
