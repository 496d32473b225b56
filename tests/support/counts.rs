//! Those who count what is left, in whichever thread it is dropped.

use std::{
    borrow::Borrow,
    cell::Cell,
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Counts how many of its tokens exist.
#[derive(Debug, Default, Clone)]
pub struct Tally(Arc<AtomicUsize>);

impl Tally {
    /// Returns one more.
    pub fn token(&self) -> Token {
        self.0.fetch_add(1, Ordering::Relaxed);
        Token(self.clone())
    }

    /// Returns how many there are.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Something that is counted, clones and all, until it is dropped.
#[derive(Debug)]
pub struct Token(Tally);

impl Clone for Token {
    fn clone(&self) -> Self {
        self.0.token()
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A key or a value that is counted. As a key it is found by its first field.
#[derive(Debug, Clone)]
pub struct Counted<T>(pub T, pub Token);

impl<T: PartialEq> PartialEq for Counted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Eq> Eq for Counted<T> {}

impl<T: Hash> Hash for Counted<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> Borrow<T> for Counted<T> {
    fn borrow(&self) -> &T {
        &self.0
    }
}

thread_local! {
    static ALIVE: Cell<isize> = const { Cell::new(0) };
}

/// A field of the objects that [`Leaks`] counts: in the thread that makes and drops them.
#[derive(Debug)]
pub struct Tracked(());

impl Default for Tracked {
    fn default() -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(())
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let _ = ALIVE.try_with(|alive| alive.set(alive.get() - 1));
    }
}

/// Notices objects that are not dropped, or twice.
#[derive(Debug)]
#[must_use]
pub struct Leaks(isize);

impl Leaks {
    /// Begins to count.
    pub fn watch() -> Self {
        Self(ALIVE.get())
    }

    /// Returns how many objects there are that there were not before.
    pub fn alive(&self) -> isize {
        ALIVE.get() - self.0
    }

    /// Asserts that all objects that were made since have been dropped.
    #[track_caller]
    pub fn assert_none(&self) {
        assert_eq!(self.alive(), 0, "objects are left");
    }
}
