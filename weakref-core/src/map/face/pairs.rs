//! The pairs of a map, and two maps.

/// What every map shows of its pairs. It rests on what each map has of its own: `all` visits the
/// pairs, `look` looks a value up by what `all` shows as a key, `put_pair` puts a pair, `take_all`
/// empties the map, `take_any` takes some pair out of a shard.
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
            /// Nothing is locked meanwhile, but the value that `f` is given if the map owns it, against
            /// changes: `f` may use the map, but not replace or remove that value. It sees each shard as it
            /// was when its turn came, but for values that have been taken out or replaced since; the referents live
            /// at least as long as `f` is at their shard.
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
            ///
            /// # Panics
            ///
            /// Where the map owns its values: if called by a closure that is changing one of them, or where
            /// it would wait for ever for one that is.
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
            ///
            /// # Panics
            ///
            /// As [`for_each`](Self::for_each).
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
                Drain::new(self.take_all())
            }

            /// Removes some living entry and returns it, or `None` if there is none: Python's
            /// `popitem`, in no order. It looks for one, from where it found the last: in a table that
            /// has become much too large for what is in it, that takes time. A value that the map owns is waited for, or panics, as by
            /// `remove`.
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
            #[doc(alias = "popitem")]
            pub fn pop(&self) -> Option<($Key, $Value)>
            where
                $($taken)*
            {
                (0..self.shards.count()).find_map(|number| self.take_any(number))
            }

            /// Returns the keys of the living entries, and dissolves the map.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert_eq!(map.into_keys().len(), 1);
            /// # drop(owner);
            /// ```
            pub fn into_keys(self) -> Keys<$Key> {
                Keys::new(self.into_iter().map(|(key, _)| key).collect())
            }

            /// Returns the values of the living entries, and dissolves the map.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert_eq!(map.into_values().len(), 1);
            /// # drop(owner);
            /// ```
            pub fn into_values(self) -> Values<$Value> {
                Values::new(self.into_iter().map(|(_, value)| value).collect())
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
                self.for_each(|key, value| clone.put_pair(key.clone(), value.clone()));
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
                // Taken first: it can be this very map, whose values then must not be looked at.
                other.iter().for_each(|(key, value)| self.put_pair(key, value));
            }
        }

        impl<$($generics)* $(, $S)? $(, $S2)?> BitOrAssign<&$Name<$($arg,)* $($S2)?>> for &$Name<$($arg,)* $($S)?>
        where
            $($by)*
            $($cloned)*
        {
            /// Inserts the entries of `other`, which can be this very map.
            fn bitor_assign(&mut self, other: &$Name<$($arg,)* $($S2)?>) {
                // Taken first: it can be this very map, whose values then must not be looked at.
                other.iter().for_each(|(key, value)| self.put_pair(key, value));
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
