//! Iteration over the object of a proxy.
#![allow(unsafe_code)]

use std::{fmt, iter::FusedIterator, mem::MaybeUninit, ptr::NonNull};

use super::{
    Proxy, ProxyGuard,
    forward::{Iterable, Source},
};
use crate::{StrongOf, Weakrefable};

/// An iterator over the object of a [`Proxy`], which it keeps alive. Used by `for item in &proxy`.
///
/// It exists if `&T` is `IntoIterator` with items that borrow nothing. To iterate over items that
/// are borrowed from the object, use a guard: `for item in proxy.get().iter()`.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, new, weakrefable};
///
/// #[weakrefable]
/// struct Countdown { from: u32 }
///
/// impl IntoIterator for &Countdown {
///     type Item = u32;
///     type IntoIter = std::iter::Rev<std::ops::Range<u32>>;
///
///     fn into_iter(self) -> Self::IntoIter { (0..self.from).rev() }
/// }
///
/// let countdown = Arc::new(new!(Countdown { from: 3 }));
/// let proxy = Proxy::new(&countdown);
/// let mut numbers = proxy.into_iter();
/// drop(countdown);
/// assert_eq!(numbers.next(), Some(2)); // the iterator owns a strong pointer
/// assert!(!proxy.is_dead());
/// drop(numbers);
/// assert!(proxy.is_dead());
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ProxyIter<'p, T: ?Sized + Weakrefable + Iterable + 'static> {
    /// Initialized until the drop. It borrows from the object: not for `'static`, but as long as
    /// the guard exists. So it is never given away, and no method is called that exists only for
    /// `'static`: the traits that it implements are required of `T::Iter<'a>` for all `'a`.
    ///
    /// In a `MaybeUninit`, because the compiler may assume that a reference in an argument is valid
    /// until the function returns. That does not hold in a function that drops the `ProxyIter`.
    iter: MaybeUninit<T::Iter<'static>>,
    // Declared after `iter`, and so dropped after it.
    _guard: ProxyGuard<'p, T>,
}

// SAFETY: the struct contains a guard and an iterator. The bounds ask whether the iterator is
// `Send` for all lifetimes, while the compiler would ask only for `'static`.
unsafe impl<T: ?Sized + Weakrefable + Iterable + 'static> Send for ProxyIter<'_, T>
where
    T: Sync,
    StrongOf<T>: Send,
    for<'a> T::Iter<'a>: Send,
{
}
// SAFETY: as above.
unsafe impl<T: ?Sized + Weakrefable + Iterable + 'static> Sync for ProxyIter<'_, T>
where
    T: Sync,
    StrongOf<T>: Send,
    for<'a> T::Iter<'a>: Sync,
{
}

impl<'p, T: ?Sized + Weakrefable + Iterable + 'static> ProxyIter<'p, T> {
    fn new(guard: ProxyGuard<'p, T>) -> Self {
        let object = NonNull::from(&*guard);
        // SAFETY: the object is alive, and is not moved, as long as the guard exists; and there is
        // no `&mut` to it (see `ProxyGuard::deref`). The guard is moved into the struct, is never
        // taken out of it, and is dropped after the iterator, also if the drop of the iterator
        // panics. If `iterate` panics, nothing borrows the object any more. Only the result of
        // `iterate` has the lifetime that is longer than the guard's: `iterate` accepts any
        // lifetime, so it cannot store the reference where `'static` is needed. For the same reason
        // no item has it, as `T::Item` is one type for all lifetimes.
        let iter = unsafe { object.as_ref() }.iterate();
        Self { iter: MaybeUninit::new(iter), _guard: guard }
    }

    fn inner(&self) -> &T::Iter<'static> {
        // SAFETY: the iterator is initialized until the drop.
        unsafe { self.iter.assume_init_ref() }
    }

    fn inner_mut(&mut self) -> &mut T::Iter<'static> {
        // SAFETY: the iterator is initialized until the drop.
        unsafe { self.iter.assume_init_mut() }
    }
}

impl<T: ?Sized + Weakrefable + Iterable + 'static> Drop for ProxyIter<'_, T> {
    fn drop(&mut self) {
        // SAFETY: the iterator is initialized, and not used afterwards.
        unsafe { self.iter.assume_init_drop() }
    }
}

impl<T: ?Sized + Weakrefable + Iterable + 'static> Iterator for ProxyIter<'_, T> {
    type Item = T::Item;

    #[inline]
    fn next(&mut self) -> Option<T::Item> {
        self.inner_mut().next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner().size_hint()
    }

    #[inline]
    fn nth(&mut self, n: usize) -> Option<T::Item> {
        self.inner_mut().nth(n)
    }
}

impl<T: ?Sized + Weakrefable + Iterable + 'static> DoubleEndedIterator for ProxyIter<'_, T>
where
    for<'a> T::Iter<'a>: DoubleEndedIterator,
{
    #[inline]
    fn next_back(&mut self) -> Option<T::Item> {
        self.inner_mut().next_back()
    }

    #[inline]
    fn nth_back(&mut self, n: usize) -> Option<T::Item> {
        self.inner_mut().nth_back(n)
    }
}

impl<T: ?Sized + Weakrefable + Iterable + 'static> ExactSizeIterator for ProxyIter<'_, T>
where
    for<'a> T::Iter<'a>: ExactSizeIterator,
{
    #[inline]
    fn len(&self) -> usize {
        self.inner().len()
    }
}

impl<T: ?Sized + Weakrefable + Iterable + 'static> FusedIterator for ProxyIter<'_, T> where
    for<'a> T::Iter<'a>: FusedIterator
{
}

impl<T: ?Sized + Weakrefable + Iterable + 'static> fmt::Debug for ProxyIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyIter").finish_non_exhaustive()
    }
}

/// Iterates over the object, and keeps it alive: see [`ProxyIter`].
#[allow(clippy::into_iter_without_iter)] // the object may have its own `iter`, in `get().iter()`
impl<'p, T: ?Sized + Weakrefable + Iterable + 'static> IntoIterator for &'p Proxy<T> {
    type Item = T::Item;
    type IntoIter = ProxyIter<'p, T>;

    #[track_caller]
    fn into_iter(self) -> ProxyIter<'p, T> {
        ProxyIter::new(self.get())
    }
}

/// A proxy of an iterator is an iterator: Python's `next(proxy)`.
///
/// The object is an iterator through `&` if `&T` is an iterator, like `Read for &File` in std, or
/// if it is a `Slotted<RefCell<I>>` or `Slotted<Mutex<I>>`. Each step upgrades the proxy. So a step
/// panics if the object has been dropped, and several proxies can take turns.
impl<T: ?Sized + Weakrefable + Source> Iterator for Proxy<T> {
    type Item = T::Item;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<T::Item> {
        T::advance(&self.get())
    }

    #[inline]
    #[track_caller]
    fn size_hint(&self) -> (usize, Option<usize>) {
        T::hint(&self.get())
    }
}
