//! What all weak containers show alike, in terms of their shards and hasher.
//!
//! An invocation names the type as an `impl` would, and gives the lines of an example that make
//! `owner`, the only owner of a referent, and a container with one entry that goes with it.

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
            /// shards. That room stays when entries go.
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
            /// shards, that hashes with `hasher`.
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
            /// shards. That room stays when entries go.
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

            /// Returns how many entries the tables have room for, all together.
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
                let each = additional.div_ceil(self.shards.count());
                self.shards.each().for_each(|mut shard| shard.reserve(each));
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
                let each = additional.div_ceil(self.shards.count());
                self.shards.each().try_for_each(|mut shard| shard.try_reserve(each))
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
                let each = least.div_ceil(self.shards.count());
                self.shards.each().for_each(|mut shard| shard.shrink_to(each));
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
                for number in 0..self.shards.count() {
                    let mut all = self.shards.enter_shard(number).take_all(RemovalCause::Cleared);
                    tell_all(&mut all);
                }
            }

            /// Has `listener` called with each entry that leaves from now on, and why it does.
            ///
            /// It is called when the entry has left, in the thread in which it does, while nothing is
            /// locked: it may use the container. A panic in it goes to the
            /// [unraisable hook](crate::set_unraisable_hook). If a visitor is just looking at the
            /// key, it is called when that has done.
            ///
            /// There can be several; they are called in the order in which they were given. A clone
            /// of the container has none, and when a container is dropped, nobody is told of its
            /// entries.
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

