//! The end of the program, at which every live [`Finalizer`](crate::Finalizer) runs.
//!
//! A program can end with objects that are alive: those in statics, those that other threads own,
//! and those that were leaked. Their finalizers run at the end, as in Python, unless
//! [`set_atexit`](crate::Finalizer::set_atexit) has disabled that.
//!
//! # When
//!
//! Once, after `main` has returned or panicked, or in [`std::process::exit`]. Finalizers do not run
//! after an `abort` or a signal. In the child of a fork, only those run that the child itself has
//! made.
//!
//! - Finalizers of `Shared` run in the exit handler (`atexit`), in the thread that ends the
//!   program. Other threads may still be running then, as everywhere in Rust.
//! - Finalizers of `Local` run in their thread, when it ends: at the position of a thread-local
//!   that was first used when the thread's first finalizer was made. A finalizer that a
//!   thread-local makes later, in its destructor, runs only when its object is dropped.
//! - If the main thread has finalizers of `Local`, those of `Shared` run at the same time, in one
//!   order with them: on Linux, Android, Apple's systems, FreeBSD and OpenBSD. Elsewhere the main
//!   thread is not known, so its own finalizers run before those of `Shared`.
//! - Finalizers of `Local` in threads that are still running when the program ends are lost, as
//!   their objects are out of reach. Join these threads, or let them call [`run`].
//!
//! [`run`] does the same at a time of your choice.
//!
//! # In which order
//!
//! The newest finalizer runs first, over all objects. A finalizer that a running one makes comes
//! next. A finalizer that is detached or called meanwhile does not run again, and
//! [`set_atexit`](crate::Finalizer::set_atexit) takes effect up to the last moment. Finalizers that
//! other threads make meanwhile do not run at the end, so that the program ends even if those
//! threads do not stop. A panic goes to the [unraisable hook](crate::set_unraisable_hook), and the
//! remaining finalizers still run.
//!
//! After the end of the program, no finalizer runs any more, whether it is called or its object is
//! dropped (by another thread, or in an exit handler that was registered before the first
//! finalizer): the function is dropped uncalled.
//!
//! A function that runs at the end does not own its object: if it drops the last strong pointer,
//! the object is dropped inside of it.
//!
//! # What a finalizer may use
//!
//! In the exit handler, thread-locals with a destructor are gone: use `LocalKey::try_with`. Other
//! threads stop at any moment, and may hold locks then. And `std::process::exit` aborts, as it has
//! been called already.
//!
//! If the program hosts an interpreter or another runtime that it shuts down itself, do not leave a
//! finalizer that calls into it to the exit handler: call [`run`] before the shutdown.

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
use registry::{CreationTime, LocalRegistry, SharedRegistry, Taken};

/// Runs all live finalizers that would run at the end of the program: those of `Shared`, and this
/// thread's of `Local`.
///
/// Call it at the end of `main`, or before an `abort`, to be certain that they run. Finalizers that
/// these finalizers make run too. The program may go on, and finalizers that it makes later run at
/// its end.
///
/// Called by a finalizer that this function or the end of the program is running, it does nothing,
/// as the other finalizers come next anyway. If two threads call it at the same time, they share
/// the work: a finalizer that the other thread is running may not have returned when this call
/// returns.
///
/// O(n log n) in the number of finalizers, and allocates. Runs user code with no lock held. A panic
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

/// The token of the thread that ends the program, or 0. Finalizers that other threads make from
/// then on are not listed: those threads could go on for ever. Relaxed, as no other memory depends
/// on it.
static ENDS: AtomicUsize = AtomicUsize::new(0);

/// Whether no finalizer runs any more. Never reset, except in the child of a fork. Release, with
/// the Acquire in `is_over`: the effects of the finalizers that have run.
static OVER: AtomicBool = AtomicBool::new(false);

per_thread! {
    /// The innermost run over the registry that this thread is executing.
    static RUN: Cell<Option<Run>> = const { Cell::new(None) };
}

/// A run over the registry.
#[derive(Clone, Copy)]
struct Run {
    /// Finalizers that were created up to this time take part: the beginning of the run, or the
    /// last creation by this thread since, if there is one. So those take part too that other
    /// threads have created in between.
    limit: CreationTime,
    /// Whether finalizers of `Shared` take part.
    also_shared: bool,
}

/// Runs all finalizers at the end of the program. Called by the exit handler, perhaps inside of a
/// finalizer that has called `exit`.
#[cfg_attr(weakref_loom, allow(dead_code))]
fn program_ends() {
    ENDS.store(thread_token(), Relaxed);
    run_all(true);
    OVER.store(true, Release);
}

/// Runs this thread's finalizers of `Local`. Called when its thread-locals are dropped.
#[cfg_attr(weakref_loom, allow(dead_code))]
fn thread_ends() {
    // Those of the main thread are dropped when the program ends, just before the exit handlers
    // run.
    let is_main = hook::is_main_thread();
    if is_main {
        ENDS.store(thread_token(), Relaxed);
    }
    run_all(is_main);
}

/// Whether the end of the program is over, so that no finalizer runs any more.
pub(crate) fn is_over() -> bool {
    OVER.load(Acquire)
}

/// Whether another thread is ending the program, so that a finalizer made now will not run at the
/// end.
pub(crate) fn is_closed() -> bool {
    let ends = ENDS.load(Relaxed);
    ends != 0 && ends != thread_token()
}

/// Includes a finalizer that this thread has just listed in the run that the thread is executing.
fn include_in_run(created_at: CreationTime) {
    RUN.with(|run| {
        run.set(run.get().map(|now| Run { limit: now.limit.max(created_at), ..now }));
    });
}

/// Locks the registry for the time of a fork.
#[cfg(all(unix, not(weakref_loom)))]
fn before_fork() {
    SharedRegistry::before_fork();
}

/// Unlocks the registry, in the parent and in the child. Resets the state in the child, which has
/// only the thread that has forked.
#[cfg(all(unix, not(weakref_loom)))]
fn after_fork(is_child: bool) {
    SharedRegistry::after_fork(is_child);
    if is_child && ENDS.load(Relaxed) != thread_token() {
        ENDS.store(0, Relaxed);
        OVER.store(false, Relaxed);
    }
}

fn run_all(also_shared: bool) {
    let outer = RUN.with(|run| run.replace(Some(Run { limit: CreationTime::now(), also_shared })));
    while let Some(next) = RUN.with(Cell::get).and_then(take) {
        next.run();
    }
    RUN.with(|run| run.set(outer));
}

/// Takes the newest finalizer that takes part out of the registry.
fn take(Run { limit, also_shared }: Run) -> Option<Taken> {
    let mut tries = 0;
    loop {
        let local = LocalRegistry::newest(limit);
        let shared = if also_shared { SharedRegistry::newest(limit) } else { None };
        let Some((created_at, list)) = shared.filter(|(created_at, _)| Some(*created_at) > local)
        else {
            return local.and_then(LocalRegistry::take);
        };
        if let Some(taken) = SharedRegistry::take(created_at, list) {
            return Some(taken);
        }
        // Another thread has called it, and is about to remove it.
        relax(&mut tries);
    }
}
