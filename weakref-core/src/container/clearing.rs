//! Detects insertions into a container by the thread that is clearing it.
//!
//! `Shards::clear` also removes the entries that its own listeners and drops insert. It keeps those
//! that other threads insert: otherwise it would not end as long as they go on. So an insertion
//! must know whether its own thread is clearing its container.

use std::cell::Cell;

use crate::sync::per_thread;

per_thread! {
    /// The innermost clear that this thread is executing.
    static INNERMOST: Cell<Clear> = const { Cell::new(Clear::NONE) };
}

#[derive(Clone, Copy)]
struct Clear {
    /// The address of the container, which its borrow keeps in place; 0 outside of any clear.
    container: usize,
    /// Whether this thread has inserted into that container since the clear began.
    inserted: bool,
    /// Whether this thread has inserted into another container, perhaps that of an outer clear.
    inserted_elsewhere: bool,
}

impl Clear {
    const NONE: Self = Self { container: 0, inserted: false, inserted_elsewhere: false };
}

/// A clear by this thread, which ends when this is dropped.
pub(super) struct Clearing {
    container: usize,
    outer: Clear,
}

impl Clearing {
    /// Begins a clear of the container at this address.
    pub(super) fn begin(container: usize) -> Self {
        let clear = Clear { container, ..Clear::NONE };
        Self { container, outer: INNERMOST.with(|innermost| innermost.replace(clear)) }
    }

    /// Returns whether this thread has inserted into the container since the last call.
    pub(super) fn take_inserted(&self) -> bool {
        let clear = INNERMOST.with(Cell::get);
        debug_assert_eq!(clear.container, self.container, "clears end in the order of the stack");
        INNERMOST.with(|innermost| innermost.set(Clear { inserted: false, ..clear }));
        clear.inserted
    }
}

impl Drop for Clearing {
    fn drop(&mut self) {
        let Clear { inserted, inserted_elsewhere, .. } = INNERMOST.with(Cell::get);
        let mut outer = self.outer;
        let is_same = outer.container == self.container;
        // `inserted_elsewhere` does not say which container. At worst, the outer clear checks once
        // more in vain.
        outer.inserted |= inserted_elsewhere || (inserted && is_same);
        outer.inserted_elsewhere |= inserted_elsewhere || (inserted && !is_same);
        INNERMOST.with(|innermost| innermost.set(outer));
    }
}

/// Records that this thread is about to insert into the container at this address.
#[inline]
pub(super) fn note_insertion(container: usize) {
    let clear = INNERMOST.with(Cell::get);
    if clear.container != 0 {
        record(clear, container);
    }
}

#[cold]
fn record(mut clear: Clear, container: usize) {
    if clear.container == container {
        clear.inserted = true;
    } else {
        clear.inserted_elsewhere = true;
    }
    INNERMOST.with(|innermost| innermost.set(clear));
}
