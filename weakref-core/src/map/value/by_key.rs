//! What is done by a key.

use std::{
    borrow::Borrow,
    convert::Infallible,
    hash::{BuildHasher, Hash},
};

use hashbrown::hash_table;

use super::{ValueEntry, WeakValueMap, entry::Wish};
use crate::{
    Flavor, Pointer, StrongOf, Weakrefable,
    map::{
        cell::KeyCell,
        entry,
        factory::Wanted as _,
        gone::{Gone, RemovalCause},
        lease::Lease,
        shard::Inside,
        table::{Entry, Keep, fold},
    },
};

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    pub(super) fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> u32 {
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
        self.insert_keeping(Keep::First, key, owner)
    }

    fn insert_keeping(&self, keep: Keep, key: K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        let hash = self.hash(&key);
        let mut key = Some(key);
        let replaced = {
            let mut inside = self.shards.enter(hash);
            Self::put(&mut inside, hash, keep, &mut key, owner)
        };
        replaced?.into_owners()
    }

    /// The key is there. It is taken only after the search: should `Eq` panic, it is the caller's to
    /// drop, outside.
    #[inline]
    fn put(
        inside: &mut Inside<'_, V::Flavor, ValueEntry<K, V>>,
        hash: u32,
        keep: Keep,
        key: &mut Option<K>,
        owner: &StrongOf<V>,
    ) -> Option<Gone<V::Flavor, ValueEntry<K, V>>> {
        let is_it = |other: &K| key.as_ref().is_some_and(|key| *other == *key);
        let (found, _, mut registrar) = inside.search(hash, is_it);
        let Some(key) = key.take() else { unreachable!("the caller has a key") };
        let place = registrar.register(owner.weak_slot());
        let weak = V::Flavor::downgrade(owner);
        let new = ValueEntry { cell: KeyCell::new(hash, place, key), weak };
        let old = match found {
            hash_table::Entry::Vacant(vacant) => {
                vacant.insert(new);
                return None;
            }
            hash_table::Entry::Occupied(mut occupied) => {
                let mut old = std::mem::replace(occupied.get_mut(), new);
                if keep == Keep::First && !old.is_dead() {
                    occupied.get_mut().cell.swap_keys(&mut old.cell);
                }
                old
            }
        };
        Some(inside.let_go(old, RemovalCause::Replaced))
    }

    /// Puts `owner` under `key`, which takes the place of an equal key, and returns the living value
    /// that was there.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// let value = Arc::new(Slotted::new(7));
    /// let [first, second]: [Arc<str>; 2] = ["key".into(), "key".into()];
    /// let map = WeakValueMap::from([(first, value.clone())]);
    /// assert_eq!(map.replace_key(second.clone(), &value).as_ref(), Some(&value));
    /// assert!(Arc::ptr_eq(&map.keys().next().unwrap(), &second));
    /// ```
    ///
    /// # Panics
    ///
    /// If called by the keys' `Eq` in the middle of a search in this map.
    pub fn replace_key<P: Pointer<Referent = V>>(&self, key: K, owner: &P) -> Option<StrongOf<V>> {
        self.insert_keeping(Keep::New, key, owner.strong())
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
        inside.find(hash, |other| other.borrow() == key)?.upgrade().ok()
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
        let pair = lease.iter().next().map(|(key, owner)| (key.clone(), owner.clone()));
        // First, as it can panic, and what is being returned would not be dropped then.
        drop(lease);
        pair
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
        let gone = self.shards.enter(hash).remove_key(hash, |other| other.borrow() == key);
        gone?.into_owners()
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
        Lease::take_pair(&self.shards, hash, |other| other.borrow() == key, |owner| owner)
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
        self.get_or_try_make(key, |_| make())
    }

    pub(super) fn get_or_try_make<E>(
        &self,
        key: K,
        make: impl FnOnce(&K) -> Result<StrongOf<V>, E>,
    ) -> Result<StrongOf<V>, E> {
        let mut wanted = Wish { hash: self.hash(&key), key: Some(key), shown: None };
        let make = |wanted: &Wish<K, V>| make(wanted.shown());
        let result = self.shards.get_or_try_make(&mut wanted, make, |inside, wanted, owner| {
            let hash = wanted.hash;
            let there = wanted.find(inside);
            let replaced = match there {
                Some(_) => None,
                None => Self::put(inside, hash, Keep::First, &mut wanted.key, owner),
            };
            (there, replaced)
        });
        // First, as it can panic, and what is being returned would not be dropped then.
        drop(wanted);
        result
    }

    /// Returns the entry of `key`: what is there, or the room for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let map = WeakValueMap::<_, Slotted<_, Local>>::new();
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// map.entry("key").or_insert(value.clone());
    /// assert_eq!(map.get("key"), Some(value));
    /// ```
    ///
    /// # Panics
    ///
    /// If called by the keys' `Eq` in the middle of a search in this map.
    pub fn entry(&self, key: K) -> entry::Entry<'_, Self> {
        let living = self.get(&key);
        entry::Entry::new(self, key, living)
    }

    pub(super) fn look<R>(&self, key: &K, f: impl FnOnce(&StrongOf<V>) -> R) -> Option<R> {
        self.get(key).map(|owner| f(&owner))
    }

    pub(super) fn put_pair(&self, key: K, owner: StrongOf<V>) {
        self.insert_strong(key, &owner);
        drop(owner);
    }
}
