//! Conversions of a proxy to numbers and text.

use super::{
    Proxy,
    forward::{TryIntoByRef, numbers},
};
use crate::Weakrefable;

macro_rules! conversions {
    ([$($int:ident)*] [$($float:ident)*]) => {
        conversions!($($int)* $($float)* bool char String);
    };
    ($($N:ident)*) => {$(
        #[doc(hidden)]
        impl<T: ?Sized + Weakrefable + TryIntoByRef<$N>> TryFrom<&Proxy<T>> for $N {
            type Error = <T as TryIntoByRef<$N>>::Error;

            #[inline]
            #[track_caller]
            fn try_from(proxy: &Proxy<T>) -> Result<$N, Self::Error> {
                <T as TryIntoByRef<$N>>::try_into_by_ref(&proxy.get())
            }
        }
    )*};
}
numbers!(conversions);
