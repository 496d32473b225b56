//! The words that are in use, each once. This is the file about `weakref_core`.

use std::sync::Arc;

use weakref_core::{Slotted, WeakSet};

/// A word, which is one object for all of its owners.
///
/// A `Box<str>` is not our type, so `Slotted` gives it a slot. Otherwise this is an ordinary `Arc`.
pub(crate) type Word = Arc<Slotted<Box<str>>>;

/// Knows every word that is in use, and owns none.
#[derive(Default)]
pub(crate) struct Interner {
    /// A word is in here as long as there is an `Arc` of it, and is removed with the last one.
    /// There is no size to choose, nothing to evict and nothing to sweep.
    words: WeakSet<Slotted<Box<str>>>,
}

impl Interner {
    /// Returns the one object of a word, which is made if the word is not in use.
    ///
    /// If several threads ask at the same moment, they get the same object. The set is searched for
    /// the borrowed text, which is copied only if it is new.
    pub(crate) fn intern(&self, word: &str) -> Word {
        self.words.get_or_insert_with(word, |word| Arc::new(Slotted::new(word.into())))
    }

    /// Returns how many different words are in use.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Returns how many words there is room for.
    pub(crate) fn capacity(&self) -> usize {
        self.words.capacity()
    }

    pub(crate) fn for_each(&self, mut f: impl FnMut(&Word)) {
        self.words.for_each(|word| f(word));
    }
}
