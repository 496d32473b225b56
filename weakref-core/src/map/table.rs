//! The table under every weak container: what is in a shard, and what deaths do to it.

use hashbrown::HashTable;

use super::{
    cell::{KeyCell, Place},
    factory::Making,
    lease::{self, Chunk, Keys},
};
use crate::{
    Flavor,
    gate::Note,
    observer::{Event, Head},
};

/// What stands in the table for one pair of a key and a value.
pub(crate) trait Entry<F: Flavor>: Sized {
    type Key;
    /// What keeps its referent alive.
    type Owner: Clone;

    fn cell(&self) -> &KeyCell<Self::Key>;
    fn cell_mut(&mut self) -> &mut KeyCell<Self::Key>;
    fn into_cell(self) -> KeyCell<Self::Key>;
    fn is_dead(&self) -> bool;
    /// Whether its referent stands at this address.
    fn is_of(&self, referent: *const ()) -> bool;
    fn upgrade(&self) -> Option<Self::Owner>;
    /// Takes the registration out of the slot of its referent, which lives. False if it is not
    /// there: then somebody is just telling the shard about it.
    fn unregister(&self, owner: &Self::Owner, shard: *const Head) -> bool;
}

/// The 32 bits of a hash that are kept beside the key and with the registration: enough to tell
/// four thousand million apart, and half the room.
///
/// Kept because a death has no key to hash, and because the user's `Hash` must not run when the
/// table grows, in the middle of an operation.
pub(crate) fn fold(hash: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation)]
    let folded = (hash ^ (hash >> 32)) as u32;
    folded
}

/// The 64 bits that the table wants, of the 32 that are kept: hashbrown takes a place from the low
/// end and a tag from the high end.
pub(super) fn spread(hash: u32) -> u64 {
    u64::from(hash) | u64::from(hash) << 32
}

/// Returns whether an entry has this hash and a key that `is_it` accepts, which is asked last.
#[inline]
pub(super) fn has_key<F: Flavor, E: Entry<F>>(
    hash: u32,
    chunks: &[Option<Chunk<F, E::Key>>],
    mut is_it: impl FnMut(&E::Key) -> bool,
) -> impl FnMut(&E) -> bool {
    move |entry| entry.cell().hash() == hash && is_it(lease::key::<F, _>(entry.cell(), chunks))
}

/// A table smaller than this is kept when its last entry goes.
const SMALL: usize = 64;

/// The table of one shard, which its word guards.
pub(crate) struct Table<F: Flavor, E: Entry<F>> {
    pub(super) entries: HashTable<E>,
    pub(super) chunks: Vec<Option<Chunk<F, E::Key>>>,
    pub(super) making: Vec<Making<F, E>>,
    /// How many factories have run, to tell them apart.
    pub(super) made: u64,
    /// How many registrations may still come back here. While there are any, the shard lives.
    pub(super) outstanding: usize,
    /// The room that the user has asked for, and keeps.
    pub(super) reserved: usize,
    /// The container is gone.
    pub(super) closed: bool,
}

impl<F: Flavor, E: Entry<F>> Table<F, E> {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            entries: HashTable::with_capacity(capacity),
            chunks: Vec::new(),
            making: Vec::new(),
            made: 0,
            outstanding: 0,
            reserved: capacity,
            closed: false,
        }
    }

    /// Finds the entry whose key `is_it` accepts. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn find(&self, hash: u32, is_it: impl FnMut(&E::Key) -> bool) -> Option<&E> {
        self.entries.find(spread(hash), has_key(hash, &self.chunks, is_it))
    }

    /// The same, to change the entry.
    pub(crate) fn find_mut(
        &mut self,
        hash: u32,
        is_it: impl FnMut(&E::Key) -> bool,
    ) -> Option<&mut E> {
        let Self { entries, chunks, .. } = self;
        entries.find_mut(spread(hash), has_key(hash, chunks, is_it))
    }

    /// Takes the entry out whose key `is_it` accepts. The user's `Eq` runs here.
    pub(crate) fn take_key(&mut self, hash: u32, is_it: impl FnMut(&E::Key) -> bool) -> Option<E> {
        let Self { entries, chunks, .. } = self;
        let found = entries.find_entry(spread(hash), has_key(hash, chunks, is_it));
        let taken = found.ok()?.remove().0;
        self.free_if_empty();
        Some(taken)
    }

    /// Takes the entry out that `is_it` accepts, by itself and not by its key.
    #[inline]
    pub(crate) fn take(&mut self, hash: u32, mut is_it: impl FnMut(&E) -> bool) -> Option<E> {
        let found = |entry: &E| entry.cell().hash() == hash && is_it(entry);
        let taken = self.entries.find_entry(spread(hash), found).ok()?.remove().0;
        self.free_if_empty();
        Some(taken)
    }

    /// Finds the entry whose key was lent to this place.
    pub(super) fn lent_to(&mut self, hash: u32, place: Place) -> Option<&mut E> {
        let found = |entry: &E| entry.cell().hash() == hash && entry.cell().is_at(place);
        self.entries.find_mut(spread(hash), found)
    }

    #[inline]
    fn free_if_empty(&mut self) {
        if self.entries.is_empty() {
            self.free();
        }
    }

    #[cold]
    fn free(&mut self) {
        if self.entries.capacity() > self.reserved.max(SMALL) {
            self.entries = HashTable::with_capacity(self.reserved);
        }
    }

    /// A registration has come back. Calls nothing of the user's: the entry is known by its kept
    /// hash and by being dead, which no newer one is.
    #[inline]
    pub(super) fn lose(&mut self, hash: u32, event: Event) -> Option<E> {
        self.outstanding -= 1;
        match event {
            Event::Died => self.take(hash, E::is_dead),
            Event::Cleared(referent) => self.take_cleared(hash, referent),
        }
    }

    #[cold]
    fn take_cleared(&mut self, hash: u32, referent: *const ()) -> Option<E> {
        // It may stand for an earlier life of the referent, in another place.
        self.take(hash, |entry| entry.is_of(referent) || entry.is_dead())
    }

    #[cold]
    pub(super) fn read(&mut self, note: Note) -> Option<Trash<F, E>> {
        match note {
            Note::Lost(hash, event) => self.lose(hash, event).map(Trash::Entry),
            Note::Failed(number) => self.end(number).map(Trash::Making),
            Note::Seen => Some(Trash::Keys(lease::bring_home(self))),
        }
    }

    /// Whether nobody can come here any more: no slot and no container.
    pub(super) fn is_over(&self) -> bool {
        self.closed && self.outstanding == 0
    }

    pub(crate) fn reserve(&mut self, additional: usize) {
        self.entries.reserve(additional, |entry| spread(entry.cell().hash()));
        self.reserved = self.reserved.max(self.entries.len() + additional);
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.entries.shrink_to_fit(|entry| spread(entry.cell().hash()));
        self.reserved = 0;
    }
}

/// What a note took out of the table, to be dropped outside.
#[allow(dead_code)] // dropped, and not looked at
pub(crate) enum Trash<F: Flavor, E: Entry<F>> {
    Entry(E),
    Making(Making<F, E>),
    Keys(Vec<Keys<E::Key>>),
}
