//! What the containers of weak keys have in common: how a key is searched for, and how the entries
//! are visited.

use std::{marker::PhantomData, mem::ManuallyDrop};

use super::{
    cell::KeyCell,
    factory::Wanted,
    gone::Gone,
    lookup::{Kept, sealed::Lookup},
    shard::Shards,
    table::{Entry, Table},
};
use crate::{Flavor, StrongOf, WeakRef, Weakrefable, callback, flavor::WeakOf, gate::Word as _};

/// A search for the key that is wanted, and the owners that it makes on its way.
pub(crate) struct Search<'q, K: ?Sized + Weakrefable, Q: ?Sized> {
    pub(crate) hash: u32,
    pub(crate) wanted: &'q Q,
    /// Dropped after the shard has been left: this stands before whatever is inside. By `drop` alone,
    /// which empties it: to look into it once more would cost as much as the search of the table.
    kept: ManuallyDrop<Kept<StrongOf<K>>>,
}

impl<'q, K: ?Sized + Weakrefable, Q: ?Sized> Search<'q, K, Q> {
    #[inline]
    pub(crate) fn new(hasher: &impl Lookup<K, Q>, wanted: &'q Q) -> Self {
        Self { hash: hasher.hash(wanted), wanted, kept: ManuallyDrop::new(Kept::new()) }
    }

    /// Says of a weak key whether it is the one.
    #[inline]
    pub(crate) fn by<H: Lookup<K, Q>>(&mut self) -> impl FnMut(&WeakOf<K>) -> bool {
        |weak| H::is(weak, self.wanted, &mut self.kept)
    }

    /// Drops the owners that it has made on its way. The user's code can run.
    #[inline]
    pub(crate) fn release(&mut self) {
        self.kept.drain(release::<K>);
    }

    /// What a visitor gets of the entry that has just been found.
    #[inline]
    pub(crate) fn living<E: WeakKeyed<K>>(&mut self, entry: &E) -> Option<E::Living> {
        let owner = self.owner(key(entry.cell()))?;
        // It can have become the last one, and this is inside.
        entry.living(owner).map_err(|owner| self.kept.keep(owner)).ok()
    }

    /// An owner of the key that has just been found.
    #[inline]
    pub(crate) fn owner(&mut self, weak: &WeakOf<K>) -> Option<StrongOf<K>> {
        self.kept.found().or_else(|| K::Flavor::upgrade(weak))
    }
}

/// An entry that is looked for by a weak key.
pub(crate) trait WeakKeyed<K: ?Sized + Weakrefable>:
    Entry<K::Flavor, Key = WeakOf<K>, Making = StrongOf<K>>
{
    /// What a visitor gets, given an owner of the key; which comes back if the value is dead.
    fn living(&self, key: StrongOf<K>) -> Result<Self::Living, StrongOf<K>>;
}

/// Returns what lives under the key that is wanted.
pub(crate) fn find<K, E, H, Q>(
    shards: &Shards<K::Flavor, E>,
    hasher: &H,
    wanted: &Q,
) -> Option<E::Living>
where
    K: ?Sized + Weakrefable,
    E: WeakKeyed<K>,
    H: Lookup<K, Q>,
    Q: ?Sized,
{
    let mut search = Search::new(hasher, wanted);
    let inside = shards.enter(search.hash);
    let entry = inside.find(search.hash, search.by::<H>())?;
    search.living(entry)
}

/// A key that is looked for, or whose value is being made.
pub(crate) struct Wish<'a, K: ?Sized + Weakrefable, H> {
    pub(crate) search: Search<'a, K, K>,
    hasher: PhantomData<H>,
    owner: &'a StrongOf<K>,
}

impl<'a, K: ?Sized + Weakrefable, H: Lookup<K, K>> Wish<'a, K, H> {
    pub(crate) fn new(hasher: &H, owner: &'a StrongOf<K>) -> Self {
        Self { search: Search::new(hasher, &**owner), hasher: PhantomData, owner }
    }
}

