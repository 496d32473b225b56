//! `Parker`: blocks a thread until another one wakes it.

use std::sync::PoisonError;

use super::{Condvar, Mutex};

/// Blocks a thread until another one wakes it.
///
/// `thread::park` would be cheaper, but would consume the thread's token, for which user code may
/// be waiting in its own `park`.
#[derive(Debug)]
pub(crate) struct Parker {
    /// Whether `unpark` has been called since the last `park` returned.
    woken: Mutex<bool>,
    /// Notified after `woken` has been set.
    condvar: Condvar,
}

impl Parker {
    pub(crate) fn new() -> Self {
        Self { woken: Mutex::new(false), condvar: Condvar::new() }
    }

    /// Blocks until [`unpark`](Self::unpark) is called. Returns at once if it has been called since
    /// the last `park` returned.
    pub(crate) fn park(&self) {
        let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        while !*woken {
            woken = self.condvar.wait(woken).unwrap_or_else(PoisonError::into_inner);
        }
        *woken = false;
    }

    /// Like [`park`](Self::park), but blocks no longer than `timeout`. Returns whether it was
    /// woken.
    #[cfg(not(weakref_loom))]
    pub(crate) fn park_timeout(&self, timeout: std::time::Duration) -> bool {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let asleep = |woken: &mut bool| !*woken;
        let (mut woken, _) = self
            .condvar
            .wait_timeout_while(woken, timeout, asleep)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *woken)
    }

    /// Wakes the thread that is blocked in [`park`](Self::park), or makes the next `park` return at
    /// once.
    pub(crate) fn unpark(&self) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.condvar.notify_one();
    }
}
