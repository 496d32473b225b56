//! The observer of a list: its entries, with their lock.
//!
//! It stands in the slots of the objects, once for each entry; the token of a registration is the
//! index of its entry. It is allocated by the first insertion, and freed by the last of the list
//! and the registrations. A list needs neither shards nor a hash, so this is smaller than the shard
//! of a container; lock, registrations and notifications are used in the same way.
#![allow(unsafe_code)]

use std::{
    cell::UnsafeCell,
    marker::PhantomData,
    ops::{Deref, DerefMut},
    panic::{RefUnwindSafe, UnwindSafe},
    ptr::{self, NonNull},
    sync::atomic::Ordering,
};

use super::{
    ListKey,
    slab::{NONE, Slab},
};
use crate::{
    Flavor, Shared, StrongOf, Weakrefable,
    flavor::WeakOf,
    observer::{DeferredDrop, Event, Header, Registration, VTable},
    slot::slot_of,
    sync::{
        AtomicUsize, ConstAtomicPtr,
        deferred_lock::{Messages, RawLock},
    },
};

const MESSAGES: &Messages = &Messages {
    reentry: "a weak list was used by `weak_slot` of an object that is being inserted into it or \
              removed: let `weak_slot` return the slot, and do nothing else",
    deadlock: "a weak list is locked by a thread that waits for this one: let `weak_slot` return \
               the slot, and do nothing else",
};

/// The end of the registration with this token, left to the lock holder by a thread that must not
/// wait.
struct Ended(u32);

/// The entries of a list with their lock.
#[repr(C)]
struct ListObserver<T: ?Sized + Weakrefable> {
    /// First, as a slot has a pointer to it.
    header: Header,
    lock: <T::Flavor as Flavor>::Lock<Ended>,
    /// Counts the removals of elements that were alive: changed under the lock in the middle of the
    /// removal. `clear_weakrefs` changes it once more before it asks for the lock, as it may leave
    /// the removal to the lock holder.
    removals: AtomicUsize,
    /// Guarded by `lock`.
    slab: UnsafeCell<Slab<WeakOf<T>>>,
}

impl<T: ?Sized + Weakrefable> ListObserver<T> {
    const VTABLE: &'static VTable = &VTable::of_container(Self::notify, Self::evict);

    fn allocate() -> NonNull<Self> {
        let new = Self {
            header: Header { vtable: Self::VTABLE },
            lock: Default::default(),
            removals: AtomicUsize::new(0),
            slab: UnsafeCell::new(Slab::new()),
        };
        NonNull::from(Box::leak(Box::new(new)))
    }

    /// Frees an observer.
    ///
    /// # Safety
    ///
    /// It was allocated by [`allocate`](Self::allocate), and nothing can reach it any more.
    unsafe fn free(this: NonNull<Self>) {
        // SAFETY: it lives until here, and nobody else has it, as promised. The pointer is the one
        // of the leaked box, copied, cast to its first field and back.
        drop(unsafe { Box::from_raw(this.as_ptr()) });
    }

    unsafe fn notify(header: NonNull<Header>, index: u32, _: Event) {
        let this = header.cast::<Self>();
        let lock = {
            // SAFETY: this registration is counted in the slab, so the observer lives until the
            // slab counts it down. If that is deferred, `lock` is not used again. The pointer is
            // the one that `insert` gave to the registration: that of the whole allocation.
            unsafe { &this.as_ref().lock }
        };
        if !lock.lock_or_defer(Ended(index)) {
            return;
        }
        // SAFETY: the observer lives, as above, and this thread has the lock.
        let weak = unsafe { Self::end(this, index) };
        // SAFETY: this thread still has the lock, and does not use the observer afterwards.
        unsafe { Self::unlock(this) };
        // It may free the memory of the object, for which nobody need wait.
        drop(weak);
    }

