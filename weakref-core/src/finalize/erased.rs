//! Finalizers of any object, with any function, in one type.

use std::fmt;

use crate::{Finalizer, Weakrefable, finalize::FinalizerFunction};

/// A [`Finalizer`], whatever its object and its function are.
///
/// `dyn ErasedFinalizer` is for collections of different finalizers. [`BoxedFinalizer`] and
/// [`LocalBoxedFinalizer`] are boxes of it.
///
/// This trait is sealed.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, finalize, finalizer::ErasedFinalizer};
///
/// let (object, other) = (Arc::new(Slotted::new(7)), Arc::new(Slotted::new("seven")));
/// let (first, second) = (finalize(&object, || 7), finalize(&other, || println!("called")));
/// let all: [&dyn ErasedFinalizer; 2] = [&first, &second];
/// drop(object);
/// assert_eq!(all.map(|finalizer| finalizer.is_alive()), [false, true]);
/// ```
pub trait ErasedFinalizer: fmt::Debug + sealed::Sealed {
    /// Calls the function, drops its result, and returns `true`. Returns `false` if the function
    /// has been called or taken back, or if the end of the program is [over](crate::exit).
    ///
    /// # Panics
    ///
    /// As [`Finalizer::call`], and if the drop of the result panics.
    fn call(&self) -> bool;

    /// Takes the function back, drops it, and returns `true`. Returns `false` if the function has
    /// been called or taken back before.
    ///
    /// # Panics
    ///
    /// As [`Finalizer::detach`], and if the drop of the function panics.
    fn detach(&self) -> bool;

    /// Returns whether the function has been neither called nor taken back, as
    /// [`Finalizer::is_alive`].
    fn is_alive(&self) -> bool;

    /// Returns whether the function will run at the end of the program, as [`Finalizer::atexit`].
    fn atexit(&self) -> bool;

    /// Sets whether the function runs at the end of the program, as [`Finalizer::set_atexit`].
    fn set_atexit(&self, atexit: bool);
}

mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
}

impl<T: ?Sized + Weakrefable, F> sealed::Sealed for Finalizer<T, F> {}

impl<T: ?Sized + Weakrefable, F: FinalizerFunction<T>> ErasedFinalizer for Finalizer<T, F> {
    fn call(&self) -> bool {
        self.call().is_some()
    }

    fn detach(&self) -> bool {
        self.detach().is_some()
    }

    fn is_alive(&self) -> bool {
        self.is_alive()
    }

    fn atexit(&self) -> bool {
        self.atexit()
    }

    fn set_atexit(&self, atexit: bool) {
        self.set_atexit(atexit);
    }
}

/// A boxed [`Finalizer`] of any [`Shared`](crate::Shared) object, with any function.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{BoxedFinalizer, Slotted, finalize};
///
/// let (object, other) = (Arc::new(Slotted::new(7)), Arc::new(Slotted::new("seven")));
/// let finalizers: Vec<BoxedFinalizer> = vec![
///     Box::new(finalize(&object, || 7)),
///     Box::new(finalize(&other, || println!("called"))),
/// ];
/// for finalizer in &finalizers {
///     assert!(finalizer.call()); // prints "called", for the second one
///     assert!(!finalizer.is_alive());
/// }
/// ```
pub type BoxedFinalizer = Box<dyn ErasedFinalizer + Send + Sync>;

/// Like [`BoxedFinalizer`], for objects of both flavours: it is not `Send`.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Local, LocalBoxedFinalizer, Slotted, finalize};
///
/// let object = Rc::new(Slotted::<_, Local>::new(7));
/// let name = String::from("object");
/// let finalizers: Vec<LocalBoxedFinalizer> = vec![
///     Box::new(finalize(&object, || unreachable!())),
///     Box::new(finalize(&object, move || name)),
/// ];
/// assert!(finalizers.iter().all(|finalizer| finalizer.detach()));
/// drop(object); // calls nothing
/// ```
pub type LocalBoxedFinalizer = Box<dyn ErasedFinalizer>;
