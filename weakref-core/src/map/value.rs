//! `WeakValueMap`.

use std::{
    borrow::Borrow,
    convert::Infallible,
    hash::{BuildHasher, Hash, RandomState},
};

use hashbrown::hash_table;

use super::{
    cell::KeyCell,
    lease::Lease,
    shard::{Inside, Shards},
    table::{Entry, fold},
};
use crate::{
    Flavor, Local, Pointer, Shared, StrongOf, Weakrefable, flavor::WeakOf, observer::Head,
};

/// A map that does not keep its values alive: Python's `WeakValueDictionary`.
///
/// An entry goes when its value dies, inside the drop of the last owner; so `len` counts what is
/// there, and the key's memory does not wait for anything. Values are `Rc<V>` or `Arc<V>`, as `V`
/// has chosen; `V` may be a `dyn Trait`.
///
/// All methods take `&self`. A map of [`Shared`] values is `Send` and `Sync` if its hasher is, and
/// takes any number of threads; it is split into shards, so that threads at different keys seldom
/// wait for each other.
///
/// # The user's code
///
/// `Hash`, closures, factories and the drops of keys and values run while nothing is locked: they
/// may use the map as they like. Only the keys' `Eq` runs in the middle of a search. It may drop
/// owners of the map's values, but not use the map itself: that panics (it never deadlocks). When
/// any of them panics, the map stays whole.
///
/// # Deaths that are no deaths
///
/// A value can leave its pointer without being dropped, by `Arc::try_unwrap` for instance. Then it
/// cannot be found in the map any more, but its entry counts in `len` until the value is dropped.
/// While a value is dying, the same is true up to the moment when its registrations are told,
/// newest first.
///
/// # Cost
///
/// `get`, `insert`, `remove` and the death of a value are O(1) on average. `insert` allocates only
/// to let the table grow (and the value's slot, from its second registration on). Each takes the
/// lock of one shard; a death does not wait for it, but leaves a note to whoever holds it. A shard
/// that becomes empty gives its memory back, except what has been reserved.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{WeakValueMap, new, weakrefable};
///
/// #[weakrefable]
/// struct Image { name: String }
///
/// let images = WeakValueMap::new();
/// let cat = Arc::new(new!(Image { name: "cat".into() }));
/// images.insert("cat", &cat);
/// assert_eq!(images.get("cat").unwrap().name, "cat");
///
/// drop(cat);
/// assert!(images.is_empty());
/// ```
pub struct WeakValueMap<K, V: ?Sized + Weakrefable, S = RandomState> {
    pub(super) shards: Shards<V::Flavor, ValueEntry<K, V>>,
    pub(super) hasher: S,
}

/// What can be a key of a weak map whose values are of flavour `F`.
///
/// With [`Local`] values, every type that borrows nothing. With [`Shared`] values, keys and values
/// are `Send + Sync` too: an entry is dropped in whichever thread drops its value, and
/// [`for_each`](WeakValueMap::for_each) shows the keys to several threads at once. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a weakly held `{V}`",
    note = "keys and values must borrow nothing; if the values live in an `Arc`, both must be `Send + Sync`"
)]
pub trait MapKey<V: ?Sized + Weakrefable, F: Flavor>:
    sealed::MapKey<V, F> + Sized + 'static
{
}

mod sealed {
    use crate::{Local, Shared};

    /// What [`MapKey`](super::MapKey) says, where nobody else can say it.
    #[allow(unnameable_types)]
    pub trait MapKey<V: ?Sized, F> {}
    impl<V: ?Sized, K> MapKey<V, Local> for K {}
    impl<V: ?Sized + Send + Sync, K: Send + Sync> MapKey<V, Shared> for K {}
}

impl<K: 'static, V: ?Sized + Weakrefable<Flavor = Local> + 'static> MapKey<V, Local> for K {}

impl<K, V> MapKey<V, Shared> for K
where
    K: Send + Sync + 'static,
    V: ?Sized + Weakrefable<Flavor = Shared> + Send + Sync + 'static,
{
}

/// One pair.
pub(crate) struct ValueEntry<K, V: ?Sized + Weakrefable> {
    cell: KeyCell<K>,
    pub(super) weak: WeakOf<V>,
}

impl<K, V: ?Sized + Weakrefable> Entry<V::Flavor> for ValueEntry<K, V> {
    type Key = K;
    type Owner = StrongOf<V>;

    #[inline]
    fn cell(&self) -> &KeyCell<K> {
        &self.cell
    }

    fn cell_mut(&mut self) -> &mut KeyCell<K> {
        &mut self.cell
    }

    fn into_cell(self) -> KeyCell<K> {
        self.cell
    }

    #[inline]
    fn is_dead(&self) -> bool {
        V::Flavor::is_dead(&self.weak)
    }

    fn is_of(&self, referent: *const ()) -> bool {
        V::Flavor::as_ptr(&self.weak).cast::<()>() == referent
    }

    #[inline]
    fn upgrade(&self) -> Option<StrongOf<V>> {
        V::Flavor::upgrade(&self.weak)
    }

