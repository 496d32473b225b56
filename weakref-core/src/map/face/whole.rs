//! Size, room, and listeners.

/// What is said of a container as a whole: its size, its room, and who is told of removals.
macro_rules! whole {
    (
        impl [$($generics:tt)*] $Name:ident [$($args:ty),*] in $F:ty,
        hasher $H:ty, listeners $Told:ty, example $it:ident
        $(#[doc = $setup:expr])*
    ) => {
        impl<$($generics)*> $Name<$($args),*> {
            /// Returns the hasher.
            ///
            /// # Examples
            ///
            /// ```
            /// # use std::rc::Rc;
            #[doc = concat!("# use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            $(#[doc = $setup])*
            #[doc = concat!("let _hasher = ", stringify!($it), ".hasher();")]
            /// # drop(owner);
            /// ```
            pub fn hasher(&self) -> &$H {
                &self.hasher
            }

            /// Returns the number of entries. O(number of shards).
            ///
            /// Exact, unless another thread is just using the container.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!("assert_eq!(", stringify!($it), ".len(), 1);")]
            /// drop(owner);
            #[doc = concat!("assert_eq!(", stringify!($it), ".len(), 0);")]
            /// ```
            pub fn len(&self) -> usize {
                self.shards.each().map(|shard| shard.entries.len()).sum()
            }

            /// Returns whether there is no entry. O(number of shards).
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!("assert!(!", stringify!($it), ".is_empty());")]
            /// drop(owner);
            #[doc = concat!("assert!(", stringify!($it), ".is_empty());")]
            /// ```
            pub fn is_empty(&self) -> bool {
                self.shards.each().all(|shard| shard.entries.is_empty())
            }

            /// Returns how many entries the tables have room for, all together. In `Shared`, that of
            /// one shard can be full before.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!("assert!(", stringify!($it), ".capacity() >= 1);")]
            /// # drop(owner);
            /// ```
            pub fn capacity(&self) -> usize {
                self.shards.each().map(|shard| shard.entries.capacity()).sum()
            }

            /// Makes room for `additional` more entries, spread over the shards, and keeps that room
            /// when entries go.
            ///
            /// In `Shared`, where hashes choose the shard, each has some room to spare. So it is seldom,
            /// but not never, that one of them still has to grow.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!(stringify!($it), ".reserve(100);")]
            #[doc = concat!("assert!(", stringify!($it), ".capacity() > 100);")]
            /// # drop(owner);
            /// ```
            ///
            /// # Panics
            ///
            /// If the new capacity is too large to allocate.
            pub fn reserve(&self, additional: usize) {
                let share = self.shards.share(additional);
                self.shards.each().for_each(|mut shard| shard.reserve(share));
            }

            /// The same, where too much is no reason to panic.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!("assert!(", stringify!($it), ".try_reserve(100).is_ok());")]
            #[doc = concat!("assert!(", stringify!($it), ".try_reserve(usize::MAX).is_err());")]
            /// # drop(owner);
            /// ```
            ///
            /// # Errors
            ///
            /// If the new capacity is too large, or there is no memory for it. Some of the room may
            /// have been made.
            pub fn try_reserve(&self, additional: usize) -> Result<(), $crate::TryReserveError> {
                let share = self.shards.share(additional);
                self.shards.each().try_for_each(|mut shard| shard.try_reserve(share))
            }

            /// Gives back the room that is not needed, reserved or not.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// drop(owner);
            #[doc = concat!(stringify!($it), ".reserve(100);")]
            #[doc = concat!(stringify!($it), ".shrink_to_fit();")]
            #[doc = concat!("assert_eq!(", stringify!($it), ".capacity(), 0);")]
            /// ```
            pub fn shrink_to_fit(&self) {
                self.shrink_to(0);
            }

            /// Gives back the room that is not needed beyond `least` entries, reserved or not.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!(stringify!($it), ".reserve(1000);")]
            #[doc = concat!(stringify!($it), ".shrink_to(10);")]
            #[doc = concat!("assert!((10..1000).contains(&", stringify!($it), ".capacity()));")]
            /// # drop(owner);
            /// ```
            pub fn shrink_to(&self, least: usize) {
                let share = self.shards.share(least);
                self.shards.each().for_each(|mut shard| shard.shrink_to(share));
            }

            /// Removes all entries. Their referents live on if somebody owns them.
            ///
            /// In `Shared`, one shard after the other: what another thread inserts meanwhile may
            /// stay.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!(stringify!($it), ".clear();")]
            #[doc = concat!("assert!(", stringify!($it), ".is_empty());")]
            /// # drop(owner);
            /// ```
            pub fn clear(&self) {
                drop(self.shards.empty(RemovalCause::Cleared));
            }

            /// Has `listener` called with the key of each entry that leaves from now on, and why it does. A
            /// key that is held weakly comes as a [`WeakRef`](crate::WeakRef), which is dead if the key is.
            ///
            /// It is called when the entry has left, in the thread in which it does, while nothing is
            /// locked: it may use the container. A panic in it goes to the
            /// [unraisable hook](crate::set_unraisable_hook). If a visitor is just looking at the
            /// key, it is called when that has done.
            ///
            /// There can be several; they are called in the order in which they were given, and stay as
            /// long as the container: one that owns the container keeps it for ever. A clone of the
            /// container has none, and when a container is dropped, nobody is told of its entries.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::{cell::RefCell, rc::Rc};
            #[doc = concat!("use weakref_core::{Local, RemovalCause, Slotted, ", stringify!($Name), "};")]
            ///
            /// let log = Rc::new(RefCell::new(Vec::new()));
            /// let seen = log.clone();
            $(#[doc = $setup])*
            #[doc = concat!(stringify!($it), ".on_removal(move |_, cause| seen.borrow_mut().push(cause));")]
            /// drop(owner);
            /// assert_eq!(*log.borrow(), [RemovalCause::Died]);
            /// ```
            pub fn on_removal<C>(&self, listener: C)
            where
                C: Fn(&$Told, RemovalCause) + Stored<$F>,
            {
                let listener = <$F as Flavor>::strong(gone::listener(listener));
                for number in 0..self.shards.count() {
                    // In this order, so that the shard is left before it drops.
                    let _before = self.shards.enter_shard(number).listen(listener.clone());
                }
            }
        }
    };
}
pub(crate) use whole;
