//! Iterators over a weak map: snapshots, which own what they give.

use std::{fmt, iter::FusedIterator, vec};

use crate::{StrongOf, Weakrefable};

macro_rules! snapshot {
    (
        $(#[$docs:meta])*
        $Name:ident<$($G:ident $(: ?$Sized:ident + $Bound:ident)?),*>($Item:ty)
    ) => {
        $(#[$docs])*
        pub struct $Name<$($G $(: ?$Sized + $Bound)?),*>(vec::IntoIter<$Item>);

        impl<$($G $(: ?$Sized + $Bound)?),*> $Name<$($G),*> {
            pub(super) fn new(items: Vec<$Item>) -> Self {
                Self(items.into_iter())
            }
        }

        impl<$($G $(: ?$Sized + $Bound)?),*> Iterator for $Name<$($G),*> {
            type Item = $Item;

            fn next(&mut self) -> Option<$Item> {
                self.0.next()
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<$($G $(: ?$Sized + $Bound)?),*> DoubleEndedIterator for $Name<$($G),*> {
            fn next_back(&mut self) -> Option<$Item> {
                self.0.next_back()
            }
        }

        impl<$($G $(: ?$Sized + $Bound)?),*> ExactSizeIterator for $Name<$($G),*> {}

        impl<$($G $(: ?$Sized + $Bound)?),*> FusedIterator for $Name<$($G),*> {}

        impl<$($G $(: ?$Sized + $Bound)?),*> fmt::Debug for $Name<$($G),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($Name), "({} left)"), self.0.len())
            }
        }
    };
}

snapshot! {
    /// The entries of a [`WeakValueMap`](crate::WeakValueMap), from
    /// [`iter`](crate::WeakValueMap::iter).
    Iter<K, V: ?Sized + Weakrefable>((K, StrongOf<V>))
}

snapshot! {
    /// The entries of a [`WeakValueMap`](crate::WeakValueMap) that is gone, from its `into_iter`.
    IntoIter<K, V: ?Sized + Weakrefable>((K, StrongOf<V>))
}

snapshot! {
    /// The keys of a [`WeakValueMap`](crate::WeakValueMap), from
    /// [`keys`](crate::WeakValueMap::keys).
    Keys<K>(K)
}

snapshot! {
    /// The values of a [`WeakValueMap`](crate::WeakValueMap), from
    /// [`values`](crate::WeakValueMap::values).
    Values<V: ?Sized + Weakrefable>(StrongOf<V>)
}
