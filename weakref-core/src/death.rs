//! The run over an object's registrations, and its depth.
#![allow(unsafe_code)]

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    mem::ManuallyDrop,
    ptr,
};

use crate::{
    observer::{Event, Registration},
    slot::{Held, IntoIter},
    sync::per_thread,
};

/// How many deaths may run inside each other on one stack.
///
/// A callback can own the next object, and so on: each death then runs inside the callback of the
/// one before. From this depth on, what has died waits in a queue for the death it happened in,
/// so a chain of any length needs a bounded stack. The "trashcan" of Python's C implementation does the
/// same.
const DEEPEST: u32 = 48;

per_thread! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The innermost of the runs that this thread is in the middle of.
    static INNERMOST: Cell<*const Run> = const { Cell::new(ptr::null()) };
}

std::thread_local! {
    /// Not dropped: it is there to the very end of a thread, when other thread-locals drop what they
    /// own. It is empty, and owns no memory, whenever no death is running.
    static WAITING: ManuallyDrop<RefCell<VecDeque<(Held, Event)>>> =
        const { ManuallyDrop::new(RefCell::new(VecDeque::new())) };
}

/// Tells the one registration of an object that has died. Does not panic.
#[inline]
pub(crate) fn run_one(one: Registration) {
    let depth = DEPTH.with(Cell::get);
    if depth + 1 >= DEEPEST {
        return run(Held::One(one), Event::Died);
    }
    DEPTH.with(|now| now.set(depth + 1));
    one.tell(Event::Died);
    DEPTH.with(|now| now.set(depth));
}

/// Tells all of `held`, newest first. Does not panic.
///
/// The registrations have left the slot before the first is told, and who is to be called is settled:
/// what one callback does cannot change it.
#[inline(never)]
pub(crate) fn run(held: Held, event: Event) {
    let depth = DEPTH.with(Cell::get);
    if depth == DEEPEST {
        held.prepare(event);
        WAITING.with(|all| all.borrow_mut().push_back((held, event)));
        return;
    }
    // Whoever clears a living object has prepared it: its references read dead.
    let settled = event != Event::Died;
    DEPTH.with(|now| now.set(depth + 1));
    Run::all(held, event, settled);
    if depth + 1 == DEEPEST {
        let next = || WAITING.with(|all| all.borrow_mut().pop_front());
        while let Some((held, event)) = next() {
            Run::all(held, event, true);
        }
        WAITING.with(|all| all.take());
    }
    DEPTH.with(|now| now.set(depth));
}

/// Settles who is called by the runs that this thread is in the middle of. To be asked before a
/// callback is cancelled because its last reference goes.
///
/// Settling looks at each of the registrations once more, which takes as long as a cheap callback.
/// Few callbacks drop references, so it waits until one does.
pub(crate) fn settle() {
    let mut run = INNERMOST.with(Cell::get);
    // SAFETY: a run stands in the stack frame of `Run::all`, which has not returned while the pointer
    // to it can be reached from here.
    while let Some(now) = unsafe { run.as_ref() } {
        if !now.settled.replace(true) {
            now.left.borrow().iter().for_each(|one| one.prepare(now.event));
        }
        run = now.outer;
    }
}

/// A list in the middle of being told.
struct Run {
    /// Not borrowed while anybody is told.
    left: RefCell<IntoIter>,
    event: Event,
    settled: Cell<bool>,
    outer: *const Run,
}

impl Run {
    fn all(held: Held, event: Event, settled: bool) {
        let outer = INNERMOST.with(Cell::get);
        let run = Self {
            left: RefCell::new(held.into_iter()),
            event,
            settled: Cell::new(settled),
            outer,
        };
        INNERMOST.with(|innermost| innermost.set(&raw const run));
        loop {
            let next = run.left.borrow_mut().next();
            let Some(one) = next else { break };
            // Does not unwind.
            one.tell(event);
        }
        INNERMOST.with(|innermost| innermost.set(outer));
    }
}
