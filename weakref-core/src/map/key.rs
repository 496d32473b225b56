//! `KeyMap`, the map of weak keys, with its names `WeakKeyMap` and `PtrWeakKeyMap`.

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
        shared_value::SharedValue,
        weak_key::{self, WeakKeyed},
    },
    flavor::WeakOf,
    observer::Header,
};

/// A map that does not keep its keys alive: Python's `WeakKeyDictionary`.
///
/// The map refers weakly to its keys and owns its values. A key lives as long as it has an *owner*:
/// a strong pointer, `Rc<K>` or `Arc<K>`, as `K` has chosen. When the last owner of a key is
/// dropped, its entry is removed, with the value, within that drop. Keys are compared by their `Eq`
/// and `Hash`. [`PtrWeakKeyMap`] compares them by identity.
///
/// All methods take `&self`. A map of [`Shared`](crate::Shared) keys is `Send` and `Sync` if its
/// hasher is, and may be used by any number of threads.
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
///
/// # Access to values
///
/// [`get`](Self::get) returns a clone of a value. [`with`](Self::with) and
/// [`with_mut`](Self::with_mut) call a closure with a reference to it.
///
/// Each value has a lock of its own, like that of a `RefCell` (for [`Local`](crate::Local) keys) or
/// an `RwLock` (for [`Shared`](crate::Shared) keys). Any number of closures may look at a value at
/// the same time. A closure that changes a value has it for itself, and others wait, or are waited
/// for. If a thread would wait for a closure of its own, or for a thread that waits [in this
/// library](crate::docs::limitations#only-the-librarys-own-waits-are-watched) for this one, it panics instead. If a
/// closure panics, the value stays as the closure left it. It is not poisoned.
///
/// There are no ephemerons. A value that owns its own key keeps the key alive, until the entry is
/// removed or the map is dropped. Let the value hold a [`WeakRef`] to the key instead.
///
/// # Re-entrancy
///
/// `Hash`, closures, factories, removal listeners and the destructors of keys and values are called
/// while no lock of the map is held. They may use the map, except for the value that their caller
/// has locked.
///
/// Only `K`'s `Eq` is called in the middle of a search. It may drop owners of the map's keys, and
/// use other maps. If it uses the map that is being searched, that call panics; it does not hang.
///
/// The same holds for the closure of [`get_by_hash`](Self::get_by_hash), which stands in the place
/// of `Eq`.
///
/// If user code panics, the map stays consistent.
///
/// # Iteration
///
/// [`for_each`](Self::for_each), [`for_each_mut`](Self::for_each_mut), [`retain`](Self::retain) and
/// [`extract_if`](Self::extract_if) run their closure while nothing is locked but the value, so the
/// closure may use the map.
///
/// - An entry that is in the map during the whole iteration is shown exactly once. An entry that is
///   inserted, replaced or removed meanwhile may be shown or not.
/// - The iteration takes owners of the keys of one shard, or of a part of it, at a time. `retain`
///   and `extract_if` keep each of them until the closure has returned for its entry; `for_each`,
///   `for_each_mut`, [`iter`](Self::iter) and [`values`](Self::values) keep all of them until the
///   last has been shown. If all other owners of a key are dropped meanwhile, the key is dropped
///   there.
///
/// `iter`, [`keys`](Self::keys) and `values` return snapshots, which own what they return. Later
/// changes of the map do not affect them.
///
/// # Cost
///
/// As for [`WeakValueMap`](crate::WeakValueMap#cost). Besides, a search makes an owner of each key
/// that it compares by `Eq`, and each value has an allocation of its own.
#[doc(alias = "WeakKeyDictionary")]
pub type WeakKeyMap<K, V, S = RandomState> = KeyMap<K, V, ByEq<S>>;

/// A [`WeakKeyMap`] that compares its keys by identity, to attach data to objects that others own.
///
/// Two keys are the same if they are at the same address. `K` needs neither `Eq` nor `Hash`, and
/// may be a `dyn Trait`. A lookup takes an owner (`&owner`), or a reference to the object, such as
/// `self` in one of its methods. For keys of a `dyn Trait`, that reference is a `&dyn Trait`.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakKeyMap, Slotted};
///
/// let notes = PtrWeakKeyMap::new();
/// let [ann, namesake] = ["Ann", "Ann"].map(|name| Arc::new(Slotted::new(name)));
/// notes.insert(&ann, "likes tea");
/// assert_eq!(notes.get(&ann), Some("likes tea"));
/// assert_eq!(notes.get(&namesake), None);
///
/// drop(ann);
/// assert!(notes.is_empty());
/// ```
pub type PtrWeakKeyMap<K, V> = KeyMap<K, V, ByAddress>;

