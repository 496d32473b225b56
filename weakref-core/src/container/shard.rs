//! One shard: a table, its lock, and the observer that is notified of deaths.
#![allow(unsafe_code)]

use std::{
    cell::UnsafeCell,
    marker::PhantomData,
    mem::ManuallyDrop,
    ops::{Deref, DerefMut},
    ptr::NonNull,
    sync::atomic::{AtomicUsize as ConstAtomicUsize, Ordering},
};

use super::{
    clearing,
    flights::InFlight,
    record::Record,
    removal::{RemovalCause, Removed},
    table::{Found, Location, Table},
};
use crate::{
    Flavor, StrongOf, Weakrefable,
    observer::{DeferredDrop, Event, Header, Registration, VTable},
    slot::slot_of,
    sync::deferred_lock::{Messages, RawLock},
    unraisable,
};

/// An operation that a thread defers to the lock holder because it must not wait.
#[derive(Debug, Clone, Copy)]
pub(super) enum DeferredOp {
    /// A registration was notified: its token, and what happened to the referent.
    Notified(u32, Event),
    /// The factory of the flight with this number failed.
    FlightFailed(u64),
    /// An iteration ended.
    Unpin,
}

// SAFETY: the address in an `Event` is at most compared here, and never dereferenced. All else is
// numbers.
unsafe impl Send for DeferredOp {}

pub(super) const REENTRY: &str = "a weak container was used by its own keys' `Eq` (or by the \
     closure of `get_by_hash`), in the middle of a search: let `Eq` compare what the keys own, and \
     call the container before or after";

const MESSAGES: &Messages = &Messages {
    reentry: REENTRY,
    deadlock: "a search in a weak container would wait for ever: the thread that is searching \
               there waits, in its keys' `Eq` (or in the closure of `get_by_hash`), for what this \
               thread is in the middle of; let `Eq` compare what the keys own",
};

/// A table with its lock. Slots of the referents hold registrations of it. It is freed once the
/// container and all registrations are gone.
#[repr(C)]
pub(super) struct Shard<F: Flavor, R: Record<F>> {
    /// First, as a slot has a pointer to it.
    header: Header,
    lock: F::Lock<DeferredOp>,
    /// Whether it was allocated as a `PaddedShard`. Constant.
    is_padded: bool,
    /// The number of records when the shard was unlocked last. Written by the lock holder, in
    /// `Shared` only: store Release, with the Acquire in `len`. A thread that knows of an insertion
    /// or a removal in another way sees it counted; and one that reads the length of the first shard
    /// after a split sees the others.
    len: ConstAtomicUsize,
    /// Guarded by `lock`: every reference to it is made by the lock holder, and ends before the
    /// lock holder makes another one or unlocks.
    ///
    /// References to keys last longer, for visitors. A `&mut Table` does not invalidate them:
    /// records are in allocations that hashbrown reaches by raw pointers, and no function of
    /// hashbrown that is called on a pinned table whose keys are lent makes a `&mut` to one of its
    /// records.
    table: UnsafeCell<Table<F, R>>,
}

/// One of several shards, in cache lines of its own, so that threads do not slow each other down.
#[repr(C, align(128))]
struct PaddedShard<F: Flavor, R: Record<F>>(Shard<F, R>);

/// A value that a deferred operation took out of the table, to be dropped when the shard is
/// unlocked.
pub(super) enum Garbage<F: Flavor, R: Record<F>> {
    Removed(Removed<F, R>),
    Flight(InFlight<F, R>),
}

impl<F: Flavor, R: Record<F>> Garbage<F, R> {
    /// Reports the end of a flight. Called before listeners run, which may wait for those who wait
    /// for the flight. Does not panic.
    fn complete(&mut self) {
        if let Self::Flight(flight) = self {
            flight.completion.complete();
        }
    }

    fn discard(self) {
        match self {
            Self::Removed(removed) => drop(removed.into_owners()),
            Self::Flight(_) => {}
        }
    }
}

