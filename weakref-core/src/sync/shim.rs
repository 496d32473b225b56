//! The primitives under `Shared`, from std or, with `--cfg weakref_loom`, from loom, which runs a
//! test in every order of the threads' steps.

#[cfg(not(weakref_loom))]
mod imp {
    use std::sync::atomic::Ordering;

    pub(crate) use std::{
        hint::spin_loop,
        sync::{
            Condvar, Mutex, MutexGuard,
            atomic::{AtomicPtr, AtomicU32, AtomicUsize, fence},
        },
        thread::yield_now,
        thread_local as per_thread,
    };

    /// Declares a static that contains these primitives.
    macro_rules! global {
        ($(#[$attr:meta])* static $NAME:ident: $T:ty = $value:expr;) => {
            $(#[$attr])* static $NAME: $T = $value;
        };
    }
    pub(crate) use global;

    /// Waits for a short time, which grows with the number of tries. For a lock that is held for a
    /// few instructions, by a thread that may have been preempted.
    #[cold]
    pub(crate) fn relax(tries: &mut u32) {
        *tries = tries.saturating_add(1);
        match tries {
            0..64 => spin_loop(),
            64..256 => yield_now(),
            _ => std::thread::sleep(std::time::Duration::from_micros(50)),
        }
    }

    /// Swaps `new` in with Acquire, and returns the previous pointer.
    #[inline]
    pub(crate) fn swap(pointer: &AtomicPtr<()>, new: *mut ()) -> *mut () {
        pointer.swap(new, Ordering::Acquire)
    }

    thread_local! {
        /// Has an address of its own in each thread.
        static ME: u8 = const { 0 };
    }

    /// Returns a number other than 0 that no other running thread has. std's `ThreadId` cannot be
    /// stored in an atomic.
    #[inline]
    pub(crate) fn thread_token() -> usize {
        ME.with(|me| std::ptr::from_ref(me).addr())
    }

    /// Subtracts `bytes` from the address and returns the previous pointer. Keeps the provenance.
    #[inline]
    pub(crate) fn byte_sub<T>(pointer: &AtomicPtr<T>, bytes: usize, order: Ordering) -> *mut T {
        pointer.fetch_byte_sub(bytes, order)
    }

    /// An atomic pointer, with a `const fn` that makes a null pointer.
    #[derive(Debug)]
    pub(crate) struct ConstAtomicPtr<T>(AtomicPtr<T>);

    impl<T> ConstAtomicPtr<T> {
        pub(crate) const fn new() -> Self {
            Self(AtomicPtr::new(std::ptr::null_mut()))
        }
    }

    impl<T> std::ops::Deref for ConstAtomicPtr<T> {
        type Target = AtomicPtr<T>;

        #[inline]
        fn deref(&self) -> &AtomicPtr<T> {
            &self.0
        }
    }

    /// Reads a pointer that no other thread can reach.
    #[inline]
    pub(crate) fn exclusive(pointer: &mut AtomicPtr<()>) -> *mut () {
        *pointer.get_mut()
    }
}

#[cfg(weakref_loom)]
mod imp {
    use std::sync::atomic::Ordering;

    pub(crate) use loom::{
        hint::spin_loop,
        sync::{
            Condvar, Mutex, MutexGuard,
            atomic::{AtomicPtr, AtomicU32, AtomicUsize, fence},
        },
        thread::yield_now,
    };

    /// loom's `thread_local!`, with the syntax of std's: loom's does not accept `const`.
    macro_rules! per_thread {
        ($($(#[$attr:meta])* static $NAME:ident: $T:ty = const { $value:expr };)*) => {
            loom::thread_local! { $($(#[$attr])* static $NAME: $T = $value;)* }
        };
    }
    pub(crate) use per_thread;

    /// Declares a static that each run of a model initializes anew.
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

    /// Returns a new number for each thread. An address could be that of an earlier thread, and
    /// loom does not see what orders the end of that thread before the start of this one.
    pub(crate) fn thread_token() -> usize {
        ME.with(|me| *me)
    }

    /// Writes `new` only if it is not there already. loom knows no order between a swap that has
    /// read `new` and the store that releases it, and would let the swap overwrite the store.
    pub(crate) fn swap(pointer: &AtomicPtr<()>, new: *mut ()) -> *mut () {
        let put = |old| (old != new).then_some(new);
        let old = pointer.fetch_update(Ordering::Acquire, Ordering::Acquire, put);
        old.unwrap_or_else(|old| old)
    }

    pub(crate) fn byte_sub<T>(pointer: &AtomicPtr<T>, bytes: usize, order: Ordering) -> *mut T {
        let sub = |old: *mut T| Some(old.map_addr(|addr| addr.wrapping_sub(bytes)));
        let (Ok(old) | Err(old)) = pointer.fetch_update(order, Ordering::Relaxed, sub);
        old
    }

    /// An atomic pointer, with a `const fn` that makes a null pointer. loom's pointers are not made
    /// by a `const fn`, so it is made at the first use: a model must use it before it spawns
    /// threads.
    #[derive(Debug)]
    pub(crate) struct ConstAtomicPtr<T>(std::sync::OnceLock<AtomicPtr<T>>);

    impl<T> ConstAtomicPtr<T> {
        pub(crate) const fn new() -> Self {
            Self(std::sync::OnceLock::new())
        }
    }

    impl<T> std::ops::Deref for ConstAtomicPtr<T> {
        type Target = AtomicPtr<T>;

        fn deref(&self) -> &AtomicPtr<T> {
            self.0.get_or_init(|| AtomicPtr::new(std::ptr::null_mut()))
        }
    }

    /// Reads a pointer that no other thread can reach, as the last `Arc` has been dropped. loom
    /// does not see that, so this acquires the newest value.
    pub(crate) fn exclusive(pointer: &mut AtomicPtr<()>) -> *mut () {
        let null = std::ptr::null_mut();
        let seen = pointer.compare_exchange(null, null, Ordering::Acquire, Ordering::Acquire);
        seen.unwrap_or_else(|seen| seen)
    }
}

pub(crate) use imp::*;
