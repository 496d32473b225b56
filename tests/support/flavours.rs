//! What a test that stands in both flavours knows of each, under the same names.

/// What is the same in `local` and `shared` but for the names that these bring.
macro_rules! flavoured {
    (|$lock:ident| $locked:expr) => {
        /// Something that can be weakly referenced, in this flavour.
        pub type Obj<T> = weakref_core::Slotted<T, Here>;

        /// Returns the only owner of a new object.
        pub fn owner<T>(value: T) -> Ptr<Obj<T>> {
            Ptr::new(Obj::new(value))
        }

        /// A place to put things, for callbacks and tests to hand them to each other.
        #[derive(Debug)]
        pub struct Shelf<T>(Ptr<Lock<Vec<T>>>);

        impl<T> Clone for Shelf<T> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<T> Shelf<T> {
            /// Returns a shelf with these things on it.
            pub fn new(things: impl IntoIterator<Item = T>) -> Self {
                Self(Ptr::new(Lock::new(things.into_iter().collect())))
            }

            /// Adds a thing.
            pub fn put(&self, thing: T) {
                let $lock = &self.0;
                $locked.push(thing);
            }

            /// Returns all that is there. Dropping it is up to the caller, and locks nothing.
            pub fn take(&self) -> Vec<T> {
                let $lock = &self.0;
                std::mem::take(&mut *$locked)
            }
        }
    };
}

/// `Local`: objects that stay in their thread.
pub mod local {
    pub use std::{
        cell::RefCell as Lock,
        rc::{Rc as Ptr, Weak},
    };

    pub use weakref_core::Local as Here;

    /// A function as a referent.
    pub type Callable = dyn Fn() -> u32;

    /// What an object does as it dies.
    pub type Action = Box<dyn FnOnce()>;

    /// Something that can be used where its owners can: in its own thread.
    pub trait Usable {}

    impl<T: ?Sized> Usable for T {}

    flavoured!(|lock| lock.borrow_mut());
}

/// `Shared`: objects that any thread may own.
pub mod shared {
    pub use std::sync::{Arc as Ptr, Mutex as Lock, Weak};

    pub use weakref_core::Shared as Here;

    /// A function as a referent.
    pub type Callable = dyn Fn() -> u32 + Send + Sync;

    /// What an object does as it dies.
    pub type Action = Box<dyn FnOnce() + Send + Sync>;

    /// Something that can be used where its owners can: in any thread.
    pub trait Usable: Send + Sync {}

    impl<T: ?Sized + Send + Sync> Usable for T {}

    flavoured!(|lock| lock.lock().unwrap());
}
