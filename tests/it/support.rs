//! What the tests of all modules share.

use std::{
    any::Any,
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use weakref_core::{Unraisable, WeakRef, Weakrefable, reset_unraisable_hook, set_unraisable_hook};

/// What is the same in `local` and `shared` but for the names that these bring.
macro_rules! flavoured {
    (|$lock:ident| $locked:expr) => {
        /// Something that can be weakly referenced, in this flavour.
        pub(crate) type Obj<T> = weakref_core::Slotted<T, Here>;

        /// Returns the only owner of a new object.
        pub(crate) fn owner<T>(value: T) -> Ptr<Obj<T>> {
            Ptr::new(Obj::new(value))
        }

        /// A place to put things, for callbacks and tests to hand them to each other.
        #[derive(Debug)]
        pub(crate) struct Shelf<T>(Ptr<Lock<Vec<T>>>);

        impl<T> Clone for Shelf<T> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<T> Shelf<T> {
            pub(crate) fn new(things: impl IntoIterator<Item = T>) -> Self {
                Self(Ptr::new(Lock::new(things.into_iter().collect())))
            }

            pub(crate) fn put(&self, thing: T) {
                let $lock = &self.0;
                $locked.push(thing);
            }

            /// Returns all that is there. Dropping it is up to the caller, and locks nothing.
            pub(crate) fn take(&self) -> Vec<T> {
                let $lock = &self.0;
                std::mem::take(&mut *$locked)
            }
        }
    };
}

/// What a test that stands in both flavours knows of `Local`: the same names as in [`shared`].
pub(crate) mod local {
    pub(crate) use std::rc::{Rc as Ptr, Weak};

    pub(crate) use std::cell::RefCell as Lock;
    pub(crate) use weakref_core::Local as Here;

    /// A function as a referent.
    pub(crate) type Callable = dyn Fn() -> u32;

    flavoured!(|lock| lock.borrow_mut());
}

/// What a test that stands in both flavours knows of `Shared`: the same names as in [`local`].
pub(crate) mod shared {
    pub(crate) use std::sync::{Arc as Ptr, Weak};

    pub(crate) use std::sync::Mutex as Lock;
    pub(crate) use weakref_core::Shared as Here;

    /// A function as a referent.
    pub(crate) type Callable = dyn Fn() -> u32 + Send + Sync;

    flavoured!(|lock| lock.lock().unwrap());
}

/// What has happened, in order. Every clone is the same log, and may be in any thread.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

// A reference would be a burden on every call.
#[allow(clippy::needless_pass_by_value)]
impl Log {
    pub(crate) fn note(&self, what: impl ToString) {
        self.0.lock().unwrap().push(what.to_string());
    }

    /// Returns all notes since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// Returns a callback that notes `what`.
    pub(crate) fn call<T: ?Sized + Weakrefable, W: ToString>(
        &self,
        what: W,
    ) -> impl FnOnce(&WeakRef<T>) + Send + 'static + use<T, W> {
        let (log, what) = (self.clone(), what.to_string());
        move |_: &WeakRef<T>| log.note(what)
    }

    /// Returns a value that notes `what` when it drops.
    pub(crate) fn drop(&self, what: impl ToString) -> NotesDrop {
        NotesDrop { log: self.clone(), what: what.to_string() }
    }
}

#[derive(Debug)]
pub(crate) struct NotesDrop {
    log: Log,
    what: String,
}

impl Drop for NotesDrop {
    fn drop(&mut self) {
        self.log.note(&self.what);
    }
}

/// The panics at deaths in this thread, from here on.
///
/// The hook is one for the whole program: tests that set it take turns, by holding this.
pub(crate) struct Unraisables {
    seen: Log,
    _turn: MutexGuard<'static, ()>,
}