/// Drops the values that deferred operations took out. The caller did not request these drops, so
/// their panics go to the unraisable hook.
#[inline]
pub(super) fn discard<F: Flavor, R: Record<F>>(all: Vec<Garbage<F, R>>) {
    if !all.is_empty() {
        discard_some(all);
    }
}

#[cold]
fn discard_some<F: Flavor, R: Record<F>>(mut all: Vec<Garbage<F, R>>) {
    all.iter_mut().for_each(Garbage::complete);
    for garbage in all {
        unraisable::catch::<R::DropGlue>(|| garbage.discard());
    }
}

impl<F: Flavor, R: Record<F>> Shard<F, R> {
    const VTABLE: &'static VTable = &VTable::of_container(Self::notify, Self::evict);

    fn new(is_padded: bool) -> Self {
        Self {
            header: Header { vtable: Self::VTABLE },
            lock: F::Lock::default(),
            is_padded,
            len: ConstAtomicUsize::new(0),
            table: UnsafeCell::new(Table::default()),
        }
    }

    /// Allocates the shard of a small container.
    pub(super) fn allocate() -> NonNull<Self> {
        NonNull::from(Box::leak(Box::new(Self::new(false))))
    }

    /// Allocates one of several shards.
    pub(super) fn allocate_padded() -> NonNull<Self> {
        NonNull::from(Box::leak(Box::new(PaddedShard(Self::new(true))))).cast()
    }

    /// Frees a shard.
    ///
    /// # Safety
    ///
    /// The pointer comes from one of the functions above, and nothing can reach the shard any more.
    pub(super) unsafe fn free(this: NonNull<Self>) {
        // SAFETY: the shard lives until here, and no other pointer to it is used again, as the
        // caller promises. The pointer is that of the leaked box, or of the only field of the boxed
        // value, which `repr(C)` puts at the same address; `cast` kept its provenance.
        unsafe {
            if this.as_ref().is_padded {
                drop(Box::from_raw(this.cast::<PaddedShard<F, R>>().as_ptr()));
            } else {
                drop(Box::from_raw(this.as_ptr()));
            }
        }
    }

    pub(super) fn as_observer(this: NonNull<Self>) -> NonNull<Header> {
        this.cast()
    }

    /// Locks the shard, for a guard. Returns whether it had to wait.
    ///
    /// # Panics
    ///
    /// If this thread has the lock already, or if the wait would never end.
    #[inline]
    #[track_caller]
    pub(super) fn lock(&self) -> bool {
        self.lock.lock(self.lock_id(), MESSAGES)
    }

    /// In `Local`, panics as [`lock`](Self::lock) does if this thread has the lock. Otherwise does
    /// nothing.
    #[inline]
    #[track_caller]
    pub(super) fn assert_not_held(&self) {
        self.lock.assert_not_held(MESSAGES);
    }

    /// Returns the number of records when the shard was unlocked last. Does not lock.
    pub(super) fn len(&self) -> usize {
        debug_assert!(F::IS_SHARED, "written in `Shared` only");
        self.len.load(Ordering::Acquire)
    }

    /// Called before the shard is unlocked.
    #[inline]
    fn publish_len(&self, table: &Table<F, R>) {
        if F::IS_SHARED {
            self.len.store(table.len(), Ordering::Release);
        }
    }

    /// Returns the id of the lock for deadlock detection: see [`Table::lock_id`].
    pub(super) fn lock_id(&self) -> usize {
        self.table.get().addr()
    }

