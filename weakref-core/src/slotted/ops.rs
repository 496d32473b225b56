//! Operators and conversions of `&Slotted`, by those of the value: a proxy of it has them too.

use std::{
    cell::{Cell, RefCell},
    cmp::Ordering,
    fmt,
    ops::{
        Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div,
        DivAssign, Mul, MulAssign, Neg, Not, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub,
        SubAssign,
    },
    path::{Path, PathBuf},
    sync::{Mutex, RwLock},
};

use crate::{
    Flavor, Slotted,
    proxy::forward::{
        AssignRhs, BinaryLhs, BinaryRhs, IntoIterByRef, TryIntoByCopy, TryIntoByRef, UnaryOp,
        binary, names, numbers,
    },
};

macro_rules! value_left {
    ($($Name:ident $Op:ident $op:ident $Assign:ident $assign:ident;)*) => {$(
        impl<T, F, R> $Op<R> for &Slotted<T, F>
        where
            T: ?Sized + BinaryLhs<names::$Name, R>,
            F: Flavor,
        {
            type Output = <T as BinaryLhs<names::$Name, R>>::Output;

            #[inline]
            #[track_caller]
            fn $op(self, right: R) -> Self::Output {
                <T as BinaryLhs<names::$Name, R>>::apply(self, right)
            }
        }

        value_left!(@cell $Assign $assign RefCell<V>, |cell| cell.borrow_mut());
        value_left!(@cell $Assign $assign Mutex<V>, |lock| lock.lock().unwrap());
        value_left!(@cell $Assign $assign RwLock<V>, |lock| lock.write().unwrap());

        impl<V: Copy + $Assign<R>, F: Flavor, R> $Assign<R> for &Slotted<Cell<V>, F> {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, right: R) {
                let mut value = self.get();
                value.$assign(right);
                self.set(value);
            }
        }
    )*};
    (@cell $Assign:ident $assign:ident $Cell:ty, |$cell:ident| $borrowed:expr) => {
        impl<V: $Assign<R>, F: Flavor, R> $Assign<R> for &Slotted<$Cell, F> {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, right: R) {
                let $cell = &self.value;
                $borrowed.$assign(right);
            }
        }
    };
}
binary!(value_left);

/// Operators with a number on the left. Hidden in the docs, as there are hundreds of the same form.
macro_rules! value_right {
    ($Name:ident $Op:ident $op:ident $Assign:ident $assign:ident: $($N:ident)*) => {$(
        value_right!(@ $Name $Op $op [] $N);
        value_right!(@ $Name $Op $op ['l,] &'l $N);

        #[doc(hidden)]
        impl<U: ?Sized + AssignRhs<names::$Name, $N>, F: Flavor> $Assign<&Slotted<U, F>> for $N {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, right: &Slotted<U, F>) {
                <U as AssignRhs<names::$Name, $N>>::assign_to(right, self);
            }
        }
    )*};
    (@ $Name:ident $Op:ident $op:ident [$($lifetime:tt)*] $N:ty) => {
        #[doc(hidden)]
        impl<$($lifetime)* U, F> $Op<&Slotted<U, F>> for $N
        where
            U: ?Sized + BinaryRhs<names::$Name, $N>,
            F: Flavor,
        {
            type Output = <U as BinaryRhs<names::$Name, $N>>::Output;

            #[inline]
            #[track_caller]
            fn $op(self, right: &Slotted<U, F>) -> Self::Output {
                <U as BinaryRhs<names::$Name, $N>>::apply_to(right, self)
            }
        }
    };
}

macro_rules! numbers_left {
    ([$($int:ident)*] [$($float:ident)*]) => {
        value_right!(Plus Add add AddAssign add_assign: $($int)* $($float)*);
        value_right!(Minus Sub sub SubAssign sub_assign: $($int)* $($float)*);
        value_right!(Times Mul mul MulAssign mul_assign: $($int)* $($float)*);
        value_right!(By Div div DivAssign div_assign: $($int)* $($float)*);
        value_right!(Modulo Rem rem RemAssign rem_assign: $($int)* $($float)*);
        value_right!(And BitAnd bitand BitAndAssign bitand_assign: $($int)* bool);
        value_right!(Or BitOr bitor BitOrAssign bitor_assign: $($int)* bool);
        value_right!(Xor BitXor bitxor BitXorAssign bitxor_assign: $($int)* bool);
        value_right!(ShiftLeft Shl shl ShlAssign shl_assign: $($int)*);
        value_right!(ShiftRight Shr shr ShrAssign shr_assign: $($int)*);
    };
}
numbers!(numbers_left);

