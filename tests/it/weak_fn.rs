//! `weak_fn!` and `weak_fn_or!`, in both flavours: as in `flavours.rs`, each file is compiled twice.

#[path = "weak_fn"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_tests::flavours::local::{Here, Obj, Ptr, Shelf, Usable, owner};

    /// What can be called with a text.
    type Hears = Box<dyn Fn(&str) -> Option<usize>>;

    mod calls;
    mod owners;
}

#[path = "weak_fn"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_tests::flavours::shared::{Here, Obj, Ptr, Shelf, Usable, owner};

    /// What can be called with a text.
    type Hears = Box<dyn Fn(&str) -> Option<usize> + Send + Sync>;

    mod calls;
    mod owners;
}
