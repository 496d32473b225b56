//! The shards of a container: each a table, its lock, and the observer that hears of deaths.
#![allow(unsafe_code)]

use std::{
    any::Any,
    cell::UnsafeCell,
    marker::PhantomData,
    mem::ManuallyDrop,
    ops::{Deref, DerefMut},
    panic::{RefUnwindSafe, UnwindSafe},
    ptr::NonNull,
};

use hashbrown::hash_table;

use super::{
    gone::{Gone, RemovalCause, Untold},
    lease::Chunk,
    table::{Entry, Table, Trash, has_key, spread},
};
use crate::{
    Flavor, Shared, WeakSlot, callback,
    gate::{Note, REENTRY, Word},
    observer::{Behaviour, Event, Head, Later, Registration},
    waits::{holding, holds},
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
        let_go: Some(Self::let_go),
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

    /// What a thread says that it holds while the user's code runs inside: see [`Table::what`].
    fn what(&self) -> usize {
        self.table.get().addr()
    }

    #[inline]
    fn enter(&self) {
        self.word.enter(self.what());
    }

    unsafe fn tell(head: NonNull<Head>, hash: u32, event: Event) {
        let shard = head.cast::<Self>();
        let word = {
            // SAFETY: this registration is outstanding, so the shard lives until its note is read.
            // If the note is left, `word` is not used again.
            unsafe { &shard.as_ref().word }
        };
        if !word.enter_or_leave(Note::Lost(hash, event)) {
            return;
        }
        // SAFETY: inside.
        let table = unsafe { &mut *shard.as_ref().table.get() };
        debug_assert_eq!(event, Event::Died, "a container lets go of what is cleared");
        let own = table.lose_dead(hash);
        if E::IS_PAIR || table.listeners.is_some() {
            let own = own.map(|own| table.release_dead(own, head.as_ptr()));
            // SAFETY: still inside.
            clean(unsafe { Self::leave(shard) });
            if let Some(own) = own {
                own.end();
            }
            return;
        }
        // SAFETY: still inside.
        clean(unsafe { Self::leave(shard) });
        match own {
            Some(own) if std::mem::needs_drop::<E::User>() => {
                callback::run::<E::User>(|| drop(own));
            }
            // A `Weak` does not panic.
            own => drop(own),
        }
    }

    /// Leaves. Returns what the notes that were left meanwhile took out.
    ///
    /// # Safety
    ///
    /// As of [`exit`](Self::exit).
    #[inline]
    unsafe fn leave(shard: NonNull<Self>) -> Vec<Trash<F, E>> {
        // SAFETY: the shard lives as long as this thread is inside.
        let (word, table) = unsafe { (&shard.as_ref().word, &*shard.as_ref().table.get()) };
        if table.is_over() || !word.try_exit() {
            // SAFETY: still inside.
            return unsafe { Self::exit(shard) };
        }
        Vec::new()
    }

    unsafe fn let_go(head: NonNull<Head>, hash: u32, event: Event) -> Option<Later> {
        unsafe fn end<F: Flavor, E: Entry<F>>(what: NonNull<()>) {
            // SAFETY: `let_go` below has made it of these.
            let all = unsafe { Later::take::<Vec<Trash<F, E>>>(what) };
            clean(all);
        }

        let shard = head.cast::<Self>();
        let own = {
            // SAFETY: this registration is outstanding, so the shard lives until its note is read.
            // If the note is left, it is not used again.
            let word = unsafe { &shard.as_ref().word };
            if !word.enter_or_leave(Note::Lost(hash, event)) {
                return None;
            }
            // SAFETY: inside.
            let table = unsafe { &mut *shard.as_ref().table.get() };
            table.lose(hash, event, head.as_ptr())
        };
        // SAFETY: still inside.
        let mut all = unsafe { Self::leave(shard) };
        all.extend(own.map(Trash::Entry));
        // SAFETY: constructors ask for keys and values that borrow nothing.
        Some(unsafe { Later::new(all, end::<F, E>) })
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
            let head = this.as_ptr().cast_const().cast();
            word.exit(&mut |note| lost.extend(table().read(note, head)), &mut || table().is_over())
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
        callback::run::<E::User>(|| trash.clean());
    }
}

