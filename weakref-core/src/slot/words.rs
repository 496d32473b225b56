//! The two words of a slot, and the short lock in the first of them.
//!
//! # The states of the first word, `head`
//!
//! ```text
//! null               no registration
//! HELD (2)           a thread holds the slot: it has taken the words, and will put them back
//! observer           one registration, of this observer; its token is in the second word
//! list | LIST (1)    a list of registrations, which the slot owns
//! ```
//!
//! An observer is aligned to 8 bytes and a list to at least 4, so the states are distinct. A thread
//! *holds* the slot after it has swapped `HELD` in and something else out. Only then it may write
//! the words. It puts the words back by writing the token (Relaxed) and then `head` (Release). That
//! pairs with the Acquire of the next swap: the token, the observer, the list.
//!
//! An object that is being dropped has its slot by `&mut`, and holds nothing.

use std::{cell::Cell, sync::atomic::Ordering};

use crate::sync::{AtomicPtr, AtomicUsize, exclusive, relax, swap};

/// The two words of a slot.
///
/// The token has 32 bits. Its word is a whole `usize` so that an empty slot is written in one
/// piece: `Rc::new` reads it back at once, and would wait for two writes.
pub trait Words: Sized {
    /// The words of an empty slot.
    #[cfg(not(weakref_loom))]
    const EMPTY: Self;
    /// Returns the words of an empty slot.
    #[cfg(weakref_loom)]
    fn empty() -> Self;
    /// Whether there is a registration: one test of one word.
    fn is_used(&mut self) -> bool;
    /// Holds the slot, and returns its words. [`put`](Self::put) comes next, after a bounded number
    /// of steps that neither block nor run user code.
    fn take(&self) -> (*mut (), usize);
    /// Writes the words and releases the slot, which this thread holds.
    fn put(&self, head: *mut (), token: usize);
    /// Returns the words and leaves those of an empty slot.
    fn take_mut(&mut self) -> (*mut (), usize);
}

/// The words of `Local`. They need no lock, as the slot's functions are not re-entered.
#[derive(Debug)]
pub struct LocalWords {
    /// As the [module](self) says, but never `HELD`.
    head: Cell<*mut ()>,
    /// The token, if `head` is an observer; otherwise unspecified.
    token: Cell<usize>,
}

impl Words for LocalWords {
    #[cfg(not(weakref_loom))]
    const EMPTY: Self = Self { head: Cell::new(std::ptr::null_mut()), token: Cell::new(0) };

    #[cfg(weakref_loom)]
    fn empty() -> Self {
        Self { head: Cell::new(std::ptr::null_mut()), token: Cell::new(0) }
    }

    #[inline]
    fn is_used(&mut self) -> bool {
        !self.head.get_mut().is_null()
    }

    #[inline]
    fn take(&self) -> (*mut (), usize) {
        (self.head.get(), self.token.get())
    }

    #[inline]
    fn put(&self, head: *mut (), token: usize) {
        self.head.set(head);
        self.token.set(token);
    }

    #[inline]
    fn take_mut(&mut self) -> (*mut (), usize) {
        (self.head.replace(std::ptr::null_mut()), self.token.get())
    }
}

/// The words of `Shared`: the first is a lock at the same time.
///
/// It is held for a bounded number of instructions, without an allocation. So a thread that finds
/// it held spins, then yields, then sleeps for a short time. A lock with a queue would need more
/// room.
#[derive(Debug)]
pub struct SharedWords {
    /// As the [module](self) says.
    head: AtomicPtr<()>,
    /// The token, if `head` is an observer; otherwise unspecified. Accessed only by the thread that
    /// holds the slot, so every access is Relaxed.
    token: AtomicUsize,
}

/// The first word while a thread holds the slot.
const HELD: *mut () = std::ptr::without_provenance_mut(2);

impl Words for SharedWords {
    #[cfg(not(weakref_loom))]
    const EMPTY: Self =
        Self { head: AtomicPtr::new(std::ptr::null_mut()), token: AtomicUsize::new(0) };

    #[cfg(weakref_loom)]
    fn empty() -> Self {
        Self { head: AtomicPtr::new(std::ptr::null_mut()), token: AtomicUsize::new(0) }
    }

    #[inline]
    fn is_used(&mut self) -> bool {
        !exclusive(&mut self.head).is_null()
    }

    #[inline]
    fn take(&self) -> (*mut (), usize) {
        let mut tries = 0;
        loop {
            // Acquire, with the Release in `put`: the token, and what the pointer points to.
            let head = swap(&self.head, HELD);
            if head != HELD {
                return (head, self.token.load(Ordering::Relaxed));
            }
            relax(&mut tries);
        }
    }

    #[inline]
    fn put(&self, head: *mut (), token: usize) {
        self.token.store(token, Ordering::Relaxed);
        // Release, with the Acquire in `take`: the token, and what the pointer points to.
        self.head.store(head, Ordering::Release);
    }

    #[inline]
    fn take_mut(&mut self) -> (*mut (), usize) {
        let head = exclusive(&mut self.head);
        // By `&mut`, so these are plain accesses.
        self.head = AtomicPtr::new(std::ptr::null_mut());
        (head, self.token.load(Ordering::Relaxed))
    }
}
