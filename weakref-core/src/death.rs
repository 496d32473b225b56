//! The run over an object's registrations, and its depth.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use crate::{observer::Event, slot::Held};

/// How many deaths may run inside each other on one stack.
///
/// A callback can own the next object, and so on: each death then runs inside the callback of the
/// one before. From this depth on, what has died waits in a queue for the death it happened in,
/// so a chain of any length needs a bounded stack. The "trashcan" of Python's C implementation does the
/// same.
const DEEPEST: u32 = 48;

std::thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<VecDeque<(Held, Event)>> = const { RefCell::new(VecDeque::new()) };
}

/// Tells all of `held`, newest first. Does not panic.
///
/// The registrations have left the slot before the first is told: what one callback does cannot
/// change who is called.
#[inline(never)]
pub(crate) fn run(held: Held, event: Event) {
    let depth = DEPTH.get();
    let tell = |held: Held, event| held.into_iter().for_each(|one| one.tell(event));
    if depth == DEEPEST {
        let mut mine = Some((held, event));
        // Gone at the very end of a thread; then there is only the stack.
        let _ = WAITING.try_with(|waiting| waiting.borrow_mut().extend(mine.take()));
        if let Some((held, event)) = mine {
            tell(held, event);
        }
        return;
    }
    DEPTH.set(depth + 1);
    tell(held, event);
    if depth + 1 == DEEPEST {
        let next = || WAITING.try_with(|waiting| waiting.borrow_mut().pop_front()).ok().flatten();
        while let Some((held, event)) = next() {
            tell(held, event);
        }
    }
    DEPTH.set(depth);
}
