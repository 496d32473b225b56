//! A file, as far as this example needs one: its words.

use std::{fs, io, path::Path};

use unicode_ident::{is_xid_continue, is_xid_start};

use crate::interner::{Interner, Word};

/// Owns the words of a file, in their order, each as often as it occurs.
pub(crate) struct Document {
    words: Box<[Word]>,
}

impl Document {
    /// Reads a file. One that is not UTF-8 is not a document.
    pub(crate) fn read(path: &Path, interner: &Interner) -> io::Result<Option<Self>> {
        let Ok(text) = String::from_utf8(fs::read(path)?) else { return Ok(None) };
        Ok(Some(Self { words: words(&text).map(|word| interner.intern(word)).collect() }))
    }

    pub(crate) fn words(&self) -> &[Word] {
        &self.words
    }
}

/// Returns the words that could be identifiers in some language. That includes keywords and the
/// words of comments, but not numbers, nor letters that are part of a number, as in `0xff`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_xid_continue(c))
        .filter(|run| run.starts_with(|first| first == '_' || is_xid_start(first)))
}
