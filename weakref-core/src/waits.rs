//! Who waits for whom, so that a circle of threads ends in a panic and not in silence.
//!
//! Only a thread that holds something can close a circle, and it holds something only while code of
//! the user's runs in the middle of an operation: a key's `Eq` in a search, the factory of
//! `get_or_insert_with`. Everybody else waits without coming here.

use std::{
    cell::Cell,
    sync::{Mutex, PoisonError},
};

use crate::sync::{per_thread, thread_token};

per_thread! {
    static HOLDING: Cell<usize> = const { Cell::new(0) };
}

/// Says, while it lives, that this thread holds something that others can wait for.
#[derive(Debug)]
pub(crate) struct Holding(());

impl Holding {
    #[inline]
    pub(crate) fn new() -> Self {
        HOLDING.with(|holding| holding.set(holding.get() + 1));
        Self(())
    }
}

impl Drop for Holding {
    #[inline]
    fn drop(&mut self) {
        HOLDING.with(|holding| holding.set(holding.get() - 1));
    }
}

/// Whether this thread holds something.
#[inline]
pub(crate) fn holding() -> bool {
    HOLDING.with(Cell::get) != 0
}

/// Pairs of a thread and the one it waits for.
static WAITS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

/// Says, while it lives, that this thread waits for another.
#[derive(Debug)]
pub(crate) struct Waiting(usize);

/// Records that this thread is going to wait for the thread `whom`.
///
/// # Panics
///
/// If that thread waits for this one, by way of others or not, or is this one.
pub(crate) fn on(whom: usize) -> Waiting {
    let me = thread_token();
    let circle = {
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        let next = |thread: &usize| waits.iter().find(|wait| wait.0 == *thread).map(|wait| wait.1);
        let circle = std::iter::successors(Some(whom), next).any(|thread| thread == me);
        if !circle {
            waits.push((me, whom));
        }
        circle
    };
    assert!(
        !circle,
        "a weak container would wait for ever: its keys' `Eq` or the factory of \
         `get_or_insert_with` needs what this very thread is in the middle of"
    );
    Waiting(me)
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = waits.iter().position(|wait| wait.0 == self.0) {
            waits.swap_remove(mine);
        }
    }
}
