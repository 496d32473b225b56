//! A value that a map owns, which closures read and change with nothing else locked.
//!
//! A closure with `&mut V` may run for long, use the same map, or drop the key of the entry. So the
//! value cannot be in the table, which moves its records. It has its own allocation, with one state
//! word for two counts: the handles, as in an `Arc`, and the closures that read the value, as in a
//! `RefCell`. Access through the map then costs two operations on that word instead of four.
//!
//! # Terms
//!
//! - A *handle* keeps the allocation. The record has one, and so has each access in progress.
//! - A *reader* has `&V`, the *writer* has `&mut V`.
//! - The value is *taken* when it has been moved out, by `remove` and the like. The other handles
//!   then find nothing.
//!
//! Access waits for the writer, and the writer for readers, except within one thread, where that
//! panics. Every transition is one read-modify-write operation, with `AcqRel`: so an access sees
//! the writes of the writer before it, and the last handle sees those of all accesses.
#![allow(unsafe_code)]

use std::{
    cell::UnsafeCell,
    marker::PhantomData,
    mem::ManuallyDrop,
    panic::{RefUnwindSafe, UnwindSafe},
    ptr::NonNull,
    sync::PoisonError,
};

use crate::{
    Flavor, Shared,
    sync::deadlock::{self, holds, holds_any, while_holding},
    sync::{
        Condvar, Mutex, global,
        state_word::{Count, State},
    },
};

/// A handle of a value.
#[allow(unnameable_types, unreachable_pub, missing_debug_implementations)]
pub struct SharedValue<F: Flavor, V> {
    raw: NonNull<Inner<F, V>>,
    owns: PhantomData<V>,
}

struct Inner<F: Flavor, V> {
    /// The number of handles in the lower half; in the upper half, the number of readers and the
    /// flags below.
    state: F::State,
    /// Initialized unless the state has `TAKEN`. Borrowed by readers, or by the writer.
    value: UnsafeCell<ManuallyDrop<V>>,
}

const HANDLE: usize = 1;
const HANDLES: Count = Count::new(HANDLE, READER);
const READER: usize = 1 << (usize::BITS / 2);
const READERS: Count = Count::new(READER, TAKEN);
/// The value has been moved out. Set once, by the writer, and never cleared.
const TAKEN: usize = 1 << (usize::BITS - 3);
/// A thread sleeps until the value is free. Set under the mutex `ASLEEP`.
const AWAITED: usize = 1 << (usize::BITS - 2);
/// There is a writer.
const WRITER: usize = 1 << (usize::BITS - 1);

// SAFETY: as for `RwLock<V>` in an `Arc`: handles on several threads give `&V` (`V: Sync`), and to
// one thread at a time `&mut V`; any thread takes or drops the value (`V: Send`). The state is
// atomic in `Shared`.
unsafe impl<V: Send + Sync> Send for SharedValue<Shared, V> {}
// SAFETY: as above.
unsafe impl<V: Send + Sync> Sync for SharedValue<Shared, V> {}

// Any handle can change the value.
impl<F: Flavor, V: UnwindSafe + RefUnwindSafe> UnwindSafe for SharedValue<F, V> {}
impl<F: Flavor, V: UnwindSafe + RefUnwindSafe> RefUnwindSafe for SharedValue<F, V> {}

impl<F: Flavor, V> SharedValue<F, V> {
    pub(crate) fn new(value: V) -> Self {
        let value = UnsafeCell::new(ManuallyDrop::new(value));
        let inner = Box::new(Inner { state: F::State::new(HANDLE), value });
        Self { raw: NonNull::from(Box::leak(inner)), owns: PhantomData }
    }

    #[inline]
    fn state(&self) -> &F::State {
        // SAFETY: the handle keeps the allocation, and `raw` is the pointer of the leaked `Box`.
        // `state` is used by shared reference only, until the last handle is dropped.
        unsafe { &self.raw.as_ref().state }
    }

    /// Returns the lock id that a reader holds, for deadlock detection.
    fn reader_id(&self) -> usize {
        self.raw.as_ptr().addr()
    }

    /// Returns the lock id that the writer holds, for deadlock detection.
    fn writer_id(&self) -> usize {
        self.reader_id() + 1
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.raw == other.raw
    }

