//! Calling an object through its proxy.

use crate::{Flavor, Proxy, Shared, Slotted, Weakrefable, error::ReferenceError};

/// An object that can be called with the arguments in the tuple `Args`, directly or through a
/// [`Proxy`].
///
/// Implemented for [`Slotted`] closures with up to eight arguments, also unsized ones. Implement it
/// for your own types, as a Python class has `__call__`. (The `Fn` traits cannot be implemented on
/// stable Rust.)
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, new, reference::Callable, weakrefable};
///
/// #[weakrefable]
/// struct Adder { amount: i32 }
///
/// impl Callable<(i32,)> for Adder {
///     type Output = i32;
///
///     fn call(&self, (number,): (i32,)) -> i32 { number + self.amount }
/// }
///
/// let adder = Arc::new(new!(Adder { amount: 2 }));
/// assert_eq!(Proxy::new(&adder).call((5,)), 7);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called with the arguments `{Args}`",
    note = "the arguments are a tuple: `proxy.call((a, b))`, `proxy.call((a,))`, `proxy.call(())`",
    note = "the referent is a `Slotted` closure, as in `Arc<Slotted<dyn Fn(i32) -> i32>>`, or \
            implements `Callable`"
)]
pub trait Callable<Args> {
    /// The result of the call.
    type Output;

    /// Calls the object.
    fn call(&self, args: Args) -> Self::Output;
}

macro_rules! callable {
    ($($Arg:ident $arg:ident),*) => {
        impl<Func, Fl, R, $($Arg),*> Callable<($($Arg,)*)> for Slotted<Func, Fl>
        where
            Func: ?Sized + Fn($($Arg),*) -> R,
            Fl: Flavor,
        {
            type Output = R;

            #[inline]
            fn call(&self, ($($arg,)*): ($($Arg,)*)) -> R {
                (**self)($($arg),*)
            }
        }
    };
}

callable!();
callable!(A a);
callable!(A a, B b);
callable!(A a, B b, C c);
callable!(A a, B b, C c, D d);
callable!(A a, B b, C c, D d, E e);
callable!(A a, B b, C c, D d, E e, F f);
callable!(A a, B b, C c, D d, E e, F f, G g);
callable!(A a, B b, C c, D d, E e, F f, G g, H h);

/// A proxy of a closure: Python's `CallableProxyType`. There is one type of proxy, which can be
/// called if its object can be called.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, Slotted, reference::CallableProxy};
///
/// let double: Arc<Slotted<dyn Fn(i32) -> i32>> = Arc::new(Slotted::new(|n| 2 * n));
/// let proxy: CallableProxy<dyn Fn(i32) -> i32> = Proxy::new(&double);
/// assert_eq!(proxy.call((21,)), 42);
/// ```
pub type CallableProxy<Func, Fl = Shared> = Proxy<Slotted<Func, Fl>>;

impl<T: ?Sized + Weakrefable> Proxy<T> {
    /// Calls the object with a tuple of arguments, and returns the result. The object is alive at
    /// least until the call returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Proxy, Slotted};
    ///
    /// let add = Rc::new(Slotted::<_, Local>::new(|a: i32, b: i32| a + b));
    /// assert_eq!(Proxy::new(&add).call((1, 2)), 3);
    /// ```
    ///
    /// # Panics
    ///
    /// With the message of [`ReferenceError`], if the object has been dropped.
    #[inline]
    #[track_caller]
    pub fn call<Args>(&self, args: Args) -> T::Output
    where
        T: Callable<Args>,
    {
        self.get().call(args)
    }

    /// Calls the object with a tuple of arguments and returns the result, if the object is alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Proxy, Slotted, error::ReferenceError};
    ///
    /// let greet = Rc::new(Slotted::<_, Local>::new(|name: &str| format!("hello {name}")));
    /// let proxy = Proxy::new(&greet);
    /// assert_eq!(proxy.try_call(("ann",)).unwrap(), "hello ann");
    /// drop(greet);
    /// assert_eq!(proxy.try_call(("ann",)), Err(ReferenceError));
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReferenceError`] if the object has been dropped.
    #[inline]
    pub fn try_call<Args>(&self, args: Args) -> Result<T::Output, ReferenceError>
    where
        T: Callable<Args>,
    {
        Ok(self.try_get()?.call(args))
    }
}
