//! The table under every weak container: its shards, their lock, and their way to hear of deaths.
#![allow(unsafe_code)]

use std::{
    any::Any,
    cell::UnsafeCell,
    marker::PhantomData,
    ops::{Deref, DerefMut},
    ptr::NonNull,
};

use hashbrown::{HashTable, hash_table};

use super::{
    cell::{KeyCell, Place},
    factory::Making,
    lease::{self, Chunk, Keys},
};
use crate::{
    Flavor, Shared, WeakSlot, callback,
    gate::{Note, REENTRY, Word},
    observer::{Behaviour, Event, Head, Registration},
    waits::{Holding, holding},
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
fn spread(hash: u32) -> u64 {
    u64::from(hash) | u64::from(hash) << 32
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
    outstanding: usize,
    /// The room that the user has asked for, and keeps.
    reserved: usize,
    /// The container is gone.
    closed: bool,
}

impl<F: Flavor, E: Entry<F>> Table<F, E> {
    fn with_capacity(capacity: usize) -> Self {
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
    pub(crate) fn find(&self, hash: u32, mut is_it: impl FnMut(&E::Key) -> bool) -> Option<&E> {
        let found = |entry: &E| {
            entry.cell().hash() == hash && is_it(lease::key::<F, _>(entry.cell(), &self.chunks))
        };
        self.entries.find(spread(hash), found)
    }

    /// The same, to change the entry.
    pub(crate) fn find_mut(
        &mut self,
        hash: u32,
        mut is_it: impl FnMut(&E::Key) -> bool,
    ) -> Option<&mut E> {
        let Self { entries, chunks, .. } = self;
        let found = |entry: &E| {
            entry.cell().hash() == hash && is_it(lease::key::<F, _>(entry.cell(), chunks))
        };
        entries.find_mut(spread(hash), found)
    }

    /// Takes the entry out whose key `is_it` accepts. The user's `Eq` runs here.
    pub(crate) fn take_key(
        &mut self,
        hash: u32,
        mut is_it: impl FnMut(&E::Key) -> bool,
    ) -> Option<E> {
        let Self { entries, chunks, .. } = self;
        let found = |entry: &E| {
            entry.cell().hash() == hash && is_it(lease::key::<F, _>(entry.cell(), chunks))
        };
        let taken = entries.find_entry(spread(hash), found).ok()?.remove().0;
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
    fn lose(&mut self, hash: u32, event: Event) -> Option<E> {
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
    fn read(&mut self, note: Note) -> Option<Trash<F, E>> {
        match note {
            Note::Lost(hash, event) => self.lose(hash, event).map(Trash::Entry),
            Note::Failed(number) => self.end(number).map(Trash::Making),
            Note::Seen => Some(Trash::Keys(lease::bring_home(self))),
        }
    }

    /// Whether nobody can come here any more: no slot and no container.
    fn is_over(&self) -> bool {
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

/// A part of the container, with a lock of its own. It is what stands in the slots of its referents.
#[repr(C, align(128))]
struct Shard<F: Flavor, E: Entry<F>> {
    head: Head,
    word: F::Word,
    table: UnsafeCell<Table<F, E>>,
}

impl<F: Flavor, E: Entry<F>> Shard<F, E> {
    const BEHAVIOUR: &'static Behaviour = &Behaviour {
        tell: Self::tell,
        tell_silently: Self::tell,
        prepare: Self::prepare,
        is_container: true,
        handle: Self::handle,
    };

    fn new(capacity: usize) -> NonNull<Self> {
        NonNull::from(Box::leak(Box::new(Self {
            head: Head { behaviour: Self::BEHAVIOUR },
            word: F::Word::default(),
            table: UnsafeCell::new(Table::with_capacity(capacity)),
        })))
    }

    unsafe fn tell(head: NonNull<Head>, hash: u32, event: Event) {
        let shard = head.cast::<Self>();
        let word = {
            // SAFETY: this registration is outstanding, so the shard lives until its note is read.
            // If the note is left, `word` is not used again.
            unsafe { &shard.as_ref().word }
        };
        if word.enter_or_leave(Note::Lost(hash, event)) {
            // SAFETY: inside.
            let table = unsafe { &mut *shard.as_ref().table.get() };
            let own = table.lose(hash, event);
            if table.is_over() || !word.try_exit() {
                // SAFETY: still inside.
                clean(unsafe { Self::exit(shard) });
            }
            match own {
                Some(own) if std::mem::needs_drop::<E::Key>() => {
                    callback::run::<E::Key>(|| drop(own));
                }
                // A `Weak` does not panic.
                own => drop(own),
            }
        }
    }

    unsafe fn prepare(_: NonNull<Head>, _: Event) {}

    unsafe fn handle(_: NonNull<Head>) -> Option<Box<dyn Any>> {
        None
    }

    /// Leaves, and frees the shard if nobody can come here any more. Returns what the notes that
    /// were left meanwhile took out.
    ///
    /// # Safety
    ///
    /// The shard lives, this thread is inside, and does not use it afterwards unless the container
    /// or a registration keeps it.
    unsafe fn exit(this: NonNull<Self>) -> Vec<Trash<F, E>> {
        let mut lost = Vec::new();
        let table = || {
            // SAFETY: until `Word::exit` returns true, this thread is inside, and the two closures
            // below are called one after the other.
            unsafe { &mut *this.as_ref().table.get() }
        };
        let out = {
            // SAFETY: the shard lives. After the word has let go it can be freed by another thread,
            // and is not used again.
            let word = unsafe { &this.as_ref().word };
            word.exit(&mut |note| lost.extend(table().read(note)), &mut || table().is_over())
        };
        if !out {
            // SAFETY: it comes from a `Box`. The container is gone, and no slot has a registration
            // of it: this thread, inside, is the only one that still has the pointer.
            drop(unsafe { Box::from_raw(this.as_ptr()) });
        }
        lost
    }
}

/// What a note took out of the table, to be dropped outside.
#[allow(dead_code)] // dropped, and not looked at
enum Trash<F: Flavor, E: Entry<F>> {
    Entry(E),
    Making(Making<F, E>),
    Keys(Vec<Keys<E::Key>>),
}

/// Drops what the notes of others took out: the user's keys. Nobody asked for it here, so a panic
/// goes to the hook.
fn clean<F: Flavor, E: Entry<F>>(all: Vec<Trash<F, E>>) {
    for trash in all {
        callback::run::<E::Key>(|| drop(trash));
    }
}

/// All shards of a container.
pub(crate) struct Shards<F: Flavor, E: Entry<F>> {
    shards: Box<[NonNull<Shard<F, E>>]>,
    // The keys in it must not change their lifetimes.
    invariant: PhantomData<*mut E>,
}

// SAFETY: what is inside is reached by one thread at a time, by way of the word; the chunks of lent
// keys, by several.
unsafe impl<E> Send for Shards<Shared, E> where
    E: Entry<Shared, Key: Send + Sync, Owner: Send + Sync> + Send
{
}
// SAFETY: as above.
unsafe impl<E> Sync for Shards<Shared, E> where
    E: Entry<Shared, Key: Send + Sync, Owner: Send + Sync> + Send
{
}

impl<F: Flavor, E: Entry<F>> Shards<F, E> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        let count = F::shards();
        let each = capacity.div_ceil(count);
        let shards = (0..count).map(|_| Shard::new(each)).collect();
        Self { shards, invariant: PhantomData }
    }

    pub(crate) fn count(&self) -> usize {
        self.shards.len()
    }

    /// Enters the shard for `hash`.
    ///
    /// # Panics
    ///
    /// If this thread is in the middle of a search in this container.
    #[inline]
    pub(crate) fn enter(&self, hash: u32) -> Inside<'_, F, E> {
        self.enter_shard(self.number(hash))
    }

    #[inline]
    pub(crate) fn number(&self, hash: u32) -> usize {
        if !F::Word::HOLDS {
            // One thread, one shard: which needs not wait for the hash.
            return 0;
        }
        // Mixed by a multiplication, so that keys of one shard do not share bits that give the place.
        let mixed = hash.wrapping_mul(0x9E37_79B9) >> 24;
        mixed as usize & (self.shards.len() - 1)
    }

    #[inline]
    pub(crate) fn enter_shard(&self, number: usize) -> Inside<'_, F, E> {
        if F::Word::HOLDS && holding() {
            self.assert_not_inside();
        }
        let shard = self.shards[number];
        // SAFETY: the container keeps its shards.
        let word = unsafe { &shard.as_ref().word };
        word.enter();
        Inside { shard, holding: F::Word::HOLDS.then(Holding::new), container: PhantomData }
    }

    /// Does what `note` says, or leaves it to whoever is inside. So it does not wait, and can be
    /// called where a wait that would never end could not be told by a panic.
    pub(crate) fn leave(&self, number: usize, note: Note) {
        let shard = self.shards[number];
        // SAFETY: the container keeps its shards.
        let word = unsafe { &shard.as_ref().word };
        if word.enter_or_leave(note) {
            // SAFETY: inside.
            let _trash = unsafe { &mut *shard.as_ref().table.get() }.read(note);
            if !word.try_exit() {
                // SAFETY: still inside; the container keeps the shard.
                clean(unsafe { Shard::exit(shard) });
            }
        }
    }

    /// Enters one shard after the other.
    pub(crate) fn each(&self) -> impl Iterator<Item = Inside<'_, F, E>> {
        (0..self.shards.len()).map(|number| self.enter_shard(number))
    }

    /// The word of the shard in question would tell most of the time, but not always: the same
    /// mistake shall not panic for one key and pass for another.
    #[cold]
    fn assert_not_inside(&self) {
        // SAFETY: the container keeps its shards.
        let is_mine = |shard: &NonNull<Shard<F, E>>| unsafe { shard.as_ref().word.is_mine() };
        assert!(!self.shards.iter().any(is_mine), "{REENTRY}");
    }
}

