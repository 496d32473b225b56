//! The traits of all weak references, and of all proxies.

use super::object::count;
use crate::{Proxy, WeakRef, Weakrefable};

/// A weak reference of any kind.
///
/// Covers `PyWeakref_Check`, `PyWeakref_CheckRef` and `PyWeakref_IsDead` of Python's C interface.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, Slotted, WeakRef, WeakReference, reference::WeakReferenceKind};
///
/// let owner = Arc::new(Slotted::new(7));
/// let all: [Box<dyn WeakReference>; 2] =
///     [Box::new(WeakRef::new(&owner)), Box::new(Proxy::new(&owner))];
/// assert_eq!(all[1].kind(), WeakReferenceKind::Proxy);
/// drop(owner);
/// assert!(all.iter().all(|weak| weak.is_dead()));
/// ```
pub trait WeakReference {
    /// Returns the kind of the reference.
    fn kind(&self) -> WeakReferenceKind;

    /// Returns whether the object has been dropped, without making a strong pointer.
    fn is_dead(&self) -> bool;

    /// Returns the [`weakref_count`](crate::weakref_count) of the object; 0 if it has been dropped.
    ///
    /// Makes a strong pointer meanwhile, as the slot is in the object. It may become the last one.
    fn weakref_count(&self) -> usize;
}

/// The kinds of [`WeakReference`].
///
/// # Examples
///
/// ```
/// use weakref_core::{Proxy, Slotted, WeakReference, reference::WeakReferenceKind};
///
/// let owner = std::sync::Arc::new(Slotted::new(7));
/// assert_eq!(Proxy::new(&owner).kind(), WeakReferenceKind::Proxy);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WeakReferenceKind {
    /// A [`WeakRef`].
    Ref,
    /// A [`KeyedRef`](crate::KeyedRef).
    Keyed,
    /// A [`Proxy`].
    Proxy,
    /// A [`WeakMethod`](crate::WeakMethod).
    Method,
}

/// A proxy of any kind: Python's `ProxyTypes`. Implemented by [`Proxy`], of which
/// [`CallableProxy`](crate::reference::CallableProxy) is an alias.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, Slotted, WeakReference, reference::ProxyType};
///
/// fn is_stale(proxy: &impl ProxyType) -> bool {
///     proxy.is_dead()
/// }
///
/// let owner = Arc::new(Slotted::new(|| 7));
/// assert!(!is_stale(&Proxy::new(&owner)));
/// ```
pub trait ProxyType: WeakReference {}

impl<T: ?Sized + Weakrefable> WeakReference for WeakRef<T> {
    fn kind(&self) -> WeakReferenceKind {
        WeakReferenceKind::Ref
    }

    fn is_dead(&self) -> bool {
        self.is_dead()
    }

    fn weakref_count(&self) -> usize {
        self.upgrade().map_or(0, |owner| count::<T>(&owner))
    }
}

impl<T: ?Sized + Weakrefable> WeakReference for Proxy<T> {
    fn kind(&self) -> WeakReferenceKind {
        WeakReferenceKind::Proxy
    }

    fn is_dead(&self) -> bool {
        self.is_dead()
    }

    fn weakref_count(&self) -> usize {
        self.as_weak().weakref_count()
    }
}

impl<T: ?Sized + Weakrefable> ProxyType for Proxy<T> {}