    unsafe fn evict(header: NonNull<Header>, index: u32, event: Event) -> Option<DeferredDrop> {
        // SAFETY: this registration keeps the observer, as in `notify`.
        unsafe { header.cast::<Self>().as_ref() }.count_removal();
        // SAFETY: as promised by the caller. What leaves the list is a weak pointer, whose drop
        // runs no user code.
        unsafe { Self::notify(header, index, event) };
        None
    }

    /// The registration of an entry has ended that was not taken back. Removes the element, if it is
    /// still there, and returns its weak pointer.
    ///
    /// # Safety
    ///
    /// The observer lives, and this thread has its lock, and no reference to the slab.
    #[inline]
    unsafe fn end(this: NonNull<Self>, index: u32) -> Option<WeakOf<T>> {
        // SAFETY: as promised, the observer lives and nobody else has the slab. The pointer is that
        // of the whole allocation; the slab is in an `UnsafeCell`.
        let slab = unsafe { &mut *this.as_ref().slab.get() };
        let weak = slab.end(index)?;
        if !T::Flavor::is_dead(&weak) {
            // SAFETY: as above.
            unsafe { this.as_ref() }.count_removal();
        }
        Some(weak)
    }

    /// Counts a removal, for the walks that are under way.
    #[inline]
    fn count_removal(&self) {
        // Relaxed: see `Removals`.
        if T::Flavor::IS_SHARED {
            self.removals.fetch_add(1, Ordering::Relaxed);
        } else {
            let removals = self.removals.load(Ordering::Relaxed);
            self.removals.store(removals.wrapping_add(1), Ordering::Relaxed);
        }
    }

    /// Unlocks, and frees the observer if nothing can reach it any more.
    ///
    /// # Safety
    ///
    /// The observer lives, this thread has its lock, and does not use it afterwards unless the list
    /// or a registration keeps it.
    #[inline]
    unsafe fn unlock(this: NonNull<Self>) {
        // SAFETY: the observer lives as long as this thread has the lock, and nobody else has the
        // slab. `slab` is not used after `try_unlock` has succeeded, nor is `lock`.
        let (lock, slab) = unsafe { (&this.as_ref().lock, &*this.as_ref().slab.get()) };
        if slab.is_over() || !lock.try_unlock() {
            // SAFETY: this thread still has the lock; the rest is as promised.
            unsafe { Self::unlock_slow(this) };
        }
    }

    /// Runs what was deferred, unlocks, and frees the observer if nothing can reach it any more.
    ///
    /// # Safety
    ///
    /// As for [`unlock`](Self::unlock).
    #[cold]
    unsafe fn unlock_slow(this: NonNull<Self>) {
        let unlocked = {
            // SAFETY: the observer lives. Once it is unlocked, another thread may free it, and
            // `lock` is not used again.
            let lock = unsafe { &this.as_ref().lock };
            // SAFETY: until `RawLock::unlock` returns true, the observer lives, and this thread has
            // the lock. The two closures are called one after the other, and keep no reference.
            // What is dropped is a weak pointer, which runs no user code.
            let mut run = |Ended(index)| drop(unsafe { Self::end(this, index) });
            // SAFETY: as above.
            let mut is_over = || unsafe { &*this.as_ref().slab.get() }.is_over();
            lock.unlock(&mut run, &mut is_over)
        };
        if !unlocked {
            // SAFETY: the list is gone, and no slot has a registration with the observer: this
            // thread, which has the lock, has the only pointer to it.
            unsafe { Self::free(this) };
        }
    }
}

/// Tells whether elements that are alive have been removed since this was made.
///
/// Relaxed: a change only tells a walk to look into the list, under its lock. A thread that has
/// seen a removal return sees the new number, too.
pub(super) struct Removals<'a> {
    /// The number of removals, if there is an observer.
    now: Option<&'a AtomicUsize>,
    /// What it was.
    then: usize,
}

