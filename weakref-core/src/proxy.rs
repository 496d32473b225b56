//! `Proxy`: a weak reference that is used like the object, and the guard through which it is used.

mod call;
mod compare;
mod convert;
pub(crate) mod forward;
mod guard;
mod iter;
mod operand;
mod ops;

use std::fmt;

use crate::{Callback, Pointer, ReferenceError, StrongOf, WeakRef, Weakrefable};
pub use call::{Callable, CallableProxy};
pub use guard::ProxyGuard;
pub use iter::ProxyIter;
pub use operand::Operand;

/// A weak reference that is used like its referent: Python's `weakref.proxy`.
///
/// [`get`](Self::get) gives a guard, which derefs to the object and keeps it alive meanwhile. When the
/// object is dead, it panics with [`ReferenceError`]'s message, as any use of a dead proxy does in
/// Python; [`try_get`](Self::try_get) returns the error. The operators of std go to the object, the
/// traits of yours by [`#[proxy]`](macro@crate::proxy).
///
/// # Why there is no `Deref` here
///
/// A `Deref` lends the object for as long as the proxy lives, but who only has a proxy cannot promise
/// that: it would dangle, or quietly become an owner. So the guard is the owner, for as long as it is
/// held, and cannot outlive its proxy.
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
/// They go to the object, and give what the object gives. All operands are unwrapped first: if one is
/// dead, the whole panics with [`ReferenceError`]'s message, and nothing is called. Below, `p` is a
/// `Proxy<T>` or a reference to one, `q` a `Proxy<U>` or a reference to one, and `x` an [`Operand`],
/// which is a number, a string, an object, or what you say.
///
/// | | is there if | |
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
/// The object is reached by `&T`, so `+=` is for what changes through `&`, as std writes to a `&File`;
/// there is no `p = p + x` behind it, which would need another object. A `Slotted` `Mutex`, `RwLock`,
/// `RefCell` or `Cell` has the `+=` of its value, and locks it after the right side has been unwrapped.
/// A `Slotted` value of any other kind has those of the value's operators that leave it as it is. Two
/// of them go together (`p + q`) if the left one is a number.
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
/// What is not there goes with the object itself, `*p.get()`:
/// - `5 == p` (but `p == 5` is) and `"text".to_string() + &p`: there is one `==` for `i64` and one `+` for `String` in std,
///   and code is written that would not compile if there were two. For the same reason, no types of std
///   but numbers stand on the left. (Yours can: `impl Add<&Proxy<Image>> for Canvas`.)
/// - `p[k]`, and whatever else lends a part of the object: `p.get()[k]`.
/// - What are methods in Rust, as `len`, `contains`, `abs`, `pow`: `p.get().len()`.
///
/// # What it is not
///
/// It has no hash and no order in a set, so it can be neither key nor element: what its hash would be
/// after the death, nobody knows. [`downgrade`](Self::downgrade) gives a [`WeakRef`], which can.
///
/// # Cost
///
/// As a [`WeakRef`]: without a callback, a std `Weak`. Each use upgrades it, and drops the owner.
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
    /// Returns a proxy of the object.
    ///
    /// Allocates nothing and takes no lock.
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
    pub fn new<P: Pointer<Referent = T>>(owner: &P) -> Self {
        Self(WeakRef::new(owner))
    }

    /// Returns a new proxy that calls `callback` when the object dies, with itself, dead by then.
    ///
    /// All that [`WeakRef::with_callback`] says holds here.
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
    pub fn with_callback<P, C>(owner: &P, callback: C) -> Self
    where
        T: 'static,
        P: Pointer<Referent = T>,
        C: FnOnce(&Self) + Callback<T, T::Flavor>,
    {
        Self(guard::register(owner, callback))
    }

    /// Returns the object, kept alive by a guard.
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
    /// With [`ReferenceError`]'s message, if the object is dead.
    #[inline]
    #[track_caller]
    pub fn get(&self) -> ProxyGuard<'_, T> {
        match self.0.upgrade() {
            Some(owner) => ProxyGuard::new(owner),
            None => ReferenceError::raise(),
        }
    }

    /// Returns the object, kept alive by a guard, if it is not dead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, ReferenceError, Slotted};
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
    /// [`ReferenceError`] if the object is dead.
    #[inline]
    pub fn try_get(&self) -> Result<ProxyGuard<'_, T>, ReferenceError> {
        self.0.upgrade().map(ProxyGuard::new).ok_or(ReferenceError)
    }

    /// Returns an owner of the object, or `None` once it is dead, as [`WeakRef::upgrade`] does.
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
    pub fn upgrade(&self) -> Option<StrongOf<T>> {
        self.0.upgrade()
    }

    /// Calls `f` with the object and returns its result. The object lives at least until `f` returns.
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
    /// With [`ReferenceError`]'s message, if the object is dead.
    #[inline]
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        match self.0.upgrade() {
            Some(owner) => f(&owner),
            None => ReferenceError::raise(),
        }
    }

    /// Calls `f` with the object, if it is not dead, and returns its result.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, ReferenceError, Slotted};
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
    /// [`ReferenceError`] if the object is dead; `f` is not called then.
    #[inline]
    pub fn try_with<R>(&self, f: impl FnOnce(&T) -> R) -> Result<R, ReferenceError> {
        self.0.with(f).ok_or(ReferenceError)
    }

    /// Returns a clone of the object: what Python's `copy` gives for a proxy.
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
    /// With [`ReferenceError`]'s message, if the object is dead.
    #[track_caller]
    pub fn cloned(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Returns whether the object is dead, without making an owner of it.
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

    /// Returns whether the two are the same reference, as [`WeakRef::ptr_eq`] has it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Proxy, Slotted};
    ///
    /// let owner = Arc::new(Slotted::new(7));
    /// assert!(Proxy::new(&owner).ptr_eq(&Proxy::new(&owner)));
    /// ```
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    /// Returns the weak reference behind the proxy: the same reference, with its callback.
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
    pub fn downgrade(&self) -> WeakRef<T> {
        self.0.clone()
    }

    pub(crate) fn as_weak(&self) -> &WeakRef<T> {
        &self.0
    }
}

impl<T: ?Sized + Weakrefable> From<WeakRef<T>> for Proxy<T> {
    /// Returns a proxy that is the same reference.
    fn from(weak: WeakRef<T>) -> Self {
        Self(weak)
    }
}

impl<T: ?Sized + Weakrefable> Clone for Proxy<T> {
    /// Returns the same proxy once more. For a clone of the object, see [`cloned`](Self::cloned).
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized + Weakrefable> fmt::Debug for Proxy<T> {
    /// Writes the type of the referent, and its address or `dead`. Does not call into it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe("Proxy", f)
    }
}
