//! Pins, and the keys that are borrowed from a pinned table.
#![allow(unsafe_code)]

use std::{marker::PhantomData, ptr::NonNull};

use super::{
    record::Record,
    removal::{Notify, RemovalCause, Removed},
    shard::{DeferredOp, Shard, ShardGuard},
    table::Location,
};
use crate::Flavor;

/// Keeps the table of a shard pinned. When it is dropped, the records that were removed meanwhile
/// leave the table, and their listeners are notified.
pub(crate) struct Pin<'a, F: Flavor, R: Record<F>> {
    shard: NonNull<Shard<F, R>>,
    /// The borrow of the container, which keeps the shard.
    container: PhantomData<&'a Shard<F, R>>,
}

impl<F: Flavor, R: Record<F>> Pin<'_, F, R> {
    pub(super) fn shard(&self) -> NonNull<Shard<F, R>> {
        self.shard
    }
}

impl<F: Flavor, R: Record<F>> Drop for Pin<'_, F, R> {
    fn drop(&mut self) {
        // SAFETY: `container` borrows the container, which keeps the shard. The pointer is that of
        // the guard, and so of the whole shard.
        unsafe { Shard::run_or_defer(self.shard, DeferredOp::Unpin) }
    }
}

impl<'a, F: Flavor, R: Record<F>> ShardGuard<'a, F, R> {
    /// Pins the table until the result is dropped.
    pub(crate) fn pin(&mut self) -> Pin<'a, F, R> {
        self.count_pin();
        Pin { shard: self.shard(), container: PhantomData }
    }

    /// Removes the record at a location, together with its key.
    pub(crate) fn remove_entry_at(&mut self, location: Location) -> RemovedEntry<'a, F, R> {
        let removed = self.remove_at(location, RemovalCause::Removed);
        RemovedEntry::new(removed, self)
    }

    /// Removes all records, together with their keys.
    pub(super) fn remove_all_entries(&mut self) -> Vec<RemovedEntry<'a, F, R>> {
        let all = self.remove_all(RemovalCause::Removed);
        all.into_iter().map(|removed| RemovedEntry::new(removed, self)).collect()
    }
}

/// A key that is borrowed in place, in a pinned table.
pub(crate) struct BorrowedKey<'a, F: Flavor, R: Record<F>> {
    /// Made from a shared reference. Valid as long as the table is pinned.
    key: NonNull<R::Key>,
    _pin: Pin<'a, F, R>,
}

impl<'a, F: Flavor, R: Record<F>> BorrowedKey<'a, F, R> {
    /// Borrows the key of the record at a location.
    pub(crate) fn new(guard: &mut ShardGuard<'a, F, R>, location: Location) -> Self {
        const { assert!(R::LENDS_KEY) }
        let pin = guard.pin();
        Self { key: guard.found(location).key().into(), _pin: pin }
    }

    pub(crate) fn get(&self) -> &R::Key {
        // SAFETY: the table has been pinned since before the pointer was made. A pinned table whose
        // keys are lent (`LENDS_KEY`) neither moves nor frees a record. The pointer comes from a
        // shared reference, and no `&mut` has been made to the record since: see `Shard::table`.
        // The result borrows `self`, and with it the pin.
        unsafe { self.key.as_ref() }
    }
}

/// A removal together with its key. If the key is borrowed, this pins the table until it is
/// dropped.
pub(crate) struct RemovedEntry<'a, F: Flavor, R: Record<F>> {
    removed: Removed<F, R>,
    /// `Some` if the record is marked: then it was made before the shard was unlocked.
    pin: Option<Pin<'a, F, R>>,
}

impl<'a, F: Flavor, R: Record<F>> RemovedEntry<'a, F, R> {
    /// Makes an entry of a removal. The shard has been locked since the removal was made.
    fn new(removed: Removed<F, R>, guard: &mut ShardGuard<'a, F, R>) -> Self {
        let pin = removed.is_marked().then(|| guard.pin());
        Self { removed, pin }
    }

    /// Returns the entry if its referents are alive. Otherwise discards it and returns `None`.
    pub(crate) fn if_alive(self) -> Option<Self> {
        let Self { removed, pin } = self;
        removed.if_alive().map(|removed| Self { removed, pin })
    }

    /// Returns the removal. Does not compile for records that lend their key.
    pub(crate) fn into_removed(self) -> Removed<F, R> {
        const { assert!(!R::LENDS_KEY) }
        self.removed
    }

    /// Notifies the listeners, and returns the key, which is cloned if it is borrowed, and the
    /// owners.
    pub(crate) fn into_key(self, take: impl FnOnce(R) -> R::Key) -> (R::Key, R::Owners)
    where
        R::Key: Clone,
    {
        // SAFETY: if the record is marked, `pin` was made before the shard was unlocked, and is
        // dropped below.
        let (key, owners) = unsafe { self.removed.into_key(take) };
        // Before the result is made, which a panic of this drop would leak.
        drop(self.pin);
        (key, owners)
    }
}

impl<F: Flavor, R: Record<F>> Notify for RemovedEntry<'_, F, R> {
    fn notify(&mut self) {
        self.removed.notify();
    }
}
