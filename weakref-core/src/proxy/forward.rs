//! Traits for what `&T` can do, implemented by `T`.
//!
//! The operators of a proxy mean: `&Proxy<T>: Add<R>` where `&T: Add<R>`. With that bound, the
//! compiler would not terminate in code that has nothing to do with proxies: looking for an `Add`
//! of some `&_`, it would find the implementation for `&Proxy<_>`, look for an `Add` of another
//! `&_` for its bound, and so on. The bound `T: BinaryLhs<Plus, R>` says the same. For an unknown
//! `T`, it makes the compiler look for nothing.

use std::{
    cell::RefCell,
    ops::{
        Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div,
        DivAssign, Mul, MulAssign, Neg, Not, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub,
        SubAssign,
    },
    sync::Mutex,
};

use crate::{Flavor, Slotted};

/// `for<'a> &'a Self: Op<R>`, with a result that does not borrow.
pub trait BinaryLhs<Op, R> {
    type Output;
    fn apply(&self, right: R) -> Self::Output;
}

/// `for<'a> L: Op<&'a Self>`, with a result that does not borrow.
pub trait BinaryRhs<Op, L> {
    type Output;
    fn apply_to(&self, left: L) -> Self::Output;
}

/// `for<'a> &'a Self: OpAssign<R>`.
pub trait AssignLhs<Op, R> {
    fn assign(&self, right: R);
}

/// `for<'a> L: OpAssign<&'a Self>`.
pub trait AssignRhs<Op, L> {
    fn assign_to(&self, left: &mut L);
}

/// `for<'a> &'a Self: Op`, with a result that does not borrow.
pub trait UnaryOp<Op> {
    type Output;
    fn apply(&self) -> Self::Output;
}

/// A type for each operator, as a parameter of the traits.
pub(crate) mod names {
    macro_rules! names {
        ($($Name:ident)*) => {$(
            #[allow(missing_debug_implementations)]
            pub enum $Name {}
        )*};
    }
    names!(Plus Minus Times By Modulo And Or Xor ShiftLeft ShiftRight Negative Complement);
}

/// Calls a macro with all binary operators.
macro_rules! binary {
    ($mac:ident) => {
        $mac! {
            Plus Add add AddAssign add_assign;
            Minus Sub sub SubAssign sub_assign;
            Times Mul mul MulAssign mul_assign;
            By Div div DivAssign div_assign;
            Modulo Rem rem RemAssign rem_assign;
            And BitAnd bitand BitAndAssign bitand_assign;
            Or BitOr bitor BitOrAssign bitor_assign;
            Xor BitXor bitxor BitXorAssign bitxor_assign;
            ShiftLeft Shl shl ShlAssign shl_assign;
            ShiftRight Shr shr ShrAssign shr_assign;
        }
    };
}
pub(crate) use binary;

macro_rules! forward {
    ($($Name:ident $Op:ident $op:ident $Assign:ident $assign:ident;)*) => {$(
        impl<T: ?Sized, R, O> BinaryLhs<names::$Name, R> for T
        where
            for<'a> &'a T: $Op<R, Output = O>,
        {
            type Output = O;

            #[inline]
            #[track_caller]
            fn apply(&self, right: R) -> O {
                $Op::$op(self, right)
            }
        }

        impl<T: ?Sized, L, O> BinaryRhs<names::$Name, L> for T
        where
            for<'a> L: $Op<&'a T, Output = O>,
        {
            type Output = O;

            #[inline]
            #[track_caller]
            fn apply_to(&self, left: L) -> O {
                $Op::$op(left, self)
            }
        }

        impl<T: ?Sized, R> AssignLhs<names::$Name, R> for T
        where
            for<'a> &'a T: $Assign<R>,
        {
            #[inline]
            #[track_caller]
            fn assign(mut self: &Self, right: R) {
                $Assign::$assign(&mut self, right);
            }
        }

        impl<T: ?Sized, L> AssignRhs<names::$Name, L> for T
        where
            for<'a> L: $Assign<&'a T>,
        {
            #[inline]
            #[track_caller]
            fn assign_to(&self, left: &mut L) {
                $Assign::$assign(left, self);
            }
        }
    )*};
}
binary!(forward);