impl Unraisables {
    /// Listens, and calls `also` with each.
    pub(crate) fn listen_and(also: impl Fn(&(dyn Any + Send)) + Send + Sync + 'static) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, here) = (Log::default(), thread::current().id());
        set_unraisable_hook({
            let seen = seen.clone();
            move |unraisable: &Unraisable<'_>| {
                // The tests of other modules run meanwhile, and may panic at deaths as well.
                if thread::current().id() == here {
                    let message = unraisable.message().unwrap_or("no string");
                    seen.note(format!("{message} in {}", unraisable.source()));
                    also(unraisable.payload());
                }
            }
        });
        Self { seen, _turn: turn }
    }

    pub(crate) fn listen() -> Self {
        Self::listen_and(|_| ())
    }

    /// Returns what there was since the last call: `<message> in <source>`.
    pub(crate) fn take(&self) -> Vec<String> {
        self.seen.take()
    }
}

impl Drop for Unraisables {
    fn drop(&mut self) {
        reset_unraisable_hook();
    }
}

/// Returns whether a type implements a trait, which need not be so for the program to compile.
///
/// An associated constant of the type itself is preferred to one of a trait's: the first exists
/// only where the bound holds.
macro_rules! implements {
    ($type:ty: $($bound:tt)+) => {{
        #[allow(dead_code)]
        trait Otherwise {
            const IT_DOES: bool = false;
        }
        impl<T: ?Sized> Otherwise for T {}
        struct Type<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $($bound)+> Type<T> {
            const IT_DOES: bool = true;
        }
        <Type<$type>>::IT_DOES
    }};
}
pub(crate) use implements;

/// How many rounds a stress test goes: `WEAKREF_STRESS`, or this many.
pub(crate) fn rounds(default: usize) -> usize {
    match std::env::var("WEAKREF_STRESS") {
        Ok(rounds) => rounds.parse().expect("WEAKREF_STRESS is a number"),
        Err(_) => default,
    }
}

/// Runs `f` with the stack of an ordinary program, and returns what it returns.
///
/// A test's own thread has less, and an environment variable can change that.
pub(crate) fn on_8_mib<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = thread::Builder::new().stack_size(8 << 20).spawn(f);
    thread.unwrap().join().unwrap()
}

/// Returns the thread this is run in.
pub(crate) fn here() -> ThreadId {
    thread::current().id()
}

/// Asserts that `work` takes time in proportion to its size, more or less.
///
/// The large one has 200 times the size, so quadratic work takes 40,000 times the time. Caches, and
/// whatever else the machine is doing, make it more than 200.
#[track_caller]
pub(crate) fn assert_linear<W>(prepare: impl Fn(usize) -> W, work: impl Fn(W)) {
    let fastest = |size: usize| -> Duration {
        let run = |_| {
            let prepared = prepare(size);
            let start = Instant::now();
            work(prepared);
            start.elapsed()
        };
        (0..3).map(run).min().unwrap()
    };
    let (small, large) = (fastest(1_000), fastest(200_000));
    // Both, as one is short enough for a single interruption to spoil, and the other depends on the
    // machine: quadratic work is far beyond the two.
    let plenty = (6_000 * small).max(Duration::from_secs(4));
    assert!(large < plenty, "1,000 took {small:?}, 200,000 took {large:?}");
}

/// Numbers that look like chance, and are the same in each run (xorshift).
#[derive(Debug)]
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// Asserts that two lists hold the same references, in the same order.
#[track_caller]
pub(crate) fn assert_same<T: ?Sized + Weakrefable>(found: &[WeakRef<T>], expected: &[&WeakRef<T>]) {
    let same = found.iter().zip(expected).all(|(one, other)| one.ptr_eq(other));
    assert!(found.len() == expected.len() && same, "{found:?} are not {expected:?}");
}

/// Returns what a panic was given, as far as it is a string.
#[track_caller]
pub(crate) fn panic_message<R: Debug>(result: thread::Result<R>) -> String {
    let payload = result.expect_err("it panics");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("a string")).to_string(),
    }
}
