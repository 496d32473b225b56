//! What an entry needs of its map.

/// A map that has entries: every map of this crate.
///
/// This trait is sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::map::{Entry, Mapping};
///
/// fn is_occupied<M: Mapping>(entry: &Entry<'_, M>) -> bool {
///     matches!(entry, Entry::Occupied(_))
/// }
/// ```
pub trait Mapping: sealed::Sealed + Sized {
    /// What `entry` takes: the key, or an owner of a key that the map refers to weakly.
    type Key;
    /// What is inserted: the value, or an owner of a value that the map refers to weakly.
    type Value;
    /// What [`or_insert`](super::Entry::or_insert) returns: an owner of a value that the map refers
    /// to weakly, or the occupied entry of a value that the map owns.
    type Given<'a>
    where
        Self: 'a;
    /// What [`and_modify`](super::Entry::and_modify) passes to its closure: an owner of a value
    /// that the map refers to weakly, or a mutable reference to a value that the map owns.
    type Shown<'a>
    where
        Self: 'a;
    /// What keeps an occupied entry in the map: owners of its referents.
    #[doc(hidden)]
    type Living;

    /// Returns the entry under an equal key, or inserts what `make` returns.
    #[doc(hidden)]
    #[track_caller]
    fn make(&self, key: Self::Key, make: impl FnOnce(&Self::Key) -> Self::Value) -> Self::Living;
    /// Like [`make`](Self::make), for less where a factory does not look at the key.
    #[doc(hidden)]
    #[track_caller]
    fn make_without_key(&self, key: Self::Key, make: impl FnOnce() -> Self::Value) -> Self::Living {
        self.make(key, |_| make())
    }
    /// Inserts `value`. Returns the entry, and the value that was replaced.
    #[doc(hidden)]
    #[track_caller]
    fn put(&self, key: Self::Key, value: Self::Value) -> (Self::Living, Option<Self::Value>);
    /// Removes exactly this entry.
    #[doc(hidden)]
    #[track_caller]
    fn take(&self, key: &Self::Key, living: &Self::Living) -> Option<Self::Value>;
    #[doc(hidden)]
    fn give(&self, living: Self::Living) -> Self::Given<'_>;
    #[doc(hidden)]
    #[track_caller]
    fn show(living: &Self::Living, f: impl FnOnce(Self::Shown<'_>));
}

pub(in crate::map) mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
}
