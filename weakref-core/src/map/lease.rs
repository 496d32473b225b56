//! Keys lent out, so that the user's closures see them while nothing is locked.
//!
//! A closure that is given `&K` may take its time, call the same container, or let a value die. So
//! it cannot run while the table is locked; and unlocked, the table may move or drop the key at any
//! moment. For the time of the visit the keys therefore move from the table into a chunk that the
//! table and the visitor share; a lookup finds them there. Afterwards they come home.

use super::{
    cell::{KeyCell, Place},
    gone::{Gone, RemovalCause, Untold},
    shard::{Inside, Shards},
    table::{Entry, Table},
};
use crate::{Flavor, gate::Note};

/// Keys that are lent out together, with their hashes.
pub(crate) type Chunk<F, K> = <F as Flavor>::Strong<Keys<K>>;

pub(super) type Keys<K> = Vec<Option<(u32, K)>>;

/// Returns the key in a cell, wherever it is.
#[inline]
pub(crate) fn key<'a, F: Flavor, K>(
    cell: &'a KeyCell<K>,
    chunks: &'a [Option<Chunk<F, K>>],
) -> &'a K {
    cell.get().unwrap_or_else(|place| lent::<F, K>(chunks, place))
}

#[cold]
fn lent<F: Flavor, K>(chunks: &[Option<Chunk<F, K>>], place: Place) -> &K {
    let chunk = chunks[place.chunk as usize].as_ref();
    let key = chunk.and_then(|chunk| chunk[place.index as usize].as_ref());
    &key.expect("a chunk stays until its keys have come home").1
}

/// The living entries of one shard at one moment: their keys, lent, and owners of their referents.
pub(crate) struct Lease<'a, F: Flavor, E: Entry<F>> {
    shards: &'a Shards<F, E>,
    number: usize,
    chunks: Vec<Option<Chunk<F, E::Key>>>,
    items: Vec<Item<E::Living>>,
}

struct Item<O> {
    hash: u32,
    place: Place,
    owner: O,
}

impl<'a, F: Flavor, E: Entry<F>> Lease<'a, F, E> {
    /// A lease on nothing, which keeps what is lent to others from coming home.
    fn none(shards: &'a Shards<F, E>, number: usize) -> Self {
        Self { shards, number, chunks: Vec::new(), items: Vec::new() }
    }

    /// Leases what `lend` picks from a shard.
    fn some(
        shards: &'a Shards<F, E>,
        number: usize,
        lend: impl FnOnce(&mut Table<F, E>, &mut Lending<E::Key>, &mut Vec<Item<E::Living>>),
    ) -> Self {
        let mut lease = Self::none(shards, number);
        let mut inside = shards.enter_shard(number);
        let mut lending = Lending::new(&inside);
        lend(&mut inside, &mut lending, &mut lease.items);
        lending.finish(&mut inside);
        lease.chunks.clone_from(&inside.chunks);
        drop(inside);
        lease
    }

    /// Leases all living entries of a shard.
    pub(crate) fn all(shards: &'a Shards<F, E>, number: usize) -> Self {
        Self::some(shards, number, |table, lending, items| {
            items.reserve_exact(table.entries.len());
            items.extend(table.entries.iter_mut().filter_map(|entry| lending.lend(entry)));
        })
    }

    /// Leases the entry whose key `is_it` accepts, if it lives.
    pub(crate) fn one(
        shards: &'a Shards<F, E>,
        hash: u32,
        is_it: impl FnMut(&E::Key) -> bool,
    ) -> Self {
        Self::some(shards, shards.number(hash), |table, lending, items| {
            items.extend(table.find_mut(hash, is_it).and_then(|entry| lending.lend(entry)));
        })
    }

    /// Removes the entry whose key `is_it` accepts, and returns its key and what `rest` makes of the
    /// rest. The key is moved out, or cloned if it is lent.
    pub(crate) fn take_pair<V>(
        shards: &'a Shards<F, E>,
        hash: u32,
        is_it: impl FnMut(&E::Key) -> bool,
        rest: impl FnOnce(E::Owners) -> Option<V>,
    ) -> Option<(E::Key, V)>
    where
        E::Key: Clone,
    {
        let mut lease = Self::none(shards, shards.number(hash));
        let gone = {
            let mut inside = shards.enter(hash);
            let gone = inside.remove_key(hash, is_it)?;
            lease.chunks.clone_from(&inside.chunks);
            gone
        };
        let pair = lease.pair(gone, rest);
        // First, as it can panic, and what is being returned would not be dropped then.
        drop(lease);
        pair
    }

    /// Removes some entry that lives, and returns it.
    pub(crate) fn take_any<V>(
        shards: &'a Shards<F, E>,
        number: usize,
        mut rest: impl FnMut(E::Owners) -> Option<V>,
    ) -> Option<(E::Key, V)>
    where
        E::Key: Clone,
    {
        loop {
            let mut lease = Self::none(shards, number);
            let gone = {
                let mut inside = shards.enter_shard(number);
                lease.chunks.clone_from(&inside.chunks);
                inside.remove_any()?
            };
            // It can have died when it was found.
            let pair = lease.pair(gone, &mut rest);
            drop(lease);
            if pair.is_some() {
                return pair;
            }
        }
    }

