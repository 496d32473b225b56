//! `ProxyGuard`: a strong pointer that lends the object, or a part of it.
#![allow(unsafe_code)]

use std::{cmp::Ordering, fmt, marker::PhantomData, ops::Deref, ptr::NonNull};

use super::Proxy;
use crate::{
    StrongOf, WeakRef, Weakrefable,
    flavor::{Callback, Pointer},
};

/// A guard that keeps the object of a [`Proxy`] alive. Returned by [`Proxy::get`].
///
/// It dereferences to `U`: the object, or after [`map`](Self::map) a part of it. A guard is not
/// `Clone`, and is turned into a strong pointer only by [`into_owner`](Self::into_owner).
///
/// The guard may own the last strong pointer. Then the object is dropped with the guard.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, Slotted};
///
/// let owner = Arc::new(Slotted::new(String::from("text")));
/// let proxy = Proxy::new(&owner);
/// let guard = proxy.get();
/// drop(owner);
/// assert_eq!(guard.len(), 4);
/// assert!(!proxy.is_dead());
/// drop(guard);
/// assert!(proxy.is_dead());
/// ```
#[must_use = "the object is kept only as long as the guard"]
pub struct ProxyGuard<'a, T: ?Sized + Weakrefable, U: ?Sized = T> {
    /// The object of `owner`, a part of it, or something that outlives `'a`. Made from a shared
    /// reference, and only read through.
    part: NonNull<U>,
    owner: StrongOf<T>,
    proxy: PhantomData<&'a Proxy<T>>,
}

// SAFETY: a guard is a strong pointer and a `&U`, and is `Send` if both are.
unsafe impl<T: ?Sized + Weakrefable, U: ?Sized + Sync> Send for ProxyGuard<'_, T, U> where
    StrongOf<T>: Send
{
}
// SAFETY: as above.
unsafe impl<T: ?Sized + Weakrefable, U: ?Sized + Sync> Sync for ProxyGuard<'_, T, U> where
    StrongOf<T>: Sync
{
}

impl<T: ?Sized + Weakrefable> ProxyGuard<'_, T> {
    #[inline]
    pub(super) fn new(owner: StrongOf<T>) -> Self {
        Self { part: NonNull::from(&*owner), owner, proxy: PhantomData }
    }
}

impl<'a, T: ?Sized + Weakrefable, U: ?Sized> ProxyGuard<'a, T, U> {
    /// Returns a guard of a part of `U`, which keeps the object alive as well.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted, reference::ProxyGuard};
    ///
    /// let owner = Arc::new(Slotted::new((1, String::from("one"))));
    /// let proxy = Proxy::new(&owner);
    /// let name = ProxyGuard::map(proxy.get(), |pair| pair.1.as_str());
    /// assert_eq!(&*name, "one");
    /// ```
    // The bounds are needed for soundness. The closure accepts `&'r U` for every `'r`, but a
    // `&'r U` exists only if the lifetimes in `U` outlive `'r`. So without `U: 'a`, the closure
    // could return a reference of its own that is valid only as long as a lifetime in `U`; and the
    // type of the result would not mention that lifetime.
    pub fn map<V>(guard: Self, part: impl FnOnce(&U) -> &V) -> ProxyGuard<'a, T, V>
    where
        U: 'a,
        V: ?Sized + 'a,
    {
        ProxyGuard { part: NonNull::from(part(&guard)), owner: guard.owner, proxy: PhantomData }
    }

    /// Turns the guard into a strong pointer to the object.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted, reference::ProxyGuard};
    ///
    /// let first = Arc::new(Slotted::new(7));
    /// let proxy = Proxy::new(&first);
    /// let second: Arc<_> = ProxyGuard::into_owner(proxy.get());
    /// drop(first);
    /// assert!(!proxy.is_dead());
    /// # drop(second);
    /// ```
    pub fn into_owner(guard: Self) -> StrongOf<T> {
        guard.owner
    }
}

impl<T: ?Sized + Weakrefable, U: ?Sized> Deref for ProxyGuard<'_, T, U> {
    type Target = U;

    #[inline]
    fn deref(&self) -> &U {
        // SAFETY: `part` was made from a shared reference, either to the owner's object (`new`) or
        // to what a closure of `map` returned, and is only read through. Lifetime: a closure that
        // accepts `&'r U` for every `'r` that `U` outlives returns either a reference derived from
        // its argument, valid while the owner keeps the object where it is, or one that is valid
        // for each such `'r`. `map` asks for `U: 'a` and `V: 'a`, so `'a` is one of them, and a
        // guard does not outlive its `'a`. Exclusivity: this owner is not given away while the
        // guard exists, so `Rc::get_mut` and its like fail, and no `&mut` to the object exists.
        unsafe { self.part.as_ref() }
    }
}

impl<T: ?Sized + Weakrefable, U: ?Sized + fmt::Debug> fmt::Debug for ProxyGuard<'_, T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        U::fmt(self, f)
    }
}

impl<T: ?Sized + Weakrefable, U: ?Sized + fmt::Display> fmt::Display for ProxyGuard<'_, T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        U::fmt(self, f)
    }
}

impl<T, U, T2, U2> PartialEq<ProxyGuard<'_, T2, U2>> for ProxyGuard<'_, T, U>
where
    T: ?Sized + Weakrefable,
    U: ?Sized + PartialEq<U2>,
    T2: ?Sized + Weakrefable,
    U2: ?Sized,
{
    fn eq(&self, other: &ProxyGuard<'_, T2, U2>) -> bool {
        U::eq(self, other)
    }

    // The `!=` of the parts, which need not be the opposite of their `==`.
    #[allow(clippy::partialeq_ne_impl)]
    fn ne(&self, other: &ProxyGuard<'_, T2, U2>) -> bool {
        U::ne(self, other)
    }
}

impl<T: ?Sized + Weakrefable, U: ?Sized + Eq> Eq for ProxyGuard<'_, T, U> {}

impl<T, U, T2, U2> PartialOrd<ProxyGuard<'_, T2, U2>> for ProxyGuard<'_, T, U>
where
    T: ?Sized + Weakrefable,
    U: ?Sized + PartialOrd<U2>,
    T2: ?Sized + Weakrefable,
    U2: ?Sized,
{
    fn partial_cmp(&self, other: &ProxyGuard<'_, T2, U2>) -> Option<Ordering> {
        U::partial_cmp(self, other)
    }
}

impl<T: ?Sized + Weakrefable, U: ?Sized + Ord> Ord for ProxyGuard<'_, T, U> {
    fn cmp(&self, other: &Self) -> Ordering {
        U::cmp(self, other)
    }
}

/// Creates the reference of a proxy with a callback.
pub(super) fn register<T, P, C>(owner: &P, callback: C) -> WeakRef<T>
where
    T: ?Sized + Weakrefable + 'static,
    P: Pointer<Referent = T>,
    C: FnOnce(&Proxy<T>) + Callback<T, T::Flavor>,
{
    // SAFETY: a proxy is a transparent `WeakRef`, so the pointer is valid for it. The result
    // borrows the `WeakRef`.
    let show = |weak: &WeakRef<T>| unsafe { NonNull::from(weak).cast::<Proxy<T>>().as_ref() };
    // SAFETY: `C: Callback<T, T::Flavor>` says that in `Shared`, `callback` is `Send` and `T` is
    // `Send + Sync`. The closure owns nothing else.
    unsafe { WeakRef::with_callback_unchecked(owner.strong(), move |weak| callback(show(weak))) }
}
