//! Iterators over weak containers: snapshots, which own what they give.

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
            /// Writes what is left.
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
        #[must_use = "what is picked leaves when its turn comes; `retain` removes at once"]
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
    /// The entries of a map at one moment, from `iter`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone()), ("b", value.clone())]);
    /// assert_eq!(map.iter().len(), 2);
    /// ```
    Iter<K, V>((K, V))
}

snapshot! {
    /// The entries of a map that is gone, from its `into_iter`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.into_iter().eq([("a", value)]));
    /// ```
    IntoIter<K, V>((K, V))
}

snapshot! {
    /// The keys of a map at one moment, from `keys` or `into_keys`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.keys().eq(["a"]));
    /// ```
    Keys<K>(K)
}

snapshot! {
    /// The values of a map at one moment, from `values` or `into_values`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.values().eq([value]));
    /// ```
    Values<V>(V)
}

snapshot! {
    /// The entries that a map had, from `drain`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.drain().eq([("a", value)]));
    /// assert!(map.is_empty());
    /// ```
    Drain<K, V>((K, V))
}

extract_if! {
    /// The entries that a closure picks, taken out one after the other, from `extract_if`.
    ///
    /// What it has not come to when it is dropped stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map: WeakValueMap<_, _> = (0..10).map(|key| (key, value.clone())).collect();
    /// let odd = map.extract_if(|key, _| key % 2 == 1);
    /// assert_eq!(odd.count(), 5);
    /// assert_eq!(map.len(), 5);
    /// ```
    ExtractIf<K, V>((K, V))
}