macro_rules! forward_unary {
    ($($Name:ident $Op:ident $op:ident;)*) => {$(
        impl<T: ?Sized, O> UnaryOp<names::$Name> for T
        where
            for<'a> &'a T: $Op<Output = O>,
        {
            type Output = O;

            #[inline]
            #[track_caller]
            fn apply(&self) -> O {
                $Op::$op(self)
            }
        }
    )*};
}
forward_unary! {
    Negative Neg neg;
    Complement Not not;
}

/// `for<'a> N: TryFrom<&'a Self>`.
pub trait TryIntoByRef<N> {
    type Error;
    fn try_into_by_ref(&self) -> Result<N, Self::Error>;
}

impl<T: ?Sized, N, E> TryIntoByRef<N> for T
where
    for<'a> N: TryFrom<&'a T, Error = E>,
{
    type Error = E;

    #[inline]
    fn try_into_by_ref(&self) -> Result<N, E> {
        N::try_from(self)
    }
}

/// `N: TryFrom<Self>`, for `Self: Copy`.
pub trait TryIntoByCopy<N> {
    type Error;
    fn try_into_by_copy(&self) -> Result<N, Self::Error>;
}

impl<T: Copy, N: TryFrom<T>> TryIntoByCopy<N> for T {
    type Error = N::Error;

    #[inline]
    fn try_into_by_copy(&self) -> Result<N, N::Error> {
        N::try_from(*self)
    }
}

/// `&'a Self: IntoIterator`.
pub trait IntoIterByRef<'a> {
    type Item;
    type Iter: Iterator<Item = Self::Item>;
    fn lend(&'a self) -> Self::Iter;
}

impl<'a, T: ?Sized + 'a> IntoIterByRef<'a> for T
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type Iter = <&'a T as IntoIterator>::IntoIter;

    #[inline]
    fn lend(&'a self) -> Self::Iter {
        self.into_iter()
    }
}

/// `for<'a> &'a Self: IntoIterator`, with items that do not borrow.
pub trait Iterable {
    type Item;
    type Iter<'a>: Iterator<Item = Self::Item>
    where
        Self: 'a;
    fn iterate(&self) -> Self::Iter<'_>;
}

impl<T: ?Sized, I> Iterable for T
where
    for<'a> &'a T: IntoIterator<Item = I>,
{
    type Item = I;
    type Iter<'a>
        = <&'a T as IntoIterator>::IntoIter
    where
        T: 'a;

    #[inline]
    fn iterate(&self) -> Self::Iter<'_> {
        self.into_iter()
    }
}

/// `for<'a> &'a Self: Iterator`, with items that do not borrow.
pub trait Source {
    type Item;
    fn advance(&self) -> Option<Self::Item>;
    fn hint(&self) -> (usize, Option<usize>);
}

impl<T: ?Sized, I> Source for T
where
    for<'a> &'a T: Iterator<Item = I>,
{
    type Item = I;

    #[inline]
    #[track_caller]
    fn advance(mut self: &Self) -> Option<I> {
        Iterator::next(&mut self)
    }

    #[inline]
    fn hint(&self) -> (usize, Option<usize>) {
        Iterator::size_hint(&self)
    }
}

impl<I: Iterator, F: Flavor> Source for Slotted<RefCell<I>, F> {
    type Item = I::Item;

    #[inline]
    #[track_caller]
    fn advance(&self) -> Option<I::Item> {
        (**self).borrow_mut().next()
    }

    #[inline]
    #[track_caller]
    fn hint(&self) -> (usize, Option<usize>) {
        (**self).borrow().size_hint()
    }
}

impl<I: Iterator, F: Flavor> Source for Slotted<Mutex<I>, F> {
    type Item = I::Item;

    #[inline]
    #[track_caller]
    fn advance(&self) -> Option<I::Item> {
        self.lock().unwrap().next()
    }

    #[inline]
    #[track_caller]
    fn hint(&self) -> (usize, Option<usize>) {
        self.lock().unwrap().size_hint()
    }
}

/// Calls a macro with the types of numbers: first the integers, which have all operators.
macro_rules! numbers {
    ($mac:ident) => {
        $mac! {
            [i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize] [f32 f64]
        }
    };
}
pub(crate) use numbers;
