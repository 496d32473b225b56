//! The end of the program, at which every live [`Finalizer`](crate::Finalizer) runs.
//!
//! Statics are never dropped, and what other threads own, or what is leaked, is not either. So a
//! program can end with objects that are alive; their finalizers run all the same, as in Python,
//! unless [`set_atexit`](crate::Finalizer::set_atexit) has said otherwise.
//!
//! # When
//!
//! Once, after `main` has returned or panicked, or in [`std::process::exit`]; not after an `abort`
//! or a signal, and in a forked child only those that it has made itself.
//!
//! - Those of `Shared` run in the exit handler (`atexit`), in whichever thread ends the program.
//!   Other threads may still be at work then, as everywhere in Rust.
//! - Those of `Local` run in their thread, when it ends: at the place of a thread-local that was
//!   first used when the thread's first finalizer was made; one that a thread-local makes later, as it
//!   drops, runs only at its object's death. Where the main thread has any, those of
//!   `Shared` run then too, in one order with them: on Linux, Android, Apple's systems, FreeBSD and
//!   OpenBSD. Elsewhere the main thread cannot be told from the others, so its own run before those
//!   of `Shared`.
//! - What other threads than the ending one have in `Local`, when the program ends before them, is
//!   lost: their objects are out of reach. Join them, or have them call [`run`].
//!
//! [`run`] does the same at a place of your choice.
//!
//! # In which order
//!
//! The newest is first, over all objects. A finalizer that is made meanwhile, by one that runs, comes
//! next; one that is detached or called meanwhile does not run, and
//! [`set_atexit`](crate::Finalizer::set_atexit) counts up to the last moment. What other threads make
//! meanwhile does not run at the end, so that the end comes even if they do not stop. A panic goes to
//! the [unraisable hook](crate::set_unraisable_hook), and the others still run.
//!
//! After the end of the program no finalizer runs any more, whether it is called or its object dies
//! (when another thread is still at work, or in an exit handler that was there before the first
//! finalizer): it is just dropped.
//!
//! # What it may use
//!
//! In the exit handler, thread-locals that have a destructor are gone: use `LocalKey::try_with`. So
//! are the other threads, sooner or later, with whatever locks they hold. And `std::process::exit`
//! aborts, as it has been called already.

mod hook;
pub(crate) mod registry;

use std::{
    cell::Cell,
    sync::atomic::{
        AtomicBool, AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use crate::sync::{per_thread, relax, thread_token};
use registry::{Born, LocalRegistry, SharedRegistry, Taken};

/// Runs all live finalizers that are to run at exit, now: those of `Shared`, and this thread's of
/// `Local`.
///
/// For those who want certainty: at the end of `main`, or before an `abort`. What these finalizers make
/// meanwhile runs too. The program may go on; what it makes later runs at its end. Called from a
/// finalizer that is being run like that, it does nothing, as the others come next anyway. If another
/// thread is in the middle of it too, the two share the work, and what that thread is running at the
/// moment may not have ended when this returns.
///
/// O(n log n) in the number of finalizers, and allocates. Runs user code with nothing locked; a panic
/// goes to the [unraisable hook](crate::set_unraisable_hook).
///
/// # Examples
///
/// ```
/// use std::{cell::Cell, rc::Rc};
/// use weakref_core::{Local, Slotted, exit, finalize};
///
/// let count = Rc::new(Cell::new(0));
/// let object = Rc::new(Slotted::<_, Local>::new("alive"));
/// let once = Rc::clone(&count);
/// finalize(&object, move || once.set(once.get() + 1));
///
/// exit::run();
/// assert_eq!(count.get(), 1);
/// drop(object);
/// assert_eq!(count.get(), 1);
/// ```
pub fn run() {
    if !RUN.with(Cell::get).is_some_and(|run| run.also_shared) {
        run_all(true);
    }
}

/// The thread that ends the program, or 0. What others make from then on does not run: they could go
/// on for ever.
static ENDS: AtomicUsize = AtomicUsize::new(0);

/// No finalizer runs any more.
static OVER: AtomicBool = AtomicBool::new(false);

per_thread! {
    /// What this thread is in the middle of.
    static RUN: Cell<Option<Run>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
struct Run {
    /// What was born up to then takes part.
    limit: Born,
    also_shared: bool,
}

/// The program ends with this thread: perhaps as a finalizer that [`run`] was running said so.
fn program_ends() {
    ENDS.store(thread_token(), Relaxed);
    run_all(true);
    OVER.store(true, Release);
}

/// The thread's thread-locals are being dropped.
fn thread_ends() {
    // The main thread's are dropped when the program ends, just before the exit handlers run.
    let is_main = hook::is_main_thread();
    if is_main {
        ENDS.store(thread_token(), Relaxed);
    }
    run_all(is_main);
}

/// Whether no finalizer is to run any more.
pub(crate) fn is_over() -> bool {
    OVER.load(Acquire)
}

/// Whether a finalizer that is made now will not be run by the end.
pub(crate) fn is_closed() -> bool {
    let ends = ENDS.load(Relaxed);
    ends != 0 && ends != thread_token()
}

/// A finalizer of that age has been listed. If one that is being run did so, it takes part.
fn notice(born: Born) {
    RUN.with(|run| {
        run.set(run.get().map(|now| Run { limit: now.limit.max(born), ..now }));
    });
}

/// This is the child of a fork, in which only the thread goes on that has forked.
#[cfg(all(unix, not(loom)))]
fn has_forked() {
    if ENDS.load(Relaxed) != thread_token() {
        ENDS.store(0, Relaxed);
        OVER.store(false, Relaxed);
    }
}

fn run_all(also_shared: bool) {
    let outer = RUN.with(|run| run.replace(Some(Run { limit: Born::now(), also_shared })));
    while let Some(next) = RUN.with(Cell::get).and_then(take) {
        next.run();
    }
    RUN.with(|run| run.set(outer));
}

/// Takes out the newest finalizer that takes part.
fn take(Run { limit, also_shared }: Run) -> Option<Taken> {
    let mut tries = 0;
    loop {
        let local = LocalRegistry::newest(limit);
        let shared = if also_shared { SharedRegistry::newest(limit) } else { None };
        let Some((born, list)) = shared.filter(|(born, _)| Some(*born) > local) else {
            return local.and_then(LocalRegistry::take);
        };
        if let Some(taken) = SharedRegistry::take(born, list) {
            return Some(taken);
        }
        // Another thread has called it, and is about to take it out.
        relax(&mut tries);
    }
}
