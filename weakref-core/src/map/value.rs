//! `WeakValueMap`.

use std::{
    borrow::Borrow,
    convert::Infallible,
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    ops::{BitOr, BitOrAssign},
};

use hashbrown::hash_table;

use super::{
    cell::KeyCell,
    entry::{self, Mapping, OccupiedEntry},
    face::{hashed, pairs, whole},
    factory::Wanted,
    gone::{self, Gone, RemovalCause, tell_all},
    iter::{Drain, ExtractIf, IntoIter, Iter, Keys, Values},
    lease::{Lease, SameReferent},
    shard::{Inside, Shards},
    table::{Entry, Keep, Table, fold, unregister},
};
use crate::{
    Flavor, Pointer, Stored, StrongOf, WeakRef, Weakrefable, flavor::WeakOf, observer::Head,
};

/// A map that does not keep its values alive: Python's `WeakValueDictionary`.
///
/// An entry goes when its value dies, inside the drop of the last owner; so `len` counts what is
/// there, and the key's memory does not wait for anything. Values are `Rc<V>` or `Arc<V>`, as `V`
/// has chosen; `V` may be a `dyn Trait`.
///
/// All methods take `&self`. A map of [`Shared`](crate::Shared) values is `Send` and `Sync` if its hasher is, and
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
    shards: Shards<V::Flavor, ValueEntry<K, V>>,
    hasher: S,
}

/// One pair.
pub(super) struct ValueEntry<K, V: ?Sized + Weakrefable> {
    cell: KeyCell<K>,
    weak: WeakOf<V>,
}

impl<K, V: ?Sized + Weakrefable> Entry<V::Flavor> for ValueEntry<K, V> {
    type Key = K;
    type Told = K;
    type Owners = Option<StrongOf<V>>;
    type Living = StrongOf<V>;
    type Making = <V::Flavor as Flavor>::Strong<K>;
    type User = K;

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
    fn owners(&self) -> Option<StrongOf<V>> {
        V::Flavor::upgrade(&self.weak)
    }

    #[inline]
    fn upgrade(&self) -> Option<StrongOf<V>> {
        V::Flavor::upgrade(&self.weak)
    }

    #[inline]
    fn unregister(&self, owner: &Option<StrongOf<V>>, shard: *const Head) -> usize {
        let (place, hash) = (self.cell.place_in_slot(), self.cell.hash());
        unregister::<V>(owner.as_ref(), place, hash, shard)
    }

    fn show_key(key: &K, listener: &mut dyn FnMut(&K)) {
        listener(key);
    }
}

hashed! {
    impl [K, V: ?Sized + Weakrefable] WeakValueMap[K, V] for [u32, Slotted<u32>]
    where [K: Stored<V::Flavor>, V: Stored<V::Flavor>,]
}

whole! {
    impl [K, V: ?Sized + Weakrefable, S] WeakValueMap[K, V, S] in V::Flavor,
    hasher S, listeners K, example map
    /// let owner = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", owner.clone())]);
}

