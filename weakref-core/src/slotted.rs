//! `Slotted`: a value with a slot beside it.

mod drop;
mod ops;
mod slice;

use std::{
    borrow::{Borrow, BorrowMut},
    ffi::{CStr, CString, OsStr, OsString},
    fmt,
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
};

use crate::{Flavor, Shared, WeakSlot, Weakrefable};

/// A value with a [`WeakSlot`] beside it. Makes any type weakly referenceable.
///
/// Use it for enums, types of other crates, closures, and a `Mutex` or `RefCell` around a state:
/// where you would derive a class from a builtin in Python. It dereferences to the value, and takes
/// `Debug`, `Display`, equality, order, hash and default from the value. `Arc<Slotted<T>>` coerces
/// to `Arc<Slotted<dyn Trait>>`. A `&Slotted` has the operators that a reference to the value has,
/// and so has a [`Proxy`](crate::Proxy) of it.
///
/// When a `Slotted` is dropped, the registrations are notified before the value is dropped. It has a
/// `Drop` of its own, so what the value borrows must outlive it.
///
/// # Cost
///
/// The 16 bytes of the slot.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use weakref_core::{Slotted, WeakRef};
///
/// let score: Arc<Slotted<Mutex<u32>>> = Arc::new(Slotted::new(Mutex::new(0)));
/// let weak = WeakRef::new(&score);
/// *score.lock().unwrap() += 1;
/// assert_eq!(weak.with(|score| *score.lock().unwrap()), Some(1));
///
/// trait Shape { fn area(&self) -> f64; }
/// struct Square(f64);
/// impl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } }
///
/// let shape: Arc<Slotted<dyn Shape>> = Arc::new(Slotted::new(Square(2.0)));
/// assert_eq!(WeakRef::new(&shape).with(|shape| shape.area()), Some(4.0));
/// ```
// `slice.rs` computes the layout by hand.
#[repr(C)]
pub struct Slotted<T: ?Sized, F: Flavor = Shared> {
    slot: WeakSlot<F>,
    value: T,
}

impl<T, F: Flavor> Slotted<T, F> {
    /// Creates a `Slotted` with an empty slot. Allocates nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// // The compiler infers the flavour from the `Rc`.
    /// let name = Rc::new(Slotted::new("Ada"));
    /// assert!(!WeakRef::new(&name).is_dead());
    /// ```
    #[cfg(not(weakref_loom))]
    pub const fn new(value: T) -> Self {
        Self { slot: WeakSlot::new(), value }
    }

    /// Creates a `Slotted` with an empty slot. Allocates nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// // The compiler infers the flavour from the `Rc`.
    /// let name = Rc::new(Slotted::new("Ada"));
    /// assert!(!WeakRef::new(&name).is_dead());
    /// ```
    #[cfg(weakref_loom)]
    pub fn new(value: T) -> Self {
        Self { slot: WeakSlot::new(), value }
    }
}

impl<T: ?Sized, F: Flavor> Weakrefable for Slotted<T, F> {
    type Flavor = F;

    #[inline]
    fn weak_slot(&self) -> &WeakSlot<F> {
        &self.slot
    }
}

impl<T: ?Sized, F: Flavor> Deref for Slotted<T, F> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized, F: Flavor> DerefMut for Slotted<T, F> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T, F: Flavor> From<T> for Slotted<T, F> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized, F: Flavor> AsRef<T> for Slotted<T, F> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: ?Sized, F: Flavor> AsMut<T> for Slotted<T, F> {
    fn as_mut(&mut self) -> &mut T {
        self
    }
}

impl<T: ?Sized, F: Flavor> Borrow<T> for Slotted<T, F> {
    fn borrow(&self) -> &T {
        self
    }
}

/// Allows looking up a `&str` in a weak map or set with keys of type `Slotted<String>`, as in std.
macro_rules! borrow {
    ($($Owned:ty as $Borrowed:ty $(, for $T:ident)?;)*) => {$(
        impl<F: Flavor $(, $T)?> Borrow<$Borrowed> for Slotted<$Owned, F> {
            fn borrow(&self) -> &$Borrowed {
                self
            }
        }
    )*};
}
borrow! {
    String as str;
    Box<str> as str;
    PathBuf as Path;
    OsString as OsStr;
    CString as CStr;
    Vec<T> as [T], for T;
    Box<[T]> as [T], for T;
}

impl<T: ?Sized, F: Flavor> BorrowMut<T> for Slotted<T, F> {
    fn borrow_mut(&mut self) -> &mut T {
        self
    }
}

impl<T: Clone, F: Flavor> Clone for Slotted<T, F> {
    /// Returns a clone of the value, with an empty slot.
    fn clone(&self) -> Self {
        Self::new(self.value.clone())
    }
}

impl<T: Default, F: Flavor> Default for Slotted<T, F> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

// Not derived, as a derive would ask for the same bounds on `F`.

impl<T: ?Sized + PartialEq, F: Flavor> PartialEq for Slotted<T, F> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }

    // The `!=` of the values, which need not be the opposite of their `==`.
    #[allow(clippy::partialeq_ne_impl)]
    fn ne(&self, other: &Self) -> bool {
        self.value != other.value
    }
}

impl<T: ?Sized + Eq, F: Flavor> Eq for Slotted<T, F> {}

impl<T: ?Sized + PartialOrd, F: Flavor> PartialOrd for Slotted<T, F> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: ?Sized + Ord, F: Flavor> Ord for Slotted<T, F> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: ?Sized + std::hash::Hash, F: Flavor> std::hash::Hash for Slotted<T, F> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T: ?Sized + fmt::Debug, F: Flavor> fmt::Debug for Slotted<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: ?Sized + fmt::Display, F: Flavor> fmt::Display for Slotted<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
