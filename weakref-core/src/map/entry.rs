//! The entry of one key: what is there, or the room for it.

use std::fmt;

/// A map that has entries: every map of this crate. Sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::map::{Entry, Mapping};
///
/// fn is_there<M: Mapping>(entry: &Entry<'_, M>) -> bool {
///     matches!(entry, Entry::Occupied(_))
/// }
/// ```
pub trait Mapping: sealed::Sealed + Sized {
    /// What an entry is asked for by: the key, or an owner of it.
    type Key;
    /// What is put there: the value, or an owner of it.
    type Value;
    /// What [`or_insert`](Entry::or_insert) gives: an owner of the value; or, of a value that the map
    /// owns, its entry.
    type Given<'a>
    where
        Self: 'a;
    /// What [`and_modify`](Entry::and_modify) shows: an owner of the value; or the value that the map
    /// owns, to be changed.
    type Shown<'a>
    where
        Self: 'a;
    /// What keeps the entry where it is: owners of its referents.
    #[doc(hidden)]
    type Living;

    /// Returns what is under an equal key, or puts there what `make` returns.
    #[doc(hidden)]
    fn make(&self, key: Self::Key, make: impl FnOnce(&Self::Key) -> Self::Value) -> Self::Living;
    /// Puts `value` there, and returns the entry, and the living value that was there.
    #[doc(hidden)]
    fn put(&self, key: Self::Key, value: Self::Value) -> (Self::Living, Option<Self::Value>);
    /// Removes this very entry.
    #[doc(hidden)]
    fn take(&self, key: &Self::Key, living: &Self::Living) -> Option<Self::Value>;
    #[doc(hidden)]
    fn give(&self, living: Self::Living) -> Self::Given<'_>;
    #[doc(hidden)]
    fn show(living: &Self::Living, f: impl FnOnce(Self::Shown<'_>));
}

pub(super) mod sealed {
    #[allow(unnameable_types)]
    pub trait Sealed {}
}

/// The entry of one key, from `entry`: what was there at that moment, or the room for it.
///
/// Nothing is locked while it exists, and the map can be used. If others use it too, what is done
/// with the entry is done with what is there by then; `or_insert_with` runs one factory for a key,
/// however many threads ask.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{PtrWeakKeyMap, Slotted};
///
/// let words = ["to", "be", "or", "not", "to", "be"].map(|word| Arc::new(Slotted::new(word)));
/// let counts = PtrWeakKeyMap::new();
/// for word in words.iter().chain(&words) {
///     counts.entry(word).and_modify(|count| *count += 1).or_insert(1);
/// }
/// assert_eq!(counts.get(&words[0]), Some(2));
/// ```
pub enum Entry<'a, M: Mapping> {
    /// There is a living entry with an equal key.
    Occupied(OccupiedEntry<'a, M>),
    /// There is none.
    Vacant(VacantEntry<'a, M>),
}

/// An entry that is there.
///
/// It owns the referents of the entry, so that only a removal can take it away meanwhile.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Local, Slotted, WeakValueMap, map::Entry};
///
/// let value = Rc::new(Slotted::<_, Local>::new(7));
/// let map = WeakValueMap::from([("a", value.clone())]);
/// let Entry::Occupied(entry) = map.entry("a") else { unreachable!() };
/// assert_eq!(entry.remove(), Some(value));
/// ```
pub struct OccupiedEntry<'a, M: Mapping> {
    pub(super) map: &'a M,
    pub(super) key: M::Key,
    pub(super) living: M::Living,
}

/// The room for an entry.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Local, Slotted, WeakValueMap, map::Entry};
///
/// let map = WeakValueMap::<_, Slotted<i32, Local>>::new();
/// let Entry::Vacant(entry) = map.entry("a") else { unreachable!() };
/// let value = entry.insert(Rc::new(Slotted::new(7)));
/// assert_eq!(map.get("a"), Some(value));
/// ```
pub struct VacantEntry<'a, M: Mapping> {
    pub(super) map: &'a M,
    pub(super) key: M::Key,
}

impl<'a, M: Mapping> Entry<'a, M> {
    pub(super) fn new(map: &'a M, key: M::Key, living: Option<M::Living>) -> Self {
        match living {
            Some(living) => Self::Occupied(OccupiedEntry { map, key, living }),
            None => Self::Vacant(VacantEntry { map, key }),
        }
    }

