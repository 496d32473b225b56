//! The callback of a `WeakMethod`, which is called once, for the one of two that dies first.
#![allow(unsafe_code)]

use std::sync::{Arc, Mutex, OnceLock};

use super::{Owned, WeakMethod, Weakly, new_identity};
use crate::{Callback, Flavor, StrongOf, WeakRef, Weakrefable, callback::run};

/// Returns a method that owns its function, with a callback.
pub(super) fn watch_object<T, F, C>(
    object: &StrongOf<T>,
    function: F,
    callback: C,
) -> WeakMethod<T, F, Owned>
where
    T: ?Sized + Weakrefable + 'static,
    F: Clone + Callback<T, T::Flavor>,
    C: FnOnce(&WeakMethod<T, F>) + Callback<T, T::Flavor>,
{
    let identity = new_identity();
    let wanted = T::Flavor::strong(OnceLock::new());
    let still = T::Flavor::downgrade(&wanted);
    let same = function.clone();
    let tell = move |object: &WeakRef<T>| {
        if T::Flavor::upgrade(&still).is_some() {
            let object = object.clone();
            let method = WeakMethod { object, function: same, identity, wanted: None };
            // By itself, as the drop of the function can panic too.
            run::<C>(|| callback(&method));
        }
    };
    // SAFETY: the closure owns a callback and a function, of which `Callback` says it, and a weak
    // pointer to weak references to the object, which are `Send + Sync` in `Shared`, as `Callback` says
    // too.
    let object = unsafe { WeakRef::with_hidden_callback(object, tell) };
    WeakMethod { object, function, identity, wanted: Some(wanted) }
}

/// Returns a method that holds its function weakly, with a callback.
pub(super) fn watch_both<T, F, C>(
    object: &StrongOf<T>,
    function: &StrongOf<F>,
    callback: C,
) -> WeakMethod<T, F, Weakly>
where
    T: ?Sized + Weakrefable + 'static,
    F: ?Sized + Weakrefable<Flavor = T::Flavor> + 'static,
    C: FnOnce(&WeakMethod<T, F, Weakly>) + Callback<T, T::Flavor> + Callback<F, T::Flavor>,
{
    let identity = new_identity();
    let wanted = T::Flavor::strong(OnceLock::new());
    let still = T::Flavor::downgrade(&wanted);
    // Of the two that can die, the first takes it. They do not wait: who finds it locked comes second.
    let callback = Arc::new(Mutex::new(Some(callback)));
    let tell = move |object, function| {
        let callback = callback.try_lock().ok().and_then(|mut callback| callback.take());
        if let Some(callback) = callback {
            let method = WeakMethod { object, function, identity, wanted: None };
            // By itself, as the drops of the references can panic too.
            run::<C>(|| callback(&method));
        }
    };
    let first = {
        let (tell, still) = (tell.clone(), still.clone());
        // Without a callback, so that this one does not keep the other.
        let function = WeakRef::from_weak(T::Flavor::downgrade(function));
        move |object: &WeakRef<T>| {
            if T::Flavor::upgrade(&still).is_some() {
                tell(object.clone(), function);
            }
        }
    };
    // SAFETY: the closure owns the callback, of which `Callback` says it, in an `Arc` and a `Mutex`; a
    // weak pointer to weak references to the object, and a weak reference to the function, which are
    // `Send + Sync` in `Shared`, as `Callback` says too.
    let object = unsafe { WeakRef::with_hidden_callback(object, first) };
    let _ = wanted.set(object.clone());
    let second = move |function: &WeakRef<F>| {
        // With its kept hash.
        let object = T::Flavor::upgrade(&still).and_then(|wanted| wanted.get().cloned());
        if let Some(object) = object {
            tell(object, function.clone());
        }
    };
    // SAFETY: as above.
    let function = unsafe { WeakRef::with_hidden_callback(function, second) };
    WeakMethod { object, function, identity, wanted: Some(wanted) }
}
