//! Comparisons and formatting of a proxy.

use std::{cmp::Ordering, fmt};

use super::{Operand, Proxy};
use crate::Weakrefable;

impl<T, R> PartialEq<R> for Proxy<T>
where
    T: ?Sized + Weakrefable + PartialEq<R>,
    R: ?Sized + Operand,
{
    #[inline]
    #[track_caller]
    fn eq(&self, other: &R) -> bool {
        *self.get() == *other
    }

    #[inline]
    #[track_caller]
    // The `!=` of the objects, which need not be the opposite of their `==`.
    #[allow(clippy::partialeq_ne_impl)]
    fn ne(&self, other: &R) -> bool {
        *self.get() != *other
    }
}

/// Compares the objects.
impl<T, U> PartialEq<Proxy<U>> for Proxy<T>
where
    T: ?Sized + Weakrefable + PartialEq<U>,
    U: ?Sized + Weakrefable,
{
    #[inline]
    #[track_caller]
    fn eq(&self, other: &Proxy<U>) -> bool {
        let (this, other) = (self.get(), other.get());
        *this == *other
    }

    #[inline]
    #[track_caller]
    #[allow(clippy::partialeq_ne_impl)]
    fn ne(&self, other: &Proxy<U>) -> bool {
        let (this, other) = (self.get(), other.get());
        *this != *other
    }
}

macro_rules! order {
    ($Right:ty, |$right:ident| $unwrapped:expr) => {
        order!(@ $Right, $right, $unwrapped, partial_cmp Option<Ordering>);
        order!(@ $Right, $right, $unwrapped, lt bool);
        order!(@ $Right, $right, $unwrapped, le bool);
        order!(@ $Right, $right, $unwrapped, gt bool);
        order!(@ $Right, $right, $unwrapped, ge bool);
    };
    (@ $Right:ty, $right:ident, $unwrapped:expr, $method:ident $Result:ty) => {
        #[inline]
        #[track_caller]
        fn $method(&self, $right: &$Right) -> $Result {
            let (this, other) = (self.get(), $unwrapped);
            T::$method(&this, &*other)
        }
    };
}

impl<T, R> PartialOrd<R> for Proxy<T>
where
    T: ?Sized + Weakrefable + PartialOrd<R>,
    R: ?Sized + Operand,
{
    order!(R, |right| right);
}

/// Compares the objects.
impl<T, U> PartialOrd<Proxy<U>> for Proxy<T>
where
    T: ?Sized + Weakrefable + PartialOrd<U>,
    U: ?Sized + Weakrefable,
{
    order!(Proxy<U>, |right| right.get());
}

macro_rules! formats {
    ($($Format:ident)*) => {$(
        impl<T: ?Sized + Weakrefable + fmt::$Format> fmt::$Format for Proxy<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::$Format::fmt(&*self.get(), f)
            }
        }
    )*};
}
formats!(Display Binary Octal LowerHex UpperHex LowerExp UpperExp);