pairs! {
    impl [K, V: ?Sized + Weakrefable] WeakValueMap[K, V] hashers [S] [S2] S, S2;
    shows K, StrongOf<V>;
    looks up where [K: Eq + Hash, S: BuildHasher,] [S2: BuildHasher,];
    stores where [K: Stored<V::Flavor>, V: Stored<V::Flavor>,];
    clones where [K: Clone,];
    gives away where [K: Clone,];
    compares V by |mine: &StrongOf<V>, theirs: &StrongOf<V>| **mine == **theirs;
    takes [P: Pointer<Referent = V>] (K, P), |map, (key, owner)| map.insert(key, &owner);
    /// let owner = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", owner.clone())]);
}

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
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

    fn insert_strong(&self, key: K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
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
                if keep == Keep::First {
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

    fn get_or_try_make<E>(
        &self,
        key: K,
        make: impl FnOnce(&K) -> Result<StrongOf<V>, E>,
    ) -> Result<StrongOf<V>, E> {
        let mut wanted = Wish { hash: self.hash(&key), key: Some(key), shown: None };
        let make = |wanted: &Wish<K, V>| make(wanted.shown());
        let result =
            self.shards.get_or_try_make(&mut wanted, make, |inside, wanted, key, owner| {
                let hash = wanted.hash;
                // The other owner of the key is `key`.
                wanted.shown = None;
                wanted.key = key.take().and_then(V::Flavor::into_inner);
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

    fn look<R>(&self, key: &K, f: impl FnOnce(&StrongOf<V>) -> R) -> Option<R> {
        self.get(key).map(|owner| f(&owner))
    }

    fn put_clone(&self, key: &K, owner: &StrongOf<V>)
    where
        K: Clone,
    {
        self.insert_strong(key.clone(), owner);
    }
}

/// A key that is looked for, or made.
struct Wish<K, V: ?Sized + Weakrefable> {
    hash: u32,
    /// Before and after the factory.
    key: Option<K>,
    /// While the factory runs: it is shown the key, which others compare theirs with.
    shown: Option<<V::Flavor as Flavor>::Strong<K>>,
}

impl<K, V: ?Sized + Weakrefable> Wish<K, V> {
    fn shown(&self) -> &K {
        self.shown.as_deref().expect("a factory runs for it")
    }
}

impl<K: Eq, V: ?Sized + Weakrefable> Wanted<V::Flavor, ValueEntry<K, V>> for Wish<K, V> {
    const BY_HASH: bool = false;

    fn hash(&self) -> u32 {
        self.hash
    }

    fn find(&mut self, table: &Table<V::Flavor, ValueEntry<K, V>>) -> Option<StrongOf<V>> {
        table.find(self.hash, |other| self.key.as_ref() == Some(other))?.upgrade()
    }

    fn is_made_for(&self, key: &<V::Flavor as Flavor>::Strong<K>) -> bool {
        self.key.as_ref() == Some(&**key)
    }

    fn accepts(&self, _: &StrongOf<V>) -> bool {
        true
    }

    fn making(&mut self) -> <V::Flavor as Flavor>::Strong<K> {
        let key = V::Flavor::strong(self.key.take().expect("a factory runs once"));
        self.shown.insert(key).clone()
    }
}

impl<K, V: ?Sized + Weakrefable, S> WeakValueMap<K, V, S> {
    /// Visits the living entries, up to the first one that `f` refuses.
    fn all(&self, mut f: impl FnMut(&K, &StrongOf<V>) -> bool) -> bool {
        let mut all =
            |number| Lease::all(&self.shards, number).iter().all(|(key, owner)| f(key, owner));
        (0..self.shards.count()).all(&mut all)
    }

    fn take_shard(&self, number: usize) -> Vec<(K, StrongOf<V>)>
    where
        K: Clone,
    {
        Lease::take_all(&self.shards, number, |owner| owner)
    }

    fn take_any(&self, number: usize) -> Option<(K, StrongOf<V>)>
    where
        K: Clone,
    {
        Lease::take_any(&self.shards, number, |owner| owner)
    }

    /// Removes the living entries that `keep` refuses.
    ///
    /// Nothing is locked while `keep` runs: it may use the map. It is asked about each entry as it
    /// was when the turn of its shard came; an entry that has been replaced since is not touched.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(()));
    /// let map: WeakValueMap<_, _> = (0..10).map(|key| (key, value.clone())).collect();
    /// map.retain(|key, _| key % 2 == 0);
    /// assert_eq!(map.len(), 5);
    /// ```
    pub fn retain(&self, mut keep: impl FnMut(&K, &StrongOf<V>) -> bool) {
        for number in 0..self.shards.count() {
            let lease = Lease::all(&self.shards, number);
            for which in 0..lease.len() {
                if lease.get(which).is_some_and(|(key, owner)| !keep(key, owner)) {
                    lease.remove(which);
                }
            }
        }
    }

    /// Returns an iterator that removes the living entries that `pick` accepts, each when its turn
    /// comes, and gives them.
    ///
    /// Nothing is locked while `pick` runs: it may use the map. The keys are cloned.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(()));
    /// let map: WeakValueMap<_, _> = (0..10).map(|key| (key, value.clone())).collect();
    /// let mut odd: Vec<_> = map.extract_if(|key, _| key % 2 == 1).map(|(key, _)| key).collect();
    /// odd.sort();
    /// assert_eq!(odd, [1, 3, 5, 7, 9]);
    /// assert_eq!(map.len(), 5);
    /// ```
    pub fn extract_if<'a>(
        &'a self,
        mut pick: impl FnMut(&K, &StrongOf<V>) -> bool + 'a,
    ) -> ExtractIf<'a, K, StrongOf<V>>
    where
        K: Clone,
    {
        let mut numbers = 0..self.shards.count();
        let mut here: Option<(Lease<'_, _, _>, _)> = None;
        ExtractIf::new(std::iter::from_fn(move || {
            loop {
                if let Some((lease, all)) = &mut here {
                    for which in all {
                        let Some((key, owner)) = lease.get(which) else { continue };
                        if pick(key, owner) && lease.remove(which) {
                            return Some((key.clone(), owner.clone()));
                        }
                    }
                }
                here = None;
                let lease = Lease::all(&self.shards, numbers.next()?);
                let all = 0..lease.len();
                here = Some((lease, all));
            }
        }))
    }

    /// Returns the keys of the living entries of this moment.
    ///
    /// O(n), with an allocation for all, and one for each shard; the keys are cloned while nothing is
    /// locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.keys().eq(["a"]));
    /// ```
    pub fn keys(&self) -> Keys<K>
    where
        K: Clone,
    {
        let mut keys = Vec::new();
        self.for_each(|key, _| keys.push(key.clone()));
        Keys::new(keys)
    }

    /// Returns owners of the living values of this moment; a value under two keys comes twice.
    ///
    /// O(n), with one allocation for all.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// assert!(map.values().all(|other| Rc::ptr_eq(&other, &value)));
    /// ```
    pub fn values(&self) -> Values<StrongOf<V>> {
        let mut owners = Vec::new();
        for shard in self.shards.each() {
            owners.extend(shard.entries.iter().filter_map(Entry::upgrade));
        }
        Values::new(owners)
    }

    /// Returns weak references to the values: Python's `valuerefs`. Some may be dead when they are
    /// looked at.
    ///
    /// O(n), with one allocation for all; makes no owners.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// let value = Rc::new(Slotted::<_, Local>::new(7));
    /// let map = WeakValueMap::from([("a", value.clone())]);
    /// let refs = map.value_refs();
    /// drop(value);
    /// assert!(refs[0].is_dead() && map.is_empty());
    /// ```
    pub fn value_refs(&self) -> Vec<WeakRef<V>> {
        let mut refs = Vec::new();
        for shard in self.shards.each() {
            refs.extend(shard.entries.iter().map(|entry| WeakRef::from_weak(entry.weak.clone())));
        }
        refs
    }
}

impl<K, V: ?Sized + Weakrefable, S> entry::sealed::Sealed for WeakValueMap<K, V, S> {}

impl<K, V, S> Mapping for WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    type Key = K;
    type Value = StrongOf<V>;
    type Given<'a>
        = StrongOf<V>
    where
        Self: 'a;
    type Shown<'a>
        = &'a StrongOf<V>
    where
        Self: 'a;
    type Living = StrongOf<V>;

    fn make(&self, key: K, make: impl FnOnce(&K) -> StrongOf<V>) -> StrongOf<V> {
        match self.get_or_try_make(key, |key| Ok::<_, Infallible>(make(key))) {
            Ok(owner) => owner,
        }
    }

    fn put(&self, key: K, owner: StrongOf<V>) -> (StrongOf<V>, Option<StrongOf<V>>) {
        let old = self.insert_strong(key, &owner);
        (owner, old)
    }

    fn take(&self, key: &K, owner: &StrongOf<V>) -> Option<StrongOf<V>> {
        let hash = self.hash(key);
        let gone = {
            let mut inside = self.shards.enter(hash);
            let there = inside.find(hash, |other| other == key)?;
            if !there.is_of(owner.address()) {
                return None;
            }
            inside.remove_key(hash, |other| other == key)
        };
        gone?.into_owners()
    }

    fn give(&self, owner: StrongOf<V>) -> StrongOf<V> {
        owner
    }

    fn show(owner: &StrongOf<V>, f: impl FnOnce(&StrongOf<V>)) {
        f(owner);
    }
}

impl<K, V, S> OccupiedEntry<'_, WeakValueMap<K, V, S>>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Returns the owner of the value.
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
    /// ```
    pub fn get(&self) -> &StrongOf<V> {
        &self.living
    }
}

impl<K, V: ?Sized + Weakrefable, S> IntoIterator for WeakValueMap<K, V, S> {
    type Item = (K, StrongOf<V>);
    type IntoIter = IntoIter<K, StrongOf<V>>;

    /// Returns the living entries, and dissolves the map.
    fn into_iter(self) -> Self::IntoIter {
        let mut pairs = Vec::with_capacity(self.len());
        for number in 0..self.shards.count() {
            let mut all = self.shards.enter_shard(number).take_all(RemovalCause::Removed);
            tell_all(&mut all);
            pairs.extend(all.into_iter().filter_map(|gone| {
                let Ok(key) = gone.entry.into_cell().into_key() else {
                    unreachable!("whoever borrows a key borrows the map")
                };
                Some((key, gone.owners?))
            }));
        }
        IntoIter::new(pairs)
    }
}

impl<K, V, S> fmt::Debug for WeakValueMap<K, V, S>
where
    K: fmt::Debug,
    V: ?Sized + Weakrefable + fmt::Debug,
{
    /// Writes the living entries.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        self.for_each(|key, owner| {
            map.entry(key, &&**owner);
        });
        map.finish()
    }
}

impl<K, V, P, const N: usize> From<[(K, P); N]> for WeakValueMap<K, V>
where
    K: Stored<V::Flavor> + Eq + Hash,
    V: ?Sized + Weakrefable + Stored<V::Flavor>,
    P: Pointer<Referent = V>,
{
    /// Inserts owners that somebody else has too: the array's own are dropped.
    fn from(pairs: [(K, P); N]) -> Self {
        pairs.into_iter().collect()
    }
}
