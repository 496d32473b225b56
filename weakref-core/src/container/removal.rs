//! Removals: records that have left their container, and the listeners that are notified of them.
#![allow(unsafe_code)]

use std::ptr::NonNull;

use super::record::Record;
use crate::{Flavor, unraisable};

/// Why an entry has left its container.
///
/// # Examples
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use weakref_core::{Local, RemovalCause, Slotted, WeakValueMap};
///
/// let log = Rc::new(RefCell::new(Vec::new()));
/// let map = WeakValueMap::new();
/// let seen = log.clone();
/// map.on_removal(move |key: &&str, cause| seen.borrow_mut().push((*key, cause)));
///
/// let value = Rc::new(Slotted::<_, Local>::new(7));
/// map.insert("removed", &value);
/// map.remove("removed");
/// map.insert("died", &value);
/// drop(value);
/// let expected = [("removed", RemovalCause::Removed), ("died", RemovalCause::Died)];
/// assert_eq!(*log.borrow(), expected);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemovalCause {
    /// A referent was dropped, or made to look dropped by
    /// [`clear_weakrefs`](crate::clear_weakrefs).
    Died,
    /// The entry was taken out by `remove`, `pop`, `retain`, `drain`, `into_iter`, `-=` and the
    /// like.
    Removed,
    /// A value, or an object, was put under an equal key: another one, or the same again.
    Replaced,
    /// The container was cleared.
    Cleared,
}

/// A function that is called when an entry leaves its container. Does not panic. In `Shared`, it is
/// `Send + Sync`, as `on_removal` requires.
pub(crate) type Listener<T> = Box<dyn Fn(&T, RemovalCause)>;

/// The listeners of a container, in the order in which they were added. A removal has a share in
/// them, so that it can call them with nothing locked.
pub(crate) type Listeners<F, T> = <F as Flavor>::Strong<Vec<<F as Flavor>::Strong<Listener<T>>>>;

/// The listeners that a removal has to notify, and its cause.
pub(super) type Notice<F, T> = (Listeners<F, T>, RemovalCause);

/// The location of a record that has left its container.
enum Detached<R> {
    Moved(R),
    /// Still in its table, as an iteration may borrow its key. The table drops it, and notifies the
    /// listeners, when it is unpinned. The pointer was made from a shared reference.
    Marked(NonNull<R>),
}

/// A record that has left its container. It is kept until the shard is unlocked. Then the listeners
/// are notified and the record is dropped.
#[must_use]
pub(crate) struct Removed<F: Flavor, R: Record<F>> {
    record: Detached<R>,
    /// Strong pointers to its referents, which may have become the last ones.
    owners: R::Owners,
    /// `None` if there are no listeners, or they have been notified, or the record is marked.
    notice: Option<Notice<F, R::ListenerKey>>,
}

impl<F: Flavor, R: Record<F>> Removed<F, R> {
    /// Makes a removal of a record that has left its table. Its registrations have been taken out
    /// of their slots.
    #[inline]
    pub(super) fn moved(
        record: R,
        owners: R::Owners,
        notice: Option<Notice<F, R::ListenerKey>>,
    ) -> Self {
        Self { record: Detached::Moved(record), owners, notice }
    }

    /// Makes a removal of a record that is marked in its table. Its registrations have been taken
    /// out of their slots.
    pub(super) fn marked(record: &R, owners: R::Owners) -> Self {
        Self { record: Detached::Marked(record.into()), owners, notice: None }
    }

    /// Notifies the listeners, and returns the key and the owners. The key of a marked record is
    /// cloned.
    ///
    /// # Safety
    ///
    /// If the record is [marked](Self::is_marked), its table has been pinned since before it was
    /// marked, and stays pinned until this returns.
    pub(super) unsafe fn into_key(mut self, take: impl FnOnce(R) -> R::Key) -> (R::Key, R::Owners)
    where
        R::Key: Clone,
    {
        self.notify();
        let key = match self.record {
            Detached::Moved(record) => take(record),
            // SAFETY: the table has been pinned since before the record was marked, as the caller
            // promises, and frees a marked record only when it is unpinned. The pointer comes from
            // a shared reference, and no `&mut` has been made to the record since: see
            // `Shard::table`. The `Cell`s of a marked record are not written any more.
            Detached::Marked(record) => unsafe { record.as_ref() }.key().clone(),
        };
        (key, self.owners)
    }

