//! `WeakValueMap`.
#![allow(unsafe_code)]

// In the order in which rustdoc shows the methods.
mod construct;

mod insert;

mod access;
#[cfg(feature = "async")]
mod async_flight;
mod entry;
mod single_flight;

mod iterate;
mod remove;
mod size;

mod compare;
mod traits;

use std::{
    cell::Cell,
    hash::RandomState,
    panic::{RefUnwindSafe, UnwindSafe},
};

use crate::{
    Flavor, StrongOf, Weakrefable,
    container::{
        record::{Record, RecordHeader, Redirect, unregister},
        shards::Shards,
    },
    flavor::WeakOf,
    observer::Header,
};

/// A map that does not keep its values alive: Python's `WeakValueDictionary`.
///
/// The map owns its keys and refers weakly to its values. A value lives as long as it has an
/// *owner*: a strong pointer, `Rc<V>` or `Arc<V>`, as `V` has chosen. `V` may be a `dyn Trait`.
/// When the last owner of a value is dropped, the value's entries are removed, with their keys,
/// within that drop. Nothing is left for a later sweep.
///
/// All methods take `&self`. A map of [`Shared`](crate::Shared) values is `Send` and `Sync` if its
/// hasher is, and may be used by any number of threads.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{WeakValueMap, new, weakrefable};
///
/// #[weakrefable]
/// struct Image {
///     name: String,
/// }
///
/// let images = WeakValueMap::new();
/// let cat = Arc::new(new!(Image { name: "cat".into() }));
/// images.insert("cat", &cat);
/// assert_eq!(images.get("cat").unwrap().name, "cat");
///
/// drop(cat);
/// assert!(images.is_empty());
/// ```
///
/// # Re-entrancy
///
/// `Hash`, closures, factories, removal listeners and the destructors of keys and values are called
/// while nothing is locked. They may use the map as they like.
///
/// Only `K`'s `Eq` is called in the middle of a search. It may drop owners of the map's values, and
/// use other maps. If it uses the map that is being searched, that call panics; it does not hang.
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
/// - The iteration takes owners of the values of many entries at a time. It keeps each owner until
///   the closure has returned for that entry. If all other owners of a value are dropped meanwhile,
///   the value is dropped there.
/// - The key is borrowed where it stands in the map. An entry that is removed meanwhile is no
///   longer found, but its key is dropped, and [removal listeners](Self::on_removal) are called
///   with it, only when the iteration is done with that part of the map.
///
/// [`iter`](Self::iter), [`keys`](Self::keys) and [`values`](Self::values) return snapshots
/// instead, which own what they return. Later changes of the map do not affect them.
///
/// # Cost
///
/// A new map allocates nothing. `get`, `insert`, `remove` and the removal of a dropped value's
/// entry take constant time on average. `insert` allocates for the first shard, when a table grows,
/// and when a value's list of registrations grows. (An entry, a callback or a finalizer is a
/// registration. A value with one registration needs no list.)
///
/// A [`Shared`](crate::Shared) map begins with one lock, and is split into
/// [shards](Self::with_shards) with a lock each when it has grown. Each operation on a key locks
/// one shard. Dropping a value never waits for such a lock: it defers the removal to the thread
/// that holds the lock. A shard that becomes empty frees its memory, except what was
/// [reserved](Self::reserve).
///
/// # Referents that are moved out
///
/// A value can leave its pointer without being dropped, for instance by `Arc::try_unwrap`. The map
/// then no longer finds it, but its entry counts in [`len`](Self::len) until the value is dropped.
/// The same holds while a value is being dropped, until its registrations have been notified,
/// newest first. [`pop`](Self::pop), `retain`, `extract_if` and [`drain`](Self::drain) discard such
/// entries.
#[doc(alias = "WeakValueDictionary")]
pub struct WeakValueMap<K, V: ?Sized + Weakrefable, S = RandomState> {
    shards: Shards<V::Flavor, ValueRecord<K, V>>,
    hasher: S,
}

/// One entry.
pub(super) struct ValueRecord<K, V: ?Sized + Weakrefable> {
    header: RecordHeader,
    key: K,
    /// Replaced where it is, as an iteration may borrow the key beside it. Read and written under
    /// the lock of the shard only.
    weak: Cell<Option<WeakOf<V>>>,
}

impl<K: UnwindSafe, V: ?Sized + Weakrefable> UnwindSafe for ValueRecord<K, V> {}
impl<K: RefUnwindSafe, V: ?Sized + Weakrefable> RefUnwindSafe for ValueRecord<K, V> {}

impl<K, V: ?Sized + Weakrefable> ValueRecord<K, V> {
    fn new(hash: u32, place: u32, key: K, weak: WeakOf<V>) -> Self {
        Self { header: RecordHeader::new(hash, place), key, weak: Cell::new(Some(weak)) }
    }

    #[inline]
    fn weak(&self) -> Option<&WeakOf<V>> {
        // SAFETY: the cell is written by `replace` and `detach` alone, under the lock of the shard,
        // while there is no reference that was made here: a thread that has one holds that lock
        // too, or owns the record. The reference borrows `self`, so it does not outlive the record.
        unsafe { &*self.weak.as_ptr() }.as_ref()
    }

    /// Replaces the value, and returns the old one with an equal key, as a removed record.
    fn replace(&self, place: u32, weak: WeakOf<V>, key: K) -> Self {
        let header = RecordHeader::new(self.header.hash(), self.header.replace_place(place));
        Self { header, key, weak: Cell::new(self.weak.replace(Some(weak))) }
    }
}

impl<K, V: ?Sized + Weakrefable> Record<V::Flavor> for ValueRecord<K, V> {
    type Key = K;
    type ListenerKey = K;
    type Owners = Option<StrongOf<V>>;
    type Strong = StrongOf<V>;
    type FlightKey = single_flight::FlightKey<V::Flavor, K>;
    type DropGlue = K;

    const REFERENTS: usize = 1;
    const LENDS_KEY: bool = true;

    #[inline]
    fn header(&self) -> &RecordHeader {
        &self.header
    }

    #[inline]
    fn key(&self) -> &K {
        &self.key
    }

    #[inline]
    fn is_dead(&self) -> bool {
        self.weak().is_none_or(V::Flavor::is_dead)
    }

    fn refers_to(&self, referent: *const ()) -> bool {
        self.weak().is_some_and(|weak| V::Flavor::as_ptr(weak).cast::<()>() == referent)
    }

    #[inline]
    fn owners(&self) -> Option<StrongOf<V>> {
        V::Flavor::upgrade(self.weak()?)
    }

    #[inline]
    fn survivors(&self) -> Option<StrongOf<V>> {
        None
    }

    fn owners_except(&self, _: *const ()) -> Option<StrongOf<V>> {
        None
    }

    #[inline]
    fn has_owner(owner: &Option<StrongOf<V>>) -> bool {
        owner.is_some()
    }

    #[inline]
    fn upgrade(&self) -> Result<StrongOf<V>, Self::Owners> {
        self.owners().ok_or(None)
    }

    #[inline]
    fn unregister(&self, owner: &Option<StrongOf<V>>, shard: *const Header) -> usize {
        unregister::<V>(owner.as_ref(), self.header.place(), self.header.hash(), shard)
    }

    fn redirect(&self, owner: &Option<StrongOf<V>>, redirect: Redirect) -> usize {
        redirect.one::<V>(owner.as_ref(), self.header.place(), self.header.hash())
    }

    fn detach(&self) {
        self.weak.take();
    }

    fn show_key(&self, listener: &mut dyn FnMut(&K)) {
        listener(&self.key);
    }
}
