//! The table under every weak container: what is in a shard, and what deaths do to it.

use hashbrown::HashTable;

use super::{
    cell::{KeyCell, Place},
    factory::Making,
    gone::{self, Gone, Late, Listeners, RemovalCause},
    lease::{self, Chunk, Keys},
};
use crate::{
    Flavor, StrongOf, Weakrefable,
    error::TryReserveError,
    gate::{Note, Word},
    observer::{Event, Head},
    waits::hold,
};

/// What stands in the table for one pair of a key and a value, or one element.
pub(crate) trait Entry<F: Flavor>: Sized {
    /// What a search looks at: a key, or a weak pointer to one.
    type Key;
    /// What a listener of removals is shown: the key, or a weak reference to it.
    type Told;
    /// Owners of its referents, of those that live.
    type Owners;
    /// What a visitor and the callers of a factory get of it: owners of all its referents.
    type Living: Clone;
    /// By what a search is compared with the factories that run.
    type Making;
    /// What of the user's drops with it.
    type User;

    /// Whether it has two referents, of which one can survive the other.
    const IS_PAIR: bool;

    fn cell(&self) -> &KeyCell<Self::Key>;
    fn cell_mut(&mut self) -> &mut KeyCell<Self::Key>;
    fn into_cell(self) -> KeyCell<Self::Key>;
    /// Whether one of its referents is dead.
    fn is_dead(&self) -> bool;
    /// Whether one of its referents stands at this address.
    fn is_of(&self, referent: *const ()) -> bool;
    fn owners(&self) -> Self::Owners;
    /// The same of an entry that is dead: nobody, if it has one referent.
    fn survivors(&self) -> Self::Owners;
    /// The same but for the referent at this address.
    fn others(&self, referent: *const ()) -> Self::Owners;
    /// Whether there is an owner among them, whose drop may be the user's.
    fn is_owned(owners: &Self::Owners) -> bool;
    /// Returns what a visitor gets, if all its referents live; else the owners that it has made for that.
    fn upgrade(&self) -> Result<Self::Living, Self::Owners>;
    /// Takes its registrations out of the slots of those referents that live. Returns how many: one
    /// that is not there is just telling the shard.
    fn unregister(&self, owners: &Self::Owners, shard: *const Head) -> usize;
    /// Shows a listener the key.
    fn show_key(key: &Self::Key, listener: &mut dyn FnMut(&Self::Told));

    /// The same, of an entry whose key is at home.
    fn show(&self, listener: &mut dyn FnMut(&Self::Told)) {
        if let Ok(key) = self.cell().get() {
            Self::show_key(key, listener);
        }
    }
}

/// Which of two equal keys stands in the map afterwards.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    First,
    New,
}

/// Takes a registration out of the slot of its referent, if that lives. Returns how many: 0 if it is
/// not there, as it is just telling the shard.
#[inline]
pub(crate) fn unregister<T: ?Sized + Weakrefable>(
    owner: Option<&StrongOf<T>>,
    place: u32,
    hash: u32,
    shard: *const Head,
) -> usize {
    // The share is a number, which the caller counts down.
    let taken = owner.and_then(|owner| owner.weak_slot().unregister(place, shard, hash));
    usize::from(taken.is_some())
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
///
/// Both are taken from the middle of a product, which depends on all of the 32: their low end has
/// given the shard already, and is the same for all of its keys.
pub(super) fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32)
}

/// Returns whether an entry of the table that is [`what`](Table::what) has this hash and a key that
/// `is_it` accepts, which is asked last: it is the user's.
#[inline]
pub(super) fn has_key<F: Flavor, E: Entry<F>>(
    hash: u32,
    chunks: &[Option<Chunk<F, E::Key>>],
    what: usize,
    mut is_it: impl FnMut(&E::Key) -> bool,
) -> impl FnMut(&E) -> bool {
    move |entry| {
        entry.cell().hash() == hash && {
            let key = lease::key::<F, _>(entry.cell(), chunks);
            holding::<F, _>(what, || is_it(key))
        }
    }
}