/// What every map shows of its pairs. It rests on what each map has of its own: `all` visits the
/// pairs, `look` looks a value up by what `all` shows as a key, `take_shard` empties a shard,
/// `take_any` takes some pair out, `extract` those that a closure picks.
macro_rules! pairs {
    (
        impl [$($generics:tt)*] $Name:ident [$($arg:ident),*]
        hashers [$($S:ident)?] [$($S2:ident)?] $H:ty, $H2:ty;
        shows $Key:ty, $Value:ty;
        looks up where [$($by:tt)*] [$($by2:tt)*];
        stores where [$($stored:tt)*];
        clones where [$($cloned:tt)*];
        gives away where [$($taken:tt)*];
        compares $V:ident by $equal:expr;
        takes [$($pushed:tt)*] $Pair:ty, |$map:ident, $pair:pat_param| $push:expr;
        $(#[doc = $setup:expr])*
    ) => {
        impl<$($generics)* $(, $S)?> $Name<$($arg,)* $($S)?> {
            /// Calls `f` with each living entry.
            ///
            /// Nothing is locked meanwhile: `f` may use the map. It sees each shard as it was when its
            /// turn came; the referents live at least as long as `f` is at their shard.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let mut count = 0;
            /// map.for_each(|_, _| count += 1);
            /// assert_eq!(count, 1);
            /// # drop(owner);
            /// ```
            pub fn for_each(&self, mut f: impl FnMut(&$Key, &$Value)) {
                self.all(|key, value| {
                    f(key, value);
                    true
                });
            }

            /// Returns the living entries of this moment, with owners of what the map holds weakly.
            /// Later changes of the map do not disturb it.
            ///
            /// O(n), with an allocation for all, and one for each shard; what the map owns is cloned
            /// while nothing is locked.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// for _pair in map.iter() {
            ///     map.clear();
            /// }
            /// assert!(map.is_empty());
            /// # drop(owner);
            /// ```
            pub fn iter(&self) -> Iter<$Key, $Value>
            where
                $($cloned)*
            {
                let mut pairs = Vec::new();
                self.for_each(|key, value| pairs.push((key.clone(), value.clone())));
                Iter::new(pairs)
            }

            /// Removes all entries, and returns those that live.
            ///
            /// In `Shared`, one shard after the other: what another thread inserts meanwhile may
            /// stay. A value that the map owns is waited for, or panics, as by `remove`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert_eq!(map.drain().len(), 1);
            /// assert!(map.is_empty());
            /// # drop(owner);
            /// ```
            pub fn drain(&self) -> Drain<$Key, $Value>
            where
                $($taken)*
            {
                Drain::new((0..self.shards.count()).flat_map(|number| self.take_shard(number)).collect())
            }

            /// Removes some living entry and returns it, or `None` if there is none: Python's
            /// `popitem`, in no order.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert!(map.pop().is_some());
            /// assert!(map.pop().is_none());
            /// # drop(owner);
            /// ```
            pub fn pop(&self) -> Option<($Key, $Value)>
            where
                $($taken)*
            {
                (0..self.shards.count()).find_map(|number| self.take_any(number))
            }
        }

        impl<$($generics)* $(, $S)?> $Name<$($arg,)* $($S)?>
        where
            $($by)*
        {
            /// Returns whether `other` has, for each key of this map, an equal one with an equal
            /// value.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!("let empty = ", stringify!($Name), "::new();")]
            /// assert!(empty.is_submap(&map) && !map.is_submap(&empty));
            /// # drop(owner);
            /// ```
            pub fn is_submap$(<$S2>)?(&self, other: &$Name<$($arg,)* $($S2)?>) -> bool
            where
                $V: PartialEq,
                $($by2)*
            {
                self.is_submap_with(other, $equal)
            }

            /// Returns whether `other` has, for each key of this map, an equal one with a value that
            /// `fits` this one's, which is given first.
            ///
            /// Nothing is locked while `fits` runs, but the two values that it looks at.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert!(map.is_submap_with(&map, |mine, theirs| mine == theirs));
            /// assert!(!map.is_submap_with(&map, |_, _| false));
            /// # drop(owner);
            /// ```
            pub fn is_submap_with<$($S2)?>(
                &self,
                other: &$Name<$($arg,)* $($S2)?>,
                mut fits: impl FnMut(&$Value, &$Value) -> bool,
            ) -> bool
            where
                $($by2)*
            {
                self.all(|key, mine| other.look(key, |theirs| fits(mine, theirs)) == Some(true))
            }

            /// Returns whether `other` has an equal key for each key of this map.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert!(map.domain_is_subset(&map.clone()));
            /// # drop(owner);
            /// ```
            pub fn domain_is_subset<$($S2)?>(&self, other: &$Name<$($arg,)* $($S2)?>) -> bool
            where
                $($by2)*
            {
                self.all(|key, _| other.look(key, |_| ()).is_some())
            }
        }

        impl<$($generics)* $(, $S)?> $Name<$($arg,)* $($S)?>
        where
            $($by)*
        {
            /// Inserts all pairs: Python's `update`. An entry whose owner came with the pair, and was
            /// the only one, goes at once.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            #[doc = concat!("let other = ", stringify!($Name), "::new();")]
            /// other.update(&map);
            /// assert_eq!(other.len(), 1);
            /// # drop(owner);
            /// ```
            pub fn update<$($pushed)*>(&self, pairs: impl IntoIterator<Item = $Pair>) {
                let $map = self;
                for $pair in pairs {
                    $push;
                }
            }
        }

        impl<$($generics)* $(, $S)?> Clone for $Name<$($arg,)* $($S)?>
        where
            $($by)*
            $($stored)*
            $($cloned)*
            $H: Clone,
        {
            /// Returns an independent map of the entries that live now, which cleans itself too.
            fn clone(&self) -> Self {
                let clone = Self { shards: Shards::with_capacity(0), hasher: self.hasher.clone() };
                self.for_each(|key, value| clone.put_clone(key, value));
                clone
            }
        }

        impl<$($generics)* $(, $S)? $(, $S2)?> PartialEq<$Name<$($arg,)* $($S2)?>> for $Name<$($arg,)* $($S)?>
        where
            $V: PartialEq,
            $($by)*
            $($by2)*
        {
            /// Compares the living entries of the two, by the values' own equality.
            fn eq(&self, other: &$Name<$($arg,)* $($S2)?>) -> bool {
                let equal = $equal;
                let mut mine = 0_usize;
                let all = self.all(|key, value| {
                    mine += 1;
                    other.look(key, |theirs| equal(value, theirs)) == Some(true)
                });
                let mut theirs = 0_usize;
                other.for_each(|_, _| theirs += 1);
                all && mine == theirs
            }
        }

        impl<$($generics)* $(, $S)?> Eq for $Name<$($arg,)* $($S)?>
        where
            $V: Eq,
            $($by)*
        {
        }

        impl<$($generics)* $(, $S)?> BitOr for &$Name<$($arg,)* $($S)?>
        where
            $($by)*
            $($stored)*
            $($cloned)*
            $H: Clone,
        {
            type Output = $Name<$($arg,)* $($S)?>;

            /// Returns a map of the entries of both, with the right one's values where both have an
            /// equal key.
            fn bitor(self, other: Self) -> Self::Output {
                let mut both = self.clone();
                both |= other;
                both
            }
        }

        impl<$($generics)* $(, $S)? $(, $S2)?> BitOrAssign<&$Name<$($arg,)* $($S2)?>> for $Name<$($arg,)* $($S)?>
        where
            $($by)*
            $($cloned)*
        {
            /// Inserts the entries of `other`.
            fn bitor_assign(&mut self, other: &$Name<$($arg,)* $($S2)?>) {
                other.for_each(|key, value| self.put_clone(key, value));
            }
        }

        impl<$($generics)* $(, $S)? $(, $S2)?> BitOrAssign<&$Name<$($arg,)* $($S2)?>> for &$Name<$($arg,)* $($S)?>
        where
            $($by)*
            $($cloned)*
        {
            /// Inserts the entries of `other`, which can be this very map.
            fn bitor_assign(&mut self, other: &$Name<$($arg,)* $($S2)?>) {
                other.for_each(|key, value| self.put_clone(key, value));
            }
        }

        impl<$($generics)* $(, $S)?, $($pushed)*> Extend<$Pair> for $Name<$($arg,)* $($S)?>
        where
            $($by)*
        {
            /// Inserts all pairs. Entries whose owner came with the pair, and was the only one, go at
            /// once.
            fn extend<I: IntoIterator<Item = $Pair>>(&mut self, pairs: I) {
                self.update(pairs);
            }
        }

        impl<$($generics)* $(, $S)?, $($pushed)*> FromIterator<$Pair> for $Name<$($arg,)* $($S)?>
        where
            $($by)*
            $($stored)*
            $H: Default,
        {
            /// Collects pairs. The map does not own what it holds weakly: what nobody else owns is
            /// gone again at once.
            fn from_iter<I: IntoIterator<Item = $Pair>>(pairs: I) -> Self {
                let map = Self::default();
                map.update(pairs);
                map
            }
        }

        impl<$($generics)* $(, $S)?> Default for $Name<$($arg,)* $($S)?>
        where
            $($stored)*
            $H: Default,
        {
            fn default() -> Self {
                Self { shards: Shards::with_capacity(0), hasher: <$H>::default() }
            }
        }

        impl<$($generics)* $(, $S)?> IntoIterator for &$Name<$($arg,)* $($S)?>
        where
            $($cloned)*
        {
            type Item = ($Key, $Value);
            type IntoIter = Iter<$Key, $Value>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}
pub(crate) use pairs;

/// What the maps of weak keys show of their keys. It rests on `pair`, which looks a pair up.
macro_rules! weak_keys {
    (
        impl [$($generics:tt)*] $Name:ident [$($args:ty),*] hasher $H:ty;
        gives $Value:ty where [$($cloned:tt)*];
        $(#[doc = $setup:expr])*
    ) => {
        impl<$($generics)*> $Name<$($args),*> {
            /// Returns an owner of the map's own key that equals `key`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert!(Rc::ptr_eq(&map.get_key(&*owner).unwrap(), &owner));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            pub fn get_key<Q: ?Sized>(&self, key: &Q) -> Option<StrongOf<K>>
            where
                $H: Lookup<K, Q>,
            {
                let mut search = Search::new(&self.hasher, key);
                let inside = self.shards.enter(search.hash);
                let entry = inside.find(search.hash, search.by::<$H>())?;
                if entry.is_dead() { None } else { search.owner(weak::key(entry.cell())) }
            }

            /// Returns an owner of the map's own key that equals `key`, and its value: an owner, or a
            /// clone of a value that the map owns.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let (key, _value) = map.get_key_value(&*owner).unwrap();
            /// assert!(Rc::ptr_eq(&key, &owner));
            /// ```
            ///
            /// # Panics
            ///
            /// As [`get`](Self::get).
            pub fn get_key_value<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, $Value)>
            where
                $H: Lookup<K, Q>,
                $($cloned)*
            {
                self.pair(key)
            }

            /// The same as [`get_key_value`](Self::get_key_value), by weak-table's name.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert_eq!(map.get_both(&*owner), map.get_key_value(&*owner));
            /// ```
            ///
            /// # Panics
            ///
            /// As [`get`](Self::get).
            pub fn get_both<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, $Value)>
            where
                $H: Lookup<K, Q>,
                $($cloned)*
            {
                self.pair(key)
            }

            /// Returns whether there is a living entry under `key`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let other = Rc::new(Slotted::<_, Local>::new("other"));
            /// assert!(map.contains_key(&*owner) && !map.contains_key(&*other));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            #[inline]
            pub fn contains_key<Q: ?Sized>(&self, key: &Q) -> bool
            where
                $H: Lookup<K, Q>,
            {
                let mut search = Search::new(&self.hasher, key);
                let inside = self.shards.enter(search.hash);
                let found = inside.find(search.hash, search.by::<$H>());
                found.is_some_and(|entry| !entry.is_dead())
            }

            /// Returns owners of the keys of the living entries of this moment.
            ///
            /// O(n), with one allocation for all.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert!(map.keys().eq([owner]));
            /// ```
            pub fn keys(&self) -> Keys<StrongOf<K>> {
                Keys::new(weak::owners::<K, _>(&self.shards))
            }

            /// Returns weak references to the keys: Python's `keyrefs`. Some may be dead when they are
            /// looked at.
            ///
            /// O(n), with one allocation for all; makes no owners.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let refs = map.key_refs();
            /// drop(owner);
            /// assert!(refs[0].is_dead() && map.is_empty());
            /// ```
            pub fn key_refs(&self) -> Vec<WeakRef<K>> {
                weak::refs::<K, _>(&self.shards)
            }

            /// Returns the entry of the key that `owner` owns: what is there, or the room for it.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{map::Entry, Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let Entry::Occupied(entry) = map.entry(&owner) else { unreachable!() };
            /// assert!(entry.remove().is_some());
            /// assert!(matches!(map.entry(&owner), Entry::Vacant(_)));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            pub fn entry<P: Pointer<Referent = K>>(&self, owner: &P) -> entry::Entry<'_, Self>
            where
                $H: Lookup<K, K>,
            {
                let owner = owner.strong();
                entry::Entry::new(self, owner.clone(), weak::find(&self.shards, &self.hasher, &**owner))
            }
        }
    };
}
pub(crate) use weak_keys;