impl<F: Flavor, E: Entry<F>> Drop for Shards<F, E> {
    fn drop(&mut self) {
        let shards = std::mem::take(&mut self.shards);
        let close = |&shard: &NonNull<Shard<F, E>>| {
            // SAFETY: the container keeps its shards up to here.
            unsafe { shard.as_ref().word.enter() };
            let mut inside = Inside { shard, holding: None, container: PhantomData };
            inside.closed = true;
            // `inside` goes first, and frees the shard where it can; then what it held.
            inside.take_all()
        };
        // All are closed before anything of the user's drops, and perhaps panics.
        let _entries: Vec<_> = shards.iter().map(close).collect();
    }
}

/// A shard while this thread is inside: its table.
///
/// Nothing of the user's is dropped while it exists: whoever takes something out of the table
/// declares the place for it before this.
pub(crate) struct Inside<'a, F: Flavor, E: Entry<F>> {
    shard: NonNull<Shard<F, E>>,
    holding: Option<Holding>,
    container: PhantomData<&'a Shards<F, E>>,
}

impl<F: Flavor, E: Entry<F>> Inside<'_, F, E> {
    /// Finds the entry of `key`, or the room for it, registers the shard with `slot`, and lets
    /// `write` fill the room in, with the place in the slot. The user's `Eq` runs here, at first.
    ///
    /// The key is there. It is taken only after the search: should `Eq` panic, it is the caller's
    /// to drop, outside.
    #[inline]
    pub(crate) fn write<R>(
        &mut self,
        hash: u32,
        key: &mut Option<E::Key>,
        slot: &WeakSlot<F>,
        write: impl FnOnce(hash_table::Entry<'_, E>, E::Key, u32) -> R,
    ) -> R
    where
        E::Key: Eq,
    {
        let shard = self.shard;
        let Table { entries, chunks, outstanding, .. } = &mut **self;
        let found = |entry: &E| {
            let other = || lease::key::<F, _>(entry.cell(), chunks);
            entry.cell().hash() == hash && key.as_ref().is_some_and(|key| *other() == *key)
        };
        let entry = entries.entry(spread(hash), found, |entry| spread(entry.cell().hash()));
        let Some(key) = key.take() else { unreachable!("the caller has a key") };
        *outstanding += 1;
        // SAFETY: a shard is `repr(C)` and begins with a `Head`. It lives while `outstanding` is
        // not 0. In `Shared`, constructors ask for keys and values that are `Send + Sync`.
        let registration = unsafe { Registration::new(shard.cast(), hash) };
        write(entry, key, slot.register(registration))
    }

    /// Takes the registration of an entry back that has left, or is going to leave, the table.
    ///
    /// Returns the owner that this took; it may have become the last, and is to be kept until the
    /// shard has been left.
    #[must_use]
    pub(crate) fn unregister(&mut self, entry: &E) -> Option<E::Owner> {
        let owner = entry.upgrade()?;
        if entry.unregister(&owner, self.shard.as_ptr().cast_const().cast()) {
            self.outstanding -= 1;
        }
        Some(owner)
    }

    /// Takes all entries out, with their registrations.
    #[must_use]
    pub(crate) fn take_all(&mut self) -> Vec<(E, Option<E::Owner>)> {
        let reserved = if self.closed { 0 } else { self.reserved };
        let entries = std::mem::replace(&mut self.entries, HashTable::with_capacity(reserved));
        entries
            .into_iter()
            .map(|entry| {
                let owner = self.unregister(&entry);
                (entry, owner)
            })
            .collect()
    }
}

impl<F: Flavor, E: Entry<F>> Deref for Inside<'_, F, E> {
    type Target = Table<F, E>;

    #[inline]
    fn deref(&self) -> &Table<F, E> {
        // SAFETY: inside; and it is borrowed as long as `self` is.
        unsafe { &*self.shard.as_ref().table.get() }
    }
}

impl<F: Flavor, E: Entry<F>> DerefMut for Inside<'_, F, E> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Table<F, E> {
        // SAFETY: inside; and it is borrowed as long as `self` is.
        unsafe { &mut *self.shard.as_ref().table.get() }
    }
}

impl<F: Flavor, E: Entry<F>> Drop for Inside<'_, F, E> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the shard lives as long as this thread is inside.
        let word = unsafe { &self.shard.as_ref().word };
        if self.closed || !word.try_exit() {
            // SAFETY: still inside, and not used afterwards.
            let lost = unsafe { Shard::exit(self.shard) };
            // What follows is the user's, and holds nothing.
            self.holding = None;
            clean(lost);
        }
    }
}
