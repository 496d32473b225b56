//! `WeakList`: everything it can do, in both flavours.
//!
//! Each file in `list/` but `threads.rs` is compiled twice, with `Ptr = Rc` and with `Ptr = Arc`.

#[path = "list"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_tests::flavours::local::{Here, Obj, Ptr, Shelf, Usable, owner};

    mod basics;
    mod deaths;
    mod keys;
    mod model;
    mod moved;
    mod panics;
    mod traits;
    mod walks;
}

#[path = "list"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_tests::flavours::shared::{Here, Obj, Ptr, Shelf, Usable, owner};

    mod basics;
    mod deaths;
    mod keys;
    mod model;
    mod moved;
    mod panics;
    mod traits;
    mod walks;
}

mod threads;
