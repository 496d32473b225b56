//! The words that somebody has, each once. This is the file about `weakref_core`.

use std::sync::Arc;

use weakref_core::{Slotted, WeakSet};

/// A word, which is one object for all who have it.
///
/// A `Box<str>` is not ours, so it gets its slot by `Slotted`; otherwise this is an ordinary `Arc`.
pub(crate) type Word = Arc<Slotted<Box<str>>>;

/// Knows every word that somebody has, and owns none.
#[derive(Default)]
pub(crate) struct Interner {
    /// A word is here as long as anybody holds its `Arc`, and leaves with the last one. There is no
    /// size to choose, nothing to evict and nothing to sweep.
    words: WeakSet<Slotted<Box<str>>>,
}

impl Interner {
    /// Returns the one object of a word, which is made if nobody has it.
    ///
    /// Any number of threads may ask at the same moment, and get the same object. The set is asked for
    /// the borrowed text: it is copied only where it is new.
    pub(crate) fn intern(&self, word: &str) -> Word {
        self.words.get_or_insert_with(word, |word| Arc::new(Slotted::new(word.into())))
    }

    /// Returns how many different words somebody has.
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
