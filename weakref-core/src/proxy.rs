//! `Proxy`: a weak reference that is used like the object.

mod call;
mod compare;
mod convert;
pub(crate) mod forward;
mod guard;
mod iter;
mod operand;
mod ops;

use std::fmt;

use crate::{
    StrongOf, WeakRef, Weakrefable,
    error::ReferenceError,
    flavor::{Callback, Pointer},
};
pub use call::{Callable, CallableProxy};
pub use guard::ProxyGuard;
pub use iter::ProxyIter;
pub use operand::Operand;

/// A weak reference that is used like the object: Python's `weakref.proxy`.
///
/// [`get`](Self::get) returns a guard that dereferences to the object and keeps it alive. If the
/// object has been dropped, `get` panics with the message of [`ReferenceError`], as any use of a
/// dead proxy does in Python; [`try_get`](Self::try_get) returns the error. Proxies implement the
/// operators of std, and your own traits by [`#[proxy]`](macro@crate::proxy).
///
/// # Why there is no `Deref`
///
/// `Deref` would lend the object for as long as the proxy exists. But a proxy does not keep the
/// object alive: the reference would dangle, or the proxy would have to become an owner. So a guard
/// owns a strong pointer as long as it exists, and does not outlive its proxy.
///
/// ```compile_fail,E0716
/// # use std::sync::Arc;
/// # use weakref_core::{Proxy, Slotted};
/// let owner = Arc::new(Slotted::new(String::from("text")));
/// let text: &str = Proxy::new(&owner).get().as_str(); // neither proxy nor guard is kept
/// println!("{text}");
/// ```
///
/// # Operators
///
/// An operator is applied to the object, and returns the result for the object. All operands are
/// upgraded first: if one is dead, the expression panics with the message of [`ReferenceError`],
/// and no operator is called. Below, `p` is a `Proxy<T>` or a reference to one, `q` is a `Proxy<U>`
/// or a reference to one, and `x` is an [`Operand`]: a number, a string, an object, or a type of
/// your own.
///
/// | | exists if | |
/// |---|---|---|
/// | `p + x`, `p + q`, and with <code>- * / % & \| ^ << >></code> | `&T: Add<X>`, `&T: Add<&U>` | the result borrows nothing |
/// | `5 + q`, and as above | `i64: Add<&U>` | a number on the left, or a `bool` with <code>& \| ^</code> |
/// | `-p`, `!p` | `&T: Neg`, `&T: Not` | |
/// | `p += x`, `p += q`, and as above | `&T: AddAssign<X>`, `&T: AddAssign<&U>` | `p` by value, and `mut` |
/// | `n += q`, and as above | `i64: AddAssign<&U>` | `n` is a number, or a `bool` |
/// | `p == x`, `p < q`, and so on | `T: PartialEq<X>`, `T: PartialOrd<U>` | `p` and `q` by value; `!=` goes to `!=` |
/// | `"{p}"`, `"{p:>8x}"` | `T: Display`, `T: LowerHex` | all but `Debug` and `Pointer` |
/// | `i64::try_from(&p)` | `i64: TryFrom<&T>` or `From<&T>` | all numbers, `bool`, `char`, `String`; the error is `T`'s |
/// | `for item in &p` | `&T: IntoIterator` | the items borrow nothing; [`ProxyIter`] keeps the object |
/// | `p.next()` | `&T: Iterator` | or `T` is a [`Slotted`](crate::Slotted) `RefCell` or `Mutex` of an iterator |
///
/// A proxy gives access by `&T`, so `+=` exists for objects that change through `&`, as std writes
/// to a `&File`. It does not fall back to `p = p + x`, which would make another object. A `Slotted`
/// `Mutex`, `RwLock`, `RefCell` or `Cell` has the `+=` of its value, and locks it after the
/// right-hand side has been upgraded. Any other `Slotted` value has the operators of the value that
/// do not change it. For two of them (`p + q`), the left one must be a number.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use weakref_core::{Proxy, Slotted};
///
/// let (score, bonus) = (Arc::new(Slotted::new(Mutex::new(3))), Arc::new(Slotted::new(4)));
/// let (mut score_proxy, bonus_proxy) = (Proxy::new(&score), Proxy::new(&bonus));
/// score_proxy += 10 * &bonus_proxy;
/// assert_eq!(*score.lock().unwrap(), 43);
/// assert!(bonus_proxy < 5);
/// assert_eq!(format!("{bonus_proxy:03}"), "004");
/// ```
///
/// For these, use the object itself, `*p.get()`:
/// - `5 == p` (but `p == 5` exists) and `"text".to_string() + &p`. std has one `==` for `i64` and
///   one `+` for `String`; with a second one, code that relies on inference would not compile. For
///   the same reason, the only types of std on the left-hand side are numbers. (Your own types can
///   be there: `impl Add<&Proxy<Image>> for Canvas`.)
/// - `p[k]`, and everything else that lends a part of the object: `p.get()[k]`.
/// - Fields, and methods such as `len`, `contains`, `abs` and `pow`: `p.get().len()`.
///
/// # No hash
///
/// A proxy has no hash, so it can be neither a key nor an element of a set: the hash of a dropped
/// object is unknown. [`downgrade`](Self::downgrade) returns a [`WeakRef`], which can be a key.
///
/// # Cost
///
/// That of a [`WeakRef`]: without a callback, a std `Weak`. Each use upgrades it, and drops the
/// strong pointer.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Proxy, new, weakrefable};
///
/// #[weakrefable]
/// struct Thermometer { degrees: f64 }
///
/// impl Thermometer {
///     fn degrees(&self) -> f64 { self.degrees }
/// }
///
/// let owner = Arc::new(new!(Thermometer { degrees: 21.5 }));
/// let proxy = Proxy::new(&owner);
/// assert_eq!(proxy.get().degrees(), 21.5);
///
/// drop(owner);
/// assert!(proxy.try_get().is_err());
/// ```
#[repr(transparent)]
pub struct Proxy<T: ?Sized + Weakrefable>(WeakRef<T>);

