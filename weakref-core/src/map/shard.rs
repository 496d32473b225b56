//! The shards of a container: each a table, its lock, and the observer that hears of deaths.
#![allow(unsafe_code)]

use std::{
    any::Any,
    cell::UnsafeCell,
    marker::PhantomData,
    ops::{Deref, DerefMut},
    ptr::NonNull,
};

use hashbrown::{HashTable, hash_table};

use super::table::{Entry, Table, Trash, has_key, spread};
use crate::{
    Flavor, Shared, WeakSlot, callback,
    gate::{Note, REENTRY, Word},
    observer::{Behaviour, Event, Head, Registration},
    waits::{Holding, holding},
};

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
        has_weak: true,
        is_spent: |_| false,
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
        let is_it = |other: &E::Key| key.as_ref().is_some_and(|key| *other == *key);
        let found = has_key(hash, chunks, is_it);
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