    unsafe fn notify(header: NonNull<Header>, hash: u32, event: Event) {
        let shard = header.cast::<Self>();
        let lock = {
            // SAFETY: this registration is counted, so the shard lives until the table decrements
            // the count. If that is deferred, the lock holder may free the shard before
            // `lock_or_defer` returns. That is allowed: `SharedLock` consists of one atomic, and a
            // `&` to it does not assert that the memory is there after the last access. `header` is
            // the pointer of the whole shard.
            unsafe { &shard.as_ref().lock }
        };
        if !lock.lock_or_defer(DeferredOp::Notified(hash, event)) {
            return;
        }
        // SAFETY: this thread has the lock, and no other reference to the table: it took the lock
        // just now, and so has no guard. For keys that are borrowed, see `Shard::table`.
        let table = unsafe { &mut *shard.as_ref().table.get() };
        let Event::Died(object) = event else { unreachable!("a container evicts what is cleared") };
        if R::REFERENTS > 1 || table.has_listeners() || table.is_pinned() {
            let removed = table.notified(hash, event, header.as_ptr());
            // SAFETY: this thread still has the lock, and uses neither `table` nor the shard
            // afterwards.
            discard(unsafe { Self::unlock(shard) });
            if let Some(removed) = removed {
                removed.discard();
            }
            return;
        }
        table.count_notified();
        let record = table.take_dead(hash, object);
        // SAFETY: as above: `table` is not used afterwards.
        discard(unsafe { Self::unlock(shard) });
        match record {
            Some(record) if std::mem::needs_drop::<R::DropGlue>() => {
                unraisable::catch::<R::DropGlue>(|| drop(record));
            }
            // A weak pointer does not panic.
            record => drop(record),
        }
    }

    unsafe fn evict(header: NonNull<Header>, hash: u32, event: Event) -> Option<DeferredDrop> {
        unsafe fn end<F: Flavor, R: Record<F>>(what: NonNull<()>) {
            // SAFETY: `evict` below has boxed a value of this type, and passes it to `end` once.
            discard(unsafe { DeferredDrop::take::<Vec<Garbage<F, R>>>(what) });
        }

        let shard = header.cast::<Self>();
        let own = {
            // SAFETY: as in `notify`: this registration is counted.
            let lock = unsafe { &shard.as_ref().lock };
            if !lock.lock_or_defer(DeferredOp::Notified(hash, event)) {
                return None;
            }
            // SAFETY: this thread has the lock, and no other reference to the table: it took the
            // lock just now, and so has no guard. For keys that are borrowed, see `Shard::table`.
            let table = unsafe { &mut *shard.as_ref().table.get() };
            table.notified(hash, event, header.as_ptr())
        };
        // SAFETY: this thread still has the lock, and uses neither `table` nor the shard
        // afterwards.
        let mut all = unsafe { Self::unlock(shard) };
        all.extend(own.map(Garbage::Removed));
        // SAFETY: `end` unboxes a `Vec` of this type, and `discard` does not panic. Constructors
        // ask for keys and values that are `Stored`, and so `'static`: no lifetime in the garbage
        // can end.
        Some(unsafe { DeferredDrop::new(all, end::<F, R>) })
    }

    /// Unlocks. Returns the values that deferred operations took out.
    ///
    /// # Safety
    ///
    /// As for [`unlock_and_run`](Self::unlock_and_run).
    #[inline]
    unsafe fn unlock(shard: NonNull<Self>) -> Vec<Garbage<F, R>> {
        // SAFETY: this thread has the lock, which keeps the shard, and no other reference to the
        // table. After `try_unlock`, neither reference is used. (Another thread may have freed the
        // shard before that returns: see `notify`.)
        let (lock, table) = unsafe {
            let table = &*shard.as_ref().table.get();
            shard.as_ref().publish_len(table);
            (&shard.as_ref().lock, table)
        };
        if table.is_over() || !lock.try_unlock() {
            // SAFETY: the lock is still locked, as `try_unlock` has failed or was not called, and
            // `table` is not used again.
            return unsafe { Self::unlock_and_run(shard) };
        }
        Vec::new()
    }

