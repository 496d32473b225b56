//! The callback of a `WeakMethod`: called once, when the object or a weakly referenced function is
//! dropped.
#![allow(unsafe_code)]

use std::sync::{Arc, Mutex, OnceLock};

use super::{ByWeak, FunctionStorage, WeakMethod, new_identity};
use crate::{Flavor, StrongOf, WeakRef, Weakrefable, flavor::Callback, unraisable::catch};

/// Creates a method that owns its function, with a callback.
pub(super) fn watch_object<T, F, H, C>(
    object: &StrongOf<T>,
    function: F,
    callback: C,
) -> WeakMethod<T, F, H>
where
    T: ?Sized + Weakrefable + 'static,
    F: Clone + Callback<T, T::Flavor>,
    H: FunctionStorage<F, Storage = F>,
    C: FnOnce(&WeakMethod<T, F, H>) + Callback<T, T::Flavor>,
{
    let identity = new_identity();
    let liveness = T::Flavor::strong(OnceLock::new());
    let weak_liveness = T::Flavor::downgrade(&liveness);
    let same = function.clone();
    let call = move |object: &WeakRef<T>| {
        if T::Flavor::upgrade(&weak_liveness).is_some() {
            let object = object.clone();
            let method = WeakMethod { object, function: same, identity, liveness: None };
            // Caught here, as the drop of the function, which comes next, can panic too.
            catch::<C>(|| callback(&method));
        }
    };
    // SAFETY: in `Shared`, the bounds on `C` and `F` say that both are `Send` and `T` is
    // `Send + Sync`. The closure also owns a weak pointer to weak references to the object, which
    // are `Send + Sync` then.
    let object = unsafe { WeakRef::with_hidden_callback(object, call) };
    WeakMethod { object, function, identity, liveness: Some(liveness) }
}

/// Creates a method with a weak reference to its function, and a callback.
pub(super) fn watch_both<T, F, C>(
    object: &StrongOf<T>,
    function: &StrongOf<F>,
    callback: C,
) -> WeakMethod<T, F, ByWeak>
where
    T: ?Sized + Weakrefable + 'static,
    F: ?Sized + Weakrefable<Flavor = T::Flavor> + 'static,
    C: FnOnce(&WeakMethod<T, F, ByWeak>) + Callback<T, T::Flavor> + Callback<F, T::Flavor>,
{
    let identity = new_identity();
    let liveness = T::Flavor::strong(OnceLock::new());
    let weak_liveness = T::Flavor::downgrade(&liveness);
    // The one that is dropped first takes the callback. Neither blocks: a drop that finds the mutex
    // locked is the second one.
    let callback = Arc::new(Mutex::new(Some(callback)));
    let call = move |object, function| {
        let callback = callback.try_lock().ok().and_then(|mut callback| callback.take());
        if let Some(callback) = callback {
            let method = WeakMethod { object, function, identity, liveness: None };
            // Caught here, as the drops of the references, which come next, can panic too.
            catch::<C>(|| callback(&method));
        }
    };
    let first = {
        let (call, weak_liveness) = (call.clone(), weak_liveness.clone());
        // Without a callback, so that this callback does not keep the other one.
        let function = WeakRef::from_weak(T::Flavor::downgrade(function));
        move |object: &WeakRef<T>| {
            if T::Flavor::upgrade(&weak_liveness).is_some() {
                call(object.clone(), function);
            }
        }
    };
    // SAFETY: in `Shared`, the bounds on `C` say that it is `Send`, and that `T` and `F` are
    // `Send + Sync`. The closure owns the callback in an `Arc<Mutex<..>>`, a weak pointer to weak
    // references to the object, and a weak reference to the function, all of which are `Send` then.
    let object = unsafe { WeakRef::with_hidden_callback(object, first) };
    let _ = liveness.set(object.clone());
    let second = move |function: &WeakRef<F>| {
        // The method's own reference, which has the hash if that has been computed.
        let object = T::Flavor::upgrade(&weak_liveness).and_then(|object| object.get().cloned());
        if let Some(object) = object {
            call(object, function.clone());
        }
    };
    // SAFETY: as above.
    let function = unsafe { WeakRef::with_hidden_callback(function, second) };
    WeakMethod { object, function, identity, liveness: Some(liveness) }
}
