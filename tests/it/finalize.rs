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
    use weakref_tests::flavours::local::{Here, Obj, Ptr, Shelf, Weak, owner};

    use super::note;

    /// A function of any kind.
    type Function = dyn FnOnce();

    mod basics;
    mod chains;
    mod count;
    mod erased;
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
    use weakref_tests::flavours::shared::{Here, Obj, Ptr, Shelf, Weak, owner};

    use super::note;

    /// A function of any kind.
    type Function = dyn FnOnce() + Send;

    mod basics;
    mod chains;
    mod count;
    mod erased;
    mod order;
    mod owners;
    mod panics;
    mod peek;
    mod reentry;
    mod unowned;
}
