//! A value that a map owns, where closures can look at it while nothing is locked.
//!
//! A closure that is given `&mut V` may take its time, call the same map, or let the key of the entry
//! die. So the value cannot stand in the table, which moves what is in it. It stands beside, with a
//! count of those who hold it (as in an `Arc`) and of those who look at it (as in a `RefCell`) in one
//! word: so that a look costs two operations on that word, and not four.
#![allow(unsafe_code)]

use std::{
    cell::UnsafeCell, marker::PhantomData, mem::ManuallyDrop, ptr::NonNull, sync::PoisonError,
};

use crate::{
    Flavor, Shared,
    gate::Word,
    node::State,
    sync::{Condvar, Mutex, global},
    waits::{self, hold, holding},
};

/// One handle of a value.
#[allow(unnameable_types, unreachable_pub, missing_debug_implementations)]
pub struct Held<F: Flavor, V> {
    raw: NonNull<Inner<F, V>>,
    owns: PhantomData<V>,
}

struct Inner<F: Flavor, V> {
    /// How many handles there are, in the lower half; who looks, in the upper.
    state: F::State,
    value: UnsafeCell<ManuallyDrop<V>>,
}

const HANDLE: usize = 1;
const HANDLES: usize = READER - 1;
const READER: usize = 1 << (usize::BITS / 2);
const READERS: usize = TAKEN - READER;
/// The value has been moved out, and nobody looks any more.
const TAKEN: usize = 1 << (usize::BITS - 3);
/// Somebody sleeps until those who look have done.
const AWAITED: usize = 1 << (usize::BITS - 2);
/// Somebody has the value for itself.
const WRITER: usize = 1 << (usize::BITS - 1);

const BUSY: &str = "a value of a weak map was changed, replaced or removed by a closure that looks at \
                    it, or looked at by one that changes it";

// SAFETY: a handle gives `&V` and, to one at a time, `&mut V`; the last one drops the value, on
// whichever thread that is.
unsafe impl<V: Send + Sync> Send for Held<Shared, V> {}
// SAFETY: as above.
unsafe impl<V: Send + Sync> Sync for Held<Shared, V> {}

impl<F: Flavor, V> Held<F, V> {
    pub(crate) fn new(value: V) -> Self {
        let value = UnsafeCell::new(ManuallyDrop::new(value));
        let inner = Box::new(Inner { state: F::State::new(HANDLE), value });
        Self { raw: NonNull::from(Box::leak(inner)), owns: PhantomData }
    }

    #[inline]
    fn state(&self) -> &F::State {
        // SAFETY: the value lives as long as this handle.
        unsafe { &self.raw.as_ref().state }
    }

    /// What those who look at it hold.
    fn look(&self) -> usize {
        self.raw.as_ptr().addr()
    }

    /// What the one holds who has it for itself.
    fn change(&self) -> usize {
        self.look() + 1
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.raw == other.raw
    }

    /// Begins to look, without waiting. If somebody has the value for itself, returns a handle that
    /// can wait.
    #[inline]
    pub(crate) fn begin(&self) -> Result<Looking<F, V>, Self> {
        match self.state().update(|state| (state & WRITER == 0).then(|| state + READER + HANDLE)) {
            Ok(state) => {
                assert_few(state);
                Ok(Looking(ManuallyDrop::new(Self { raw: self.raw, owns: PhantomData })))
            }
            Err(_) => Err(self.clone()),
        }
    }

    /// Calls `f` with the value, unless that has been moved out.
    ///
    /// # Panics
    ///
    /// If this thread is changing the value, or waiting for who does would never end.
    pub(crate) fn read<R>(&self, f: impl FnOnce(&V) -> R) -> Option<R> {
        let _end = self.enter(WRITER, READER)?;
        // SAFETY: until `_end`, nobody has it for itself, and it has not been moved out.
        let value = unsafe { &*self.raw.as_ref().value.get() };
        Some(show::<F, _>(self.look(), || f(value)))
    }

    /// Calls `f` with the value, which it has for itself.
    ///
    /// # Panics
    ///
    /// As [`read`](Self::read), and if this thread is looking at the value.
    pub(crate) fn write<R>(&self, f: impl FnOnce(&mut V) -> R) -> Option<R> {
        let _end = self.enter(WRITER | READERS, WRITER)?;
        // SAFETY: until `_end`, nobody else looks, and it has not been moved out.
        let value = unsafe { &mut *self.raw.as_ref().value.get() };
        Some(show::<F, _>(self.change(), || f(value)))
    }

    /// Moves the value out, once nobody looks. Other handles find nothing from then on.
    ///
    /// # Panics
    ///
    /// As [`write`](Self::write).
    pub(crate) fn take(self) -> Option<V> {
        let _end = self.enter(WRITER | READERS, WRITER | TAKEN)?;
        // SAFETY: nobody else looks, and nobody will: `TAKEN` is set, once.
        Some(ManuallyDrop::into_inner(unsafe { self.raw.as_ref().value.get().read() }))
    }