impl Removals<'_> {
    /// Of a list without elements.
    pub(super) const NONE: Self = Self { now: None, then: 0 };

    #[inline]
    pub(super) fn have_changed(&self) -> bool {
        self.now.is_some_and(|now| now.load(Ordering::Relaxed) != self.then)
    }
}

/// What a list consists of: its observer, once there is one.
pub(super) struct Root<T: ?Sized + Weakrefable> {
    /// Null, or the observer of this list. Set once.
    observer: ConstAtomicPtr<ListObserver<T>>,
    /// The type of the elements must not change its lifetimes. And this is neither `Send` nor
    /// `Sync` for all `T`.
    invariant: PhantomData<*mut T>,
}

// SAFETY: the slab is reached by one thread at a time, which has its lock. The objects can be owned
// and dropped by any thread.
unsafe impl<T: ?Sized + Weakrefable<Flavor = Shared> + Send + Sync> Send for Root<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Weakrefable<Flavor = Shared> + Send + Sync> Sync for Root<T> {}

// No user code runs in the middle of a change, so a panic leaves no broken state.
impl<T: ?Sized + Weakrefable> UnwindSafe for Root<T> {}
impl<T: ?Sized + Weakrefable> RefUnwindSafe for Root<T> {}

impl<T: ?Sized + Weakrefable> Root<T> {
    pub(super) const fn new() -> Self {
        Self { observer: ConstAtomicPtr::new(), invariant: PhantomData }
    }

    #[inline]
    fn observer(&self) -> Option<NonNull<ListObserver<T>>> {
        // Acquire, with the Release in `create`: the new observer.
        NonNull::new(self.observer.load(Ordering::Acquire))
    }

    /// Locks the list. Returns `None` if nothing has been inserted yet.
    #[inline]
    #[track_caller]
    pub(super) fn lock(&self) -> Option<Guard<'_, T>> {
        let observer = self.observer()?;
        {
            // SAFETY: the list keeps its observer, and is borrowed. The pointer is that of
            // `allocate`.
            let this = unsafe { observer.as_ref() };
            this.lock.lock(this.slab.get().addr(), MESSAGES);
        }
        // The guard has the lock from here on.
        Some(Guard { observer, list: PhantomData })
    }

    /// Locks the list, to insert into it.
    #[inline]
    #[track_caller]
    pub(super) fn lock_to_insert(&self) -> Guard<'_, T> {
        loop {
            if let Some(guard) = self.lock() {
                return guard;
            }
            self.create();
        }
    }

    /// Allocates the observer, unless another thread has.
    #[cold]
    fn create(&self) {
        let new = ListObserver::allocate();
        // Release, with the Acquire in `observer`: the new observer.
        let set = self.observer.compare_exchange(
            ptr::null_mut(),
            new.as_ptr(),
            Ordering::Release,
            Ordering::Relaxed,
        );
        if set.is_err() {
            // SAFETY: it comes from `allocate`, and nobody else has seen it.
            unsafe { ListObserver::free(new) };
        }
    }

    /// Returns what tells whether an element has been removed from now on that was alive.
    #[inline]
    pub(super) fn removals(&self) -> Removals<'_> {
        let Some(this) = self.observer() else { return Removals::NONE };
        // SAFETY: the list keeps its observer, and is borrowed as long as the reference is used.
        let number = unsafe { &this.as_ref().removals };
        Removals { now: Some(number), then: number.load(Ordering::Relaxed) }
    }

    /// Closes the list, and returns owners of what was in it: nothing but registrations keeps the
    /// observer from here on.
    fn close(&mut self) -> Vec<StrongOf<T>> {
        let mut owners = Vec::new();
        if let Some(mut guard) = self.lock() {
            guard.closed = true;
            guard.remove_all(&mut owners);
        }
        owners
    }
}

impl<T: ?Sized + Weakrefable> Drop for Root<T> {
    fn drop(&mut self) {
        super::drop_all(self.close());
    }
}

