//! Numbers and text from a proxy.

use super::{
    Proxy,
    forward::{Gives, numbers},
};
use crate::Weakrefable;

macro_rules! conversions {
    ([$($int:ident)*] [$($float:ident)*]) => {
        conversions!($($int)* $($float)* bool char String);
    };
    ($($N:ident)*) => {$(
        #[doc(hidden)]
        impl<T: ?Sized + Weakrefable + Gives<$N>> TryFrom<&Proxy<T>> for $N {
            type Error = <T as Gives<$N>>::Error;

            #[inline]
            #[track_caller]
            fn try_from(proxy: &Proxy<T>) -> Result<$N, Self::Error> {
                <T as Gives<$N>>::give(&proxy.get())
            }
        }
    )*};
}
numbers!(conversions);
