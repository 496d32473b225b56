//! Finalizers, in both flavours: as in `flavours.rs`, each file is compiled twice; what only
//! several threads can show stands in `threads/finalizers.rs`.
//!
//! Nothing here calls `exit::run`, which would run the finalizers of the tests beside it: see
//! `exit.rs`.

use weakref_tests::Log;

/// Returns a function that notes `what`, and returns it.
// A reference would be a burden on every call.
#[allow(clippy::needless_pass_by_value)]
fn note<W: ToString>(log: &Log, what: W) -> impl FnOnce() -> String + Send + 'static + use<W> {
    let (log, what) = (log.clone(), what.to_string());
    move || {
        log.note(&what);
        what
    }
}

#[path = "finalize"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_core::LocalBoxedFinalizer as Boxed;
    use weakref_tests::flavours::local::{Here, Lock, Obj, Ptr, Shelf, Usable, Weak, owner};

    use super::note;

    /// A function of any kind.
    type Function = dyn FnOnce();

    /// Borrows what is in a lock.
    fn borrow<T>(lock: &Lock<T>) -> std::cell::RefMut<'_, T> {
        lock.borrow_mut()
    }

    mod basics;
    mod chains;
    mod count;
    mod erased;
    mod last_look;
    mod order;
    mod owners;
    mod panics;
    mod peek;
    mod reentry;
    mod unowned;
}

#[path = "finalize"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_core::BoxedFinalizer as Boxed;
    use weakref_tests::flavours::shared::{Here, Lock, Obj, Ptr, Shelf, Usable, Weak, owner};

    use super::note;

    /// A function of any kind.
    type Function = dyn FnOnce() + Send;

    /// Borrows what is in a lock.
    fn borrow<T>(lock: &Lock<T>) -> std::sync::MutexGuard<'_, T> {
        lock.lock().unwrap()
    }

    mod basics;
    mod chains;
    mod count;
    mod erased;
    mod last_look;
    mod order;
    mod owners;
    mod panics;
    mod peek;
    mod reentry;
    mod unowned;
}