/// A locked list: its entries.
///
/// While it exists, no owner may be dropped: it could be the last one by now. So what takes owners
/// has a place for them that was declared before the guard.
pub(super) struct Guard<'a, T: ?Sized + Weakrefable> {
    /// This guard has its lock.
    observer: NonNull<ListObserver<T>>,
    /// The list, which keeps the observer, is borrowed.
    list: PhantomData<&'a Root<T>>,
}

impl<T: ?Sized + Weakrefable> Guard<'_, T> {
    /// Inserts an element before the one at `next`, or at the end if that is `NONE`. `None` if
    /// there is no room.
    #[inline]
    pub(super) fn insert(&mut self, next: u32, owner: &StrongOf<T>) -> Option<ListKey> {
        let index = self.vacancy()?;
        // SAFETY: the observer is `repr(C)` and begins with a `Header`; the pointer is that of the
        // whole allocation. It lives while the slab counts registrations, as it does from `insert`
        // below on, before the lock is given up: until then, an end of this registration is
        // deferred. In `Shared`, constructors ask for `T: Send + Sync`, so that it can be notified
        // on any thread.
        let registration = unsafe { Registration::new(self.observer.cast(), index) };
        let mut place = 0;
        // If this panics, as the slot is full, there is no registration and no entry.
        slot_of::<T>(owner).register(registration, |at| place = at);
        let weak = T::Flavor::downgrade(owner);
        Some(Slab::insert(self, index, next, weak, place))
    }

    /// Removes the element at an index. Returns an owner of it, to be dropped when the list is
    /// unlocked; or `None` if the object is dead.
    pub(super) fn remove(&mut self, index: u32) -> Option<StrongOf<T>> {
        let (weak, place) = self.unlink(index)?;
        let owner = T::Flavor::upgrade(&weak)?;
        // SAFETY: the observer lives as long as the guard has the lock.
        unsafe { self.observer.as_ref() }.count_removal();
        let header = self.observer.as_ptr().cast_const().cast();
        // If it is not there, it is being notified, and that ends it.
        if slot_of::<T>(&owner).unregister(place, header, index).is_some() {
            self.release(index);
        }
        Some(owner)
    }

    /// Removes all elements, and adds owners of those that are alive to `owners`.
    pub(super) fn remove_all(&mut self, owners: &mut Vec<StrongOf<T>>) {
        while self.first() != NONE {
            let first = self.first();
            owners.extend(self.remove(first));
        }
    }

    /// Removes the elements whose objects are dead.
    #[cold]
    pub(super) fn sweep(&mut self) {
        let is_dead =
            |(key, weak): (ListKey, &WeakOf<T>)| T::Flavor::is_dead(weak).then_some(key.index);
        let dead: Vec<u32> = self.iter().filter_map(is_dead).collect();
        for index in dead {
            // There is no owner, as it is dead.
            self.remove(index);
        }
    }

    /// Returns the element at an index, if its object is alive.
    pub(super) fn upgrade(&self, index: u32) -> Option<StrongOf<T>> {
        T::Flavor::upgrade(self.element(index)?.1)
    }
}

impl<T: ?Sized + Weakrefable> Deref for Guard<'_, T> {
    type Target = Slab<WeakOf<T>>;

    #[inline]
    fn deref(&self) -> &Slab<WeakOf<T>> {
        // SAFETY: the borrowed list keeps the observer. The guard has the lock, and the reference
        // borrows the guard.
        unsafe { &*self.observer.as_ref().slab.get() }
    }
}

impl<T: ?Sized + Weakrefable> DerefMut for Guard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Slab<WeakOf<T>> {
        // SAFETY: as in `deref`.
        unsafe { &mut *self.observer.as_ref().slab.get() }
    }
}

impl<T: ?Sized + Weakrefable> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the guard has the lock, and is not used afterwards.
        unsafe { ListObserver::unlock(self.observer) };
    }
}