    /// Runs the deferred operations, unlocks, and frees the shard if nothing can reach it any more.
    /// Returns the values that the operations took out.
    ///
    /// # Safety
    ///
    /// This thread has the lock of the shard and no reference to its table. Afterwards it does not
    /// use the shard, unless the container or a registration keeps the shard. The pointer is that
    /// of the whole shard.
    unsafe fn unlock_and_run(this: NonNull<Self>) -> Vec<Garbage<F, R>> {
        let mut garbage = Vec::new();
        let table = || {
            // SAFETY: until `RawLock::unlock` has unlocked, this thread has the lock, and the
            // caller has no reference to the table. The two closures below are called one after the
            // other, and neither returns a reference.
            unsafe { &mut *this.as_ref().table.get() }
        };
        let unlocked = {
            // SAFETY: the shard lives as long as this thread has the lock. Once it is unlocked,
            // another thread may free it before `unlock` returns: for a `&SharedLock`, that is
            // allowed (see `notify`).
            let lock = unsafe { &this.as_ref().lock };
            let header = this.as_ptr().cast_const().cast();
            let mut run = |operation| Self::run(table(), operation, header, &mut garbage);
            // Called each time before the lock is unlocked.
            let mut is_over = || {
                let table = table();
                // SAFETY: the shard lives as long as this thread has the lock.
                unsafe { this.as_ref() }.publish_len(table);
                table.is_over()
            };
            lock.unlock(&mut run, &mut is_over)
        };
        if !unlocked {
            // SAFETY: the container is gone, and no registration is counted. So this thread, which
            // has the lock, has the only pointer to the shard that is used again; it is that of the
            // whole shard.
            unsafe { Self::free(this) };
        }
        garbage
    }

    /// Runs a deferred operation.
    #[cold]
    fn run(
        table: &mut Table<F, R>,
        operation: DeferredOp,
        shard: *const Header,
        garbage: &mut Vec<Garbage<F, R>>,
    ) {
        match operation {
            DeferredOp::Notified(hash, event) => {
                garbage.extend(table.notified(hash, event, shard).map(Garbage::Removed));
            }
            DeferredOp::FlightFailed(number) => {
                garbage.extend(table.flights_mut().fail(number).map(Garbage::Flight));
            }
            DeferredOp::Unpin => garbage.extend(table.unpin().into_iter().map(Garbage::Removed)),
        }
    }

    /// Runs the operation, or defers it to the lock holder. Never waits, so drops can call it: they
    /// could not report a deadlock by a panic.
    ///
    /// # Safety
    ///
    /// The container keeps the shard until this returns. The pointer is that of the whole shard.
    pub(super) unsafe fn run_or_defer(this: NonNull<Self>, operation: DeferredOp) {
        // SAFETY: the container keeps the shard, as the caller promises.
        let shard = unsafe { this.as_ref() };
        if !shard.lock.lock_or_defer(operation) {
            return;
        }
        let mut own = Vec::new();
        // SAFETY: this thread has the lock, and no other reference to the table: it took the lock
        // just now, and so has no guard. For keys that are borrowed, see `Shard::table`.
        let table = unsafe { &mut *shard.table.get() };
        Self::run(table, operation, this.as_ptr().cast_const().cast(), &mut own);
        // SAFETY: this thread still has the lock, does not use `table` again, and `this` is the
        // pointer of the whole shard.
        let garbage = unsafe { Self::unlock(this) };
        own.iter_mut().for_each(Garbage::complete);
        // First, as the drops of `own` can panic.
        discard(garbage);
        own.into_iter().for_each(Garbage::discard);
    }
}

/// A locked shard, which derefs to its table.
///
/// Nothing of the user's may be dropped while the guard exists. Declare variables for removed
/// records before the guard.
pub(crate) struct ShardGuard<'a, F: Flavor, R: Record<F>> {
    shard: NonNull<Shard<F, R>>,
    /// The address of the container.
    container: usize,
    /// The borrow of the container, which keeps the shard.
    borrow: PhantomData<&'a Shard<F, R>>,
}

/// Registers a shard with the slots of a new record's referents.
pub(crate) struct Registrar<'a, F: Flavor, R: Record<F>> {
    shard: NonNull<Shard<F, R>>,
    /// The address of the container.
    container: usize,
    hash: u32,
    registrations: &'a mut usize,
}

