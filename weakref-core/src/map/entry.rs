//! The entry of one key, occupied or vacant.

mod error;
mod mapping;
mod occupied;
mod vacant;

use std::fmt;

pub(super) use self::mapping::sealed;
pub use self::{
    error::OccupiedError,
    mapping::{ByRef, Mapping},
    occupied::OccupiedEntry,
    vacant::VacantEntry,
};

/// The entry of one key in a map, as returned by the map's `entry` method.
///
/// Nothing is locked while it exists, so the map can be used, by other threads too. An occupied
/// entry owns what it found. A method that inserts or removes acts on what is in the map when the
/// method is called.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakKeyMap, Slotted};
///
/// let [ann, bob] = ["Ann", "Bob"].map(|name| Arc::new(Slotted::new(name)));
/// let visits = PtrWeakKeyMap::new();
/// for visitor in [&ann, &bob, &ann] {
///     visits.entry(visitor).or_insert(0).with_mut(|count| *count += 1);
/// }
/// assert_eq!(visits.get(&ann), Some(2));
/// assert_eq!(visits.get(&bob), Some(1));
/// ```
pub enum Entry<'a, M: Mapping> {
    /// The map contains an equal key.
    Occupied(OccupiedEntry<'a, M>),
    /// The map contains no equal key.
    Vacant(VacantEntry<'a, M>),
}

impl<'a, M: Mapping> Entry<'a, M> {
    pub(super) fn new(map: &'a M::Map, key: M::Key, living: Option<M::Living>) -> Self {
        match living {
            Some(living) => Self::Occupied(OccupiedEntry { map, key, living }),
            None => Self::Vacant(VacantEntry { map, key }),
        }
    }

    /// Returns a reference to the key that `entry` was called with.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// assert_eq!(textures.entry("grass").key(), &"grass");
    /// ```
    pub fn key(&self) -> &M::Key {
        match self {
            Self::Occupied(entry) => entry.key(),
            Self::Vacant(entry) => entry.key(),
        }
    }

    /// Returns the value of the entry, after inserting `value` if there was none: Python's
    /// `setdefault`.
    ///
    /// Returns an owner of a value that the map refers to weakly, and the [`OccupiedEntry`] of a
    /// value that the map owns. Unlike in std, that is not a `&mut V`, as the map can be used
    /// meanwhile. Instead of `*map.entry(&key).or_insert(0) += 1`, write
    /// `map.entry(&key).or_insert(0).with_mut(|value| *value += 1)`.
    ///
    /// # Panics
    ///
    /// Panics like [`or_insert_with`](Self::or_insert_with).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let grass = textures.entry("grass").or_insert(Arc::new(Slotted::new("pixels")));
    /// assert_eq!(textures.get("grass"), Some(grass));
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::new();
    /// scores.entry(&ann).or_insert(0).with_mut(|score| *score += 1);
    /// assert_eq!(scores.get("Ann"), Some(1));
    /// ```
    #[doc(alias = "setdefault")]
    #[track_caller]
    #[must_use = "a map of weak values loses the value if nothing else owns it (`let _ =` \
                  if the map owns its values)"]
    pub fn or_insert(self, value: M::Value) -> M::Given<'a> {
        self.or_insert_with(|| value)
    }

    /// Returns the value of the entry, after inserting what `make` returns if there was none.
    ///
    /// `make` runs once for a key, however many threads ask for it at the same time. The other
    /// threads wait, and get the same value. Nothing is locked while `make` runs.
    ///
    /// # Panics
    ///
    /// Panics if `make` asks for its own key, or waits in this library for a thread that does. A
    /// wait that goes through anything else, such as a channel or a `join`, [is not
    /// detected](crate::docs::limitations#only-the-librarys-own-waits-are-watched), and is a deadlock.
    ///
    /// Panics if called re-entrantly from the `Eq` of the map's keys.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let grass = textures.entry("grass").or_insert_with(|| Arc::new(Slotted::new("pixels")));
    /// let same = textures.entry("grass").or_insert_with(|| unreachable!());
    /// assert!(Arc::ptr_eq(&grass, &same));
    /// ```
    #[track_caller]
    #[must_use = "a map of weak values loses the value if nothing else owns it (`let _ =` \
                  if the map owns its values)"]
    pub fn or_insert_with(self, make: impl FnOnce() -> M::Value) -> M::Given<'a> {
        match self.vacant_or_given(make) {
            Ok((VacantEntry { map, key }, make)) => {
                M::give(map, M::make_without_key(map, key, make))
            }
            Err(given) => given,
        }
    }

    /// Returns the value of the entry, after inserting what `make` returns for the key if there was
    /// none.
    ///
    /// Like [`or_insert_with`](Self::or_insert_with), but `make` is called with a reference to the
    /// key.
    ///
    /// # Panics
    ///
    /// Panics like [`or_insert_with`](Self::or_insert_with).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let lengths = WeakValueMap::<&str, Slotted<usize>>::new();
    /// let make = |word: &&str| Arc::new(Slotted::new(word.len()));
    /// let length = lengths.entry("word").or_insert_with_key(make);
    /// assert_eq!(**length, 4);
    /// ```
    #[track_caller]
    #[must_use = "a map of weak values loses the value if nothing else owns it (`let _ =` \
                  if the map owns its values)"]
    pub fn or_insert_with_key(self, make: impl FnOnce(&M::Key) -> M::Value) -> M::Given<'a> {
        match self.vacant_or_given(make) {
            Ok((VacantEntry { map, key }, make)) => M::give(map, M::make(map, key, make)),
            Err(given) => given,
        }
    }

    /// Returns a vacant entry with the factory; or what an occupied entry gives, after the factory
    /// was dropped.
    #[allow(clippy::type_complexity)]
    fn vacant_or_given<F>(self, make: F) -> Result<(VacantEntry<'a, M>, F), M::Given<'a>> {
        match self {
            Self::Occupied(OccupiedEntry { map, key, living }) => {
                // Dropped here, not at the end of the scope: a panic there would leak the result.
                drop((make, key));
                Err(M::give(map, living))
            }
            Self::Vacant(vacant) => Ok((vacant, make)),
        }
    }

    /// Returns the value of the entry, after inserting the default value if there was none.
    ///
    /// # Panics
    ///
    /// Panics like [`or_insert_with`](Self::or_insert_with).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let notes = WeakKeyMap::<_, Vec<&str>>::new();
    /// notes.entry(&ann).or_default().with_mut(|notes| notes.push("likes tea"));
    /// assert_eq!(notes.get("Ann"), Some(vec!["likes tea"]));
    /// ```
    #[track_caller]
    pub fn or_default(self) -> M::Given<'a>
    where
        M::Value: Default,
    {
        self.or_insert_with(M::Value::default)
    }

    /// Calls `f` with the value of the entry if there is one, before any insertion.
    ///
    /// `f` gets an owner of a value that the map refers to weakly, or a mutable reference to a
    /// value that the map owns.
    ///
    /// # Panics
    ///
    /// Where the map owns its values, panics if a closure of this thread is using the value, or if
    /// waiting for the value would be a [detected deadlock](crate::WeakKeyMap#access-to-values).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let ann = Arc::new(Slotted::new(String::from("Ann")));
    /// let scores = WeakKeyMap::new();
    /// for _ in 0..3 {
    ///     let _ = scores.entry(&ann).and_modify(|score| *score += 1).or_insert(1);
    /// }
    /// assert_eq!(scores.get("Ann"), Some(3));
    /// ```
    #[must_use = "`and_modify` inserts nothing; call `or_insert` or the like on what it returns"]
    #[track_caller]
    pub fn and_modify(self, f: impl FnOnce(M::Shown<'_>)) -> Self {
        if let Self::Occupied(entry) = &self {
            M::show(&entry.living, f);
        }
        self
    }

    /// Inserts `value`, and returns the occupied entry.
    ///
    /// The key is cloned.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let textures = WeakValueMap::<_, Slotted<&str>>::new();
    /// let entry = textures.entry("grass").insert_entry(Arc::new(Slotted::new("pixels")));
    /// assert_eq!(***entry.get(), "pixels");
    /// ```
    #[track_caller]
    pub fn insert_entry(self, value: M::Value) -> OccupiedEntry<'a, M>
    where
        M::Key: Clone,
    {
        let (map, key, living) = match self {
            Self::Occupied(OccupiedEntry { map, key, living }) => (map, key, Some(living)),
            Self::Vacant(VacantEntry { map, key }) => (map, key, None),
        };
        let entry = VacantEntry { map, key }.insert_entry(value);
        drop(living);
        entry
    }
}

impl<M: Mapping<Key: fmt::Debug, Value: fmt::Debug>> fmt::Debug for Entry<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("Entry");
        match self {
            Self::Occupied(entry) => tuple.field(entry),
            Self::Vacant(entry) => tuple.field(entry),
        };
        tuple.finish()
    }
}