    /// Removes all entries of a shard, and returns them.
    pub(crate) fn take_all<V>(
        shards: &'a Shards<F, E>,
        number: usize,
        mut rest: impl FnMut(E::Owners) -> Option<V>,
    ) -> Vec<(E::Key, V)>
    where
        E::Key: Clone,
    {
        let mut lease = Self::none(shards, number);
        let all = {
            let mut inside = shards.enter_shard(number);
            lease.chunks.clone_from(&inside.chunks);
            Untold(inside.take_all(RemovalCause::Removed))
        };
        let pairs = all.told().into_iter().filter_map(|gone| lease.pair(gone, &mut rest)).collect();
        drop(lease);
        pairs
    }

    fn pair<V>(
        &self,
        gone: Gone<F, E>,
        rest: impl FnOnce(E::Owners) -> Option<V>,
    ) -> Option<(E::Key, V)>
    where
        E::Key: Clone,
    {
        let (entry, owners) = gone.into_parts();
        let key = entry.into_cell().into_key();
        let key = key.unwrap_or_else(|place| lent::<F, _>(&self.chunks, place).clone());
        Some((key, rest(owners)?))
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn get(&self, which: usize) -> Option<(&E::Key, &E::Living)> {
        let Item { place, owner, .. } = self.items.get(which)?;
        Some((lent::<F, _>(&self.chunks, *place), owner))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&E::Key, &E::Living)> {
        (0..self.len()).filter_map(|which| self.get(which))
    }

    /// Removes the entry, if it is still as it was. Returns whether it was.
    pub(crate) fn remove(&self, which: usize) -> bool
    where
        E::Living: SameReferent,
    {
        let Item { hash, place, owner } = &self.items[which];
        let is_it = |entry: &E| entry.cell().is_at(*place) && entry.is_of(owner.address());
        let gone = self.shards.enter_shard(self.number).remove(*hash, is_it);
        gone.map(Gone::into_parts).is_some()
    }
}

/// A chunk in the making.
struct Lending<K> {
    id: u32,
    keys: Keys<K>,
}

impl<K> Lending<K> {
    fn new<F: Flavor, E: Entry<F, Key = K>>(inside: &Inside<'_, F, E>) -> Self {
        let id = inside.chunks.iter().position(Option::is_none).unwrap_or(inside.chunks.len());
        let id = u32::try_from(id).expect("fewer than u32::MAX visits at a time");
        Self { id, keys: Vec::new() }
    }

    fn lend<F: Flavor, E: Entry<F, Key = K>>(&mut self, entry: &mut E) -> Option<Item<E::Living>> {
        let owner = entry.upgrade().ok()?;
        let index = u32::try_from(self.keys.len()).expect("fewer than u32::MAX keys in a shard");
        let here = Place { chunk: self.id, index };
        let hash = entry.cell().hash();
        let place = match entry.cell_mut().lend(here) {
            Ok(key) => {
                self.keys.push(Some((hash, key)));
                here
            }
            // Somebody else is here already.
            Err(earlier) => earlier,
        };
        Some(Item { hash, place, owner })
    }

    fn finish<F: Flavor, E: Entry<F, Key = K>>(self, inside: &mut Inside<'_, F, E>) {
        if !self.keys.is_empty() {
            let chunk = Some(F::strong(self.keys));
            match inside.chunks.get_mut(self.id as usize) {
                Some(free) => *free = chunk,
                None => inside.chunks.push(chunk),
            }
        }
    }
}

/// An owner that knows where its referent stands.
pub(crate) trait SameReferent {
    fn address(&self) -> *const ();
}

impl<T: ?Sized, P: std::ops::Deref<Target = T>> SameReferent for P {
    fn address(&self) -> *const () {
        std::ptr::from_ref::<T>(self).cast()
    }
}

impl<F: Flavor, E: Entry<F>> Drop for Lease<'_, F, E> {
    fn drop(&mut self) {
        if self.chunks.is_empty() {
            return;
        }
        self.chunks.clear();
        self.shards.leave(self.number, Note::Seen);
    }
}

/// Moves the keys back that nobody looks at any more. Returns those that have lost their entry.
pub(super) fn bring_home<F: Flavor, E: Entry<F>>(table: &mut Table<F, E>) -> Vec<Keys<E::Key>> {
    // Only inside are chunks given out, so what is unique stays so.
    let back = |chunk: &mut Option<Chunk<F, E::Key>>| {
        chunk.take_if(|chunk| F::is_unique(chunk)).and_then(F::into_inner).unwrap_or_default()
    };
    let mut chunks: Vec<_> = table.chunks.iter_mut().map(back).collect();
    let count: usize = chunks.iter().map(Vec::len).sum();
    // A few are looked for; of many, the table is walked through.
    if count < table.entries.len() / 8 {
        for (chunk, keys) in (0..).zip(&mut chunks) {
            for (index, key) in (0..).zip(keys) {
                let Some((hash, _)) = key else { continue };
                let home = table.lent_to(*hash, Place { chunk, index });
                if let Some(entry) = home
                    && let Some((_, key)) = key.take()
                {
                    entry.cell_mut().bring_home(key);
                }
            }
        }
    } else if count > 0 {
        for entry in &mut table.entries {
            let Err(Place { chunk, index }) = entry.cell().get() else { continue };
            let key = chunks[chunk as usize].get_mut(index as usize).and_then(Option::take);
            if let Some((_, key)) = key {
                entry.cell_mut().bring_home(key);
            }
        }
    }
    while table.chunks.pop_if(|chunk| chunk.is_none()).is_some() {}
    chunks
}
