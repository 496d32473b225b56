//! `DeathQueue` and `WeakRef::died`.
//!
//! `queue/{keys,wakers,died}.rs` are compiled once for each flavour, as the files in `flavours/` are;
//! what only several threads can show stands in `threads/queues.rs`.

#[path = "queue"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_core::DeathQueue;
    use weakref_tests::flavours::local::{Callable, Here, Obj, Ptr, Shelf, owner};

    fn queue<K>() -> DeathQueue<K, Here> {
        DeathQueue::local()
    }

    mod close;
    mod died;
    mod keys;
    mod wakers;
}

#[path = "queue"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_core::DeathQueue;
    use weakref_tests::flavours::shared::{Callable, Here, Obj, Ptr, Shelf, owner};

    fn queue<K>() -> DeathQueue<K, Here> {
        DeathQueue::new()
    }

    mod close;
    mod died;
    mod keys;
    mod wakers;
}
