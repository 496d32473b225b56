//! `Record`: an element of a table, with one referent or two.
#![allow(unsafe_code)]

use std::{cell::Cell, ptr::NonNull};

use crate::{Flavor, StrongOf, Weakrefable, observer::Header, slot::slot_of};

/// A record of one kind of container.
pub(crate) trait Record<F: Flavor>: Sized {
    /// The key that a search compares: the user's key, or a weak pointer to it.
    type Key;
    /// The argument of a removal listener: the key, or a weak reference to it.
    type ListenerKey;
    /// Strong pointers to the referents that are alive.
    type Owners;
    /// The part of a record that a visitor receives: strong pointers to all referents, and a handle
    /// of the value if the map owns one.
    type Strong: Clone;
    /// The key by which callers find a factory that is already running.
    type FlightKey;
    /// The user's types that are dropped with the record.
    type DropGlue;

    /// The number of referents, 1 or 2. Either of two can outlive the other.
    const REFERENTS: usize;
    /// Whether visitors borrow the key in place, in the table.
    const LENDS_KEY: bool;

    fn header(&self) -> &RecordHeader;
    fn key(&self) -> &Self::Key;
    /// Whether a referent is dead.
    fn is_dead(&self) -> bool;
    /// Whether a referent is at this address.
    fn refers_to(&self, referent: *const ()) -> bool;
    /// Whether a referent is dead that is not at this address.
    fn is_dead_besides(&self, _referent: *const ()) -> bool {
        false
    }
    fn owners(&self) -> Self::Owners;
    /// Like [`owners`](Self::owners), for a record that is dead. Upgrades nothing if there is one
    /// referent.
    fn survivors(&self) -> Self::Owners;
    /// Like [`owners`](Self::owners), without the referent at this address.
    fn owners_except(&self, referent: *const ()) -> Self::Owners;
    /// Whether `owners` contain a strong pointer. Its drop may run user code.
    fn has_owner(owners: &Self::Owners) -> bool;
    /// Returns the visitor's strong pointers if all referents are alive. Otherwise returns the
    /// strong pointers that could be made, as an error.
    fn upgrade(&self) -> Result<Self::Strong, Self::Owners>;
    /// Takes the registrations of `shard` out of the slots of these referents, and returns their
    /// number. A registration that is not in its slot is being notified: the shard will receive
    /// that notification.
    fn unregister(&self, owners: &Self::Owners, shard: *const Header) -> usize;
    /// Redirects the registrations from one shard to another, and returns their number. If one of
    /// them is no longer in its slot, redirects none. Returns 1 of 2 if the first one was
    /// redirected, and left its slot before that could be undone: the other shard will receive its
    /// notification.
    fn redirect(&self, owners: &Self::Owners, shards: Redirect) -> usize;
    /// Drops the weak pointers of a record that has left the container but not its table, as an
    /// iteration may borrow its key. `Weak` counts must not include such a record. Runs no user
    /// code.
    fn detach(&self) {}
    /// Calls a removal listener with the key.
    fn show_key(&self, listener: &mut dyn FnMut(&Self::ListenerKey));
}

/// The fields that every record has.
pub(crate) struct RecordHeader {
    /// The truncated hash. Constant: the table finds the record by it, and a death has no key to
    /// hash.
    hash: u32,
    /// The place of the registration in the slot of the first referent, and the bit `REMOVED`.
    /// Accessed under the lock of the shard only.
    place: Cell<u32>,
}

/// The record has left the container, but an iteration still borrows its key.
const REMOVED: u32 = 1 << 31;

/// A place that no slot assigns.
pub(crate) const NO_PLACE: u32 = REMOVED - 1;

impl RecordHeader {
    pub(crate) fn new(hash: u32, place: u32) -> Self {
        debug_assert!(place < REMOVED, "a slot gives out fewer");
        Self { hash, place: Cell::new(place) }
    }

    #[inline]
    pub(crate) fn hash(&self) -> u32 {
        self.hash
    }

    #[inline]
    pub(crate) fn place(&self) -> u32 {
        self.place.get() & !REMOVED
    }

    /// Replaces the place of a record that is not marked as removed. Returns the previous one.
    pub(crate) fn replace_place(&self, place: u32) -> u32 {
        self.place.replace(place)
    }

    #[inline]
    pub(super) fn is_removed(&self) -> bool {
        self.place.get() & REMOVED != 0
    }

    pub(super) fn mark_removed(&self) {
        self.place.set(self.place.get() | REMOVED);
    }

    /// Whether the record has this hash and has not left the container.
    #[inline]
    pub(super) fn has_hash(&self, hash: u32) -> bool {
        self.hash == hash && !self.is_removed()
    }
}

/// Truncates a hash to the 32 bits that the record and the registration store. 32 bits distinguish
/// 2^32 hashes, in half the space.
///
/// They are stored because a death has no key to hash, and because the user's `Hash` must not run
/// when a table grows under its lock.
pub(crate) fn truncate_hash(hash: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation)]
    let truncated = (hash ^ (hash >> 32)) as u32;
    truncated
}

/// Expands a truncated hash to the 64 bits that hashbrown wants, which takes a bucket from the low
/// end and a tag from the high end.
///
/// Both ends get bits from the middle of a product, which depend on all 32 bits of the hash. The
/// low bits of the hash are the index of the shard, and so are equal for all keys of a shard.
#[inline]
pub(super) fn expand_hash(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32)
}

/// Returns the expanded hash of a record.
#[inline]
pub(super) fn hash_of<F: Flavor, R: Record<F>>(record: &R) -> u64 {
    expand_hash(record.header().hash())
}

/// Takes a registration out of the slot of its referent, if the referent is alive. Returns the
/// number of registrations taken: 0 if the registration is being notified, or else 1.
#[inline]
pub(crate) fn unregister<T: ?Sized + Weakrefable>(
    owner: Option<&StrongOf<T>>,
    place: u32,
    hash: u32,
    shard: *const Header,
) -> usize {
    let taken = owner.and_then(|owner| slot_of::<T>(owner).unregister(place, shard, hash));
    // The shard only counts its registrations. The caller decrements the count.
    usize::from(taken.is_some())
}

/// The source and the target shard of a redirection.
#[derive(Clone, Copy)]
pub(crate) struct Redirect {
    from: NonNull<Header>,
    to: NonNull<Header>,
}

impl Redirect {
    /// # Safety
    ///
    /// Both are shards of one container, which is borrowed until the last use of the result; the
    /// pointers are those of the whole shards. The caller moves the count of each registration that
    /// is redirected from one shard to the other under both locks, so that a shard outlives its
    /// registrations.
    pub(super) unsafe fn new(from: NonNull<Header>, to: NonNull<Header>) -> Self {
        Self { from, to }
    }

    pub(crate) fn reversed(self) -> Self {
        Self { from: self.to, to: self.from }
    }

    /// Redirects one registration, if it is still in its slot. Returns the number of registrations
    /// redirected, 0 or 1.
    pub(crate) fn one<T: ?Sized + Weakrefable>(
        self,
        owner: Option<&StrongOf<T>>,
        place: u32,
        hash: u32,
    ) -> usize {
        let Self { from, to } = self;
        // SAFETY: `new` was promised that `to` points to a whole shard, which lives as long as it
        // counts a registration; and that this registration is counted there, under its lock.
        let redirect =
            |owner: &StrongOf<T>| unsafe { slot_of::<T>(owner).redirect(place, hash, from, to) };
        usize::from(owner.is_some_and(redirect))
    }
}
