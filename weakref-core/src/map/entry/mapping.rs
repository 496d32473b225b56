//! What an entry needs of its map.

use std::{fmt, marker::PhantomData};

/// A map that has entries: every map of this crate, and [`ByRef`].
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
    /// What the entry has as its key: the key, an owner of a key that the map refers to weakly, or
    /// the reference that `entry_ref` takes.
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
    /// The map that contains the entries: `Self`, except for [`ByRef`].
    #[doc(hidden)]
    type Map;

    /// Returns the entry under an equal key, or inserts what `make` returns.
    #[doc(hidden)]
    #[track_caller]
    fn make(
        map: &Self::Map,
        key: Self::Key,
        make: impl FnOnce(&Self::Key) -> Self::Value,
    ) -> Self::Living;
    /// Like [`make`](Self::make), for less where a factory does not look at the key.
    #[doc(hidden)]
    #[track_caller]
    fn make_without_key(
        map: &Self::Map,
        key: Self::Key,
        make: impl FnOnce() -> Self::Value,
    ) -> Self::Living {
        Self::make(map, key, |_| make())
    }
    /// Inserts `value`, for a caller that panics as `method`. Returns the entry, and the value that
    /// was replaced.
    #[doc(hidden)]
    #[track_caller]
    fn put(
        map: &Self::Map,
        method: &str,
        key: Self::Key,
        value: Self::Value,
    ) -> (Self::Living, Option<Self::Value>);
    /// Removes exactly this entry, for a caller that panics as `method`.
    #[doc(hidden)]
    #[track_caller]
    fn take(
        map: &Self::Map,
        method: &str,
        key: &Self::Key,
        living: &Self::Living,
    ) -> Option<Self::Value>;
    #[doc(hidden)]
    fn give<'a>(map: &'a Self::Map, living: Self::Living) -> Self::Given<'a>
    where
        Self: 'a;
    #[doc(hidden)]
    #[track_caller]
    fn show(living: &Self::Living, f: impl FnOnce(Self::Shown<'_>));
    /// Calls `f` with the value, or with `None` if a closure is changing it, or if it has been
    /// removed. Waits for nothing.
    #[doc(hidden)]
    fn peek<R>(living: &Self::Living, f: impl FnMut(Option<&Self::Value>) -> R) -> R;
}

/// Stands for the map `M` in an [`Entry`](super::Entry) that has a borrowed key, a `&'q Q`.
///
/// [`entry_ref`](crate::WeakValueMap::entry_ref) returns such an entry.
///
/// # Examples
///
/// ```
/// use weakref_core::{
///     Slotted, WeakValueMap,
///     map::{ByRef, Entry},
/// };
///
/// type Textures = WeakValueMap<String, Slotted<u32>>;
///
/// fn name<'q>(entry: &Entry<'_, ByRef<'q, str, Textures>>) -> &'q str {
///     *entry.key()
/// }
///
/// assert_eq!(name(&Textures::new().entry_ref("grass")), "grass");
/// ```
pub struct ByRef<'q, Q: ?Sized, M> {
    key: PhantomData<&'q Q>,
    map: PhantomData<fn() -> M>,
}

impl<Q: ?Sized, M> fmt::Debug for ByRef<'_, Q, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByRef").finish_non_exhaustive()
    }
}

impl<Q: ?Sized, M> sealed::Sealed for ByRef<'_, Q, M> {}

pub(in crate::map) mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
}