impl<T: ?Sized + UnaryOp<names::Negative>, F: Flavor> Neg for &Slotted<T, F> {
    type Output = <T as UnaryOp<names::Negative>>::Output;

    #[inline]
    #[track_caller]
    fn neg(self) -> Self::Output {
        <T as UnaryOp<names::Negative>>::apply(self)
    }
}

impl<T: ?Sized + UnaryOp<names::Complement>, F: Flavor> Not for &Slotted<T, F> {
    type Output = <T as UnaryOp<names::Complement>>::Output;

    #[inline]
    #[track_caller]
    fn not(self) -> Self::Output {
        <T as UnaryOp<names::Complement>>::apply(self)
    }
}

#[allow(clippy::into_iter_without_iter)] // by `Deref`, it is the value's
impl<'a, T: ?Sized + IntoIterByRef<'a>, F: Flavor> IntoIterator for &'a Slotted<T, F> {
    type Item = <T as IntoIterByRef<'a>>::Item;
    type IntoIter = <T as IntoIterByRef<'a>>::Iter;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        T::lend(self)
    }
}

macro_rules! compared {
    ($([$($generics:tt)*] $Right:ty;)*) => {$(
        #[doc(hidden)]
        impl<$($generics)* T: ?Sized + PartialEq<$Right>, F: Flavor> PartialEq<$Right>
            for Slotted<T, F>
        {
            #[inline]
            fn eq(&self, other: &$Right) -> bool {
                self.value == *other
            }

            #[inline]
            #[allow(clippy::partialeq_ne_impl)] // the value's own
            fn ne(&self, other: &$Right) -> bool {
                self.value != *other
            }
        }

        #[doc(hidden)]
        impl<$($generics)* T: ?Sized + PartialOrd<$Right>, F: Flavor> PartialOrd<$Right>
            for Slotted<T, F>
        {
            #[inline]
            fn partial_cmp(&self, other: &$Right) -> Option<Ordering> {
                self.value.partial_cmp(other)
            }
        }
    )*};
}

macro_rules! numbers_compared {
    ([$($int:ident)*] [$($float:ident)*]) => {
        compared! {
            $([] $int;)* $([] $float;)* [] bool; [] char;
            [] str; ['r,] &'r str; [] String; [] Path; [] PathBuf;
            [X,] [X]; ['r, X,] &'r [X]; [X, const N: usize,] [X; N]; [X,] Vec<X>; [X,] Option<X>;
        }
    };
}
numbers!(numbers_compared);

macro_rules! formats {
    ($($Format:ident)*) => {$(
        impl<T: ?Sized + fmt::$Format, F: Flavor> fmt::$Format for Slotted<T, F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::$Format::fmt(&self.value, f)
            }
        }
    )*};
}
formats!(Binary Octal LowerHex UpperHex LowerExp UpperExp);

macro_rules! conversions {
    ([$($int:ident)*] [$($float:ident)*]) => {
        conversions!(TryIntoByCopy try_into_by_copy: $($int)* $($float)* bool char);
        conversions!(TryIntoByRef try_into_by_ref: String);
    };
    ($How:ident $how:ident: $($N:ident)*) => {$(
        #[doc(hidden)]
        impl<T: ?Sized + $How<$N>, F: Flavor> TryFrom<&Slotted<T, F>> for $N {
            type Error = <T as $How<$N>>::Error;

            #[inline]
            fn try_from(value: &Slotted<T, F>) -> Result<$N, Self::Error> {
                <T as $How<$N>>::$how(value)
            }
        }
    )*};
}
numbers!(conversions);
