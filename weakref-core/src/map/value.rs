//! `WeakValueMap`.

mod by_key;
mod entry;
mod visit;

use std::{
    hash::{BuildHasher, Hash, RandomState},
    ops::{BitOr, BitOrAssign},
    panic::{RefUnwindSafe, UnwindSafe},
};

use super::{
    cell::KeyCell,
    face::{hashed, pairs, whole},
    gone::{self, RemovalCause},
    iter::{Drain, Iter, Keys, Values},
    shard::Shards,
    table::{Entry, unregister},
};
use crate::{Flavor, Pointer, Stored, StrongOf, Weakrefable, flavor::WeakOf, observer::Head};

/// A map that does not keep its values alive: Python's `WeakValueDictionary`.
///
/// An entry goes when its value dies, inside the drop of the last owner; so `len` counts what is
/// there, and the key's memory does not wait for anything. Values are `Rc<V>` or `Arc<V>`, as `V`
/// has chosen; `V` may be a `dyn Trait`.
///
/// All methods take `&self`. A map of [`Shared`](crate::Shared) values is `Send` and `Sync` if its hasher is, and
/// takes any number of threads; it is split into shards, so that threads at different keys seldom
/// wait for each other.
///
/// # The user's code
///
/// `Hash`, closures, factories and the drops of keys and values run while nothing is locked: they
/// may use the map as they like. Only the keys' `Eq` runs in the middle of a search. It may drop
/// owners of the map's values, but not use the map itself: that panics (it never deadlocks). When
/// any of them panics, the map stays whole.
///
/// # Deaths that are no deaths
///
/// A value can leave its pointer without being dropped, by `Arc::try_unwrap` for instance. Then it
/// cannot be found in the map any more, but its entry counts in `len` until the value is dropped.
/// While a value is dying, the same is true up to the moment when its registrations are told,
/// newest first.
///
/// # Cost
///
/// `get`, `insert`, `remove` and the death of a value are O(1) on average. `insert` allocates only
/// to let the table grow (and the value's slot, from its second registration on). Each takes the
/// lock of one shard; a death does not wait for it, but leaves a note to whoever holds it. A shard
/// that becomes empty gives its memory back, except what has been reserved.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{WeakValueMap, new, weakrefable};
///
/// #[weakrefable]
/// struct Image { name: String }
///
/// let images = WeakValueMap::new();
/// let cat = Arc::new(new!(Image { name: "cat".into() }));
/// images.insert("cat", &cat);
/// assert_eq!(images.get("cat").unwrap().name, "cat");
///
/// drop(cat);
/// assert!(images.is_empty());
/// ```
#[doc(alias = "WeakValueDictionary")]
pub struct WeakValueMap<K, V: ?Sized + Weakrefable, S = RandomState> {
    shards: Shards<V::Flavor, ValueEntry<K, V>>,
    hasher: S,
}

/// One pair.
pub(super) struct ValueEntry<K, V: ?Sized + Weakrefable> {
    cell: KeyCell<K>,
    weak: WeakOf<V>,
}

impl<K: UnwindSafe, V: ?Sized + Weakrefable> UnwindSafe for ValueEntry<K, V> {}
impl<K: RefUnwindSafe, V: ?Sized + Weakrefable> RefUnwindSafe for ValueEntry<K, V> {}

impl<K, V: ?Sized + Weakrefable> Entry<V::Flavor> for ValueEntry<K, V> {
    type Key = K;
    type Told = K;
    type Owners = Option<StrongOf<V>>;
    type Living = StrongOf<V>;
    type Making = <V::Flavor as Flavor>::Strong<K>;
    type User = K;

    const IS_PAIR: bool = false;

    #[inline]
    fn cell(&self) -> &KeyCell<K> {
        &self.cell
    }

    fn cell_mut(&mut self) -> &mut KeyCell<K> {
        &mut self.cell
    }

    fn into_cell(self) -> KeyCell<K> {
        self.cell
    }

    #[inline]
    fn is_dead(&self) -> bool {
        V::Flavor::is_dead(&self.weak)
    }

    fn is_of(&self, referent: *const ()) -> bool {
        V::Flavor::as_ptr(&self.weak).cast::<()>() == referent
    }

    #[inline]
    fn owners(&self) -> Option<StrongOf<V>> {
        V::Flavor::upgrade(&self.weak)
    }

    #[inline]
    fn survivors(&self) -> Option<StrongOf<V>> {
        None
    }

    fn others(&self, _: *const ()) -> Option<StrongOf<V>> {
        None
    }

    #[inline]
    fn is_owned(owner: &Option<StrongOf<V>>) -> bool {
        owner.is_some()
    }

    #[inline]
    fn upgrade(&self) -> Result<StrongOf<V>, Self::Owners> {
        V::Flavor::upgrade(&self.weak).ok_or(None)
    }

    #[inline]
    fn unregister(&self, owner: &Option<StrongOf<V>>, shard: *const Head) -> usize {
        let (place, hash) = (self.cell.place_in_slot(), self.cell.hash());
        unregister::<V>(owner.as_ref(), place, hash, shard)
    }

    fn show_key(key: &K, listener: &mut dyn FnMut(&K)) {
        listener(key);
    }
}

hashed! {
    impl [K, V: ?Sized + Weakrefable] WeakValueMap[K, V] for [u32, Slotted<u32>]
    where [K: Stored<V::Flavor>, V: Stored<V::Flavor>,]
}

whole! {
    impl [K, V: ?Sized + Weakrefable, S] WeakValueMap[K, V, S] in V::Flavor,
    hasher S, listeners K, example map
    /// let owner = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", owner.clone())]);
}

pairs! {
    impl [K, V: ?Sized + Weakrefable] WeakValueMap[K, V] hashers [S] [S2] S, S2;
    shows K, StrongOf<V>;
    looks up where [K: Eq + Hash, S: BuildHasher,] [S2: BuildHasher,];
    stores where [K: Stored<V::Flavor>, V: Stored<V::Flavor>,];
    clones where [K: Clone,];
    gives away where [K: Clone,];
    compares V by |mine: &StrongOf<V>, theirs: &StrongOf<V>| **mine == **theirs;
    takes [P: Pointer<Referent = V>] (K, P), |map, (key, owner)| map.insert(key, &owner);
    /// let owner = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", owner.clone())]);
}

impl<K, V, P, const N: usize> From<[(K, P); N]> for WeakValueMap<K, V>
where
    K: Stored<V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable + Stored<V::Flavor>,
    P: Pointer<Referent = V>,
{
    /// Inserts owners that somebody else has too: the array's own are dropped.
    fn from(pairs: [(K, P); N]) -> Self {
        pairs.into_iter().collect()
    }
}