    /// Returns the key that was asked for.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// assert_eq!(map.entry("a").key(), &"a");
    /// ```
    pub fn key(&self) -> &M::Key {
        match self {
            Self::Occupied(entry) => entry.key(),
            Self::Vacant(entry) => entry.key(),
        }
    }

    /// Returns what is there, or puts `value` there: Python's `setdefault`.
    ///
    /// Gives an owner of a value that the map holds weakly, and the entry of one that it owns.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let value = map.entry("a").or_insert(Arc::new(Slotted::new(7)));
    /// assert_eq!(map.get("a"), Some(value));
    ///
    /// let (key, counts) = (Arc::new(Slotted::new("key")), WeakKeyMap::new());
    /// counts.entry(&key).or_insert(0).with_mut(|count| *count += 1);
    /// assert_eq!(counts.get(&*key), Some(1));
    /// ```
    #[doc(alias = "setdefault")]
    pub fn or_insert(self, value: M::Value) -> M::Given<'a> {
        self.or_insert_with(|| value)
    }

    /// Returns what is there, or puts there what `make` returns.
    ///
    /// `make` runs once for a key, however many threads ask for it at the same moment: the others
    /// wait and get the same. Nothing is locked while it runs.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let value = map.entry("a").or_insert_with(|| Arc::new(Slotted::new(7)));
    /// let same = map.entry("a").or_insert_with(|| unreachable!());
    /// assert!(Arc::ptr_eq(&value, &same));
    /// ```
    ///
    /// # Panics
    ///
    /// If `make` needs this very key, by way of other keys or threads or not: where it would wait
    /// for ever.
    pub fn or_insert_with(self, make: impl FnOnce() -> M::Value) -> M::Given<'a> {
        self.or_insert_with_key(|_| make())
    }

    /// The same with a `make` that is given the key.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<&str, Slotted<usize>>::new();
    /// let value = map.entry("word").or_insert_with_key(|key| Arc::new(Slotted::new(key.len())));
    /// assert_eq!(**value, 4);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`or_insert_with`](Self::or_insert_with).
    pub fn or_insert_with_key(self, make: impl FnOnce(&M::Key) -> M::Value) -> M::Given<'a> {
        match self {
            Self::Occupied(OccupiedEntry { map, key, living }) => {
                // First, as it can panic, and what is being returned would not be dropped then.
                drop((make, key));
                map.give(living)
            }
            Self::Vacant(VacantEntry { map, key }) => map.give(map.make(key, make)),
        }
    }

    /// Returns what is there, or puts a default there.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let (key, notes) = (Arc::new(Slotted::new("key")), WeakKeyMap::<_, Vec<&str>>::new());
    /// notes.entry(&key).or_default().with_mut(|notes| notes.push("a note"));
    /// assert_eq!(notes.get(&*key), Some(vec!["a note"]));
    /// ```
    pub fn or_default(self) -> M::Given<'a>
    where
        M::Value: Default,
    {
        self.or_insert_with(M::Value::default)
    }

    /// Shows `f` what is there, if there is something: an owner of a value that the map holds weakly,
    /// or a value that the map owns, to be changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakKeyMap};
    ///
    /// let (key, counts) = (Arc::new(Slotted::new("key")), WeakKeyMap::new());
    /// for _ in 0..3 {
    ///     counts.entry(&key).and_modify(|count| *count += 1).or_insert(1);
    /// }
    /// assert_eq!(counts.get(&*key), Some(3));
    /// ```
    ///
    /// # Panics
    ///
    /// Where the map owns its values: if a closure of this thread is looking at this one, or where it
    /// would wait for ever for one that is.
    #[must_use = "to change the value is half of it: `or_insert` says what is done if there is none"]
    pub fn and_modify(self, f: impl FnOnce(M::Shown<'_>)) -> Self {
        if let Self::Occupied(entry) = &self {
            M::show(&entry.living, f);
        }
        self
    }

    /// Puts `value` there, and returns its entry. A key that the map owns is cloned for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let entry = map.entry("a").insert_entry(Arc::new(Slotted::new(7)));
    /// assert_eq!(***entry.get(), 7);
    /// assert_eq!(map.len(), 1, "the entry owns the value");
    /// ```
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

impl<M: Mapping> OccupiedEntry<'_, M> {
    /// Returns the key that was asked for; of an entry that [`or_insert`](Entry::or_insert) gives, the map's
    /// own, which equals it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// assert_eq!(map.entry("a").insert_entry(Arc::new(Slotted::new(7))).key(), &"a");
    /// ```
    pub fn key(&self) -> &M::Key {
        &self.key
    }

    /// Puts `value` there, and returns the living value that was. One that the map owned is waited for,
    /// or panics, as by the map's `remove`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let [one, two] = [1, 2].map(|number| Arc::new(Slotted::new(number)));
    /// let entry = map.entry("a").insert_entry(one.clone());
    /// assert_eq!(entry.insert(two), Some(one));
    /// ```
    pub fn insert(self, value: M::Value) -> Option<M::Value> {
        let Self { map, key, living } = self;
        let (new, old) = map.put(key, value);
        drop((living, new));
        old
    }

    /// Removes the entry, if no other has taken its place, and returns its value. One that the map owned
    /// is waited for, or panics, as by the map's `remove`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let value = Arc::new(Slotted::new(7));
    /// let entry = map.entry("a").insert_entry(value.clone());
    /// assert_eq!(entry.remove(), Some(value));
    /// assert!(map.is_empty());
    /// ```
    pub fn remove(self) -> Option<M::Value> {
        let value = self.map.take(&self.key, &self.living);
        drop(self);
        value
    }

    /// The same, and returns the key that was asked for too.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let value = Arc::new(Slotted::new(7));
    /// let entry = map.entry("a").insert_entry(value.clone());
    /// assert_eq!(entry.remove_entry(), Some(("a", value)));
    /// ```
    pub fn remove_entry(self) -> Option<(M::Key, M::Value)> {
        let Self { map, key, living } = self;
        let value = map.take(&key, &living)?;
        drop(living);
        Some((key, value))
    }
}

