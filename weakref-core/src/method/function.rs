//! The function of a `WeakMethod`: how it is called, held and compared.

use std::ops::Deref;

use crate::{Flavor, Slotted, StrongOf, WeakRef, Weakrefable};

/// A function that can be called as a method of a `T`: one that takes `&T` first, and then `Args`, a
/// tuple of up to seven.
///
/// Implemented for all functions and closures that fit, and for [`Slotted`] ones.
///
/// # Examples
///
/// ```
/// use weakref_core::Method;
///
/// fn call<T, M: Method<T, (i32,)>>(object: &T, method: &M) -> M::Output {
///     method.call_on(object, (2,))
/// }
/// assert_eq!(call(&40, &|n: &i32, m| n + m), 42);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a method of `{T}` with the arguments `{Args}`",
    note = "a method takes `&{T}` first; the other arguments are a tuple: `method.call((a, b))`, `method.call((a,))`, `method.call(())`"
)]
pub trait Method<T: ?Sized, Args> {
    /// What the call returns.
    type Output;

    /// Calls the function with the object and the arguments.
    fn call_on(&self, object: &T, args: Args) -> Self::Output;
}

macro_rules! method {
    ($($Arg:ident $arg:ident),*) => {
        impl<T, Func, R, $($Arg),*> Method<T, ($($Arg,)*)> for Func
        where
            T: ?Sized,
            Func: ?Sized + Fn(&T, $($Arg),*) -> R,
        {
            type Output = R;

            #[inline]
            fn call_on(&self, object: &T, ($($arg,)*): ($($Arg,)*)) -> R {
                self(object, $($arg),*)
            }
        }
    };
}

method!();
method!(A a);
method!(A a, B b);
method!(A a, B b, C c);
method!(A a, B b, C c, D d);
method!(A a, B b, C c, D d, E e);
method!(A a, B b, C c, D d, E e, F f);
method!(A a, B b, C c, D d, E e, F f, G g);

impl<T: ?Sized, Func: ?Sized + Method<T, Args>, Fl: Flavor, Args> Method<T, Args>
    for Slotted<Func, Fl>
{
    type Output = Func::Output;

    #[inline]
    fn call_on(&self, object: &T, args: Args) -> Func::Output {
        Func::call_on(self, object, args)
    }
}

/// How a [`WeakMethod`](crate::WeakMethod) holds its function: [`Owned`], [`Compared`] or [`Weakly`].
///
/// Sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{HoldsFunction, Slotted, WeakMethod};
///
/// fn count_dead<F, H: HoldsFunction<F>>(all: &[WeakMethod<Slotted<String>, F, H>]) -> usize {
///     all.iter().filter(|method| method.is_dead()).count()
/// }
/// assert_eq!(count_dead(&[] as &[WeakMethod<_, fn(&Slotted<String>)>]), 0);
/// ```
pub trait HoldsFunction<F: ?Sized>: sealed::Sealed {
    /// The function, or a weak reference to it.
    #[doc(hidden)]
    type Held;
    /// What keeps the function for a call.
    #[doc(hidden)]
    type Live<'a>: Deref<Target = F>
    where
        Self: 'a,
        F: 'a;

    #[doc(hidden)]
    fn live(held: &Self::Held) -> Option<Self::Live<'_>>;
    #[doc(hidden)]
    fn is_dead(held: &Self::Held) -> bool;
    /// Whether two functions of this type are the same.
    #[doc(hidden)]
    fn is_same(this: &Self::Held, other: &Self::Held) -> bool;
}

/// The method owns its function: what [`WeakMethod::new`](crate::WeakMethod::new) makes.
///
/// Two of them have the same function if that has one type and no size, as all functions do that are
/// named, and all closures that capture nothing. What a closure has captured cannot be compared.
#[derive(Debug)]
pub enum Owned {}

/// The method owns its function, and compares it by `==`: what
/// [`WeakMethod::comparing`](crate::WeakMethod::comparing) makes.
#[derive(Debug)]
pub enum Compared {}

/// The method holds its function weakly: what
/// [`WeakMethod::with_weak_fn`](crate::WeakMethod::with_weak_fn) makes.
#[derive(Debug)]
pub enum Weakly {}

mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
    impl Sealed for super::Owned {}
    impl Sealed for super::Compared {}
    impl Sealed for super::Weakly {}
}

impl<F> HoldsFunction<F> for Owned {
    type Held = F;
    type Live<'a>
        = &'a F
    where
        F: 'a;

    #[inline]
    fn live(held: &F) -> Option<&F> {
        Some(held)
    }

    #[inline]
    fn is_dead(_: &F) -> bool {
        false
    }

    fn is_same(_: &F, _: &F) -> bool {
        size_of::<F>() == 0
    }
}

impl<F: PartialEq> HoldsFunction<F> for Compared {
    type Held = F;
    type Live<'a>
        = &'a F
    where
        F: 'a;

    #[inline]
    fn live(held: &F) -> Option<&F> {
        Some(held)
    }

    #[inline]
    fn is_dead(_: &F) -> bool {
        false
    }

    fn is_same(this: &F, other: &F) -> bool {
        this == other
    }
}

impl<F: ?Sized + Weakrefable> HoldsFunction<F> for Weakly {
    type Held = WeakRef<F>;
    type Live<'a>
        = StrongOf<F>
    where
        F: 'a;

    #[inline]
    fn live(held: &WeakRef<F>) -> Option<StrongOf<F>> {
        held.upgrade()
    }

    #[inline]
    fn is_dead(held: &WeakRef<F>) -> bool {
        held.is_dead()
    }

    fn is_same(this: &WeakRef<F>, other: &WeakRef<F>) -> bool {
        this.refers_to_same(other)
    }
}
