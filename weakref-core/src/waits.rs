//! Who waits for whom, so that a circle of threads ends in a panic and not in silence.
//!
//! Only a thread that holds something can close a circle, and it holds something only while code of
//! the user's runs in the middle of an operation: a key's `Eq` in a search, the factory of
//! `get_or_insert_with`, the look of a finalizer's `peek`. Everybody else waits without coming here.

#![allow(unsafe_code)]

use std::{
    cell::Cell,
    marker::PhantomData,
    ptr::NonNull,
    sync::{Mutex, PoisonError, atomic::Ordering},
};

use crate::sync::{AtomicUsize, per_thread, thread_token};

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

/// A thread that waits.
struct Wait {
    who: usize,
    /// Says for whom: 0 or another, once that one has gone on. So nobody has to take it out of the
    /// list the moment it is free, which is earlier than when it wakes up.
    whom: NonNull<AtomicUsize>,
}

// SAFETY: what it points to is `Sync`.
unsafe impl Send for Wait {}

static WAITS: Mutex<Vec<Wait>> = Mutex::new(Vec::new());

/// Says, while it lives, that this thread waits for another.
#[derive(Debug)]
pub(crate) struct Waiting<'a>(PhantomData<&'a AtomicUsize>);

/// Records that this thread is going to wait for the one whose token `whom` holds, as long as it
/// holds it.
///
/// # Panics
///
/// If that thread waits for this one, by way of others or not, or is this one.
pub(crate) fn on(whom: &AtomicUsize) -> Waiting<'_> {
    let me = thread_token();
    let circle = {
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        // What a waiting thread has written before, it has before it took the lock. And as it does
        // not go on while the lock is held, the circle is there if it is seen.
        let next = |thread: &usize| {
            let wait = waits.iter().find(|wait| wait.who == *thread)?;
            // SAFETY: `Waiting` borrows it, and takes the wait out of the list as it goes.
            Some(unsafe { wait.whom.as_ref() }.load(Ordering::Relaxed))
        };
        let first = Some(whom.load(Ordering::Relaxed));
        // There can be a circle without this thread, which one of those in it will notice.
        let mut chain = std::iter::successors(first, next).take(waits.len() + 1);
        let circle = chain.any(|thread| thread == me);
        if !circle {
            waits.push(Wait { who: me, whom: whom.into() });
        }
        circle
    };
    assert!(
        !circle,
        "this would wait for ever: a key's `Eq`, the factory of `get_or_insert_with` or the look of \
         `peek` needs what this very thread is in the middle of"
    );
    Waiting(PhantomData)
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let me = thread_token();
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = waits.iter().position(|wait| wait.who == me) {
            waits.swap_remove(mine);
        }
    }
}
