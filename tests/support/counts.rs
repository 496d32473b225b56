//! Those who count what is left, in whichever thread it is dropped.

use std::{
    borrow::Borrow,
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
