//! How many bytes it takes to keep all words.
//!
//! The sizes of allocations are counted, without what the allocator itself needs.

use crate::{
    document::Document,
    interner::{Interner, Word},
};

pub(crate) struct Bytes {
    /// If each word of each document were a `Box<str>` of its own: the boxes and their texts.
    pub(crate) copies: usize,
    /// A pointer for each word of each document, and for each distinct word the counts of its
    /// `Arc`, its slot, its `Box<str>` and its text.
    pub(crate) shared: usize,
    /// The table of the set, with its empty buckets.
    pub(crate) set: usize,
}

impl Bytes {
    pub(crate) fn of(documents: &[Document], interner: &Interner) -> Self {
        /// A weak pointer, eight bytes to find it by, one byte of the hash table, and an eighth of
        /// all that, as so many buckets are never filled.
        const ROOM_OF_A_WORD: usize = 20;

        let (mut copies, mut shared) = (0, 0);
        for word in documents.iter().flat_map(Document::words) {
            copies += size_of::<Box<str>>() + word.len();
            shared += size_of::<Word>();
        }
        interner.for_each(|word| {
            let counts = 2 * size_of::<usize>();
            shared += counts + size_of_val(&**word) + word.len();
        });
        Self { copies, shared, set: interner.capacity() * ROOM_OF_A_WORD }
    }

    /// Returns how many bytes less it takes to have each word once.
    pub(crate) fn saved(&self) -> isize {
        self.copies.wrapping_sub(self.shared + self.set).cast_signed()
    }
}
