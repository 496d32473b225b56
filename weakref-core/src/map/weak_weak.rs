//! `WeakWeakMap` and `PtrWeakWeakMap`.

mod face;

use std::{
    convert::Infallible,
    fmt,
    hash::RandomState,
    mem,
    ops::{BitOr, BitOrAssign},
    panic::{RefUnwindSafe, UnwindSafe},
    ptr,
};

use hashbrown::hash_table;

use super::{
    cell::{KeyCell, NOWHERE},
    entry::{self, Mapping, OccupiedEntry},
    face::{by_address, hashed, pairs, weak_keys, whole},
    factory::Wanted as _,
    gone::{self, Gone, RemovalCause},
    iter::{Drain, ExtractIf, IntoIter, Iter, Keys, Values},
    lookup::{ByAddress, Lookup},
    shard::{Inside, Shards},
    table::{Entry, Keep, unregister},
    weak::{self, Search, WeakKeyed, Wish},
};
use crate::{
    Flavor, Pointer, Stored, StrongOf, WeakRef, Weakrefable, flavor::WeakOf, observer::Head,
};

/// One pair. It is registered with both referents, and goes with whichever dies first.
pub(super) struct PairEntry<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    cell: KeyCell<WeakOf<K>>,
    /// In the slot of the value.
    place: u32,
    value: WeakOf<V>,
}

fn address<T: ?Sized + Weakrefable>(weak: &WeakOf<T>) -> *const () {
    T::Flavor::as_ptr(weak).cast()
}

impl<K, V> UnwindSafe for PairEntry<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
}

impl<K, V> RefUnwindSafe for PairEntry<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
}

impl<K, V> Entry<K::Flavor> for PairEntry<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    type Key = WeakOf<K>;
    type Told = WeakRef<K>;
    type Owners = (Option<StrongOf<K>>, Option<StrongOf<V>>);
    type Living = (StrongOf<K>, StrongOf<V>);
    type Making = StrongOf<K>;
    type User = ();

    const IS_PAIR: bool = true;

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
        K::Flavor::is_dead(weak::key(&self.cell)) || K::Flavor::is_dead(&self.value)
    }

    fn is_of(&self, referent: *const ()) -> bool {
        address::<K>(weak::key(&self.cell)) == referent || address::<V>(&self.value) == referent
    }

    #[inline]
    fn owners(&self) -> Self::Owners {
        (K::Flavor::upgrade(weak::key(&self.cell)), K::Flavor::upgrade(&self.value))
    }

    fn survivors(&self) -> Self::Owners {
        self.owners()
    }

    fn others(&self, referent: *const ()) -> Self::Owners {
        // Of that one there must be no owner: it could be the last, and this is inside.
        let key = Some(weak::key(&self.cell)).filter(|key| address::<K>(key) != referent);
        let value = Some(&self.value).filter(|value| address::<V>(value) != referent);
        (key.and_then(K::Flavor::upgrade), value.and_then(K::Flavor::upgrade))
    }

    fn is_owned((key, value): &Self::Owners) -> bool {
        key.is_some() || value.is_some()
    }

    #[inline]
    fn upgrade(&self) -> Result<Self::Living, Self::Owners> {
        match self.owners() {
            (Some(key), Some(value)) => Ok((key, value)),
            one => Err(one),
        }
    }

    #[inline]
    fn unregister(&self, (key, value): &Self::Owners, shard: *const Head) -> usize {
        let (place, hash) = (self.cell.place_in_slot(), self.cell.hash());
        unregister::<K>(key.as_ref(), place, hash, shard)
            + unregister::<V>(value.as_ref(), self.place, hash, shard)
    }

    fn show_key(key: &WeakOf<K>, listener: &mut dyn FnMut(&WeakRef<K>)) {
        weak::show::<K>(key, listener);
    }
}

impl<K, V> WeakKeyed<K> for PairEntry<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    fn living(&self, key: StrongOf<K>) -> Result<(StrongOf<K>, StrongOf<V>), StrongOf<K>> {
        match K::Flavor::upgrade(&self.value) {
            Some(value) => Ok((key, value)),
            None => Err(key),
        }
    }
}

/// Takes the value out of what has left the table.
fn value_of<K, V>(gone: Gone<K::Flavor, PairEntry<K, V>>) -> Option<StrongOf<V>>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    let (key, value) = gone.into_owners();
    // First, as it can panic, and what is being returned would not be dropped then.
    drop(key);
    value
}

face::weak_weak_map! {
    /// A map that keeps neither its keys nor its values alive: an entry goes with whichever dies
    /// first.
    ///
    /// Keys and values are both `Rc`s, or both `Arc`s, as they have chosen. Keys are compared by their
    /// `Eq`; [`PtrWeakWeakMap`] goes by identity.
    ///
    /// All methods take `&self`. A map of [`Shared`](crate::Shared) objects is `Send` and `Sync` if its
    /// hasher is, and takes any number of threads; it is split into shards. The user's code runs as
    /// with [`WeakValueMap`](crate::WeakValueMap#the-users-code).
    ///
    /// # Cost
    ///
    /// As [`WeakValueMap`](crate::WeakValueMap#cost), with a registration in the slot of either object.
    /// A search makes an owner of the key that it compares. The death of one of the two takes the entry
    /// out of the other's slot too, which it holds for a few instructions.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakWeakMap};
    ///
    /// let window = Arc::new(Slotted::new(String::from("main window")));
    /// let texture = Arc::new(Slotted::new([0_u8; 64]));
    /// let shown = WeakWeakMap::new();
    /// shown.insert(&window, &texture);
    /// assert!(Arc::ptr_eq(&shown.get("main window").unwrap(), &texture));
    ///
    /// drop(texture);
    /// assert!(shown.is_empty());
    /// ```
    WeakWeakMap [S = RandomState] [S2] S, S2
}

hashed! {
    impl [K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>] WeakWeakMap[K, V]
    for [Slotted<u32>, Slotted<u32>]
    where [K: Stored<K::Flavor>, V: Stored<K::Flavor>,]
}

face::weak_weak_map! {
    /// A [`WeakWeakMap`] whose keys are the objects themselves, whatever they contain.
    ///
    /// Two keys are the same if they stand at the same address; neither `Eq` nor `Hash` is needed, and
    /// a `dyn Trait` can be a key. It is asked for `&owner`, or for a reference to the object.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{PtrWeakWeakMap, Slotted};
    ///
    /// let [parent, child, other] = [1.5, 2.5, 1.5].map(|number| Arc::new(Slotted::new(number)));
    /// let parents = PtrWeakWeakMap::new();
    /// parents.insert(&child, &parent);
    /// assert!(Arc::ptr_eq(&parents.get(&child).unwrap(), &parent));
    /// assert!(parents.get(&other).is_none());
    ///
    /// drop(parent);
    /// assert!(parents.is_empty());
    /// ```
    PtrWeakWeakMap [] [] ByAddress, ByAddress
}

by_address! {
    impl [K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>] PtrWeakWeakMap[K, V]
    for [Slotted<u32>, Slotted<u32>]
    where [K: Stored<K::Flavor>, V: Stored<K::Flavor>,]
}