impl<F: Flavor, R: Record<F>> Registrar<'_, F, R> {
    /// Registers the shard with the slot of an object that is alive. Returns the place in the slot.
    #[inline]
    pub(crate) fn register<T>(&mut self, owner: &StrongOf<T>) -> u32
    where
        T: ?Sized + Weakrefable<Flavor = F>,
    {
        if F::IS_SHARED {
            clearing::note_insertion(self.container);
        }
        // SAFETY: a shard is `repr(C)` and begins with a `Header`; the pointer is that of the whole
        // allocation. The shard lives while it counts registrations, so perhaps longer than the
        // container and on any thread. Constructors ask for keys and values that are `Stored`:
        // `'static`, so nothing in a record ends before, and in `Shared` also `Send + Sync`.
        let registration = unsafe { Registration::new(self.shard.cast(), self.hash) };
        let mut place_in_slot = 0;
        slot_of::<T>(owner).register(registration, |place| place_in_slot = place);
        // Counted in time: a notification of this registration is deferred until the shard is
        // unlocked.
        *self.registrations += 1;
        place_in_slot
    }
}

impl<'a, F: Flavor, R: Record<F>> ShardGuard<'a, F, R> {
    /// Makes the guard of a shard that this thread has locked.
    ///
    /// # Safety
    ///
    /// This thread has the lock of the shard, and neither another guard nor a reference to the
    /// table. The container, which is at that address, keeps the shard for `'a`. The pointer is
    /// that of the whole shard.
    #[inline]
    pub(super) unsafe fn new(shard: NonNull<Shard<F, R>>, container: usize) -> Self {
        Self { shard, container, borrow: PhantomData }
    }

    pub(super) fn shard(&self) -> NonNull<Shard<F, R>> {
        self.shard
    }

    pub(super) fn header(&self) -> *const Header {
        self.shard.as_ptr().cast_const().cast()
    }

    /// Finds the record whose key `eq` accepts, or the room for it. Also returns the registrar of a
    /// new record. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn search(
        &mut self,
        hash: u32,
        eq: impl FnMut(&R::Key) -> bool,
    ) -> (Found<'_, R>, Registrar<'_, F, R>) {
        let (shard, container) = (self.shard, self.container);
        let (found, registrations) = Table::search(self, hash, eq);
        (found, Registrar { shard, container, hash, registrations })
    }

    /// Returns the registrar of a record that replaces another one.
    #[inline]
    pub(crate) fn registrar(&mut self, hash: u32) -> Registrar<'_, F, R> {
        let (shard, container) = (self.shard, self.container);
        Registrar { shard, container, hash, registrations: self.registrations_mut() }
    }

    /// Unlocks if no operation is deferred. Otherwise returns the shard still locked, as unlocking
    /// it would run user code.
    #[inline]
    pub(crate) fn unlock(self) -> Result<(), HasDeferred<'a, F, R>> {
        let guard = ManuallyDrop::new(self);
        if guard.try_unlock() { Ok(()) } else { Err(HasDeferred(guard)) }
    }

    /// Unlocks, and returns the values that deferred operations took out, to be
    /// [discarded](discard) when this thread has no lock of a shard any more.
    pub(super) fn take_garbage(self) -> Vec<Garbage<F, R>> {
        let guard = ManuallyDrop::new(self);
        // SAFETY: the guard has the lock, and is neither used nor dropped afterwards. References to
        // the table borrow the guard, and so have ended.
        unsafe { Shard::unlock(guard.shard) }
    }

    #[inline]
    fn try_unlock(&self) -> bool {
        // SAFETY: the shard lives as long as this thread has the lock. Once it is unlocked, another
        // thread may free it before `try_unlock` returns: for a `&SharedLock`, that is allowed (see
        // `Shard::notify`).
        !self.closed
            && unsafe {
                self.shard.as_ref().publish_len(self);
                &self.shard.as_ref().lock
            }
            .try_unlock()
    }

    /// Publishes the length before the shard is unlocked.
    pub(super) fn publish_len(&self) {
        // SAFETY: the shard lives as long as this thread has the lock.
        unsafe { self.shard.as_ref() }.publish_len(self);
    }

    /// Removes the record whose key `eq` accepts. The user's `Eq` runs here.
    #[inline]
    pub(crate) fn remove_key(
        &mut self,
        hash: u32,
        eq: impl FnMut(&R::Key) -> bool,
    ) -> Option<Removed<F, R>> {
        let header = self.header();
        Table::remove_key(self, hash, eq, header, RemovalCause::Removed)
    }

    /// Removes the record with this hash that `is_match` accepts, without comparing keys.
    pub(crate) fn remove_record(
        &mut self,
        hash: u32,
        is_match: impl FnMut(&R) -> bool,
    ) -> Option<Removed<F, R>> {
        let header = self.header();
        Table::remove_record(self, hash, is_match, header, RemovalCause::Removed, R::owners)
    }

    /// Removes the record at a location.
    pub(crate) fn remove_at(&mut self, location: Location, cause: RemovalCause) -> Removed<F, R> {
        let header = self.header();
        Table::remove_at(self, location, header, cause, R::owners)
    }

    /// Makes a removal of the old content of a record that stays in the table.
    #[inline]
    pub(crate) fn replaced(&mut self, record: R) -> Removed<F, R> {
        let (owners, header) = (record.owners(), self.header());
        self.release(record, owners, header, RemovalCause::Replaced)
    }

    /// Inserts a record whose key is not in the table, and whose registrations this shard counts.
    pub(crate) fn insert(&mut self, record: R) {
        Table::insert(self, record);
    }

    pub(super) fn remove_all(&mut self, cause: RemovalCause) -> Vec<Removed<F, R>> {
        let header = self.header();
        Table::remove_all(self, header, cause)
    }
}

