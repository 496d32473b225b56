//! `PairMap`, the map of weak keys and weak values, with its names `WeakWeakMap` and
//! `PtrWeakWeakMap`.

// In the order in which rustdoc shows the methods.
mod construct;

mod insert;

mod access;
mod entry;
mod single_flight;

mod iterate;
mod remove;
mod size;

mod compare;
mod traits;

use std::{
    hash::RandomState,
    panic::{RefUnwindSafe, UnwindSafe},
};

use crate::{
    Flavor, StrongOf, WeakRef, Weakrefable,
    container::{
        lookup::{ByAddress, ByEq},
        record::{Record, RecordHeader, Redirect, unregister},
        shards::Shards,
        weak_key::{self, WeakKeyed},
    },
    flavor::WeakOf,
    observer::Header,
};

/// A map that keeps neither its keys nor its values alive.
///
/// Keys and values live as long as they have *owners*: strong pointers, `Rc` or `Arc`, the same for
/// keys and values. When the last owner of a key or of its value is dropped, the entry is removed,
/// within that drop. Keys are compared by their `Eq` and `Hash`. [`PtrWeakWeakMap`] compares them
/// by identity.
///
/// All methods take `&self`. A map of [`Shared`](crate::Shared) objects is `Send` and `Sync` if its
/// hasher is, and may be used by any number of threads.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakWeakMap};
///
/// let session = Arc::new(Slotted::new(String::from("session 1")));
/// let ann = Arc::new(Slotted::new("Ann"));
/// let users = WeakWeakMap::new();
/// users.insert(&session, &ann);
/// assert!(Arc::ptr_eq(&users.get("session 1").unwrap(), &ann));
///
/// drop(ann);
/// assert!(users.is_empty());
/// ```
///
/// # Re-entrancy
///
/// `Hash`, closures, factories, removal listeners and the destructors of keys and values are called
/// while nothing is locked. They may use the map as they like.
///
/// Only `K`'s `Eq` is called in the middle of a search. It may drop owners of the map's keys and
/// values, and use other maps. If it uses the map that is being searched, that call panics; it does
/// not hang.
///
/// The same holds for the closure of [`get_by_hash`](Self::get_by_hash), which stands in the place
/// of `Eq`.
///
/// If user code panics, the map stays consistent.
///
/// # Iteration
///
/// [`for_each`](Self::for_each), [`retain`](Self::retain) and [`extract_if`](Self::extract_if) run
/// their closure while nothing is locked, so the closure may use the map.
///
/// - An entry that is in the map during the whole iteration is shown exactly once. An entry that is
///   inserted, replaced or removed meanwhile may be shown or not.
/// - The iteration takes owners of the keys and values of one shard, or of a part of it, at a time.
///   `retain` and `extract_if` keep each of them until the closure has returned for its entry;
///   `for_each` and [`iter`](Self::iter) keep all of them until the last has been shown. If all
///   other owners of an object are dropped meanwhile, the object is dropped there.
///
/// `iter`, [`keys`](Self::keys) and [`values`](Self::values) return snapshots, which own what they
/// return. Later changes of the map do not affect them.
///
/// # Cost
///
/// As for [`WeakValueMap`](crate::WeakValueMap#cost), with a registration in both objects. Besides,
/// a search makes an owner of each key that it compares by `Eq`. When one of the two objects is
/// dropped, the entry's registration is removed from the other.
pub type WeakWeakMap<K, V, S = RandomState> = PairMap<K, V, ByEq<S>>;

/// A [`WeakWeakMap`] that compares its keys by identity.
///
/// Two keys are the same if they are at the same address. `K` needs neither `Eq` nor `Hash`, and
/// may be a `dyn Trait`. A lookup takes an owner (`&owner`), or a reference to the object.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakWeakMap, Slotted};
///
/// let [parent, child, twin] = ["Ann", "Bob", "Bob"].map(|name| Arc::new(Slotted::new(name)));
/// let parents = PtrWeakWeakMap::new();
/// parents.insert(&child, &parent);
/// assert!(Arc::ptr_eq(&parents.get(&child).unwrap(), &parent));
/// assert!(parents.get(&twin).is_none());
///
/// drop(parent);
/// assert!(parents.is_empty());
/// ```
pub type PtrWeakWeakMap<K, V> = PairMap<K, V, ByAddress>;

