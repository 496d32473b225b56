//! The behaviour of the core, in both flavours.
//!
//! Each file in `flavours/` is compiled twice. It takes what differs from its parent: `Ptr` is `Rc`
//! or `Arc`, `Here` is `Local` or `Shared`, `Obj<T>` a value with a slot of that flavour, and so on
//! (see `weakref_tests::flavours`). A test named `b036_..` shows the item of that number in Python's
//! behaviour.

#[path = "flavours"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_tests::flavours::local::{Callable, Here, Lock, Obj, Ptr, Shelf, Weak, owner};

    mod callbacks;
    mod callbacks_interact;
    mod clear;
    mod cost;
    mod count;
    mod death;
    mod depth;
    mod hash_eq;
    mod identity;
    mod lookups;
    mod moved;
    mod own_slot;
    mod panics;
    mod reference;
    mod serde;
    mod slices;
    mod slotted;
    mod std_weak;
}

#[path = "flavours"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_tests::flavours::shared::{Callable, Here, Lock, Obj, Ptr, Shelf, Weak, owner};

    mod callbacks;
    mod callbacks_interact;
    mod clear;
    mod cost;
    mod count;
    mod death;
    mod depth;
    mod hash_eq;
    mod identity;
    mod lookups;
    mod moved;
    mod own_slot;
    mod panics;
    mod reference;
    mod serde;
    mod slices;
    mod slotted;
    mod std_weak;
}
