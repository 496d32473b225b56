//! Who waits for whom, so that a circle of threads ends in a panic and not in silence.
//!
//! Only a thread that holds something can close a circle, and it holds something only while code of
//! the user's runs in the middle of an operation: a key's `Eq` in a search, the factory of
//! `get_or_insert_with`, the look of a finalizer's `peek`, a closure that has a value of a map.
//! Everybody else waits without coming here.

#![allow(unsafe_code)]

use std::{
    cell::Cell,
    marker::PhantomData,
    ptr::{self, NonNull},
    sync::{Mutex, PoisonError, atomic::Ordering},
};

use crate::sync::{AtomicUsize, per_thread, thread_token};

per_thread! {
    /// What this thread holds, innermost first: a chain through the stack frames of `hold`.
    static HELD: Cell<*const Held> = const { Cell::new(ptr::null()) };
}

/// Something that a thread holds, and that others can wait for.
struct Held {
    what: usize,
    outer: *const Held,
}

/// What a thread holds that is known to those who wait by its [`thread_token`], and not by this.
pub(crate) const ANYTHING: usize = 0;

/// Runs `f`, in which there is code of the user's, while this thread holds `what`: an address, by
/// which those who wait for it know it.
///
/// Written so that nothing is left of it where `f` is a comparison that the compiler knows: of two
/// numbers, say.
#[inline]
pub(crate) fn hold<R>(what: usize, f: impl FnOnce() -> R) -> R {
    /// Ends it, whether `f` returns or panics.
    struct End(*const Held);

    impl Drop for End {
        #[inline]
        fn drop(&mut self) {
            HELD.with(|held| held.set(self.0));
        }
    }

    let held = Held { what, outer: HELD.with(Cell::get) };
    let _end = End(held.outer);
    HELD.with(|innermost| innermost.set(&raw const held));
    f()
}

/// Whether this thread holds something.
#[inline]
pub(crate) fn holding() -> bool {
    !HELD.with(Cell::get).is_null()
}

/// Whether this thread holds something that `is_it` accepts.
pub(crate) fn holds(is_it: impl FnMut(usize) -> bool) -> bool {
    // SAFETY: it is this thread's.
    unsafe { any(HELD.with(Cell::get), is_it) }
}

/// Whether `is_it` accepts something in the chain.
///
/// # Safety
///
/// It is the chain of this thread, or of one that stays where it is meanwhile.
unsafe fn any(mut held: *const Held, mut is_it: impl FnMut(usize) -> bool) -> bool {
    // SAFETY: what is in the chain of a thread stands in a frame of `hold` that has not returned.
    while let Some(now) = unsafe { held.as_ref() } {
        if is_it(now.what) {
            return true;
        }
        held = now.outer;
    }
    false
}

/// Whom a thread waits for: all of these.
#[derive(Clone, Copy)]
struct Whom {
    /// The one whose token this is: 0 or another, once that one has gone on. So nobody has to take
    /// the wait out of the list the moment it is free, which is earlier than when it wakes up.
    thread: Option<NonNull<AtomicUsize>>,
    /// Those that hold one of these. To hold [`ANYTHING`] is not to hold it.
    holders: [usize; 2],
}

/// A thread that waits, or is about to.
struct Wait {
    who: usize,
    held: *const Held,
    whom: Whom,
}

// SAFETY: the token that it points to is `Sync`; and what it holds can be looked at as long as it
// waits.
unsafe impl Send for Wait {}

impl Wait {
    /// Whether it is this one that another waits for.
    ///
    /// # Safety
    ///
    /// This is a wait in the list, which is locked, or that of the calling thread. So is the other.
    unsafe fn is_for(&self, whom: Whom) -> bool {
        // SAFETY: `Waiting` borrows it, and takes the wait out of the list as it goes.
        let thread = whom.thread.map(|token| unsafe { token.as_ref() }.load(Ordering::Relaxed));
        if thread == Some(0) {
            // It has gone on, and needs nothing of others any more.
            return false;
        }
        let is_thread = thread == Some(self.who);
        let is_one = |held| held != ANYTHING && whom.holders.contains(&held);
        // SAFETY: the thread stays where it is until it has taken its wait out of the list.
        is_thread || unsafe { any(self.held, is_one) }
    }
}

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
    on_maker(whom, ANYTHING)
}

/// The same, of a thread that needs `place` to say that it has done, and so of all that hold that.
///
/// # Panics
///
/// As [`on`].
pub(crate) fn on_maker(whom: &AtomicUsize, place: usize) -> Waiting<'_> {
    wait(Whom { thread: Some(whom.into()), holders: [place, ANYTHING] })
}

/// Records that this thread is going to wait for all that hold one of these.
///
/// # Panics
///
/// As [`on`].
pub(crate) fn on_holders(one: usize, other: usize) -> Waiting<'static> {
    wait(Whom { thread: None, holders: [one, other] })
}

fn wait<'a>(whom: Whom) -> Waiting<'a> {
    let me = Wait { who: thread_token(), held: HELD.with(Cell::get), whom };
    let circle = {
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        // What a waiting thread has written before, it has before it took the lock. And as it does
        // not go on while the lock is held, the circle is there if it is seen. Who does not wait is
        // in no circle, so it does not matter that nobody knows what such a thread holds.
        let circle = is_circle(&me, &waits);
        if !circle {
            waits.push(me);
        }
        circle
    };
    assert!(
        !circle,
        "this would wait for ever: a key's `Eq`, the factory of `get_or_insert_with`, the look of \
         `peek` or a closure that has a value of a map needs what this very thread is in the middle of"
    );
    Waiting(PhantomData)
}

/// Whether `me`, which is this thread, would wait for itself, by way of those in the list, which is
/// locked.
fn is_circle(me: &Wait, waits: &[Wait]) -> bool {
    // Each is looked at once: there can be a circle without `me`, which one of those in it notices.
    let mut left: Vec<&Wait> = waits.iter().collect();
    let mut whoms = vec![me.whom];
    while let Some(whom) = whoms.pop() {
        // SAFETY: the list is locked, and all are in it, or this thread's.
        let is_waited_for = |wait: &Wait| unsafe { wait.is_for(whom) };
        if is_waited_for(me) {
            return true;
        }
        whoms.extend(left.extract_if(.., |wait| is_waited_for(wait)).map(|wait| wait.whom));
    }
    false
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
