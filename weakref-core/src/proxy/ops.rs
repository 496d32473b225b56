//! The operators of a proxy.
//!
//! Each operator upgrades all of its operands first, so that nothing is called if one is dead.

use std::ops::{
    Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, DivAssign,
    Mul, MulAssign, Neg, Not, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub, SubAssign,
};

use super::{
    Operand, Proxy,
    forward::{AssignLhs, AssignRhs, BinaryLhs, BinaryRhs, UnaryOp, binary, names, numbers},
};
use crate::Weakrefable;

macro_rules! with_value {
    ($Name:ident $Op:ident $op:ident: $Left:ty) => {
        impl<T: ?Sized, R> $Op<R> for $Left
        where
            T: Weakrefable + BinaryLhs<names::$Name, R>,
            R: Operand,
        {
            type Output = <T as BinaryLhs<names::$Name, R>>::Output;

            #[inline]
            #[track_caller]
            fn $op(self, right: R) -> Self::Output {
                <T as BinaryLhs<names::$Name, R>>::apply(&self.get(), right)
            }
        }
    };
}

macro_rules! with_proxy {
    ($Name:ident $Op:ident $op:ident: $Left:ty, $Right:ty) => {
        impl<T: ?Sized, U: ?Sized, O> $Op<$Right> for $Left
        where
            T: Weakrefable + for<'b> BinaryLhs<names::$Name, &'b U, Output = O>,
            U: Weakrefable,
        {
            type Output = O;

            #[inline]
            #[track_caller]
            fn $op(self, right: $Right) -> O {
                let (left, right) = (self.get(), right.get());
                <T as BinaryLhs<names::$Name, &U>>::apply(&left, &right)
            }
        }
    };
}

macro_rules! assign {
    ($($Name:ident $Op:ident $op:ident $Assign:ident $assign:ident;)*) => {$(
        impl<T: ?Sized, R> $Assign<R> for Proxy<T>
        where
            T: Weakrefable + AssignLhs<names::$Name, R>,
            R: Operand,
        {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, right: R) {
                <T as AssignLhs<names::$Name, R>>::assign(&self.get(), right);
            }
        }
        assign!(@proxy $Name $Assign $assign &Proxy<U>);
        assign!(@proxy $Name $Assign $assign Proxy<U>);
    )*};
    (@proxy $Name:ident $Assign:ident $assign:ident $Right:ty) => {
        impl<T: ?Sized, U: ?Sized> $Assign<$Right> for Proxy<T>
        where
            T: Weakrefable + for<'b> AssignLhs<names::$Name, &'b U>,
            U: Weakrefable,
        {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, right: $Right) {
                let (left, right) = (self.get(), right.get());
                <T as AssignLhs<names::$Name, &U>>::assign(&left, &right);
            }
        }
    };
}

macro_rules! proxy_left {
    ($($Name:ident $Op:ident $op:ident $Assign:ident $assign:ident;)*) => {$(
        with_value!($Name $Op $op: &Proxy<T>);
        with_value!($Name $Op $op: Proxy<T>);
        with_proxy!($Name $Op $op: &Proxy<T>, &Proxy<U>);
        with_proxy!($Name $Op $op: &Proxy<T>, Proxy<U>);
        with_proxy!($Name $Op $op: Proxy<T>, &Proxy<U>);
        with_proxy!($Name $Op $op: Proxy<T>, Proxy<U>);
    )*};
}
binary!(proxy_left);
binary!(assign);

/// Operators with a number on the left. Hidden in the docs, as there are hundreds of the same form.
macro_rules! proxy_right {
    ($Name:ident $Op:ident $op:ident $Assign:ident $assign:ident: $($N:ident)*) => {$(
        proxy_right!(@ $Name $Op $op $Assign $assign $N, &Proxy<U>);
        proxy_right!(@ $Name $Op $op $Assign $assign $N, Proxy<U>);
    )*};
    (@ $Name:ident $Op:ident $op:ident $Assign:ident $assign:ident $N:ident, $Right:ty) => {
        #[doc(hidden)]
        impl<U: ?Sized + Weakrefable + BinaryRhs<names::$Name, $N>> $Op<$Right> for $N {
            type Output = <U as BinaryRhs<names::$Name, $N>>::Output;

            #[inline]
            #[track_caller]
            fn $op(self, right: $Right) -> Self::Output {
                <U as BinaryRhs<names::$Name, $N>>::apply_to(&right.get(), self)
            }
        }

        #[doc(hidden)]
        impl<U: ?Sized + Weakrefable + AssignRhs<names::$Name, $N>> $Assign<$Right> for $N {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, right: $Right) {
                <U as AssignRhs<names::$Name, $N>>::assign_to(&right.get(), self);
            }
        }
    };
}

macro_rules! numbers_left {
    ([$($int:ident)*] [$($float:ident)*]) => {
        proxy_right!(Plus Add add AddAssign add_assign: $($int)* $($float)*);
        proxy_right!(Minus Sub sub SubAssign sub_assign: $($int)* $($float)*);
        proxy_right!(Times Mul mul MulAssign mul_assign: $($int)* $($float)*);
        proxy_right!(By Div div DivAssign div_assign: $($int)* $($float)*);
        proxy_right!(Modulo Rem rem RemAssign rem_assign: $($int)* $($float)*);
        proxy_right!(And BitAnd bitand BitAndAssign bitand_assign: $($int)* bool);
        proxy_right!(Or BitOr bitor BitOrAssign bitor_assign: $($int)* bool);
        proxy_right!(Xor BitXor bitxor BitXorAssign bitxor_assign: $($int)* bool);
        proxy_right!(ShiftLeft Shl shl ShlAssign shl_assign: $($int)*);
        proxy_right!(ShiftRight Shr shr ShrAssign shr_assign: $($int)*);
    };
}
numbers!(numbers_left);

macro_rules! unary {
    ($($Name:ident $Op:ident $op:ident: $Proxy:ty;)*) => {$(
        impl<T: ?Sized + Weakrefable + UnaryOp<names::$Name>> $Op for $Proxy {
            type Output = <T as UnaryOp<names::$Name>>::Output;

            #[inline]
            #[track_caller]
            fn $op(self) -> Self::Output {
                <T as UnaryOp<names::$Name>>::apply(&self.get())
            }
        }
    )*};
}
unary! {
    Negative Neg neg: &Proxy<T>;
    Negative Neg neg: Proxy<T>;
    Complement Not not: &Proxy<T>;
    Complement Not not: Proxy<T>;
}
