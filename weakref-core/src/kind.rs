//! What all weak references have in common.

use crate::{Proxy, WeakRef, Weakrefable, weakref::count};

/// Any kind of weak reference, for those who do not care which.
///
/// What Python's C interface has as `PyWeakref_Check`, `PyWeakref_CheckRef` and `PyWeakref_IsDead`.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, Slotted, WeakRef, WeakReference, WeakReferenceKind};
///
/// let owner = Arc::new(Slotted::new(7));
/// let all: [Box<dyn WeakReference>; 2] =
///     [Box::new(WeakRef::new(&owner)), Box::new(Proxy::new(&owner))];
/// assert_eq!(all[1].kind(), WeakReferenceKind::Proxy);
/// drop(owner);
/// assert!(all.iter().all(|weak| weak.is_dead()));
/// ```
pub trait WeakReference {
    /// Returns which kind it is.
    fn kind(&self) -> WeakReferenceKind;

    /// Returns whether what it refers to is dead, without making an owner of it.
    fn is_dead(&self) -> bool;

    /// Returns the number of weak references to the object, as
    /// [`weakref_count`](crate::weakref_count) counts them; 0 once it is dead.
    ///
    /// Makes an owner meanwhile, as the slot is in the object; which can turn out to be the last.
    fn weakref_count(&self) -> usize;
}

/// The kinds of [`WeakReference`].
///
/// # Examples
///
/// ```
/// use weakref_core::{Proxy, Slotted, WeakReference, WeakReferenceKind};
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

/// Any kind of proxy: Python's `ProxyTypes`. That is [`Proxy`], and with it
/// [`CallableProxy`](crate::CallableProxy).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, ProxyType, Slotted, WeakReference};
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
