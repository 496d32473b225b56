//! Iterating over the object of a proxy.
#![allow(unsafe_code)]

use std::{fmt, iter::FusedIterator, mem::MaybeUninit, ptr::NonNull};

use super::{
    Proxy, ProxyGuard,
    forward::{Iterable, Source},
};
use crate::{StrongOf, Weakrefable};

/// An iterator over the object of a [`Proxy`], which it keeps alive: what `for item in &proxy` uses.
///
/// There is one where `&T` can be iterated over and gives items that borrow nothing. An object whose
/// items are in itself is iterated over through a guard: `for item in proxy.get().iter()`.
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
/// assert_eq!(numbers.next(), Some(2)); // it is an owner
/// assert!(!proxy.is_dead());
/// drop(numbers);
/// assert!(proxy.is_dead());
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ProxyIter<'p, T: ?Sized + Weakrefable + Iterable + 'static> {
    /// Always there, until the drop. Borrows from the object, not for `'static` but as long as the
    /// guard is there; so it is never given away, and nothing may be called that would only be there
    /// for `'static`: what it implements is asked of `T::Iter<'a>` for all `'a`.
    ///
    /// The compiler may take a reference that is handed to a function to be good until the function
    /// ends, which this one is not where an iterator is dropped. Inside a `MaybeUninit`, it does not.
    iter: MaybeUninit<T::Iter<'static>>,
    // Behind `iter`, and dropped behind it.
    _guard: ProxyGuard<'p, T>,
}

// SAFETY: it is a guard and an iterator, and nothing else. The compiler itself would ask only whether
// the iterator is `Send` that borrows for `'static`.
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
        // SAFETY: the object is alive and stays where it is as long as the guard is there, and nobody
        // gets at it by `&mut` (see `ProxyGuard::deref`). The guard is moved into the struct, is never
        // taken out of it, and is dropped after the iterator, also if the drop of that panics. If
        // `iterate` panics, nothing that borrows is left. The object is borrowed for longer than the
        // guard lives by what `iterate` returns, and by nothing else: it is written for any lifetime,
        // so it cannot know that this one is `'static` and leave the reference somewhere. For the same
        // reason, no item has it: `T::Item` is one type for all lifetimes.
        let iter = unsafe { object.as_ref() }.iterate();
        Self { iter: MaybeUninit::new(iter), _guard: guard }
    }

    fn inner(&self) -> &T::Iter<'static> {
        // SAFETY: it is there until the drop.
        unsafe { self.iter.assume_init_ref() }
    }

    fn inner_mut(&mut self) -> &mut T::Iter<'static> {
        // SAFETY: it is there until the drop.
        unsafe { self.iter.assume_init_mut() }
    }
}

impl<T: ?Sized + Weakrefable + Iterable + 'static> Drop for ProxyIter<'_, T> {
    fn drop(&mut self) {
        // SAFETY: it is there, and not used from here on.
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

/// Iterates over the object, which lives as long as the iterator: [`ProxyIter`].
#[allow(clippy::into_iter_without_iter)] // the object may have its own `iter`, in `get().iter()`
impl<'p, T: ?Sized + Weakrefable + Iterable + 'static> IntoIterator for &'p Proxy<T> {
    type Item = T::Item;
    type IntoIter = ProxyIter<'p, T>;

    #[track_caller]
    fn into_iter(self) -> ProxyIter<'p, T> {
        ProxyIter::new(self.get())
    }
}

/// A proxy of an iterator is one: Python's `next(proxy)`.
///
/// What is iterated through `&` is that of which `&T` is an iterator, as with std's `Read for &File`;
/// and a `Slotted<RefCell<I>>` or `Slotted<Mutex<I>>`. Each step uses the object anew, so it panics
/// when it is dead, and several proxies can take turns.
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
