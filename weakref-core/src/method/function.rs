//! The function of a `WeakMethod`: how it is called, stored and compared.

use std::ops::Deref;

use crate::{Flavor, Slotted, StrongOf, WeakRef, Weakrefable};

/// A function that can be called as a method of `T`: its first parameter is `&T`, and the others
/// are the elements of the tuple `Args`, at most seven.
///
/// Implemented for all such functions and closures, and for [`Slotted`] ones.
///
/// # Examples
///
/// ```
/// use weakref_core::method::Method;
///
/// fn call<T, M: Method<T, (i32,)>>(object: &T, method: &M) -> M::Output {
///     method.call_on(object, (2,))
/// }
/// assert_eq!(call(&40, &|n: &i32, m| n + m), 42);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a method of `{T}` with the arguments `{Args}`",
    note = "a method takes `&{T}` first; the other arguments are a tuple: `method.call((a, b))`, \
            `method.call((a,))`, `method.call(())`"
)]
pub trait Method<T: ?Sized, Args> {
    /// The result of the call.
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

/// How a [`WeakMethod`](crate::WeakMethod) stores its function: [`Owned`], [`OwnedEq`] or
/// [`ByWeak`].
///
/// This trait is sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{Slotted, WeakMethod, method::FunctionStorage};
///
/// fn count_dead<F, H: FunctionStorage<F>>(all: &[WeakMethod<Slotted<String>, F, H>]) -> usize {
///     all.iter().filter(|method| method.is_dead()).count()
/// }
/// assert_eq!(count_dead(&[] as &[WeakMethod<_, fn(&Slotted<String>)>]), 0);
/// ```
pub trait FunctionStorage<F: ?Sized>: sealed::Sealed {
    /// The function, or a weak reference to it.
    #[doc(hidden)]
    type Storage;
    /// A pointer that keeps the function alive during a call.
    #[doc(hidden)]
    type Guard<'a>: Deref<Target = F>
    where
        Self: 'a,
        F: 'a;

    #[doc(hidden)]
    fn get(storage: &Self::Storage) -> Option<Self::Guard<'_>>;
    #[doc(hidden)]
    fn is_dead(storage: &Self::Storage) -> bool;
    /// Whether two functions of this type are the same.
    #[doc(hidden)]
    fn is_same(this: &Self::Storage, other: &Self::Storage) -> bool;
}

/// The method owns its function. Made by [`WeakMethod::new`](crate::WeakMethod::new).
///
/// Two methods have the same function if the functions have one type, without a size: as `fn`
/// items, and closures that capture nothing. The captures of closures cannot be compared.
#[derive(Debug)]
pub enum Owned {}

/// The method owns its function, and compares it by `==`. Made by
/// [`WeakMethod::comparing`](crate::WeakMethod::comparing).
#[derive(Debug)]
pub enum OwnedEq {}

/// The method has a weak reference to its function. Made by
/// [`WeakMethod::with_weak_fn`](crate::WeakMethod::with_weak_fn).
#[derive(Debug)]
pub enum ByWeak {}

mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
    impl Sealed for super::Owned {}
    impl Sealed for super::OwnedEq {}
    impl Sealed for super::ByWeak {}
}

impl<F> FunctionStorage<F> for Owned {
    type Storage = F;
    type Guard<'a>
        = &'a F
    where
        F: 'a;

    #[inline]
    fn get(storage: &F) -> Option<&F> {
        Some(storage)
    }

    #[inline]
    fn is_dead(_: &F) -> bool {
        false
    }

    fn is_same(_: &F, _: &F) -> bool {
        size_of::<F>() == 0
    }
}

impl<F: PartialEq> FunctionStorage<F> for OwnedEq {
    type Storage = F;
    type Guard<'a>
        = &'a F
    where
        F: 'a;

    #[inline]
    fn get(storage: &F) -> Option<&F> {
        Some(storage)
    }

    #[inline]
    fn is_dead(_: &F) -> bool {
        false
    }

    fn is_same(this: &F, other: &F) -> bool {
        this == other
    }
}

impl<F: ?Sized + Weakrefable> FunctionStorage<F> for ByWeak {
    type Storage = WeakRef<F>;
    type Guard<'a>
        = StrongOf<F>
    where
        F: 'a;

    #[inline]
    fn get(storage: &WeakRef<F>) -> Option<StrongOf<F>> {
        storage.upgrade()
    }

    #[inline]
    fn is_dead(storage: &WeakRef<F>) -> bool {
        storage.is_dead()
    }

    fn is_same(this: &WeakRef<F>, other: &WeakRef<F>) -> bool {
        this.ptr_eq(other)
    }
}