/// The map behind [`WeakWeakMap`] and [`PtrWeakWeakMap`], generic over the way in which it compares
/// keys.
///
/// `C` is [`ByEq`] or [`ByAddress`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakWeakMap, Slotted, WeakWeakMap, map::PairMap};
///
/// fn first_user<C>(users: &PairMap<Slotted<u32>, Slotted<String>, C>) -> Option<String> {
///     users.values().next().map(|user| user.to_string())
/// }
///
/// let session = Arc::new(Slotted::new(1));
/// let ann = Arc::new(Slotted::new(String::from("Ann")));
/// let users = WeakWeakMap::from([(session.clone(), ann.clone())]);
/// assert_eq!(first_user(&users).as_deref(), Some("Ann"));
/// let users = PtrWeakWeakMap::from([(session.clone(), ann.clone())]);
/// assert_eq!(first_user(&users).as_deref(), Some("Ann"));
/// ```
pub struct PairMap<K, V, C>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    shards: Shards<K::Flavor, PairRecord<K, V>>,
    hasher: C,
}

/// One entry. It is registered with both referents, and is removed with the first that is dropped.
pub(super) struct PairRecord<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    header: RecordHeader,
    key: WeakOf<K>,
    /// The place of the registration in the slot of the value.
    value_place: u32,
    value: WeakOf<V>,
}

impl<K, V> UnwindSafe for PairRecord<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
}

impl<K, V> RefUnwindSafe for PairRecord<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
}

fn address<T: ?Sized + Weakrefable>(weak: &WeakOf<T>) -> *const () {
    T::Flavor::as_ptr(weak).cast()
}

impl<K, V> Record<K::Flavor> for PairRecord<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    type Key = WeakOf<K>;
    type ListenerKey = WeakRef<K>;
    type Owners = (Option<StrongOf<K>>, Option<StrongOf<V>>);
    type Strong = (StrongOf<K>, StrongOf<V>);
    type FlightKey = StrongOf<K>;
    type DropGlue = ();

    const REFERENTS: usize = 2;
    const LENDS_KEY: bool = false;

    #[inline]
    fn header(&self) -> &RecordHeader {
        &self.header
    }

    #[inline]
    fn key(&self) -> &WeakOf<K> {
        &self.key
    }

    #[inline]
    fn is_dead(&self) -> bool {
        K::Flavor::is_dead(&self.key) || K::Flavor::is_dead(&self.value)
    }

    fn refers_to(&self, referent: *const ()) -> bool {
        address::<K>(&self.key) == referent || address::<V>(&self.value) == referent
    }

    fn is_dead_besides(&self, referent: *const ()) -> bool {
        address::<K>(&self.key) != referent && K::Flavor::is_dead(&self.key)
            || address::<V>(&self.value) != referent && K::Flavor::is_dead(&self.value)
    }

    #[inline]
    fn owners(&self) -> Self::Owners {
        (K::Flavor::upgrade(&self.key), K::Flavor::upgrade(&self.value))
    }

    fn survivors(&self) -> Self::Owners {
        self.owners()
    }

    fn owners_except(&self, referent: *const ()) -> Self::Owners {
        // No owner is made of that one: it could become the last, while the shard is locked.
        let key = Some(&self.key).filter(|key| address::<K>(key) != referent);
        let value = Some(&self.value).filter(|value| address::<V>(value) != referent);
        (key.and_then(K::Flavor::upgrade), value.and_then(K::Flavor::upgrade))
    }

    fn has_owner((key, value): &Self::Owners) -> bool {
        key.is_some() || value.is_some()
    }

    #[inline]
    fn upgrade(&self) -> Result<Self::Strong, Self::Owners> {
        match self.owners() {
            (Some(key), Some(value)) => Ok((key, value)),
            one => Err(one),
        }
    }

    #[inline]
    fn unregister(&self, (key, value): &Self::Owners, shard: *const Header) -> usize {
        let hash = self.header.hash();
        unregister::<K>(key.as_ref(), self.header.place(), hash, shard)
            + unregister::<V>(value.as_ref(), self.value_place, hash, shard)
    }

    fn redirect(&self, (key, value): &Self::Owners, redirect: Redirect) -> usize {
        let (place, hash) = (self.header.place(), self.header.hash());
        if redirect.one::<K>(key.as_ref(), place, hash) == 0 {
            return 0;
        }
        if redirect.one::<V>(value.as_ref(), self.value_place, hash) == 1 {
            return 2;
        }
        1 - redirect.reversed().one::<K>(key.as_ref(), place, hash)
    }

    fn show_key(&self, listener: &mut dyn FnMut(&WeakRef<K>)) {
        weak_key::show::<K>(&self.key, listener);
    }
}

impl<K, V> WeakKeyed<K> for PairRecord<K, V>
where
    K: ?Sized + Weakrefable,
    V: ?Sized + Weakrefable<Flavor = K::Flavor>,
{
    fn upgrade_with(&self, key: StrongOf<K>) -> Result<Self::Strong, StrongOf<K>> {
        match K::Flavor::upgrade(&self.value) {
            Some(value) => Ok((key, value)),
            None => Err(key),
        }
    }
}