    /// Whether the record is still in its table, marked.
    pub(super) fn is_marked(&self) -> bool {
        matches!(self.record, Detached::Marked(_))
    }

    /// Notifies the listeners, once.
    #[inline]
    pub(crate) fn notify(&mut self) {
        if let Some((listeners, cause)) = self.notice.take() {
            if let Detached::Moved(record) = &self.record {
                record.show_key(&mut |key| listeners.iter().for_each(|one| one(key, cause)));
            }
            // If the container has been dropped meanwhile, this drops the user's closures.
            unraisable::catch::<R::DropGlue>(|| drop(listeners));
        }
    }

    /// Notifies the listeners, drops the record, and returns the owners.
    #[inline]
    pub(crate) fn into_owners(mut self) -> R::Owners {
        self.notify();
        // Before the result is made, which a panic of this drop would leak.
        drop(self.record);
        self.owners
    }

    /// Notifies the listeners, and returns the record and the owners. Does not compile for records
    /// that lend their key.
    #[inline]
    pub(crate) fn into_record(self) -> (R, R::Owners) {
        const { assert!(!R::LENDS_KEY) }
        self.into_moved().expect("only a borrowed key keeps a record in its table")
    }

    /// Like [`into_record`](Self::into_record), but returns `None` if the record is marked.
    pub(crate) fn into_moved(mut self) -> Option<(R, R::Owners)> {
        self.notify();
        match self.record {
            Detached::Moved(record) => Some((record, self.owners)),
            Detached::Marked(_) => None,
        }
    }

    /// Notifies the listeners and drops the record and the owners. Does not panic.
    #[inline]
    pub(crate) fn discard(mut self) {
        self.notify();
        if std::mem::needs_drop::<R::DropGlue>() || R::has_owner(&self.owners) {
            unraisable::catch::<R::DropGlue>(|| drop(self));
        }
        // Otherwise it contains only weak pointers, whose drop does not panic.
    }

    /// Returns the removal if its referents are alive. Otherwise discards it and returns `None`.
    pub(crate) fn if_alive(self) -> Option<Self> {
        let is_alive = match &self.record {
            Detached::Moved(record) => !record.is_dead(),
            Detached::Marked(_) => R::has_owner(&self.owners),
        };
        if !is_alive {
            self.discard();
            return None;
        }
        Some(self)
    }
}

/// Drops strong pointers that the crate has made for itself, when no shard is locked. Some may have
/// become the last ones. The caller did not request those drops, so their panics go to the
/// unraisable hook.
pub(super) fn discard_owners<F: Flavor, R: Record<F>>(all: Vec<R::Owners>) {
    for owners in all {
        if R::has_owner(&owners) {
            unraisable::catch::<R::DropGlue>(|| drop(owners));
        }
    }
}

/// A removal, perhaps with its pin.
pub(super) trait Notify {
    fn notify(&mut self);
}

impl<F: Flavor, R: Record<F>> Notify for Removed<F, R> {
    fn notify(&mut self) {
        Self::notify(self);
    }
}

/// Removals whose listeners are notified when this is dropped, at the latest. All listeners are
/// notified before the first record is dropped, which may panic.
pub(super) struct NotifyOnDrop<N: Notify>(pub(super) Vec<N>);

impl<N: Notify> NotifyOnDrop<N> {
    pub(super) fn notified(mut self) -> Vec<N> {
        self.notify();
        std::mem::take(&mut self.0)
    }

    fn notify(&mut self) {
        self.0.iter_mut().for_each(N::notify);
    }
}

impl<N: Notify> Drop for NotifyOnDrop<N> {
    fn drop(&mut self) {
        self.notify();
    }
}

/// Makes a listener of the user's closure. Its panics go to the unraisable hook.
pub(crate) fn listener<T, C: Fn(&T, RemovalCause) + 'static>(call: C) -> Listener<T> {
    Box::new(move |key, cause| unraisable::catch::<C>(|| call(key, cause)))
}
