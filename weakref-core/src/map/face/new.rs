//! Constructors.

/// The constructors of a container with a hasher of the user's.
macro_rules! hashed {
    (
        impl [$($generics:tt)*] $Name:ident [$($args:ty),*] for [$($referents:ty),*]
        where [$($bounds:tt)*]
    ) => {
        impl<$($generics)*> $Name<$($args),*>
        where
            $($bounds)*
        {
            /// Returns an empty container. Allocates the shards, but no table.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use weakref_core::{Slotted, ", stringify!($Name), "};")]
            ///
            #[doc = concat!("assert!(", stringify!($Name), "::<", $(stringify!($referents), ", ",)* ">::new().is_empty());")]
            /// ```
            pub fn new() -> Self {
                Self::with_hasher(RandomState::new())
            }

            /// Returns an empty container with room for at least `capacity` entries, spread over the
            /// shards (see [`reserve`](Self::reserve)). That room stays when entries go.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use weakref_core::{Slotted, ", stringify!($Name), "};")]
            ///
            #[doc = concat!("let empty = ", stringify!($Name), "::<", $(stringify!($referents), ", ",)* ">::with_capacity(100);")]
            /// assert!(empty.capacity() >= 100);
            /// ```
            ///
            /// # Panics
            ///
            /// If `capacity` is too large to allocate.
            pub fn with_capacity(capacity: usize) -> Self {
                Self::with_capacity_and_hasher(capacity, RandomState::new())
            }
        }

        impl<$($generics)*, S> $Name<$($args),*, S>
        where
            $($bounds)*
        {
            /// Returns an empty container that hashes with `hasher`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::hash::{BuildHasherDefault, DefaultHasher};
            #[doc = concat!("use weakref_core::{Slotted, ", stringify!($Name), "};")]
            ///
            /// let hasher = BuildHasherDefault::<DefaultHasher>::default();
            #[doc = concat!("let empty = ", stringify!($Name), "::<", $(stringify!($referents), ", ",)* "_>::with_hasher(hasher);")]
            /// assert!(empty.is_empty());
            /// ```
            pub fn with_hasher(hasher: S) -> Self {
                Self::with_capacity_and_hasher(0, hasher)
            }

            /// Returns an empty container with room for at least `capacity` entries, spread over the
            /// shards (see [`reserve`](Self::reserve)), that hashes with `hasher`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::hash::RandomState;
            #[doc = concat!("use weakref_core::{Slotted, ", stringify!($Name), "};")]
            ///
            /// let hasher = RandomState::new();
            #[doc = concat!("let empty = ", stringify!($Name), "::<", $(stringify!($referents), ", ",)* "_>::with_capacity_and_hasher(100, hasher);")]
            /// assert!(empty.capacity() >= 100);
            /// ```
            ///
            /// # Panics
            ///
            /// If `capacity` is too large to allocate.
            pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
                Self { shards: Shards::with_capacity(capacity), hasher }
            }
        }
    };
}
pub(crate) use hashed;

/// The constructors of a container that goes by identity.
macro_rules! by_address {
    (
        impl [$($generics:tt)*] $Name:ident [$($args:ty),*] for [$($referents:ty),*]
        where [$($bounds:tt)*]
    ) => {
        impl<$($generics)*> $Name<$($args),*>
        where
            $($bounds)*
        {
            /// Returns an empty container. Allocates the shards, but no table.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use weakref_core::{Slotted, ", stringify!($Name), "};")]
            ///
            #[doc = concat!("assert!(", stringify!($Name), "::<", $(stringify!($referents), ", ",)* ">::new().is_empty());")]
            /// ```
            pub fn new() -> Self {
                Self::with_capacity(0)
            }

            /// Returns an empty container with room for at least `capacity` entries, spread over the
            /// shards (see [`reserve`](Self::reserve)). That room stays when entries go.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use weakref_core::{Slotted, ", stringify!($Name), "};")]
            ///
            #[doc = concat!("let empty = ", stringify!($Name), "::<", $(stringify!($referents), ", ",)* ">::with_capacity(100);")]
            /// assert!(empty.capacity() >= 100);
            /// ```
            ///
            /// # Panics
            ///
            /// If `capacity` is too large to allocate.
            pub fn with_capacity(capacity: usize) -> Self {
                Self { shards: Shards::with_capacity(capacity), hasher: ByAddress }
            }
        }
    };
}
pub(crate) use by_address;
