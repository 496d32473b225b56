//! What an object can do by reference, asked of the object's own type.
//!
//! `&Proxy<T>: Add<R>` where `&T: Add<R>` is what the operators come to. Written so, the compiler that
//! looks for an `Add` of any `&_`, in code that has nothing to do with proxies, would find this one,
//! look for an `Add` of any `&_` behind it, and so on. `T: Left<Plus, R>` says the same, and of a `T`
//! that is not known, there is nothing to look for.

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
pub trait Left<Op, R> {
    type Output;
    fn left(&self, right: R) -> Self::Output;
}

/// `for<'a> L: Op<&'a Self>`, with a result that does not borrow.
pub trait Right<Op, L> {
    type Output;
    fn right(&self, left: L) -> Self::Output;
}

/// `for<'a> &'a Self: OpAssign<R>`.
pub trait Place<Op, R> {
    fn assign(&self, right: R);
}

/// `for<'a> L: OpAssign<&'a Self>`.
pub trait Onto<Op, L> {
    fn assign_to(&self, left: &mut L);
}

/// `for<'a> &'a Self: Op`, with a result that does not borrow.
pub trait Alone<Op> {
    type Output;
    fn alone(&self) -> Self::Output;
}

/// The operators, by their names.
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
        impl<T: ?Sized, R, O> Left<names::$Name, R> for T
        where
            for<'a> &'a T: $Op<R, Output = O>,
        {
            type Output = O;

            #[inline]
            #[track_caller]
            fn left(&self, right: R) -> O {
                $Op::$op(self, right)
            }
        }

        impl<T: ?Sized, L, O> Right<names::$Name, L> for T
        where
            for<'a> L: $Op<&'a T, Output = O>,
        {
            type Output = O;

            #[inline]
            #[track_caller]
            fn right(&self, left: L) -> O {
                $Op::$op(left, self)
            }
        }

        impl<T: ?Sized, R> Place<names::$Name, R> for T
        where
            for<'a> &'a T: $Assign<R>,
        {
            #[inline]
            #[track_caller]
            fn assign(mut self: &Self, right: R) {
                $Assign::$assign(&mut self, right);
            }
        }

        impl<T: ?Sized, L> Onto<names::$Name, L> for T
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
        impl<T: ?Sized, O> Alone<names::$Name> for T
        where
            for<'a> &'a T: $Op<Output = O>,
        {
            type Output = O;

            #[inline]
            #[track_caller]
            fn alone(&self) -> O {
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
pub trait Gives<N> {
    type Error;
    fn give(&self) -> Result<N, Self::Error>;
}

impl<T: ?Sized, N, E> Gives<N> for T
where
    for<'a> N: TryFrom<&'a T, Error = E>,
{
    type Error = E;

    #[inline]
    fn give(&self) -> Result<N, E> {
        N::try_from(self)
    }
}

/// `N: TryFrom<Self>`, of what can be copied.
pub trait Becomes<N> {
    type Error;
    fn become_it(&self) -> Result<N, Self::Error>;
}

impl<T: Copy, N: TryFrom<T>> Becomes<N> for T {
    type Error = N::Error;

    #[inline]
    fn become_it(&self) -> Result<N, N::Error> {
        N::try_from(*self)
    }
}

/// `&'a Self: IntoIterator`.
pub trait Lends<'a> {
    type Item;
    type Iter: Iterator<Item = Self::Item>;
    fn lend(&'a self) -> Self::Iter;
}

impl<'a, T: ?Sized + 'a> Lends<'a> for T
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

/// Calls a macro with the types of numbers, those for which all operators are there first.
macro_rules! numbers {
    ($mac:ident) => {
        $mac! {
            [i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize] [f32 f64]
        }
    };
}
pub(crate) use numbers;
