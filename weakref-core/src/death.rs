//! The run over an object's registrations, and its depth.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    mem::ManuallyDrop,
};

use crate::{
    observer::{Event, Registration},
    slot::Held,
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
    let tell = |held: Held, event| held.into_iter().for_each(|one| one.tell(event));
    held.prepare(event);
    if depth == DEEPEST {
        WAITING.with(|all| all.borrow_mut().push_back((held, event)));
        return;
    }
    DEPTH.with(|now| now.set(depth + 1));
    tell(held, event);
    if depth + 1 == DEEPEST {
        let next = || WAITING.with(|all| all.borrow_mut().pop_front());
        while let Some((held, event)) = next() {
            tell(held, event);
        }
        WAITING.with(|all| all.take());
    }
    DEPTH.with(|now| now.set(depth));
}
