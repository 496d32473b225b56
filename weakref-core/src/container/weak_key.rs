//! Searching for keys that a container holds weakly.

use std::{marker::PhantomData, mem::ManuallyDrop};

use super::{
    lookup::{Kept, sealed::Lookup},
    record::{Record, truncate_hash},
    shards::Shards,
    single_flight::Query,
    table::Table,
};
use crate::{Flavor, StrongOf, WeakRef, Weakrefable, flavor::WeakOf, unraisable};

/// A search for a key, and the strong pointers that it makes on its way.
pub(crate) struct Search<'q, K: ?Sized + Weakrefable, Q: ?Sized> {
    pub(crate) hash: u32,
    pub(crate) wanted: &'q Q,
    /// Dropped after the shard has been unlocked: the search is declared before the guard. Emptied
    /// by `drop` alone: to look into it once more would cost as much as the search of the table.
    kept: ManuallyDrop<Kept<StrongOf<K>>>,
}

impl<'q, K: ?Sized + Weakrefable, Q: ?Sized> Search<'q, K, Q> {
    #[inline]
    pub(crate) fn new(hasher: &impl Lookup<K, Q>, wanted: &'q Q) -> Self {
        Self::with_hash(hasher.hash(wanted), wanted)
    }

    /// Begins a search for a key whose hash is known.
    #[inline]
    pub(crate) fn with_hash(hash: u32, wanted: &'q Q) -> Self {
        Self { hash, wanted, kept: ManuallyDrop::new(Kept::new()) }
    }

    /// Returns whether a weak key is the one that is searched for.
    #[inline]
    pub(crate) fn by<H: Lookup<K, Q>>(&mut self) -> impl FnMut(&WeakOf<K>) -> bool {
        |weak| H::is(weak, self.wanted, &mut self.kept)
    }

    /// Returns whether a weak key is alive, and one that the user's `is_match` accepts.
    #[inline]
    fn accepted_by(
        &mut self,
        is_match: &mut impl FnMut(&K) -> bool,
    ) -> impl FnMut(&WeakOf<K>) -> bool {
        |weak| K::Flavor::upgrade(weak).is_some_and(|owner| is_match(self.kept.keep(owner)))
    }

    /// Drops the strong pointers that it has made. User code may run.
    #[inline]
    pub(crate) fn release(&mut self) {
        self.kept.drain(release::<K>);
    }

    /// Returns what a visitor gets of the record that has just been found.
    #[inline]
    pub(crate) fn upgrade<R: WeakKeyed<K>>(&mut self, record: &R) -> Option<R::Strong> {
        let owner = self.owner(record.key())?;
        // It can have become the last one, and the shard is locked.
        record.upgrade_with(owner).map_err(|owner| self.kept.keep(owner)).ok()
    }

    /// Returns a strong pointer to the key that has just been found.
    #[inline]
    pub(crate) fn owner(&mut self, weak: &WeakOf<K>) -> Option<StrongOf<K>> {
        self.kept.found().or_else(|| K::Flavor::upgrade(weak))
    }
}

impl<K: ?Sized + Weakrefable, Q: ?Sized> Drop for Search<'_, K, Q> {
    #[inline]
    fn drop(&mut self) {
        self.release();
    }
}

/// A record that is found by a weak key.
pub(crate) trait WeakKeyed<K: ?Sized + Weakrefable>:
    Record<K::Flavor, Key = WeakOf<K>>
{
    /// Returns what a visitor gets, given a strong pointer to the key; or that pointer, if the
    /// value is dead.
    fn upgrade_with(&self, key: StrongOf<K>) -> Result<Self::Strong, StrongOf<K>>;
}

/// Returns what lives under an equal key.
#[inline]
#[track_caller]
pub(crate) fn find<K, R, H, Q>(
    shards: &Shards<K::Flavor, R>,
    hasher: &H,
    wanted: &Q,
) -> Option<R::Strong>
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K>,
    H: Lookup<K, Q>,
    Q: ?Sized,
{
    find_by::<_, _, H, _>(shards, &mut Search::new(hasher, wanted))
}

/// Like [`find`], of a search that the caller has begun.
#[inline]
#[track_caller]
pub(crate) fn find_by<K, R, H, Q>(
    shards: &Shards<K::Flavor, R>,
    search: &mut Search<'_, K, Q>,
) -> Option<R::Strong>
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K>,
    H: Lookup<K, Q>,
    Q: ?Sized,
{
    let guard = shards.lock(search.hash)?;
    let record = guard.find(search.hash, search.by::<H>())?;
    search.upgrade(record)
}

/// Returns what a visitor gets of the living record with this hash whose key `is_match` accepts.
///
/// `is_match` is borrowed, as the caller drops it after the shard has been unlocked.
#[track_caller]
pub(crate) fn find_by_hash<K, R>(
    shards: &Shards<K::Flavor, R>,
    hash: u64,
    is_match: &mut impl FnMut(&K) -> bool,
) -> Option<R::Strong>
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K>,
{
    let mut search = Search::<K, ()>::with_hash(truncate_hash(hash), &());
    let guard = shards.lock(search.hash)?;
    let record = guard.find(search.hash, search.accepted_by(is_match))?;
    search.upgrade(record)
}