    /// Becomes a reader without waiting, and returns a handle that is one. If there is a writer,
    /// returns a handle that can wait.
    #[inline]
    pub(crate) fn try_read(&self) -> Result<Reading<F, V>, Self> {
        let read = |state| HANDLES.plus_one(READERS.plus_one(state));
        match self.state().update(|state| (state & WRITER == 0).then(|| read(state))) {
            Ok(_) => Ok(Reading(ManuallyDrop::new(Self { raw: self.raw, owns: PhantomData }))),
            Err(_) => Err(self.clone()),
        }
    }

    /// Calls `f` with the value, unless it has been taken.
    ///
    /// # Panics
    ///
    /// If this thread is the writer, or the wait for the writer would never end.
    #[track_caller]
    pub(crate) fn read<R>(&self, method: &str, f: impl FnOnce(&V) -> R) -> Option<R> {
        let _access = self.acquire(method, WRITER, |state| READERS.plus_one(state))?;
        // SAFETY: as for `state`, this handle keeps the allocation. This is a reader until
        // `_access` is dropped, after `f` has returned: so there is no writer, and the value, which
        // has not been taken, is not. `f` accepts any lifetime, and so returns nothing that borrows
        // the value.
        let value = unsafe { &*self.raw.as_ref().value.get() };
        Some(while_accessing::<F, _>(self.reader_id(), || f(value)))
    }

    /// Calls `f` with the value by `&mut`, unless it has been taken.
    ///
    /// # Panics
    ///
    /// Like [`read`](Self::read), and if this thread is a reader.
    #[track_caller]
    pub(crate) fn write<R>(&self, method: &str, f: impl FnOnce(&mut V) -> R) -> Option<R> {
        let _access = self.acquire(method, WRITER | READERS.mask(), |state| state | WRITER)?;
        // SAFETY: as for `state`, this handle keeps the allocation. This is the writer until
        // `_access` is dropped, after `f` has returned: so there is no other access, and the value
        // has not been taken. `f` accepts any lifetime, and so returns nothing that borrows the
        // value.
        let value = unsafe { &mut *self.raw.as_ref().value.get() };
        Some(while_accessing::<F, _>(self.writer_id(), || f(value)))
    }

    /// Moves the value out, once there is no other access.
    ///
    /// # Panics
    ///
    /// Like [`write`](Self::write).
    #[track_caller]
    pub(crate) fn take(self, method: &str) -> Option<V> {
        let _access =
            self.acquire(method, WRITER | READERS.mask(), |state| state | WRITER | TAKEN)?;
        // SAFETY: as for `state`, this handle keeps the allocation. It is the writer, so there is
        // no other access. The value has not been taken. `TAKEN`, which is set now, keeps all later
        // accesses from the value, and the last handle from dropping it.
        Some(ManuallyDrop::into_inner(unsafe { self.raw.as_ref().value.get().read() }))
    }

    /// Waits until the state has none of the bits of `blocked`, and changes it by `own`. Returns
    /// `None` if the value has been taken. `method` is the name of the user's call, for messages.
    #[track_caller]
    fn acquire(
        &self,
        method: &str,
        blocked: usize,
        own: impl Fn(usize) -> usize,
    ) -> Option<Access<'_, F, V>> {
        let acquire = |state| (state & (blocked | TAKEN) == 0).then(|| own(state));
        loop {
            match self.state().update(acquire) {
                // A value that has been taken stays so after this access.
                Ok(state) => {
                    return Some(Access { value: self, own: (own(state) - state) & !TAKEN });
                }
                Err(state) if state & TAKEN != 0 => return None,
                Err(_) => self.wait(method, blocked),
            }
        }
    }

    /// Sleeps until the state may have none of the bits of `blocked`.
    #[cold]
    #[track_caller]
    fn wait(&self, method: &str, blocked: usize) {
        // A reader waits for the writer only.
        let reader_id =
            if blocked & READERS.mask() == 0 { self.writer_id() } else { self.reader_id() };
        // Only a thread that holds a resource can be one for which other accesses wait in turn.
        let _waiting = if F::IS_SHARED && !holds_any() {
            None
        } else {
            self.assert_not_mine(method);
            let circle = format_args!(
                "`{method}` would wait for ever: a closure of another thread has the value, and \
                 waits for what this thread is in the middle of; let a closure that has a value \
                 return before another one is needed"
            );
            Some(deadlock::record_wait_for_holders(reader_id, self.writer_id(), circle))
        };
        let asleep = ASLEEP.lock().unwrap_or_else(PoisonError::into_inner);
        // Set under the mutex that `wake` locks, so that this thread is not missed.
        let announce =
            |state| (state & blocked != 0 && state & TAKEN == 0).then_some(state | AWAITED);
        if self.state().update(announce).is_ok() {
            drop(WAKE.wait(asleep));
        }
    }

    /// Panics if a closure of this thread has access to the value, as waiting for it would never
    /// end.
    #[track_caller]
    fn assert_not_mine(&self, method: &str) {
        let (reads, writes) = if F::IS_SHARED {
            (holds(|held| held == self.reader_id()), holds(|held| held == self.writer_id()))
        } else {
            let state = self.state().get();
            (READERS.of(state) != 0, state & WRITER != 0)
        };
        assert!(
            !writes,
            "`{method}` needs a value of the map that a closure of this thread is changing: use the \
             `&mut` that `with_mut` (or `for_each_mut`, `retain`, ..) gives to the closure, or call \
             `{method}` when the closure has returned"
        );
        assert!(
            !reads,
            "`{method}` needs for itself a value of the map that a closure of this thread is looking \
             at: call `{method}` when the closure of `with` (or `for_each`, `==`, ..) has returned, \
             or do all in one `with_mut`"
        );
    }

    /// Wakes all threads that wait for any value. There seldom is one.
    #[cold]
    fn wake(&self) {
        let _guard = ASLEEP.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.state().update(|state| Some(state & !AWAITED));
        WAKE.notify_all();
    }
}