impl<K, E, H> Wanted<K::Flavor, E> for Wish<'_, K, H>
where
    K: ?Sized + Weakrefable,
    E: WeakKeyed<K>,
    H: Lookup<K, K>,
{
    const BY_HASH: bool = false;

    fn hash(&self) -> u32 {
        self.search.hash
    }

    fn find(&mut self, table: &Table<K::Flavor, E>) -> Option<E::Living> {
        let entry = table.find(self.search.hash, self.search.by::<H>())?;
        self.search.living(entry)
    }

    fn is_made_for(&self, key: &StrongOf<K>) -> bool {
        H::equals(key, self.owner)
    }

    fn accepts(&self, _: &E::Living) -> bool {
        true
    }

    fn making(&mut self) -> StrongOf<K> {
        self.owner.clone()
    }

    fn unmake(&mut self, _: StrongOf<K>) {
        // It was a clone, and so is not the last.
    }

    fn release(&mut self) {
        self.search.release();
    }
}

/// Returns the key in a cell. A weak one is never lent: a visitor has an owner instead.
#[inline]
pub(crate) fn key<W>(cell: &KeyCell<W>) -> &W {
    cell.get().unwrap_or_else(|_| unreachable!("weak keys stay at home"))
}

impl<K: ?Sized + Weakrefable, Q: ?Sized> Drop for Search<'_, K, Q> {
    #[inline]
    fn drop(&mut self) {
        self.release();
    }
}

/// Drops an owner that a search has made. It can have become the last; nobody asked for the death here,
/// so a panic goes to the hook.
#[inline]
pub(crate) fn release<K: ?Sized + Weakrefable>(owner: StrongOf<K>) {
    // In `Shared`, another owner can go at any moment.
    if <K::Flavor as Flavor>::Word::HOLDS || K::Flavor::is_unique(&owner) {
        callback::run::<K>(|| drop(owner));
    }
}

/// Shows a listener of removals a weak key.
pub(crate) fn show<K: ?Sized + Weakrefable>(
    weak: &WeakOf<K>,
    listener: &mut dyn FnMut(&WeakRef<K>),
) {
    listener(&WeakRef::from_weak(weak.clone()));
}

impl<F: Flavor, E: Entry<F>> Shards<F, E> {
    /// Returns what lives in a shard, each with the hash of its key.
    pub(crate) fn living(&self, number: usize) -> Vec<(u32, E::Living)> {
        // What it has made in vain goes outside.
        let mut others = Vec::new();
        let inside = self.enter_shard(number);
        let mut living = Vec::with_capacity(inside.entries.len());
        for entry in &inside.entries {
            match entry.upgrade() {
                Ok(all) => living.push((entry.cell().hash(), all)),
                Err(some) if E::is_owned(&some) => others.push(some),
                Err(_) => {}
            }
        }
        drop(inside);
        // First, as it can panic, and what is being returned would not be dropped then.
        drop(others);
        living
    }

    /// Removes an entry that is known by itself.
    pub(crate) fn remove(&self, hash: u32, is_it: impl FnMut(&E) -> bool) -> Option<Gone<F, E>> {
        self.enter(hash).remove(hash, is_it)
    }

    /// Visits what lives, shard after shard, up to the first that `f` refuses. Nothing is locked
    /// meanwhile.
    pub(crate) fn all(&self, mut f: impl FnMut(u32, &E::Living) -> bool) -> bool {
        (0..self.count())
            .all(|number| self.living(number).iter().all(|(hash, living)| f(*hash, living)))
    }

    /// Gives what lives, one after the other; each shard as it is when its turn comes.
    pub(crate) fn one_by_one(&self) -> impl Iterator<Item = (u32, E::Living)> {
        (0..self.count()).flat_map(|number| self.living(number))
    }
}

/// Owners of the keys of the living entries of this moment.
pub(crate) fn owners<K, E>(shards: &Shards<K::Flavor, E>) -> Vec<StrongOf<K>>
where
    K: ?Sized + Weakrefable,
    E: Entry<K::Flavor, Key = WeakOf<K>>,
{
    let mut owners = Vec::new();
    for shard in shards.each() {
        let living = shard.entries.iter().filter(|entry| !entry.is_dead());
        owners.extend(living.filter_map(|entry| K::Flavor::upgrade(key(entry.cell()))));
    }
    owners
}

/// Weak references to the keys.
pub(crate) fn refs<K, E>(shards: &Shards<K::Flavor, E>) -> Vec<WeakRef<K>>
where
    K: ?Sized + Weakrefable,
    E: Entry<K::Flavor, Key = WeakOf<K>>,
{
    let mut refs = Vec::new();
    for shard in shards.each() {
        let weak = |entry: &E| WeakRef::from_weak(key(entry.cell()).clone());
        refs.extend(shard.entries.iter().map(weak));
    }
    refs
}