    /// Waits until the state has none of the bits of `blocked`, and sets `own`.
    fn enter(&self, blocked: usize, own: usize) -> Option<End<'_, F, V>> {
        let enter = |state| (state & (blocked | TAKEN) == 0).then(|| state + own);
        while let Err(state) = self.state().update(enter) {
            if state & TAKEN != 0 {
                return None;
            }
            self.wait(blocked);
        }
        assert_few(self.state().get());
        // Moved out once is moved out for ever.
        Some(End { held: self, own: own & !TAKEN })
    }

    /// Sleeps until the state may have none of the bits of `blocked`.
    #[cold]
    fn wait(&self, blocked: usize) {
        assert!(F::Word::HOLDS, "{BUSY}");
        // Who only wants to look does not wait for those who do.
        let look = if blocked & READERS == 0 { self.change() } else { self.look() };
        // Only who holds something can be what those who have it wait for in turn.
        let _waiting = holding().then(|| waits::on_holders(look, self.change()));
        let asleep = ASLEEP.lock().unwrap_or_else(PoisonError::into_inner);
        // Said under the lock, which whoever reads it needs to wake others: none is missed.
        let say = |state| (state & blocked != 0 && state & TAKEN == 0).then_some(state | AWAITED);
        if self.state().update(say).is_ok() {
            drop(WAKE.wait(asleep));
        }
    }

    /// Wakes all who wait, for any value: few ever do.
    #[cold]
    fn wake(&self) {
        let _asleep = ASLEEP.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.state().update(|state| Some(state & !AWAITED));
        WAKE.notify_all();
    }
}

/// Runs `f`, which has the value in this way, so that a circle of waiting threads is noticed. In
/// `Local`, nobody waits.
#[inline]
fn show<F: Flavor, R>(way: usize, f: impl FnOnce() -> R) -> R {
    if F::Word::HOLDS { hold(way, f) } else { f() }
}

/// Ends the program before a count runs over, as `Arc` does: so many handles can only have been
/// forgotten, and so many looks be an endless recursion.
#[inline]
fn assert_few(state: usize) {
    if state & HANDLES > HANDLES / 2 || state & READERS > READERS / 2 {
        std::process::abort();
    }
}

global! {
    static ASLEEP: Mutex<()> = Mutex::new(());
}

global! {
    static WAKE: Condvar = Condvar::new();
}

/// Ends a look, or a change, whatever happens in it.
struct End<'a, F: Flavor, V> {
    held: &'a Held<F, V>,
    own: usize,
}

impl<F: Flavor, V> Drop for End<'_, F, V> {
    #[inline]
    fn drop(&mut self) {
        if self.held.state().sub(self.own) & AWAITED != 0 {
            self.held.wake();
        }
    }
}

/// A handle that looks already: what a search gives, which cannot wait.
pub(crate) struct Looking<F: Flavor, V>(ManuallyDrop<Held<F, V>>);

impl<F: Flavor, V> Looking<F, V> {
    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&V) -> R) -> Option<R> {
        if self.0.state().get() & TAKEN != 0 {
            return None;
        }
        // SAFETY: this looks, so nobody has it for itself; and it has not been moved out before.
        let value = unsafe { &*self.0.raw.as_ref().value.get() };
        Some(show::<F, _>(self.0.look(), || f(value)))
    }
}

impl<F: Flavor, V> Drop for Looking<F, V> {
    #[inline]
    fn drop(&mut self) {
        let state = self.0.state();
        // At once, as nearly always nobody waits, and it is not the last handle.
        let plain = |state: usize| {
            (state & AWAITED == 0 && state & HANDLES != HANDLE).then(|| state - READER - HANDLE)
        };
        if state.update(plain).is_err() {
            drop(End { held: &self.0, own: READER });
            // SAFETY: it is not used again.
            unsafe { ManuallyDrop::drop(&mut self.0) }
        }
    }
}

impl<F: Flavor, V> Clone for Held<F, V> {
    #[inline]
    fn clone(&self) -> Self {
        assert_few(self.state().add(HANDLE));
        Self { raw: self.raw, owns: PhantomData }
    }
}

impl<F: Flavor, V> Drop for Held<F, V> {
    #[inline]
    fn drop(&mut self) {
        let state = self.state().sub(HANDLE);
        if state & HANDLES != HANDLE {
            return;
        }
        // SAFETY: it comes from a `Box`, and this was the last handle.
        let mut inner = unsafe { Box::from_raw(self.raw.as_ptr()) };
        if state & TAKEN == 0 {
            // SAFETY: it has not been moved out, and is not used again.
            unsafe { ManuallyDrop::drop(inner.value.get_mut()) }
        }
    }
}
