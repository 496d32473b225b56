//! The word in which a reference or a node keeps the hash of the object.
//!
//! ```text
//! 0                no hash yet
//! even             the hash; computed once, or by several threads with the same result
//! node | 1         a pointer to the node of a reference; written when the reference is made
//! ```
//!
//! All accesses are Relaxed: a hash is the whole message, and a pointer is written before the
//! reference is shared.
#![allow(unsafe_code)]

use std::{
    ptr::NonNull,
    sync::atomic::{AtomicPtr, Ordering},
};

/// One word: 0, a hash, or a pointer to a node.
///
/// A hash is kept in the references without a node, and in the nodes. `keep` and `get` are called
/// on those only, so they never see a pointer.
#[derive(Debug)]
pub(crate) struct KeptHash(AtomicPtr<()>);

impl KeptHash {
    /// Returns a word without hash and without node.
    pub(super) const fn new() -> Self {
        Self(AtomicPtr::new(std::ptr::null_mut()))
    }

    /// Returns a word with a pointer to a node.
    pub(super) fn from_pointer(pointer: *mut ()) -> Self {
        Self(AtomicPtr::new(pointer.map_addr(|addr| addr | 1)))
    }

    /// Returns the pointer, if the word has one.
    #[inline]
    pub(super) fn pointer(&self) -> Option<NonNull<()>> {
        let word = self.0.load(Ordering::Relaxed);
        // One test, in every use of a reference without callback.
        (word.addr() & 1 != 0).then(|| {
            // SAFETY: only `from_pointer` writes odd words. Without the bit, they are its non-null
            // pointers.
            unsafe { NonNull::new_unchecked(word.map_addr(|addr| addr - 1)) }
        })
    }

    /// Returns the hash, if it has been computed.
    pub(super) fn get(&self) -> Option<u64> {
        let hash = self.0.load(Ordering::Relaxed).addr();
        (hash != 0).then_some(hash as u64)
    }

    /// Stores the hash, and returns it as it was stored: without the lowest bit, not 0, and in 32
    /// bits on machines with such words.
    pub(super) fn keep(&self, hash: u64) -> u64 {
        #[allow(clippy::cast_possible_truncation)]
        let hash = (hash as usize | 2) & !1;
        self.0.store(std::ptr::without_provenance_mut(hash), Ordering::Relaxed);
        hash as u64
    }
}

impl Clone for KeptHash {
    #[inline]
    fn clone(&self) -> Self {
        Self(AtomicPtr::new(self.0.load(Ordering::Relaxed)))
    }
}