/// The map behind [`WeakKeyMap`] and [`PtrWeakKeyMap`], generic over the way in which it compares
/// keys.
///
/// `C` is [`ByEq`] or [`ByAddress`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakKeyMap, Slotted, WeakKeyMap, map::KeyMap};
///
/// fn total<C>(scores: &KeyMap<Slotted<String>, u32, C>) -> u32 {
///     scores.values().sum()
/// }
///
/// let ann = Arc::new(Slotted::new(String::from("Ann")));
/// assert_eq!(total(&WeakKeyMap::from([(ann.clone(), 7)])), 7);
/// assert_eq!(total(&PtrWeakKeyMap::from([(ann.clone(), 8)])), 8);
/// ```
pub struct KeyMap<K: ?Sized + Weakrefable, V, C> {
    shards: Shards<K::Flavor, KeyRecord<K, V>>,
    hasher: C,
}

/// One entry.
pub(super) struct KeyRecord<K: ?Sized + Weakrefable, V> {
    header: RecordHeader,
    key: WeakOf<K>,
    value: SharedValue<K::Flavor, V>,
}

impl<K: ?Sized + Weakrefable, V: UnwindSafe> UnwindSafe for KeyRecord<K, V> {}
// A closure can change a value through a shared reference, as in a `RwLock`. So `V` must be
// `UnwindSafe` itself.
impl<K: ?Sized + Weakrefable, V: UnwindSafe + RefUnwindSafe> RefUnwindSafe for KeyRecord<K, V> {}

/// A strong pointer to the key of an entry, and a handle of its value.
#[allow(unnameable_types, missing_debug_implementations)]
pub struct KeyAndValue<K: ?Sized + Weakrefable, V> {
    key: StrongOf<K>,
    value: SharedValue<K::Flavor, V>,
}

impl<K: ?Sized + Weakrefable, V> Clone for KeyAndValue<K, V> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), value: self.value.clone() }
    }
}

impl<K: ?Sized + Weakrefable, V> Record<K::Flavor> for KeyRecord<K, V> {
    type Key = WeakOf<K>;
    type ListenerKey = WeakRef<K>;
    type Owners = Option<StrongOf<K>>;
    type Strong = KeyAndValue<K, V>;
    type FlightKey = StrongOf<K>;
    type DropGlue = V;

    const REFERENTS: usize = 1;
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
        K::Flavor::is_dead(&self.key)
    }

    fn refers_to(&self, referent: *const ()) -> bool {
        K::Flavor::as_ptr(&self.key).cast::<()>() == referent
    }

    #[inline]
    fn owners(&self) -> Option<StrongOf<K>> {
        K::Flavor::upgrade(&self.key)
    }

    #[inline]
    fn survivors(&self) -> Option<StrongOf<K>> {
        None
    }

    fn owners_except(&self, _: *const ()) -> Option<StrongOf<K>> {
        None
    }

    #[inline]
    fn has_owner(owner: &Option<StrongOf<K>>) -> bool {
        owner.is_some()
    }

    #[inline]
    fn upgrade(&self) -> Result<KeyAndValue<K, V>, Self::Owners> {
        let key = self.owners().ok_or(None)?;
        Ok(KeyAndValue { key, value: self.value.clone() })
    }

    #[inline]
    fn unregister(&self, owner: &Option<StrongOf<K>>, shard: *const Header) -> usize {
        unregister::<K>(owner.as_ref(), self.header.place(), self.header.hash(), shard)
    }

    fn redirect(&self, owner: &Option<StrongOf<K>>, redirect: Redirect) -> usize {
        redirect.one::<K>(owner.as_ref(), self.header.place(), self.header.hash())
    }

    fn show_key(&self, listener: &mut dyn FnMut(&WeakRef<K>)) {
        weak_key::show::<K>(&self.key, listener);
    }
}

impl<K: ?Sized + Weakrefable, V> WeakKeyed<K> for KeyRecord<K, V> {
    fn upgrade_with(&self, key: StrongOf<K>) -> Result<KeyAndValue<K, V>, StrongOf<K>> {
        Ok(KeyAndValue { key, value: self.value.clone() })
    }
}
