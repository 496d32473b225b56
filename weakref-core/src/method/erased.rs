//! Methods of any object, with any function, in one type.

use std::fmt;

use crate::{
    WeakMethod, WeakReference, Weakrefable,
    error::ReferenceError,
    method::{FunctionStorage, Method},
};

/// A [`WeakMethod`] that can be called with the arguments in the tuple `Args`, whatever its object
/// and its function are.
///
/// `dyn ErasedWeakMethod` is for collections of different listeners. [`BoxedWeakMethod`] is a box
/// of it, for arguments without lifetimes. For arguments that borrow, write a `for<'a>` in an alias
/// of your own, as in the example.
///
/// This trait is sealed.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
/// use weakref_core::{Slotted, WeakMethod, method::ErasedWeakMethod};
///
/// struct Event { number: u32 }
///
/// /// Is called with a `&Event`, of any lifetime.
/// type Listener = Box<dyn for<'a> ErasedWeakMethod<(&'a Event,), Output = ()> + Send + Sync>;
///
/// let sum = Arc::new(Slotted::new(AtomicU32::new(0)));
/// let name = Arc::new(Slotted::new(String::from("log")));
/// let mut listeners: Vec<Listener> = vec![
///     Box::new(WeakMethod::new(&sum, |sum: &Slotted<AtomicU32>, event: &Event| {
///         sum.fetch_add(event.number, Ordering::Relaxed);
///     })),
///     Box::new(WeakMethod::new(&name, |name: &Slotted<String>, event: &Event| {
///         println!("{}: {}", **name, event.number);
///     })),
/// ];
///
/// drop(name);
/// let event = Event { number: 7 };
/// listeners.retain(|listener| listener.try_call((&event,)).is_ok());
/// assert_eq!(listeners.len(), 1);
/// assert_eq!(sum.load(Ordering::Relaxed), 7);
/// ```
pub trait ErasedWeakMethod<Args>: WeakReference + fmt::Debug + sealed::Sealed {
    /// The result of the call.
    type Output;

    /// Calls the method and returns its result, if the method is not dead.
    ///
    /// # Errors
    ///
    /// Returns [`ReferenceError`] if the method is dead.
    fn try_call(&self, args: Args) -> Result<Self::Output, ReferenceError>;
}

mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
}

impl<T, F, H> sealed::Sealed for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized,
    H: FunctionStorage<F>,
{
}

impl<T, F, H, Args> ErasedWeakMethod<Args> for WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable,
    F: ?Sized + Method<T, Args>,
    H: FunctionStorage<F>,
{
    type Output = F::Output;

    fn try_call(&self, args: Args) -> Result<F::Output, ReferenceError> {
        self.try_call(args)
    }
}

/// A boxed [`WeakMethod`] of any [`Shared`](crate::Shared) object, with any function that can be
/// called with the arguments in the tuple `Args`.
///
/// For arguments that borrow, see [`ErasedWeakMethod`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{BoxedWeakMethod, Slotted, WeakMethod};
///
/// let (name, sizes) = (Arc::new(Slotted::new("ann")), Arc::new(Slotted::new([3, 4])));
/// let methods: Vec<BoxedWeakMethod<(usize,), String>> = vec![
///     Box::new(WeakMethod::new(&name, |name: &Slotted<&str>, times| name.repeat(times))),
///     Box::new(WeakMethod::new(&sizes, |sizes: &Slotted<[i32; 2]>, index: usize| {
///         sizes[index].to_string()
///     })),
/// ];
/// assert!(methods.iter().map(|method| method.try_call((1,)).unwrap()).eq(["ann", "4"]));
/// drop(name);
/// assert!(methods[0].is_dead() && methods[0].try_call((1,)).is_err());
/// ```
pub type BoxedWeakMethod<Args, R = ()> = Box<dyn ErasedWeakMethod<Args, Output = R> + Send + Sync>;

/// Like [`BoxedWeakMethod`], for objects of both flavours: it is not `Send`.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Local, LocalBoxedWeakMethod, Slotted, WeakMethod};
///
/// type Name = Slotted<&'static str, Local>;
///
/// let name: Rc<Name> = Rc::new(Slotted::new("ann"));
/// let methods: Vec<LocalBoxedWeakMethod<(), usize>> = vec![
///     Box::new(WeakMethod::new(&name, |name: &Name| name.len())),
///     Box::new(WeakMethod::new(&name, |_: &Name| 7)),
/// ];
/// assert!(methods.iter().map(|method| method.try_call(()).unwrap()).eq([3, 7]));
/// ```
pub type LocalBoxedWeakMethod<Args, R = ()> = Box<dyn ErasedWeakMethod<Args, Output = R>>;