/// How many of so many entries one of the shards must have room for: as many as each of the others, and
/// three standard deviations more, which chance seldom exceeds.
fn share(entries: usize, shards: usize) -> usize {
    let even = entries.div_ceil(shards);
    if shards == 1 { even } else { even.saturating_add(3 * even.isqrt()) }
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
    E: Entry<Shared, Key: Send + Sync, Living: Send + Sync, Making: Send + Sync> + Send
{
}
// SAFETY: as above.
unsafe impl<E> Sync for Shards<Shared, E> where
    E: Entry<Shared, Key: Send + Sync, Living: Send + Sync, Making: Send + Sync> + Send
{
}

// A panic of the user's leaves the shards whole; so it depends on what they keep, as for std's maps.
impl<F: Flavor, E: Entry<F> + UnwindSafe> UnwindSafe for Shards<F, E> {}
impl<F: Flavor, E: Entry<F> + RefUnwindSafe> RefUnwindSafe for Shards<F, E> {}

impl<F: Flavor, E: Entry<F>> Shards<F, E> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        let count = F::shards();
        let share = share(capacity, count);
        let shards = (0..count).map(|_| Shard::new(share)).collect();
        Self { shards, invariant: PhantomData }
    }

    pub(crate) fn count(&self) -> usize {
        self.shards.len()
    }

    /// How many of so many entries one shard must have room for.
    pub(crate) fn share(&self, entries: usize) -> usize {
        share(entries, self.count())
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
        // Nothing is mixed here: the lock must wait for it. `spread` does that, beside the lock.
        hash as usize & (self.shards.len() - 1)
    }

    #[inline]
    pub(crate) fn enter_shard(&self, number: usize) -> Inside<'_, F, E> {
        if F::Word::HOLDS && holding() {
            self.assert_not_inside();
        }
        let shard = self.shards[number];
        // SAFETY: the container keeps its shards.
        unsafe { shard.as_ref() }.enter();
        Inside { shard, container: PhantomData }
    }

    /// Does what `note` says, or leaves it to whoever is inside. So it does not wait, and can be
    /// called where a wait that would never end could not be told by a panic.
    pub(crate) fn leave(&self, number: usize, note: Note) {
        let shard = self.shards[number];
        // SAFETY: the container keeps its shards.
        let word = unsafe { &shard.as_ref().word };
        if word.enter_or_leave(note) {
            // SAFETY: inside.
            let table = unsafe { &mut *shard.as_ref().table.get() };
            let own = table.read(note, shard.as_ptr().cast_const().cast());
            if !word.try_exit() {
                // First, as what is this thread's own can panic.
                // SAFETY: still inside; the container keeps the shard.
                clean(unsafe { Shard::exit(shard) });
            }
            if let Some(own) = own {
                own.clean();
            }
        }
    }

    /// Enters one shard after the other.
    pub(crate) fn each(&self) -> impl Iterator<Item = Inside<'_, F, E>> {
        (0..self.shards.len()).map(|number| self.enter_shard(number))
    }

    /// Takes all entries out of all shards, and tells the listeners. Nothing drops before all are out,
    /// and can panic.
    pub(crate) fn empty(&self, cause: RemovalCause) -> Vec<Gone<F, E>> {
        // They are told as well if a shard cannot be entered, which panics.
        let mut all = Untold(Vec::new());
        self.each().for_each(|mut inside| all.0.extend(inside.take_all(cause)));
        all.told()
    }

    /// Asked of all shards and not just of the one in question: the same mistake shall not panic for
    /// one key and pass for another.
    #[cold]
    fn assert_not_inside(&self) {
        // SAFETY: the container keeps its shards.
        let what = |shard: &NonNull<Shard<F, E>>| unsafe { shard.as_ref() }.what();
        let is_mine = |held| self.shards.iter().any(|shard| what(shard) == held);
        assert!(!holds(is_mine), "{REENTRY}");
    }
}

impl<F: Flavor, E: Entry<F>> Drop for Shards<F, E> {
    fn drop(&mut self) {
        let shards = std::mem::take(&mut self.shards);
        let close = |&shard: &NonNull<Shard<F, E>>| {
            // SAFETY: the container keeps its shards up to here.
            unsafe { shard.as_ref() }.enter();
            let mut inside = Inside { shard, container: PhantomData };
            inside.closed = true;
            // Those of keys too that are lent for ever, to a visitor that was forgotten.
            let listeners = (inside.listeners.take(), std::mem::take(&mut inside.late));
            // `inside` goes first, and frees the shard where it can; then what it held.
            (inside.take_all(RemovalCause::Cleared), listeners)
        };
        // All are closed before anything of the user's drops, and perhaps panics.
        let _gone: Vec<_> = shards.iter().map(close).collect();
    }
}

/// A shard while this thread is inside: its table.
///
/// Nothing of the user's is dropped while it exists: whoever takes something out of the table
/// declares the place for it before this.
pub(crate) struct Inside<'a, F: Flavor, E: Entry<F>> {
    shard: NonNull<Shard<F, E>>,
    container: PhantomData<&'a Shards<F, E>>,
}

/// What registers the shard with the slots of a new entry.
pub(crate) struct Registrar<'a, F: Flavor, E: Entry<F>> {
    shard: NonNull<Shard<F, E>>,
    hash: u32,
    outstanding: &'a mut usize,
}

