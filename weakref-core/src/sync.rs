//! The primitives under `Shared`, taken from std or, in a build with `--cfg loom`, from loom, which
//! runs a test through every order in which the threads can meet.

#[cfg(not(loom))]
mod imp {
    use std::sync::atomic::Ordering;

    pub(crate) use std::{
        hint::spin_loop,
        sync::{
            Condvar, Mutex, MutexGuard,
            atomic::{AtomicPtr, AtomicU32, AtomicUsize, fence},
        },
        thread::{Thread, current, park, park_timeout, yield_now},
        thread_local as per_thread,
    };

    /// A static that is made of these primitives.
    macro_rules! global {
        ($(#[$attr:meta])* static $NAME:ident: $T:ty = $value:expr;) => {
            $(#[$attr])* static $NAME: $T = $value;
        };
    }
    pub(crate) use global;

    /// Waits a little, the longer the more often it has been asked: for somebody who holds a lock of
    /// a few instructions, and may have lost the processor in the middle of them.
    #[cold]
    pub(crate) fn relax(tries: &mut u32) {
        *tries = tries.saturating_add(1);
        match tries {
            0..64 => spin_loop(),
            64..256 => yield_now(),
            _ => std::thread::sleep(std::time::Duration::from_micros(50)),
        }
    }

    /// Puts `new` there, and returns what was there before.
    #[inline]
    pub(crate) fn swap(pointer: &AtomicPtr<()>, new: *mut ()) -> *mut () {
        pointer.swap(new, Ordering::Acquire)
    }

    thread_local! {
        static ME: u8 = const { 0 };
    }

    /// Returns a number that no other thread has while this one lives, and which is not 0.
    ///
    /// std's `ThreadId` would do, but cannot be kept in an atomic.
    #[inline]
    pub(crate) fn thread_token() -> usize {
        ME.with(|me| std::ptr::from_ref(me).addr())
    }

    /// Reads what nobody else can reach.
    #[inline]
    pub(crate) fn exclusive(pointer: &mut AtomicPtr<()>) -> *mut () {
        *pointer.get_mut()
    }
}

#[cfg(loom)]
mod imp {
    use std::sync::atomic::Ordering;

    pub(crate) use loom::{
        hint::spin_loop,
        sync::{
            Condvar, Mutex, MutexGuard,
            atomic::{AtomicPtr, AtomicU32, AtomicUsize, fence},
        },
        thread::{Thread, current, park, yield_now},
    };

    /// As loom's, which does not know `const`.
    macro_rules! per_thread {
        ($($(#[$attr:meta])* static $NAME:ident: $T:ty = const { $value:expr };)*) => {
            loom::thread_local! { $($(#[$attr])* static $NAME: $T = $value;)* }
        };
    }
    pub(crate) use per_thread;

    /// As std's, for each run of a model anew.
    macro_rules! global {
        ($(#[$attr:meta])* static $NAME:ident: $T:ty = $value:expr;) => {
            loom::lazy_static! { $(#[$attr])* static ref $NAME: $T = $value; }
        };
    }
    pub(crate) use global;

    pub(crate) fn relax(_: &mut u32) {
        yield_now();
    }

    static TOKENS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(1);

    loom::thread_local! {
        static ME: usize = TOKENS.fetch_add(1, Ordering::Relaxed);
    }

    /// A new one for each thread: what has the address of an earlier thread could be taken for it,
    /// as loom does not see what orders the end of the one before the start of the other.
    pub(crate) fn thread_token() -> usize {
        ME.with(|me| *me)
    }

    /// Writes only what is not there already. Between a swap that has read `new` and the store that
    /// ends this, loom knows no order, and lets the swap overwrite the store.
    pub(crate) fn swap(pointer: &AtomicPtr<()>, new: *mut ()) -> *mut () {
        let put = |old| (old != new).then_some(new);
        let old = pointer.fetch_update(Ordering::Acquire, Ordering::Acquire, put);
        old.unwrap_or_else(|old| old)
    }

    /// That nobody else can reach it is what std's `Arc` says, which loom does not see. So it is told
    /// to read the newest value, and what happened before that was written.
    pub(crate) fn exclusive(pointer: &mut AtomicPtr<()>) -> *mut () {
        let null = std::ptr::null_mut();
        let seen = pointer.compare_exchange(null, null, Ordering::Acquire, Ordering::Acquire);
        seen.unwrap_or_else(|seen| seen)
    }
}

pub(crate) use imp::*;
