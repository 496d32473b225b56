//! What `WeakWeakMap` and `PtrWeakWeakMap` show alike.

macro_rules! weak_weak_map {
    (
        $(#[$docs:meta])*
        $Name:ident [$($S:ident $(= $Default:ty)?)?] [$($S2:ident)?] $H:ty, $H2:ty
    ) => {
        $(#[$docs])*
        pub struct $Name<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor> $(, $S $(= $Default)?)?> {
            shards: Shards<K::Flavor, PairEntry<K, V>>,
            hasher: $H,
        }

        whole! {
            impl [K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor> $(, $S)?] $Name[K, V $(, $S)?] in K::Flavor,
            hasher $H, listeners WeakRef<K>, example map
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            /// let owner = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(owner.clone(), value.clone())]);")]
        }

        pairs! {
            impl [K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor>] $Name[K, V] hashers [$($S)?] [$($S2)?] $H, $H2;
            shows StrongOf<K>, StrongOf<V>;
            looks up where [$H: Lookup<K, K>,] [$H2: Lookup<K, K>,];
            stores where [K: Stored<K::Flavor>, V: Stored<K::Flavor>,];
            clones where [];
            gives away where [];
            compares V by |mine: &StrongOf<V>, theirs: &StrongOf<V>| **mine == **theirs;
            takes [P: Pointer<Referent = K>, Q: Pointer<Referent = V>] (P, Q), |map, (key, value)| map.insert(&key, &value);
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            /// let owner = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(owner.clone(), value.clone())]);")]
        }

        weak_keys! {
            impl [K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor> $(, $S)?] $Name[K, V $(, $S)?] hasher $H;
            gives StrongOf<V> where [];
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            /// let owner = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(owner.clone(), value.clone())]);")]
        }

        impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor> $(, $S)?> $Name<K, V $(, $S)?> {
            /// Returns the living value under `key`: an owner of it.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), value.clone())]);")]
            /// assert!(Rc::ptr_eq(&map.get(&*key).unwrap(), &value));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            #[inline]
            pub fn get<Q: ?Sized>(&self, key: &Q) -> Option<StrongOf<V>>
            where
                $H: Lookup<K, Q>,
            {
                let mut search = Search::new(&self.hasher, key);
                let inside = self.shards.enter(search.hash);
                K::Flavor::upgrade(&inside.find(search.hash, search.by::<$H>())?.value)
            }

            fn pair<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, StrongOf<V>)>
            where
                $H: Lookup<K, Q>,
            {
                weak::find(&self.shards, &self.hasher, key)
            }

            /// Removes the entry under `key`, and returns its value if that lives.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), value.clone())]);")]
            /// assert_eq!(map.remove(&*key), Some(value));
            /// assert_eq!(map.remove(&*key), None);
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            pub fn remove<Q: ?Sized>(&self, key: &Q) -> Option<StrongOf<V>>
            where
                $H: Lookup<K, Q>,
            {
                value_of(self.take_key(key)?)
            }

            /// Removes the entry under `key`, and returns it if its value lives.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), value.clone())]);")]
            /// assert_eq!(map.remove_entry(&*key), Some((key, value)));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            pub fn remove_entry<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, StrongOf<V>)>
            where
                $H: Lookup<K, Q>,
            {
                let (key, value) = self.take_key(key)?.into_owners();
                Some((key?, value?))
            }

            fn take_key<Q: ?Sized>(&self, key: &Q) -> Option<Gone<K::Flavor, PairEntry<K, V>>>
            where
                $H: Lookup<K, Q>,
            {
                let mut search = Search::new(&self.hasher, key);
                self.shards.enter(search.hash).remove_key(search.hash, search.by::<$H>())
            }

            /// Returns owners of the living values of this moment; a value under two keys comes twice.
            ///
            /// O(n), with an allocation for all, and one for each shard.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), value.clone())]);")]
            /// assert!(map.values().eq([value]));
            /// # drop(key);
            /// ```
            pub fn values(&self) -> Values<StrongOf<V>> {
                Values::new(self.shards.one_by_one().map(|(_, (_, value))| value).collect())
            }

            /// Returns weak references to the values: Python's `valuerefs`. Some may be dead when they
            /// are looked at.
            ///
            /// O(n), with one allocation for all; makes no owners.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), value.clone())]);")]
            /// let refs = map.value_refs();
            /// drop(value);
            /// assert!(refs[0].is_dead() && map.is_empty());
            /// # drop(key);
            /// ```
            #[doc(alias = "valuerefs")]
            pub fn value_refs(&self) -> Vec<WeakRef<V>> {
                let mut refs = Vec::new();
                for shard in self.shards.each() {
                    let weak = |entry: &PairEntry<K, V>| WeakRef::from_weak(entry.value.clone());
                    refs.extend(shard.entries.iter().map(weak));
                }
                refs
            }

            /// Removes the living entries that `keep` refuses.
            ///
            /// Nothing is locked while `keep` runs: it may use the map. It is asked about each entry as
            /// it was when the turn of its shard came; an entry that has been replaced since is not
            /// touched.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), value.clone())]);")]
            /// map.retain(|_, value| ***value > 7);
            /// assert!(map.is_empty());
            /// # drop((key, value));
            /// ```
            pub fn retain(&self, mut keep: impl FnMut(&StrongOf<K>, &StrongOf<V>) -> bool) {
                self.extract_if(move |key, value| !keep(key, value)).for_each(drop);
            }

            /// Returns an iterator that removes the living entries that `pick` accepts, each when its
            /// turn comes, and gives them.
            ///
            /// Nothing is locked while `pick` runs: it may use the map.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), value.clone())]);")]
            /// assert!(map.extract_if(|_, value| ***value == 7).eq([(key, value)]));
            /// assert!(map.is_empty());
            /// ```
            pub fn extract_if<'a>(
                &'a self,
                mut pick: impl FnMut(&StrongOf<K>, &StrongOf<V>) -> bool + 'a,
            ) -> ExtractIf<'a, StrongOf<K>, StrongOf<V>> {
                ExtractIf::new(self.shards.one_by_one().filter_map(move |(hash, (key, value))| {
                    if !pick(&key, &value) {
                        return None;
                    }
                    self.take_this(hash, &key, &value)?;
                    Some((key, value))
                }))
            }

            /// Removes the entry of these very objects.
            fn take_this(&self, hash: u32, key: &StrongOf<K>, value: &StrongOf<V>) -> Option<()> {
                let is_it = |entry: &PairEntry<K, V>| {
                    ptr::addr_eq(K::Flavor::as_ptr(weak::key(&entry.cell)), &raw const **key)
                        && ptr::addr_eq(K::Flavor::as_ptr(&entry.value), &raw const **value)
                };
                drop(self.shards.remove(hash, is_it)?.into_parts());
                Some(())
            }

            fn all(&self, mut f: impl FnMut(&StrongOf<K>, &StrongOf<V>) -> bool) -> bool {
                self.shards.all(|_, (key, value)| f(key, value))
            }

            fn look<R>(&self, key: &StrongOf<K>, f: impl FnOnce(&StrongOf<V>) -> R) -> Option<R>
            where
                $H: Lookup<K, K>,
            {
                self.get(&**key).map(|value| f(&value))
            }

            fn take_all(&self) -> Vec<(StrongOf<K>, StrongOf<V>)> {
                let all = self.shards.empty(RemovalCause::Removed).into_iter();
                all.filter_map(|gone| {
                    let (key, value) = gone.into_owners();
                    Some((key?, value?))
                })
                .collect()
            }

            fn take_any(&self, number: usize) -> Option<(StrongOf<K>, StrongOf<V>)> {
                loop {
                    let gone = self.shards.enter_shard(number).remove_any()?;
                    // It can have died when it was found, or just after.
                    if let (Some(key), Some(value)) = gone.into_owners() {
                        return Some((key, value));
                    }
                }
            }
        }

        impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor> $(, $S)?> $Name<K, V $(, $S)?>
        where
            $H: Lookup<K, K>,
        {
            /// Puts the value that `value` owns under the key that `key` owns, and returns the living
            /// value that was there.
            ///
            /// An equal key that is already there stays, as in Python and in std: the entry goes when
            /// that one dies. See [`replace_key`](Self::replace_key).
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let [one, two] = [1, 2].map(|number| Rc::new(Slotted::<_, Local>::new(number)));
            #[doc = concat!("let map = ", stringify!($Name), "::new();")]
            /// assert_eq!(map.insert(&key, &one), None);
            /// assert_eq!(map.insert(&key, &two), Some(one));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            pub fn insert<P, Q>(&self, key: &P, value: &Q) -> Option<StrongOf<V>>
            where
                P: Pointer<Referent = K>,
                Q: Pointer<Referent = V>,
            {
                self.insert_keeping(Keep::First, key.strong(), value.strong())
            }

            /// Puts the value that `value` owns under the key that `key` owns, which takes the place of
            /// an equal key, and returns the living value that was there.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            /// let value = Rc::new(Slotted::<_, Local>::new(7));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), value.clone())]);")]
            /// assert_eq!(map.replace_key(&key, &value).as_ref(), Some(&value));
            /// assert!(Rc::ptr_eq(&map.get_key(&*key).unwrap(), &key));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            pub fn replace_key<P, Q>(&self, key: &P, value: &Q) -> Option<StrongOf<V>>
            where
                P: Pointer<Referent = K>,
                Q: Pointer<Referent = V>,
            {
                self.insert_keeping(Keep::New, key.strong(), value.strong())
            }

            fn insert_keeping(
                &self,
                keep: Keep,
                key: &StrongOf<K>,
                value: &StrongOf<V>,
            ) -> Option<StrongOf<V>> {
                let mut search = Search::new(&self.hasher, &**key);
                let gone = {
                    let mut inside = self.shards.enter(search.hash);
                    Self::put(&mut inside, &mut search, keep, key, value)
                };
                value_of(gone?)
            }

            #[inline]
            fn put(
                inside: &mut Inside<'_, K::Flavor, PairEntry<K, V>>,
                search: &mut Search<'_, K, K>,
                keep: Keep,
                key: &StrongOf<K>,
                value: &StrongOf<V>,
            ) -> Option<Gone<K::Flavor, PairEntry<K, V>>> {
                let hash = search.hash;
                let (found, _, mut registrar) = inside.search(hash, search.by::<$H>());
                let place = registrar.register(value.weak_slot());
                let value = K::Flavor::downgrade(value);
                let mut cell = || {
                    let place = registrar.register(key.weak_slot());
                    KeyCell::new(hash, place, K::Flavor::downgrade(key))
                };
                let old = match found {
                    hash_table::Entry::Vacant(vacant) => {
                        vacant.insert(PairEntry { cell: cell(), place, value });
                        return None;
                    }
                    hash_table::Entry::Occupied(mut occupied)
                        if keep == Keep::First && !K::Flavor::is_dead(&occupied.get().value) =>
                    {
                        let entry = occupied.get_mut();
                        // The key stays, and so does its registration.
                        let cell = KeyCell::new(hash, NOWHERE, weak::key(&entry.cell).clone());
                        let place = mem::replace(&mut entry.place, place);
                        let value = mem::replace(&mut entry.value, value);
                        PairEntry { cell, place, value }
                    }
                    hash_table::Entry::Occupied(mut occupied) => {
                        mem::replace(occupied.get_mut(), PairEntry { cell: cell(), place, value })
                    }
                };
                Some(inside.let_go(old, RemovalCause::Replaced))
            }

            fn put_pair(&self, key: StrongOf<K>, value: StrongOf<V>) {
                self.insert_keeping(Keep::First, &key, &value);
            }

            /// Returns the living value under the key that `key` owns, or puts there what `make`
            /// returns.
            ///
            /// `make` runs once for a key, however many threads ask for it at the same moment: the
            /// others wait and get the same value, even if this one drops it at once. Nothing is locked
            /// while it runs: it may use the map, for other keys. If it panics, the next one who waits
            /// tries.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::<_, Slotted<_, Local>>::new();")]
            /// let value = map.get_or_insert_with(&key, || Rc::new(Slotted::<_, Local>::new(7)));
            /// assert_eq!(map.get_or_insert_with(&key, || unreachable!()), value);
            /// ```
            ///
            /// # Panics
            ///
            /// If `make` needs this very key, by way of other keys or threads or not: where it would
            /// wait for ever.
            pub fn get_or_insert_with<P: Pointer<Referent = K>>(
                &self,
                key: &P,
                make: impl FnOnce() -> StrongOf<V>,
            ) -> StrongOf<V> {
                match self.get_or_try_insert_with(key, || Ok::<_, Infallible>(make())) {
                    Ok(value) => value,
                }
            }

            /// The same with a `make` that can fail. Then the next one who waits tries.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("twelve"));
            #[doc = concat!("let map = ", stringify!($Name), "::<_, Slotted<u8, Local>>::new();")]
            /// let parse = || key.parse().map(|number| Rc::new(Slotted::new(number)));
            /// assert!(map.get_or_try_insert_with(&key, parse).is_err());
            /// ```
            ///
            /// # Panics
            ///
            /// As [`get_or_insert_with`](Self::get_or_insert_with).
            ///
            /// # Errors
            ///
            /// That of `make`.
            pub fn get_or_try_insert_with<P: Pointer<Referent = K>, E>(
                &self,
                key: &P,
                make: impl FnOnce() -> Result<StrongOf<V>, E>,
            ) -> Result<StrongOf<V>, E> {
                self.get_or_try_make(key.strong(), make).map(|(_, value)| value)
            }

            fn get_or_try_make<E>(
                &self,
                key: &StrongOf<K>,
                make: impl FnOnce() -> Result<StrongOf<V>, E>,
            ) -> Result<(StrongOf<K>, StrongOf<V>), E> {
                let mut wanted = Wish::new(&self.hasher, key);
                let make = |_: &Wish<'_, _, _>| Ok((key.clone(), make()?));
                self.shards.get_or_try_make(&mut wanted, make, |inside, wanted, (_, value)| {
                    let there = wanted.find(inside);
                    if there.is_some() {
                        return (there, None);
                    }
                    (None, Self::put(inside, &mut wanted.search, Keep::First, key, value))
                })
            }
        }

        impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor> $(, $S)?> entry::sealed::Sealed for $Name<K, V $(, $S)?> {}

        impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor> $(, $S)?> Mapping for $Name<K, V $(, $S)?>
        where
            $H: Lookup<K, K>,
        {
            type Key = StrongOf<K>;
            type Value = StrongOf<V>;
            type Given<'a>
                = StrongOf<V>
            where
                Self: 'a;
            type Shown<'a>
                = &'a StrongOf<V>
            where
                Self: 'a;
            type Living = (StrongOf<K>, StrongOf<V>);

            fn make(
                &self,
                key: StrongOf<K>,
                make: impl FnOnce(&StrongOf<K>) -> StrongOf<V>,
            ) -> Self::Living {
                let Ok(living) = self.get_or_try_make(&key, || Ok::<_, Infallible>(make(&key)));
                // First, as it can panic, and what is being returned would not be dropped then.
                drop(key);
                living
            }

            fn put(&self, key: StrongOf<K>, value: StrongOf<V>) -> (Self::Living, Option<StrongOf<V>>) {
                let old = self.insert_keeping(Keep::First, &key, &value);
                // The map's own, which is what the entry must own.
                let own = self.get_key(&*key).unwrap_or_else(|| key.clone());
                drop(key);
                ((own, value), old)
            }

            fn take(&self, key: &StrongOf<K>, (own, value): &Self::Living) -> Option<StrongOf<V>> {
                let hash = Search::new(&self.hasher, &**key).hash;
                self.take_this(hash, own, value)?;
                Some(value.clone())
            }

            fn give(&self, (_, value): Self::Living) -> StrongOf<V> {
                value
            }

            fn show((_, value): &Self::Living, f: impl FnOnce(&StrongOf<V>)) {
                f(value);
            }
        }

        impl<K, V $(, $S)?> OccupiedEntry<'_, $Name<K, V $(, $S)?>>
        where
            K: ?Sized + Weakrefable,
            V: ?Sized + Weakrefable<Flavor = K::Flavor>,
            $H: Lookup<K, K>,
        {
            /// Returns the owner of the value.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::<_, Slotted<_, Local>>::new();")]
            /// let entry = map.entry(&key).insert_entry(Rc::new(Slotted::<_, Local>::new(7)));
            /// assert_eq!(***entry.get(), 7);
            /// ```
            pub fn get(&self) -> &StrongOf<V> {
                &self.living.1
            }
        }

        impl<K: ?Sized + Weakrefable, V: ?Sized + Weakrefable<Flavor = K::Flavor> $(, $S)?> IntoIterator for $Name<K, V $(, $S)?> {
            type Item = (StrongOf<K>, StrongOf<V>);
            type IntoIter = IntoIter<StrongOf<K>, StrongOf<V>>;

            /// Returns the living entries, and dissolves the map.
            fn into_iter(self) -> Self::IntoIter {
                let all = self.take_all();
                // First, as it can panic, and what is being returned would not be dropped then.
                drop(self);
                IntoIter::new(all)
            }
        }

        impl<K, V $(, $S)?> fmt::Debug for $Name<K, V $(, $S)?>
        where
            K: ?Sized + Weakrefable + fmt::Debug,
            V: ?Sized + Weakrefable<Flavor = K::Flavor> + fmt::Debug,
        {
            /// Writes the living entries.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut map = f.debug_map();
                self.for_each(|key, value| {
                    map.entry(&&**key, &&**value);
                });
                map.finish()
            }
        }

        impl<K, V, P, Q, const N: usize> From<[(P, Q); N]> for $Name<K, V>
        where
            K: ?Sized + Weakrefable + Stored<K::Flavor>,
            V: ?Sized + Weakrefable<Flavor = K::Flavor> + Stored<K::Flavor>,
            P: Pointer<Referent = K>,
            Q: Pointer<Referent = V>,
            Self: Default + Extend<(P, Q)>,
        {
            /// Inserts owners that somebody else has too: the array's own are dropped.
            fn from(pairs: [(P, Q); N]) -> Self {
                let mut map = Self::default();
                map.extend(pairs);
                map
            }
        }
    };
}
pub(super) use weak_weak_map;