/// Returns whether something lives under an equal key.
#[inline]
#[track_caller]
pub(crate) fn contains<K, R, H, Q>(shards: &Shards<K::Flavor, R>, hasher: &H, wanted: &Q) -> bool
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K>,
    H: Lookup<K, Q>,
    Q: ?Sized,
{
    let mut search = Search::new(hasher, wanted);
    let Some(guard) = shards.lock(search.hash) else { return false };
    let found = guard.find(search.hash, search.by::<H>());
    found.is_some_and(|record| !record.is_dead())
}

/// Returns a strong pointer to the container's own key that equals `wanted`.
#[track_caller]
pub(crate) fn get_key<K, R, H, Q>(
    shards: &Shards<K::Flavor, R>,
    hasher: &H,
    wanted: &Q,
) -> Option<StrongOf<K>>
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K>,
    H: Lookup<K, Q>,
    Q: ?Sized,
{
    get_key_by::<_, _, H, _>(shards, &mut Search::new(hasher, wanted))
}

/// Like [`get_key`], of a search that the caller has begun.
#[track_caller]
pub(crate) fn get_key_by<K, R, H, Q>(
    shards: &Shards<K::Flavor, R>,
    search: &mut Search<'_, K, Q>,
) -> Option<StrongOf<K>>
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K>,
    H: Lookup<K, Q>,
    Q: ?Sized,
{
    let guard = shards.lock(search.hash)?;
    let record = guard.find(search.hash, search.by::<H>())?;
    if record.is_dead() { None } else { search.owner(record.key()) }
}

/// Strong pointers to the keys of the living records.
#[track_caller]
pub(crate) fn owners<K, R>(shards: &Shards<K::Flavor, R>) -> Vec<StrongOf<K>>
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K>,
{
    let owner = |record: &R| {
        if record.is_dead() { None } else { K::Flavor::upgrade(record.key()) }
    };
    shards.collect(owner)
}

/// Weak references to the keys of all records.
#[track_caller]
pub(crate) fn refs<K, R>(shards: &Shards<K::Flavor, R>) -> Vec<WeakRef<K>>
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K>,
{
    shards.collect(|record| Some(WeakRef::from_weak(record.key().clone())))
}

/// What `get_or_insert_with` of a map of weak keys looks for.
pub(crate) struct KeyQuery<'a, K: ?Sized + Weakrefable, H> {
    pub(crate) search: Search<'a, K, K>,
    hasher: PhantomData<H>,
    owner: &'a StrongOf<K>,
}

impl<'a, K: ?Sized + Weakrefable, H: Lookup<K, K>> KeyQuery<'a, K, H> {
    pub(crate) fn new(hasher: &H, owner: &'a StrongOf<K>) -> Self {
        Self { search: Search::new(hasher, &**owner), hasher: PhantomData, owner }
    }
}

impl<K, R, H> Query<K::Flavor, R> for KeyQuery<'_, K, H>
where
    K: ?Sized + Weakrefable,
    R: WeakKeyed<K> + Record<K::Flavor, FlightKey = StrongOf<K>>,
    H: Lookup<K, K>,
{
    const BY_HASH: bool = false;

    fn hash(&self) -> u32 {
        self.search.hash
    }

    fn find(&mut self, table: &Table<K::Flavor, R>) -> Option<R::Strong> {
        let record = table.find(self.search.hash, self.search.by::<H>())?;
        self.search.upgrade(record)
    }

    fn is_made_by(&self, key: &StrongOf<K>) -> bool {
        H::equals(key, self.owner)
    }

    fn accepts(&self, _: &R::Strong) -> bool {
        true
    }

    fn flight_key(&mut self) -> StrongOf<K> {
        self.owner.clone()
    }

    fn take_back(&mut self, _: StrongOf<K>) {
        // It was a clone, and so is not the last.
    }

    fn release(&mut self) {
        self.search.release();
    }
}

/// Drops a strong pointer that a search has made. It can have become the last one; nobody asked for
/// that drop here, so a panic goes to the hook.
#[inline]
pub(crate) fn release<K: ?Sized + Weakrefable>(owner: StrongOf<K>) {
    // In `Shared`, another owner can go at any moment.
    if <K::Flavor as Flavor>::IS_SHARED || K::Flavor::is_unique(&owner) {
        unraisable::catch::<K>(|| drop(owner));
    }
}

/// Shows a removal listener a weak key.
pub(crate) fn show<K: ?Sized + Weakrefable>(
    weak: &WeakOf<K>,
    listener: &mut dyn FnMut(&WeakRef<K>),
) {
    listener(&WeakRef::from_weak(weak.clone()));
}