    fn unregister(&self, owner: &StrongOf<V>, shard: *const Head) -> bool {
        // The share is a number, which the caller counts down.
        let (place, hash) = (self.cell.place_in_slot(), self.cell.hash());
        owner.weak_slot().unregister(place, shard, hash).is_some()
    }
}

/// What `put` has replaced, to be dropped outside: the old weak pointer and the new, equal key, and
/// an owner of the old value, if it lived.
type Replaced<K, V> = (ValueEntry<K, V>, Option<StrongOf<V>>);

impl<K, V: ?Sized + Weakrefable> WeakValueMap<K, V>
where
    K: MapKey<V, V::Flavor>,
{
    /// Returns an empty map. Allocates the shards, but no table.
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<u32, Slotted<String>>::new();
    /// assert!(map.is_empty());
    /// ```
    pub fn new() -> Self {
        Self::with_hasher(RandomState::new())
    }

    /// Returns an empty map with room for at least `capacity` entries, spread over the shards.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<u32, Slotted<String>>::with_capacity(100);
    /// assert!(map.capacity() >= 100);
    /// ```
    ///
    /// # Panics
    ///
    /// If `capacity` is too large to allocate.
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_and_hasher(capacity, RandomState::new())
    }
}

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S>
where
    K: MapKey<V, V::Flavor>,
{
    /// Returns an empty map that hashes with `hasher`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasherDefault, DefaultHasher};
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let hasher = BuildHasherDefault::<DefaultHasher>::default();
    /// let map = WeakValueMap::<u32, Slotted<String>, _>::with_hasher(hasher);
    /// assert!(map.is_empty());
    /// ```
    pub fn with_hasher(hasher: S) -> Self {
        Self::with_capacity_and_hasher(0, hasher)
    }

    /// Returns an empty map with room for at least `capacity` entries, that hashes with `hasher`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::RandomState;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<u32, Slotted<String>>::with_capacity_and_hasher(100, RandomState::new());
    /// assert!(map.capacity() >= 100);
    /// ```
    ///
    /// # Panics
    ///
    /// If `capacity` is too large to allocate.
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Self { shards: Shards::with_capacity(capacity), hasher }
    }
}

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: MapKey<V, V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> u32 {
        fold(self.hasher.hash_one(key))
    }

    /// Puts `owner` under `key`, and returns the living value that was there.
    ///
    /// An equal key that is already there stays, and `key` is dropped, as in Python and in std. If
    /// nobody else owns the value, its entry goes as soon as its owner is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let [one, two] = [1, 2].map(|number| Rc::new(Slotted::<_, Local>::new(number)));
    /// let map = WeakValueMap::new();
    /// assert!(map.insert("key", &one).is_none());
    /// assert_eq!(map.insert("key", &two), Some(one));
    /// ```
    ///
    /// # Panics
    ///
    /// If called by the keys' `Eq` in the middle of a search in this map.
    #[inline]
    pub fn insert<P: Pointer<Referent = V>>(&self, key: K, owner: &P) -> Option<StrongOf<V>> {
        self.insert_strong(key, owner.strong())
    }

    pub(super) fn insert_strong(&self, key: K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        let hash = self.hash(&key);
        let mut key = Some(key);
        let replaced = {
            let mut inside = self.shards.enter(hash);
            Self::put(&mut inside, hash, &mut key, owner)
        };
        let (entry, old) = replaced?;
        // First, as it can panic, and what is being returned would not be dropped then.
        drop(entry);
        old
    }

    #[inline]
    fn put(
        inside: &mut Inside<'_, V::Flavor, ValueEntry<K, V>>,
        hash: u32,
        key: &mut Option<K>,
        owner: &StrongOf<V>,
    ) -> Option<Replaced<K, V>> {
        let new = |key, place| ValueEntry {
            cell: KeyCell::new(hash, place, key),
            weak: V::Flavor::downgrade(owner),
        };
        let old = inside.write(hash, key, owner.weak_slot(), |found, key, place| match found {
            hash_table::Entry::Vacant(vacant) => {
                vacant.insert(new(key, place));
                None
            }
            hash_table::Entry::Occupied(mut occupied) => {
                let mut old = std::mem::replace(occupied.get_mut(), new(key, place));
                // The first key stays.
                occupied.get_mut().cell.swap_keys(&mut old.cell);
                Some(old)
            }
        })?;
        let owner = inside.unregister(&old);
        Some((old, owner))
    }

    /// Returns the living value under `key`: an owner of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([(String::from("key"), value.clone())]);
    /// assert!(Rc::ptr_eq(&map.get("key").unwrap(), &value));
    /// ```
    ///
    /// # Panics
    ///
    /// If called by the keys' `Eq` in the middle of a search in this map.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<StrongOf<V>>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let hash = self.hash(key);
        let inside = self.shards.enter(hash);
        inside.find(hash, |other| other.borrow() == key)?.upgrade()
    }

    /// Returns the key and the living value under an equal key.
    ///
    /// The key is cloned while nothing is locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([(String::from("key"), value.clone())]);
    /// assert_eq!(map.get_key_value("key"), Some((String::from("key"), value)));
    /// ```
    ///
    /// # Panics
    ///
    /// If called by the keys' `Eq` in the middle of a search in this map.
    pub fn get_key_value<Q>(&self, key: &Q) -> Option<(K, StrongOf<V>)>
    where
        K: Borrow<Q> + Clone,
        Q: Eq + Hash + ?Sized,
    {
        let hash = self.hash(key);
        let lease = Lease::one(&self.shards, hash, |other| other.borrow() == key);
        lease.iter().next().map(|(key, owner)| (key.clone(), owner.clone()))
    }

    /// Returns whether there is a living value under `key`. Makes no owner of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("key", value.clone())]);
    /// assert!(map.contains_key("key"));
    /// drop(value);
    /// assert!(!map.contains_key("key"));
    /// ```
    ///
    /// # Panics
    ///
    /// If called by the keys' `Eq` in the middle of a search in this map.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let hash = self.hash(key);
        let inside = self.shards.enter(hash);
        inside.find(hash, |other| other.borrow() == key).is_some_and(|entry| !entry.is_dead())
    }

    /// Removes the entry under `key`, and returns its value if that lives.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("key", value.clone())]);
    /// assert_eq!(map.remove("key"), Some(value));
    /// assert_eq!(map.remove("key"), None);
    /// ```
    ///
    /// # Panics
    ///
    /// If called by the keys' `Eq` in the middle of a search in this map.
    pub fn remove<Q>(&self, key: &Q) -> Option<StrongOf<V>>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let hash = self.hash(key);
        let (entry, owner) = {
            let mut inside = self.shards.enter(hash);
            let entry = inside.take_key(hash, |other| other.borrow() == key)?;
            let owner = inside.unregister(&entry);
            (entry, owner)
        };
        // First, as it can panic, and what is being returned would not be dropped then.
        drop(entry);
        owner
    }

    /// Removes the entry under `key`, and returns it if its value lives.
    ///
    /// The key is moved out, or cloned if a closure is just looking at it
    /// ([`for_each`](Self::for_each), [`retain`](Self::retain)).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("key", value.clone())]);
    /// assert_eq!(map.remove_entry("key"), Some(("key", value)));
    /// ```
    ///
    /// # Panics
    ///
    /// If called by the keys' `Eq` in the middle of a search in this map.
    pub fn remove_entry<Q>(&self, key: &Q) -> Option<(K, StrongOf<V>)>
    where
        K: Borrow<Q> + Clone,
        Q: Eq + Hash + ?Sized,
    {
        let hash = self.hash(key);
        Lease::take_pair(&self.shards, hash, |other| other.borrow() == key)
    }

    /// Returns the living value under `key`, or puts there what `make` returns.
    ///
    /// `make` runs once for a key, however many threads ask for it at the same moment: the others
    /// wait and get the same value, even if this one drops it at once. Nothing is locked while it
    /// runs: it may use the map, for other keys. If it panics, the next one who waits tries. If an
    /// equal key has been given a value by [`insert`](Self::insert) meanwhile, that value is
    /// returned, and the one made is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let words = WeakValueMap::<_, Slotted<String>>::new();
    /// let word = words.get_or_insert_with("word", || Arc::new(Slotted::new(String::from("word"))));
    /// let same = words.get_or_insert_with("word", || unreachable!());
    /// assert!(Arc::ptr_eq(&word, &same));
    /// ```
    ///
    /// # Panics
    ///
    /// If `make` needs this very key, by way of other keys or threads or not: where it would wait
    /// for ever.
    pub fn get_or_insert_with(&self, key: K, make: impl FnOnce() -> StrongOf<V>) -> StrongOf<V> {
        match self.get_or_try_insert_with(key, || Ok::<_, Infallible>(make())) {
            Ok(owner) => owner,
        }
    }

    /// The same with a `make` that can fail. Then the next one who waits tries.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let numbers = WeakValueMap::<_, Slotted<u32>>::new();
    /// let parse = |text: &'static str| {
    ///     numbers.get_or_try_insert_with(text, || text.parse().map(|n| Arc::new(Slotted::new(n))))
    /// };
    /// assert_eq!(**parse("12").unwrap(), 12);
    /// assert!(parse("twelve").is_err());
    /// ```
    ///
    /// # Panics
    ///
    /// As [`get_or_insert_with`](Self::get_or_insert_with).
    ///
    /// # Errors
    ///
    /// That of `make`.
    pub fn get_or_try_insert_with<E>(
        &self,
        key: K,
        make: impl FnOnce() -> Result<StrongOf<V>, E>,
    ) -> Result<StrongOf<V>, E> {
        let hash = self.hash(&key);
        self.shards.get_or_try_make(hash, key, make, |inside, key, owner| {
            let is_it = |other: &K| key.as_ref().is_some_and(|key| *other == *key);
            let there = inside.find(hash, is_it).and_then(Entry::upgrade);
            let replaced = if there.is_none() { Self::put(inside, hash, key, owner) } else { None };
            (there, replaced)
        })
    }
}
