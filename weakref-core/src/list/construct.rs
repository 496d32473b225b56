//! The constructor.

use super::{WeakList, observer::Root};
use crate::{Weakrefable, flavor::Stored};

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>> WeakList<T> {
    /// Returns an empty list. It allocates nothing before the first insertion.
    ///
    /// It is a `const fn`, so that such a list can be a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// static WORDS: WeakList<Slotted<String>> = WeakList::new();
    /// assert!(WORDS.is_empty());
    /// ```
    pub const fn new() -> Self {
        Self { root: Root::new() }
    }
}
