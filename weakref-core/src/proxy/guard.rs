//! `ProxyGuard`: an owner that lends the object, or a part of it.
#![allow(unsafe_code)]

use std::{cmp::Ordering, fmt, marker::PhantomData, ops::Deref, ptr::NonNull};

use super::Proxy;
use crate::{Callback, Pointer, StrongOf, WeakRef, Weakrefable};

/// Keeps the object of a [`Proxy`] alive, and derefs to it: what [`Proxy::get`] returns.
///
/// `U` is what it shows: the object `T`, or after [`map`](Self::map) a part of it. It is neither
/// `Clone`, nor turned into an owner by accident; [`into_owner`](Self::into_owner) does that.
///
/// It can become the last owner. Then the object dies where the guard is dropped.
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
    /// What the owner owns, or a part of it.
    part: NonNull<U>,
    owner: StrongOf<T>,
    proxy: PhantomData<&'a Proxy<T>>,
}

// SAFETY: it is an owner of `T` and a `&U`.
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
    /// Returns a guard of a part of what this one shows, which keeps the object alive as well.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, ProxyGuard, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new((1, String::from("one"))));
    /// let proxy = Proxy::new(&owner);
    /// let name = ProxyGuard::map(proxy.get(), |pair| pair.1.as_str());
    /// assert_eq!(&*name, "one");
    /// ```
    pub fn map<V: ?Sized>(guard: Self, part: impl FnOnce(&U) -> &V) -> ProxyGuard<'a, T, V> {
        ProxyGuard { part: NonNull::from(part(&guard)), owner: guard.owner, proxy: PhantomData }
    }

    /// Returns the owner of the object that the guard is.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, ProxyGuard, Slotted};
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
        // SAFETY: it points into what the owner owns, which stays alive and where it is as long as the
        // owner is there. Nobody else has this owner, so nobody gets at it by `&mut`. `map` makes it
        // from a reference that could live as long as any, so what it points to lives as long as the
        // object, or longer.
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

    // What the parts' own `!=` says, which need not be the opposite of their `==`.
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

/// Makes the reference of a proxy with a callback.
pub(super) fn register<T, P, C>(owner: &P, callback: C) -> WeakRef<T>
where
    T: ?Sized + Weakrefable + 'static,
    P: Pointer<Referent = T>,
    C: FnOnce(&Proxy<T>) + Callback<T, T::Flavor>,
{
    // SAFETY: a proxy is a transparent `WeakRef`.
    let show = |weak: &WeakRef<T>| unsafe { NonNull::from(weak).cast::<Proxy<T>>().as_ref() };
    // SAFETY: what `Callback` says of `callback` holds for this closure, which owns nothing else.
    unsafe { WeakRef::with_callback_unchecked(owner.strong(), move |weak| callback(show(weak))) }
}