impl<F: Flavor, R: Record<F>> Deref for ShardGuard<'_, F, R> {
    type Target = Table<F, R>;

    #[inline]
    fn deref(&self) -> &Table<F, R> {
        // SAFETY: the guard has the lock, which keeps the shard. The reference borrows the guard,
        // from which all other references to the table borrow too.
        unsafe { &*self.shard.as_ref().table.get() }
    }
}

impl<F: Flavor, R: Record<F>> DerefMut for ShardGuard<'_, F, R> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Table<F, R> {
        // SAFETY: as in `deref`; the guard is borrowed by `&mut`, so there is no other reference to
        // the table. For keys that are borrowed, see `Shard::table`.
        unsafe { &mut *self.shard.as_ref().table.get() }
    }
}

impl<F: Flavor, R: Record<F>> Drop for ShardGuard<'_, F, R> {
    #[inline]
    fn drop(&mut self) {
        if !self.try_unlock() {
            // SAFETY: the guard still has the lock, and is not used afterwards. References to the
            // table borrow the guard, and so have ended.
            discard(unsafe { Shard::unlock_and_run(self.shard) });
        }
    }
}

/// A shard that is still locked, as it has deferred operations. Dropping this unlocks the shard,
/// and runs user code: listeners, and drops of the values that the operations take out.
pub(crate) struct HasDeferred<'a, F: Flavor, R: Record<F>>(ManuallyDrop<ShardGuard<'a, F, R>>);

impl<'a, F: Flavor, R: Record<F>> Deref for HasDeferred<'a, F, R> {
    type Target = ShardGuard<'a, F, R>;

    fn deref(&self) -> &ShardGuard<'a, F, R> {
        &self.0
    }
}

impl<F: Flavor, R: Record<F>> DerefMut for HasDeferred<'_, F, R> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<F: Flavor, R: Record<F>> Drop for HasDeferred<'_, F, R> {
    #[cold]
    fn drop(&mut self) {
        // SAFETY: the guard still has the lock, and is neither used nor dropped afterwards.
        discard(unsafe { Shard::unlock_and_run(self.0.shard) });
    }
}
