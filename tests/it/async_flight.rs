//! `get_or_insert_with_async` of `WeakValueMap`, polled by hand.
//!
//! The files in `async_flight/` are compiled once for each flavour, as those in `flavours/` are; what
//! only several threads can show stands in `threads/containers/async_flight.rs`.

#[path = "async_flight"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_tests::flavours::local::{Obj, Ptr, Shelf, owner};

    mod borrowed_keys;
    mod cancellation;
    mod factory;
    mod random;
    mod reentrancy;
    mod sharing;
    mod wakers;
}

#[path = "async_flight"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_tests::flavours::shared::{Obj, Ptr, Shelf, owner};

    mod borrowed_keys;
    mod cancellation;
    mod factory;
    mod random;
    mod reentrancy;
    mod sharing;
    mod wakers;
}