/// Runs `f`, in which there is code of the user's, inside the table that is `what`.
#[inline]
pub(super) fn holding<F: Flavor, R>(what: usize, f: impl FnOnce() -> R) -> R {
    if F::Word::HOLDS { hold(what, f) } else { f() }
}

/// A table smaller than this is kept when its last entry goes.
const SMALL: usize = 64;

/// The table of one shard, which its word guards.
pub(crate) struct Table<F: Flavor, E: Entry<F>> {
    pub(crate) entries: HashTable<E>,
    pub(super) chunks: Vec<Option<Chunk<F, E::Key>>>,
    pub(super) making: Vec<Making<F, E>>,
    /// How many factories have run, to tell them apart.
    pub(super) made: u64,
    /// Who wants to know of entries that leave.
    pub(super) listeners: Option<Listeners<F, E::Told>>,
    /// Of which keys, lent to visitors, they are still to be told.
    pub(super) late: Vec<Late<F, E::Told>>,
    /// Where `take_living` begins.
    cursor: usize,
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
            listeners: None,
            late: Vec::new(),
            cursor: 0,
            outstanding: 0,
            reserved: capacity,
            closed: false,
        }
    }

    /// What those who are inside hold: the address of the table, which stays where it is.
    #[inline]
    pub(super) fn what(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Finds the entry whose key `is_it` accepts. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn find(&self, hash: u32, is_it: impl FnMut(&E::Key) -> bool) -> Option<&E> {
        self.entries.find(spread(hash), has_key(hash, &self.chunks, self.what(), is_it))
    }

    /// The same, to change the entry.
    pub(crate) fn find_mut(
        &mut self,
        hash: u32,
        is_it: impl FnMut(&E::Key) -> bool,
    ) -> Option<&mut E> {
        let what = self.what();
        let Self { entries, chunks, .. } = self;
        entries.find_mut(spread(hash), has_key(hash, chunks, what, is_it))
    }

    /// Takes the entry out whose key `is_it` accepts. The user's `Eq` runs here.
    pub(crate) fn take_key(&mut self, hash: u32, is_it: impl FnMut(&E::Key) -> bool) -> Option<E> {
        let what = self.what();
        let Self { entries, chunks, .. } = self;
        let found = entries.find_entry(spread(hash), has_key(hash, chunks, what, is_it));
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

    /// Takes some entry out that lives. Where the last one was found, the next search begins, so that
    /// to take all out one after the other is no slower than to take them at once.
    pub(super) fn take_living(&mut self) -> Option<E> {
        let buckets = self.entries.num_buckets();
        let start = if self.cursor < buckets { self.cursor } else { 0 };
        let lives = |&bucket: &usize| {
            self.entries.get_bucket(bucket).is_some_and(|entry: &E| !entry.is_dead())
        };
        let bucket = (start..buckets).chain(0..start).find(lives)?;
        self.cursor = bucket;
        let taken = self.entries.get_bucket_entry(bucket).ok()?.remove().0;
        self.free_if_empty();
        Some(taken)
    }

    /// Finds the entry whose key was lent to this place.
    pub(super) fn lent_to(&mut self, hash: u32, place: Place) -> Option<&mut E> {
        let found = |entry: &E| entry.cell().hash() == hash && entry.cell().is_at(place);
        self.entries.find_mut(spread(hash), found)
    }

    #[inline]
    pub(super) fn free_if_empty(&mut self) {
        if self.entries.is_empty() {
            self.free();
        }
    }

    #[cold]
    fn free(&mut self) {
        // Room for so many is less than twice that, for most sizes; and what was removed from a crowded table
        // can take some of it.
        let enough = self.reserved..=self.reserved.saturating_mul(2).max(SMALL);
        if !enough.contains(&self.entries.capacity()) {
            self.entries = HashTable::with_capacity(self.reserved);
        }
    }

    /// A registration of an object that has died has come back. Calls nothing of the user's: the entry
    /// is known by its kept hash and by being dead, which no newer one is.
    #[inline]
    pub(super) fn lose_dead(&mut self, hash: u32) -> Option<E> {
        self.outstanding -= 1;
        self.take(hash, E::is_dead)
    }

    /// Takes the registration of the survivor back, if the entry had two referents.
    pub(super) fn release_dead(&mut self, entry: E, shard: *const Head) -> Gone<F, E> {
        let owners = entry.survivors();
        self.release(entry, owners, shard, RemovalCause::Died)
    }

    /// A registration has come back.
    #[cold]
    pub(super) fn lose(
        &mut self,
        hash: u32,
        event: Event,
        shard: *const Head,
    ) -> Option<Gone<F, E>> {
        match event {
            Event::Died => self.lose_dead(hash).map(|entry| self.release_dead(entry, shard)),
            Event::Cleared(referent) => self.lose_cleared(hash, referent, shard),
        }
    }

    #[cold]
    fn lose_cleared(
        &mut self,
        hash: u32,
        referent: *const (),
        shard: *const Head,
    ) -> Option<Gone<F, E>> {
        self.outstanding -= 1;
        let entry = self.take(hash, |entry| entry.is_of(referent));
        // Or it stands for an earlier life of the referent, in another place.
        let entry = entry.or_else(|| self.take(hash, E::is_dead))?;
        // Its registration with that referent has come back. One that looks like it belongs to an entry
        // that has been made since.
        let owners = entry.others(referent);
        Some(self.release(entry, owners, shard, RemovalCause::Died))
    }

    #[cold]
    pub(super) fn read(&mut self, note: Note, shard: *const Head) -> Option<Trash<F, E>> {
        match note {
            Note::Lost(hash, event) => self.lose(hash, event, shard).map(Trash::Entry),
            Note::Failed(number) => self.fail(number).map(Trash::Making),
            Note::Seen => {
                let keys = lease::bring_home(self);
                let late = self.belated(&keys);
                Some(Trash::Keys(keys, late))
            }
        }
    }

    /// Whether nobody can come here any more: no slot and no container.
    pub(super) fn is_over(&self) -> bool {
        self.closed && self.outstanding == 0
    }

    pub(crate) fn reserve(&mut self, additional: usize) {
        let what = self.what();
        let grow = || self.entries.reserve(additional, |entry| spread(entry.cell().hash()));
        // Where so much cannot be had, the hook of the panic is the user's.
        holding::<F, _>(what, grow);
        self.reserved = self.reserved.max(self.entries.len() + additional);
    }

    pub(crate) fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        let hash = |entry: &E| spread(entry.cell().hash());
        self.entries.try_reserve(additional, hash).map_err(|_| TryReserveError(()))?;
        self.reserved = self.reserved.max(self.entries.len() + additional);
        Ok(())
    }

    /// Gives back the room that is neither needed nor asked for, and keeps no more than that later.
    pub(crate) fn shrink_to(&mut self, least: usize) {
        self.entries.shrink_to(least, |entry| spread(entry.cell().hash()));
        self.reserved = self.reserved.min(least);
    }
}

/// What a note took out of the table, to be dropped outside.
pub(crate) enum Trash<F: Flavor, E: Entry<F>> {
    Entry(Gone<F, E>),
    #[allow(dead_code)] // dropped, and not looked at
    Making(E::Making),
    Keys(Vec<Keys<E::Key>>, Vec<Late<F, E::Told>>),
}

impl<F: Flavor, E: Entry<F>> Trash<F, E> {
    /// Tells the listeners of what is in it, and drops it.
    pub(super) fn clean(self) {
        match self {
            Self::Entry(gone) => drop(gone.into_parts()),
            Self::Making(_) => {}
            Self::Keys(keys, late) => gone::tell_late::<F, E>(late, &keys),
        }
    }
}
