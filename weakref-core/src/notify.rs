//! The run over an object's registrations when it is dropped, in bounded stack space.
//!
//! # Terms
//!
//! - A *run* notifies the registrations of one object, newest first. They leave the slot before the
//!   first observer is notified, so no observer can change the run.
//! - A run is *settled* once all remaining registrations have been prepared: from then on, dropping
//!   the last reference does not cancel a callback.
//! - Runs *nest*: a callback can drop the last strong pointer to another object. The nested runs of
//!   a thread form a chain through their stack frames.
#![allow(unsafe_code)]

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    mem::ManuallyDrop,
    ptr,
};

use crate::{
    observer::{Event, Registration},
    slot::registrations::{IntoIter, Registrations},
    sync::per_thread,
};

/// How many runs may be nested on one stack.
///
/// A callback can own the next object, whose callback owns the next one, and so on. From this depth
/// on, the registrations of a dropped object are deferred to the run at this depth. So a chain of
/// any length needs a bounded stack. The "trashcan" of `CPython` does the same.
///
/// Not deferred are the functions of `finalize_with`, which see the object, before it is gone.
const MAX_DEPTH: u32 = 48;

per_thread! {
    /// The number of nested runs of this thread. Never above `MAX_DEPTH`.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The innermost `Run` of this thread, or null. Each run removes itself before its frame
    /// returns.
    static INNERMOST: Cell<*const Run> = const { Cell::new(ptr::null()) };
}

std::thread_local! {
    /// The runs that are deferred to the one at `MAX_DEPTH`: settled, oldest first. Empty, and
    /// without memory, while no run is at that depth.
    ///
    /// Never dropped, so that it can be used by the destructors of other thread-locals.
    static DEFERRED: ManuallyDrop<RefCell<VecDeque<(Registrations, Event)>>> =
        const { ManuallyDrop::new(RefCell::new(VecDeque::new())) };
}

/// Notifies the only registration of an object that was dropped. Does not panic.
#[inline]
pub(crate) fn notify_one(registration: Registration, event: Event) {
    let depth = DEPTH.with(Cell::get);
    if depth + 1 >= MAX_DEPTH {
        return notify_all(Registrations::One(registration), event);
    }
    DEPTH.with(|now| now.set(depth + 1));
    registration.notify(event);
    DEPTH.with(|now| now.set(depth));
}

/// Notifies all of these registrations, newest first. Does not panic.
#[inline(never)]
pub(crate) fn notify_all(all: Registrations, event: Event) {
    let depth = DEPTH.with(Cell::get);
    if depth == MAX_DEPTH {
        return defer(all, event);
    }
    // `WeakSlot::clear` has prepared the registrations of an object that is alive.
    let is_settled = !event.is_death();
    DEPTH.with(|now| now.set(depth + 1));
    Run::run(all, event, is_settled);
    if depth + 1 == MAX_DEPTH {
        let next = || DEFERRED.with(|deferred| deferred.borrow_mut().pop_front());
        while let Some((all, event)) = next() {
            Run::run(all, event, true);
        }
        DEFERRED.with(|deferred| deferred.take());
    }
    DEPTH.with(|now| now.set(depth));
}

/// Defers the notifications to the run at `MAX_DEPTH`, but for those that use the object, which may
/// be gone by then.
#[cold]
fn defer(mut all: Registrations, event: Event) {
    let seeing = all.take_those(Registration::sees_object);
    all.prepare(event);
    let later = if event.is_death() { Event::DIED_UNSEEN } else { event };
    DEFERRED.with(|deferred| deferred.borrow_mut().push_back((all, later)));
    for registration in seeing {
        registration.notify(event);
    }
}

/// Settles the current runs of this thread. Called before the last reference to a dropped object
/// cancels its callback.
///
/// Settling costs one step per registration, as much as a cheap callback. So a run is settled only
/// when a callback drops the last reference to a dropped object.
pub(crate) fn settle() {
    let mut next = INNERMOST.with(Cell::get);
    // SAFETY: the chain is this thread's own. A run is a local variable of `Run::run`, and removes
    // itself from the chain before that returns, so the pointers in the chain are valid. They come
    // from `&raw const`, and a run is used by shared reference only.
    while let Some(run) = unsafe { next.as_ref() } {
        run.settle();
        next = run.outer;
    }
}

/// A run that has not ended.
struct Run {
    /// The registrations that have not been notified. Not borrowed while an observer is notified.
    rest: RefCell<IntoIter>,
    event: Event,
    is_settled: Cell<bool>,
    /// The run in which this one is nested, or null. Valid while this one is in the chain.
    outer: *const Run,
}

impl Run {
    /// Notifies all of these registrations.
    fn run(all: Registrations, event: Event, is_settled: bool) {
        let outer = INNERMOST.with(Cell::get);
        let run = Self {
            rest: RefCell::new(all.into_iter()),
            event,
            is_settled: Cell::new(is_settled),
            outer,
        };
        INNERMOST.with(|innermost| innermost.set(&raw const run));
        loop {
            let next = run.rest.borrow_mut().next();
            let Some(registration) = next else { break };
            // Does not unwind, so `INNERMOST` is always reset.
            registration.notify(event);
        }
        INNERMOST.with(|innermost| innermost.set(outer));
    }

    fn settle(&self) {
        if !self.is_settled.replace(true) {
            self.rest.borrow().iter().for_each(|registration| registration.prepare(self.event));
        }
    }
}