impl<'a, M: Mapping> VacantEntry<'a, M> {
    /// Returns the key that was asked for.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let Entry::Vacant(entry) = map.entry("a") else { unreachable!() };
    /// assert_eq!(entry.key(), &"a");
    /// ```
    pub fn key(&self) -> &M::Key {
        &self.key
    }

    /// Gives the key back.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let Entry::Vacant(entry) = map.entry(String::from("a")) else { unreachable!() };
    /// assert_eq!(entry.into_key(), "a");
    /// ```
    pub fn into_key(self) -> M::Key {
        self.key
    }

    /// Puts `value` there, whatever is there by now, and gives what
    /// [`or_insert`](Entry::or_insert) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let Entry::Vacant(entry) = map.entry("a") else { unreachable!() };
    /// assert_eq!(**entry.insert(Arc::new(Slotted::new(7))), 7);
    /// ```
    pub fn insert(self, value: M::Value) -> M::Given<'a> {
        let (living, old) = self.map.put(self.key, value);
        drop(old);
        self.map.give(living)
    }

    /// The same, and returns the entry.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap, map::Entry};
    ///
    /// let map = WeakValueMap::<_, Slotted<i32>>::new();
    /// let Entry::Vacant(entry) = map.entry("a") else { unreachable!() };
    /// assert_eq!(entry.insert_entry(Arc::new(Slotted::new(7))).key(), &"a");
    /// ```
    pub fn insert_entry(self, value: M::Value) -> OccupiedEntry<'a, M>
    where
        M::Key: Clone,
    {
        let (living, _) = self.map.put(self.key.clone(), value);
        OccupiedEntry { map: self.map, key: self.key, living }
    }
}

impl<M: Mapping<Key: fmt::Debug>> fmt::Debug for Entry<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Occupied(entry) => entry.fmt(f),
            Self::Vacant(entry) => entry.fmt(f),
        }
    }
}

impl<M: Mapping<Key: fmt::Debug>> fmt::Debug for OccupiedEntry<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OccupiedEntry").field(&self.key).finish()
    }
}

impl<M: Mapping<Key: fmt::Debug>> fmt::Debug for VacantEntry<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(&self.key).finish()
    }
}