impl<F: Flavor, E: Entry<F>> Registrar<'_, F, E> {
    /// Returns the place in the slot.
    #[inline]
    pub(crate) fn register(&mut self, slot: &WeakSlot<F>) -> u32 {
        *self.outstanding += 1;
        // SAFETY: a shard is `repr(C)` and begins with a `Head`. It lives while `outstanding` is
        // not 0. In `Shared`, constructors ask for keys and values that are `Send + Sync`.
        slot.register(unsafe { Registration::new(self.shard.cast(), self.hash) })
    }
}

/// What a search has found: an entry, or the room for one; the keys that are lent; and what registers
/// a new entry.
pub(crate) type Found<'a, F, E> =
    (hash_table::Entry<'a, E>, &'a [Option<Chunk<F, <E as Entry<F>>::Key>>], Registrar<'a, F, E>);

impl<'a, F: Flavor, E: Entry<F>> Inside<'a, F, E> {
    fn head(&self) -> *const Head {
        self.shard.as_ptr().cast_const().cast()
    }

    /// Finds the entry whose key `is_it` accepts, or the room for it. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn search(
        &mut self,
        hash: u32,
        is_it: impl FnMut(&E::Key) -> bool,
    ) -> Found<'_, F, E> {
        let (shard, what) = (self.shard, self.what());
        let Table { entries, chunks, outstanding, .. } = &mut **self;
        let found = has_key(hash, chunks, what, is_it);
        let entry = entries.entry(spread(hash), found, |entry| spread(entry.cell().hash()));
        (entry, chunks, Registrar { shard, hash, outstanding })
    }

    /// Leaves; or returns what cannot be left without code of the user's, as others have left notes.
    #[inline]
    pub(crate) fn leave(self) -> Result<(), Noted<'a, F, E>> {
        let inside = ManuallyDrop::new(self);
        if inside.try_leave() { Ok(()) } else { Err(Noted(inside)) }
    }

    #[inline]
    fn try_leave(&self) -> bool {
        // SAFETY: the shard lives as long as this thread is inside.
        !self.closed && unsafe { &self.shard.as_ref().word }.try_exit()
    }

    /// Takes the registrations of an entry back that has left the table. What this returns is kept
    /// until the shard has been left.
    #[inline]
    pub(crate) fn let_go(&mut self, entry: E, cause: RemovalCause) -> Gone<F, E> {
        let (owners, head) = (entry.owners(), self.head());
        self.release(entry, owners, head, cause)
    }

    /// Removes the entry whose key `is_it` accepts. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn remove_key(
        &mut self,
        hash: u32,
        is_it: impl FnMut(&E::Key) -> bool,
    ) -> Option<Gone<F, E>> {
        let entry = self.take_key(hash, is_it)?;
        Some(self.let_go(entry, RemovalCause::Removed))
    }

    /// Removes the entry that `is_it` accepts, by itself and not by its key.
    pub(crate) fn remove(
        &mut self,
        hash: u32,
        is_it: impl FnMut(&E) -> bool,
    ) -> Option<Gone<F, E>> {
        let entry = self.take(hash, is_it)?;
        Some(self.let_go(entry, RemovalCause::Removed))
    }

    /// Removes some entry that lives.
    pub(crate) fn remove_any(&mut self) -> Option<Gone<F, E>> {
        let entry = self.take_living()?;
        Some(self.let_go(entry, RemovalCause::Removed))
    }

    /// Removes all entries.
    pub(crate) fn take_all(&mut self, cause: RemovalCause) -> Vec<Gone<F, E>> {
        let mut entries = std::mem::take(&mut self.entries);
        let all = entries.drain().map(|entry| self.let_go(entry, cause)).collect();
        if !self.closed {
            self.entries = entries;
            self.free_if_empty();
        }
        all
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
        if !self.try_leave() {
            // SAFETY: still inside, and not used afterwards.
            clean(unsafe { Shard::exit(self.shard) });
        }
    }
}

/// A shard in which this thread still is, as others have left notes meanwhile. As it is dropped, it is left,
/// and the user's code runs: listeners, and drops of what the notes take out.
pub(crate) struct Noted<'a, F: Flavor, E: Entry<F>>(ManuallyDrop<Inside<'a, F, E>>);

impl<'a, F: Flavor, E: Entry<F>> Deref for Noted<'a, F, E> {
    type Target = Inside<'a, F, E>;

    fn deref(&self) -> &Inside<'a, F, E> {
        &self.0
    }
}

impl<F: Flavor, E: Entry<F>> DerefMut for Noted<'_, F, E> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<F: Flavor, E: Entry<F>> Drop for Noted<'_, F, E> {
    #[cold]
    fn drop(&mut self) {
        // SAFETY: still inside, and not used afterwards.
        clean(unsafe { Shard::exit(self.0.shard) });
    }
}
