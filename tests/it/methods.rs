//! `WeakMethod`, `KeyedRef`, and calls through proxies, in both flavours: as in `flavours.rs`, each file
//! is compiled twice.

use crate::proxy_macro::panics;

/// What a panic says when the object is dead.
const DEAD: &str = "weakly-referenced object no longer exists";

#[path = "methods"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_core::LocalBoxedWeakMethod as Boxed;
    use weakref_tests::flavours::local::{Callable, Here, Lock, Obj, Ptr, Shelf, Weak, owner};

    use super::{DEAD, panics};

    /// A function of any kind, as a referent.
    type Function = Obj<dyn Fn(&Obj<String>, &str) -> String>;

    mod bound;
    mod callable;
    mod calls;
    mod counts;
    mod deaths;
    mod equality;
    mod erased;
    mod keyed;
    mod keyed_panics;
    mod keys;
    mod kinds;
}

#[path = "methods"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_core::BoxedWeakMethod as Boxed;
    use weakref_tests::flavours::shared::{Callable, Here, Lock, Obj, Ptr, Shelf, Weak, owner};

    use super::{DEAD, panics};

    /// A function of any kind, as a referent.
    type Function = Obj<dyn Fn(&Obj<String>, &str) -> String + Send + Sync>;

    mod bound;
    mod callable;
    mod calls;
    mod counts;
    mod deaths;
    mod equality;
    mod erased;
    mod keyed;
    mod keyed_panics;
    mod keys;
    mod kinds;
}