/// Runs `f`, user code with access to a value, so that deadlocks are detected. In `Local`, no
/// thread waits.
#[inline]
fn while_accessing<F: Flavor, R>(id: usize, f: impl FnOnce() -> R) -> R {
    if F::IS_SHARED { while_holding(id, f) } else { f() }
}

global! {
    static ASLEEP: Mutex<()> = Mutex::new(());
}

global! {
    static WAKE: Condvar = Condvar::new();
}

/// An access in progress. Ends when this is dropped, also in a panic.
struct Access<'a, F: Flavor, V> {
    value: &'a SharedValue<F, V>,
    /// The number that the access has added to the state.
    own: usize,
}

impl<F: Flavor, V> Drop for Access<'_, F, V> {
    #[inline]
    fn drop(&mut self) {
        if self.value.state().sub(self.own) & AWAITED != 0 {
            self.value.wake();
        }
    }
}

/// A handle that is a reader. A lookup makes it under the lock of a shard, where it must not wait.
pub(crate) struct Reading<F: Flavor, V>(ManuallyDrop<SharedValue<F, V>>);

impl<F: Flavor, V> Reading<F, V> {
    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&V) -> R) -> Option<R> {
        if self.0.state().get() & TAKEN != 0 {
            return None;
        }
        // SAFETY: the handle keeps the allocation, and `raw` is the pointer of the leaked `Box`. It
        // is a reader until it is dropped, so there is no writer. The value has not been taken, and
        // cannot be meanwhile. `f` accepts any lifetime, and so returns nothing that borrows the
        // value.
        let value = unsafe { &*self.0.raw.as_ref().value.get() };
        Some(while_accessing::<F, _>(self.0.reader_id(), || f(value)))
    }
}

impl<F: Flavor, V> Drop for Reading<F, V> {
    #[inline]
    fn drop(&mut self) {
        let state = self.0.state();
        // One operation is enough if no thread waits and this is not the last handle: nearly
        // always.
        let plain = |state: usize| {
            (state & AWAITED == 0 && HANDLES.of(state) != 1).then(|| state - READER - HANDLE)
        };
        if state.update(plain).is_err() {
            drop(Access { value: &self.0, own: READER });
            // SAFETY: the handle is dropped once, and not used again.
            unsafe { ManuallyDrop::drop(&mut self.0) }
        }
    }
}

impl<F: Flavor, V> Clone for SharedValue<F, V> {
    #[inline]
    fn clone(&self) -> Self {
        self.state().add_handle(HANDLES);
        Self { raw: self.raw, owns: PhantomData }
    }
}

impl<F: Flavor, V> Drop for SharedValue<F, V> {
    #[inline]
    fn drop(&mut self) {
        let state = self.state().sub(HANDLE);
        if HANDLES.of(state) != 1 {
            return;
        }
        // SAFETY: the pointer is that of the leaked `Box`, and this was the last handle, so no
        // other pointer to the allocation is used again. `sub` has acquired what the other handles
        // did.
        let mut inner = unsafe { Box::from_raw(self.raw.as_ptr()) };
        if state & TAKEN == 0 {
            // SAFETY: the value has not been taken, and is not used again.
            unsafe { ManuallyDrop::drop(inner.value.get_mut()) }
        }
    }
}
