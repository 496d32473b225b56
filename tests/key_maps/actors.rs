//! Keys and values that are counted by their thread, and values that do things on demand.

use std::cell::Cell;

use weakref_tests::{Call, called};

thread_local! {
    static ALIVE: Cell<isize> = const { Cell::new(0) };
}

/// Something that is counted by the thread that makes it, and is to be dropped there.
#[derive(Debug)]
pub(crate) struct Counted(());

impl Counted {
    pub(crate) fn new() -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let _ = ALIVE.try_with(|alive| alive.set(alive.get() - 1));
    }
}

/// Notices keys and values that are not dropped, or twice.
#[must_use]
pub(crate) struct Leaks {
    before: isize,
}

impl Leaks {
    pub(crate) fn watch() -> Self {
        Self { before: ALIVE.get() }
    }

    /// How many keys and values there are that there were not before.
    pub(crate) fn alive(&self) -> isize {
        ALIVE.get() - self.before
    }

    #[track_caller]
    pub(crate) fn assert_none(&self) {
        assert_eq!(self.alive(), 0, "so many keys and values are left");
    }
}

/// A value that calls who has asked for it by [`on`](weakref_tests::on).
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) number: u32,
    _counted: Counted,
}

impl Value {
    pub(crate) fn new(number: u32) -> Self {
        Self { number, _counted: Counted::new() }
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        called(Call::ValueClone, self.number);
        Self::new(self.number)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        called(Call::ValueDrop, self.number);
    }
}

/// What maps are filled with here.
pub(crate) trait Numbered: Clone + Send + Sync + 'static {
    fn numbered(number: u32) -> Self;
    fn number(&self) -> u32;
}

impl Numbered for u32 {
    fn numbered(number: u32) -> Self {
        number
    }

    fn number(&self) -> u32 {
        *self
    }
}

impl Numbered for Value {
    fn numbered(number: u32) -> Self {
        Self::new(number)
    }

    fn number(&self) -> u32 {
        self.number
    }
}
