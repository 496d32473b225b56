//! Iterators over maps: snapshots, which own what they return, and `ExtractIf`.

use std::{fmt, iter::FusedIterator, vec};

macro_rules! snapshot {
    (
        $(#[$docs:meta])*
        $Name:ident<$($G:ident),*>($Item:ty)
    ) => {
        $(#[$docs])*
        #[derive(Clone)]
        pub struct $Name<$($G),*>(vec::IntoIter<$Item>);

        impl<$($G),*> $Name<$($G),*> {
            pub(crate) fn new(items: Vec<$Item>) -> Self {
                Self(items.into_iter())
            }
        }

        impl<$($G),*> Iterator for $Name<$($G),*> {
            type Item = $Item;

            fn next(&mut self) -> Option<$Item> {
                self.0.next()
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<$($G),*> DoubleEndedIterator for $Name<$($G),*> {
            fn next_back(&mut self) -> Option<$Item> {
                self.0.next_back()
            }
        }

        impl<$($G),*> ExactSizeIterator for $Name<$($G),*> {}

        impl<$($G),*> FusedIterator for $Name<$($G),*> {}

        impl<$($G: fmt::Debug),*> fmt::Debug for $Name<$($G),*> {
            /// Formats the remaining items.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.0.as_slice()).finish()
            }
        }
    };
}
pub(crate) use snapshot;

macro_rules! extract_if {
    ($(#[$docs:meta])* $Name:ident<$($G:ident),*>($Item:ty)) => {
        $(#[$docs])*
        #[must_use = "the iterator removes nothing until it is advanced; `retain` removes at once"]
        pub struct $Name<'a, $($G),*>(Box<dyn Iterator<Item = $Item> + 'a>);

        impl<'a, $($G),*> $Name<'a, $($G),*> {
            pub(crate) fn new(picked: impl Iterator<Item = $Item> + 'a) -> Self {
                Self(Box::new(picked))
            }
        }

        impl<$($G),*> Iterator for $Name<'_, $($G),*> {
            type Item = $Item;

            fn next(&mut self) -> Option<$Item> {
                self.0.next()
            }
        }

        impl<$($G),*> fmt::Debug for $Name<'_, $($G),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Name)).finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use extract_if;

snapshot! {
    /// An iterator over the entries that a map had when its `iter` was called.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.iter().eq([("grass", grass)]));
    /// ```
    Iter<K, V>((K, V))
}

snapshot! {
    /// An iterator over the entries of a map that was consumed, as returned by the map's
    /// `into_iter`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.into_iter().eq([("grass", grass)]));
    /// ```
    IntoIter<K, V>((K, V))
}

snapshot! {
    /// An iterator over the keys that a map had when its `keys` or `into_keys` was called.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.keys().eq(["grass"]));
    /// ```
    Keys<K>(K)
}

snapshot! {
    /// An iterator over the values that a map had when its `values` or `into_values` was called.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.values().eq([grass]));
    /// ```
    Values<V>(V)
}

snapshot! {
    /// An iterator over the entries that were removed from a map, as returned by the map's `drain`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let grass = Arc::new(Slotted::new("pixels"));
    /// let textures = WeakValueMap::from([("grass", grass.clone())]);
    /// assert!(textures.drain().eq([("grass", grass)]));
    /// assert!(textures.is_empty());
    /// ```
    Drain<K, V>((K, V))
}

extract_if! {
    /// An iterator that removes the entries of a map for which a closure returns `true`.
    ///
    /// It is returned by the map's `extract_if`. Entries that it has not come to when it is dropped
    /// stay in the map.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let texture = Arc::new(Slotted::new("pixels"));
    /// let textures: WeakValueMap<_, _> = (0..10).map(|id| (id, texture.clone())).collect();
    /// let odd = textures.extract_if(|id, _texture| id % 2 == 1);
    /// assert_eq!(odd.take(2).count(), 2);
    /// assert_eq!(textures.len(), 8);
    /// ```
    ExtractIf<K, V>((K, V))
}
