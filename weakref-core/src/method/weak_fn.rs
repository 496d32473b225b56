//! `weak_fn!` and `weak_fn_or!`: closures that hold their object weakly.

/// Creates a closure that holds an object weakly, from an owner of the object and a closure with
/// the object as its first parameter.
///
/// The new closure has the other parameters, any number of them, and returns `Option<R>`, where `R`
/// is the result of the given one. A call upgrades the object and runs the body, or returns `None`
/// if the object has been dropped. [`weak_fn_or!`](crate::weak_fn_or) has a default instead: where
/// the callback must return nothing, as a `Fn(&Event)`, it is
/// `weak_fn_or!(&owner, (), |object, event| ..)`.
///
/// The result is a real closure, unlike a [`WeakMethod`](crate::WeakMethod). It implements `Fn`,
/// `FnMut` or `FnOnce`, and `Send`, `Sync` and `Clone`, as a `move` closure with the same body and
/// a [`WeakRef`](crate::WeakRef) does. So it can be passed wherever a callback is taken, and be
/// stored as a `Box<dyn Fn(&Event) -> Option<()>>`. The parameters are written as in other closures:
/// their types can be left out where the compiler knows them, and a `&Event` is accepted with every
/// lifetime. A function cannot return such a closure for every list of parameters, so this is a
/// macro.
///
/// The body is given a `&T`. `return` and `?` leave the body, with a value of type `R`. All that
/// the body uses is moved into the closure, with or without the word `move`: a strong pointer to
/// the object, too, which would keep the object alive.
///
/// While the body runs, the closure owns a strong pointer to the object. If all others are dropped
/// meanwhile, the object is dropped at the end of the call.
///
/// # Cost
///
/// That of a [`WeakRef`](crate::WeakRef) without callback: creating the closure allocates nothing.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
/// use weakref_core::{new, weak_fn, weakrefable};
///
/// struct Key(u32);
///
/// #[weakrefable]
/// #[derive(Default)]
/// struct Counter { sum: AtomicU32 }
///
/// impl Counter {
///     fn press(&self, key: &Key) { self.sum.fetch_add(key.0, Ordering::Relaxed); }
/// }
///
/// let counter = Arc::new(Counter::default());
/// let handlers: Vec<Box<dyn Fn(&Key) -> Option<()> + Send>> = vec![
///     Box::new(weak_fn!(&counter, |counter, key| counter.press(key))),
///     Box::new(|key| Some(println!("{}", key.0))),
/// ];
/// for handler in &handlers {
///     handler(&Key(7));
/// }
/// assert_eq!(counter.sum.load(Ordering::Relaxed), 7);
///
/// drop(counter);
/// assert!(handlers[0](&Key(7)).is_none());
/// ```
///
/// In an `Rc`, with a body that changes what the closure owns:
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Local, Slotted, weak_fn};
///
/// let word = Rc::new(Slotted::<_, Local>::new("ab"));
/// let mut calls = 0;
/// let mut repeat = weak_fn!(&word, |word, times: usize| {
///     calls += 1;
///     format!("{calls}: {}", word.repeat(times))
/// });
/// assert_eq!(repeat(2).as_deref(), Some("1: abab"));
/// assert_eq!(repeat(1).as_deref(), Some("2: ab"));
/// drop(word);
/// assert_eq!(repeat(1), None);
/// ```
#[macro_export]
macro_rules! weak_fn {
    ($owner:expr, $(move)? |$object:tt $(: $Object:ty)?, $($rest:tt)+) => {
        $crate::__weak_fn!([$owner] [] [$object $(: $Object)?] [] $($rest)+)
    };
    ($owner:expr, $(move)? |$object:tt $(: $Object:ty)?| $($body:tt)+) => {
        $crate::__weak_fn!([$owner] [] [$object $(: $Object)?] [] | $($body)+)
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "expected an owner, and a closure with the object as its first parameter: \
             `weak_fn!(&owner, |object, event: &Event| object.handle(event))`"
        )
    };
}

/// Like [`weak_fn!`], with a default for calls after the object has been dropped: the new closure
/// returns `R` instead of `Option<R>`.
///
/// The default stands before the closure, as in [`Option::map_or`]. It is an expression that is
/// evaluated by each call that needs it. With the default `()`, the closure is a callback without
/// result that does nothing after the object has been dropped.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, weak_fn_or};
///
/// let limit = Arc::new(Slotted::new(10));
/// let mut numbers = vec![5, 50, 7];
/// let is_allowed = weak_fn_or!(&limit, true, |limit, number: &i32| *number <= **limit);
///
/// numbers.retain(&is_allowed);
/// assert_eq!(numbers, [5, 7]);
///
/// drop(limit);
/// assert!(is_allowed(&50));
/// ```
///
/// A callback without result:
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use weakref_core::{Local, Slotted, weak_fn_or};
///
/// fn for_each_word(text: &str, callback: impl Fn(&str)) {
///     text.split(' ').for_each(callback);
/// }
///
/// let words = Rc::new(Slotted::<_, Local>::new(RefCell::new(Vec::new())));
/// for_each_word("to be", weak_fn_or!(&words, (), |words, word| {
///     words.borrow_mut().push(word.to_owned());
/// }));
/// assert_eq!(*words.borrow(), ["to", "be"]);
/// ```
#[macro_export]
macro_rules! weak_fn_or {
    ($owner:expr, $default:expr, $(move)? |$object:tt $(: $Object:ty)?, $($rest:tt)+) => {
        $crate::__weak_fn!([$owner] [$default] [$object $(: $Object)?] [] $($rest)+)
    };
    ($owner:expr, $default:expr, $(move)? |$object:tt $(: $Object:ty)?| $($body:tt)+) => {
        $crate::__weak_fn!([$owner] [$default] [$object $(: $Object)?] [] | $($body)+)
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "expected an owner, a default, and a closure with the object as its first parameter: \
             `weak_fn_or!(&owner, 0, |object, event: &Event| object.handle(event))`"
        )
    };
}

/// The closure of the two macros, from the owner, the default if there is one, the object's
/// parameter, the other parameters that have been read, and the rest of the closure.
#[doc(hidden)]
#[macro_export]
macro_rules! __weak_fn {
    // The first `|` ends the parameters. What follows may begin with the type of the result.
    ([$owner:expr] [] [$($object:tt)+] [$($parameters:tt)*] | $($body:tt)+) => {{
        let object = $crate::WeakRef::new($owner);
        move |$($parameters)*| object.with(|$($object)+| $($body)+)
    }};
    ([$owner:expr] [$default:expr] [$($object:tt)+] [$($parameters:tt)*] | $($body:tt)+) => {{
        let object = $crate::WeakRef::new($owner);
        move |$($parameters)*| match object.with(|$($object)+| $($body)+) {
            ::core::option::Option::Some(result) => result,
            ::core::option::Option::None => $default,
        }
    }};
    ($owner:tt $default:tt $object:tt [$($parameters:tt)*] $next:tt $($rest:tt)*) => {
        $crate::__weak_fn!($owner $default $object [$($parameters)* $next] $($rest)*)
    };
}