impl<T: ?Sized + Weakrefable> Proxy<T> {
    /// Creates a proxy of the object. Allocates nothing and takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(vec![1, 2, 3]));
    /// assert_eq!(Proxy::new(&owner).get().len(), 3);
    /// ```
    #[inline]
    #[must_use]
    pub fn new<P: Pointer<Referent = T>>(owner: &P) -> Self {
        Self(WeakRef::new(owner))
    }

    /// Creates a proxy that calls `callback` when the object is dropped. The callback is given the
    /// proxy, which is dead by then.
    ///
    /// The callback is called as that of [`WeakRef::with_callback`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let _proxy = Proxy::with_callback(&owner, |proxy: &Proxy<_>| assert!(proxy.is_dead()));
    /// drop(owner);
    /// ```
    #[must_use = "the callback is cancelled when the last clone of the reference is dropped"]
    pub fn with_callback<P, C>(owner: &P, callback: C) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        C: FnOnce(&Self) + Callback<T, T::Flavor>,
    {
        Self(guard::register(owner, callback))
    }

    /// Returns a guard that keeps the object alive and dereferences to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(String::from("text")));
    /// let proxy = Proxy::new(&owner);
    /// assert_eq!(proxy.get().len(), 4);
    /// ```
    ///
    /// # Panics
    ///
    /// With the message of [`ReferenceError`], if the object has been dropped.
    #[inline]
    #[track_caller]
    pub fn get(&self) -> ProxyGuard<'_, T> {
        match self.0.upgrade() {
            Some(owner) => ProxyGuard::new(owner),
            None => ReferenceError::raise(),
        }
    }

    /// Returns a guard that keeps the object alive and dereferences to it, if the object is alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted, error::ReferenceError};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let proxy = Proxy::new(&owner);
    /// assert_eq!(**proxy.try_get()?, 7);
    /// drop(owner);
    /// assert_eq!(proxy.try_get().unwrap_err(), ReferenceError);
    /// # Ok::<(), ReferenceError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReferenceError`] if the object has been dropped.
    #[inline]
    pub fn try_get(&self) -> Result<ProxyGuard<'_, T>, ReferenceError> {
        self.0.upgrade().map(ProxyGuard::new).ok_or(ReferenceError)
    }

    /// Returns a strong pointer to the object, or `None` if it has been dropped, like
    /// [`WeakRef::upgrade`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// assert!(Arc::ptr_eq(&Proxy::new(&owner).upgrade().unwrap(), &owner));
    /// ```
    #[inline]
    #[must_use = "the object may be dropped with this strong pointer"]
    pub fn upgrade(&self) -> Option<StrongOf<T>> {
        self.0.upgrade()
    }

    /// Calls `f` with the object and returns its result. The object is alive at least until `f`
    /// returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(String::from("text")));
    /// assert_eq!(Proxy::new(&owner).with(|text| text.len()), 4);
    /// ```
    ///
    /// # Panics
    ///
    /// With the message of [`ReferenceError`], if the object has been dropped.
    #[inline]
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        match self.0.upgrade() {
            Some(owner) => f(&owner),
            None => ReferenceError::raise(),
        }
    }

    /// Calls `f` with the object and returns its result, if the object is alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted, error::ReferenceError};
    ///
    /// let owner = Arc::new(Slotted::new(String::from("text")));
    /// let proxy = Proxy::new(&owner);
    /// assert_eq!(proxy.try_with(|text| text.len()), Ok(4));
    /// drop(owner);
    /// assert_eq!(proxy.try_with(|text| text.len()), Err(ReferenceError));
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReferenceError`] if the object has been dropped; `f` is not called then.
    #[inline]
    pub fn try_with<R>(&self, f: impl FnOnce(&T) -> R) -> Result<R, ReferenceError> {
        self.0.with(f).ok_or(ReferenceError)
    }

    /// Returns a clone of the object, as Python's `copy` of a proxy does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// assert_eq!(*Proxy::new(&owner).cloned(), 7);
    /// ```
    ///
    /// # Panics
    ///
    /// With the message of [`ReferenceError`], if the object has been dropped.
    #[track_caller]
    pub fn cloned(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Returns whether the object has been dropped, without making a strong pointer.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let proxy = Proxy::new(&Arc::new(Slotted::new(7)));
    /// assert!(proxy.is_dead());
    /// ```
    #[inline]
    pub fn is_dead(&self) -> bool {
        self.0.is_dead()
    }

    /// Returns whether the two refer to the same object, like [`WeakRef::ptr_eq`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let called = Proxy::with_callback(&owner, |_| ());
    /// assert!(called.ptr_eq(&Proxy::new(&owner)));
    /// ```
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    /// Returns whether the two are the same reference, like [`WeakRef::is_same_reference`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// assert!(Proxy::new(&owner).is_same_reference(&Proxy::new(&owner)));
    /// ```
    pub fn is_same_reference(&self, other: &Self) -> bool {
        self.0.is_same_reference(&other.0)
    }

    /// Returns the proxy as a `WeakRef`: the same reference, with its callback.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// let weak = Proxy::new(&owner).downgrade();
    /// assert!(Arc::ptr_eq(&weak.upgrade().unwrap(), &owner));
    /// ```
    #[must_use]
    pub fn downgrade(&self) -> WeakRef<T> {
        self.0.clone()
    }

    pub(crate) fn as_weak(&self) -> &WeakRef<T> {
        &self.0
    }
}

impl<T: ?Sized + Weakrefable> From<WeakRef<T>> for Proxy<T> {
    /// Returns the reference as a proxy: the same reference, with its callback.
    fn from(weak: WeakRef<T>) -> Self {
        Self(weak)
    }
}

impl<T: ?Sized + Weakrefable> Clone for Proxy<T> {
    /// Returns the same proxy. For a clone of the object, see [`cloned`](Self::cloned).
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized + Weakrefable> fmt::Debug for Proxy<T> {
    /// Writes the type of the object, and its address or `dead`. Calls no method of the object.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe("Proxy", f)
    }
}
