//! What `WeakKeyMap` and `PtrWeakKeyMap` show alike.

macro_rules! key_map {
    (
        $(#[$docs:meta])*
        $Name:ident [$($S:ident $(= $Default:ty)?)?] [$($S2:ident)?] $H:ty, $H2:ty
    ) => {
        $(#[$docs])*
        pub struct $Name<K: ?Sized + Weakrefable, V $(, $S $(= $Default)?)?> {
            shards: Shards<K::Flavor, KeyEntry<K, V>>,
            hasher: $H,
        }

        whole! {
            impl [K: ?Sized + Weakrefable, V $(, $S)?] $Name[K, V $(, $S)?] in K::Flavor,
            hasher $H, listeners WeakRef<K>, example map
            /// let owner = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(owner.clone(), 7)]);")]
        }

        pairs! {
            impl [K: ?Sized + Weakrefable, V] $Name[K, V] hashers [$($S)?] [$($S2)?] $H, $H2;
            shows StrongOf<K>, V;
            looks up where [$H: Lookup<K, K>,] [$H2: Lookup<K, K>,];
            stores where [K: Stored<K::Flavor>, V: Stored<K::Flavor>,];
            clones where [V: Clone,];
            gives away where [];
            compares V by |mine: &V, theirs: &V| *mine == *theirs;
            takes [P: Pointer<Referent = K>] (P, V), |map, (owner, value)| map.insert(&owner, value);
            /// let owner = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(owner.clone(), 7)]);")]
        }

        weak_keys! {
            impl [K: ?Sized + Weakrefable, V $(, $S)?] $Name[K, V $(, $S)?] hasher $H;
            gives V where [V: Clone,];
            /// let owner = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(owner.clone(), 7)]);")]
        }

        impl<K: ?Sized + Weakrefable, V $(, $S)?> $Name<K, V $(, $S)?> {
            /// Returns the value under `key`: a clone, made while nothing is locked but the value.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), 7)]);")]
            /// assert_eq!(map.get(&*key), Some(7));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that is changing this very value, or where it would wait for ever for
            /// one that is; or by the keys' `Eq` in the middle of a search in this map.
            #[inline]
            pub fn get<Q: ?Sized>(&self, key: &Q) -> Option<V>
            where
                $H: Lookup<K, Q>,
                V: Clone,
            {
                self.with(key, V::clone)
            }

            /// Calls `f` with the value under `key`, and returns its result.
            ///
            /// Nothing is locked meanwhile but the value, against changes: `f` may use the map. If
            /// the key dies meanwhile, the entry goes at once, and the value when `f` has returned.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), String::from(\"text\"))]);")]
            /// assert_eq!(map.with(&*key, |text| text.len()), Some(4));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that is changing this very value, or where it would wait for ever for
            /// one that is; or by the keys' `Eq` in the middle of a search in this map.
            #[inline]
            pub fn with<Q: ?Sized, R>(&self, key: &Q, f: impl FnOnce(&V) -> R) -> Option<R>
            where
                $H: Lookup<K, Q>,
            {
                let mut search = Search::new(&self.hasher, key);
                let value = {
                    let inside = self.shards.enter(search.hash);
                    let value = inside.find(search.hash, search.by::<$H>())?.value.begin();
                    match inside.leave() {
                        Ok(()) => value.ok(),
                        Err(noted) => {
                            // The user's code, which may change this very value. The entry has it too, so
                            // nothing of the user's drops here.
                            drop(value);
                            drop(noted);
                            None
                        }
                    }
                };
                let Some(value) = value else {
                    drop(search);
                    return self.with_later(key, f);
                };
                // The owner of the key goes first, so that it can die meanwhile; but when this is known
                // to look at the value, as the key's death may run code that waits.
                let result = value.with(|value| {
                    drop(search);
                    f(value)
                });
                // First, as it can panic, and what is being returned would not be dropped then.
                drop(value);
                result
            }

            /// The same of a value that another is changing, or may be.
            #[cold]
            fn with_later<Q: ?Sized, R>(&self, key: &Q, f: impl FnOnce(&V) -> R) -> Option<R>
            where
                $H: Lookup<K, Q>,
            {
                let mut f = Some(f);
                self.try_with(key, |owner, value| {
                    // So that it can die meanwhile.
                    weak::release::<K>(owner);
                    value.read(|value| f.take().map(|f| f(value)))
                })?
            }

            /// Calls `f` with what is under `key`, and again with what is there by then as long as it gives
            /// nothing: another has moved the value out, perhaps to put a new one there.
            fn try_with<Q: ?Sized, R>(
                &self,
                key: &Q,
                mut f: impl FnMut(StrongOf<K>, &Held<K::Flavor, V>) -> Option<R>,
            ) -> Option<R>
            where
                $H: Lookup<K, Q>,
            {
                loop {
                    let Living { key: owner, value } = weak::find(&self.shards, &self.hasher, key)?;
                    let result = f(owner, &value);
                    // First, as it can panic, and what is being returned would not be dropped then.
                    drop(value);
                    if result.is_some() {
                        return result;
                    }
                }
            }

            /// Calls `f` with the value under `key`, to change it, and returns its result.
            ///
            /// Nothing is locked meanwhile but the value: `f` may use the map, but for this value.
            /// Other threads that want the value wait; those that look at it already are waited for.
            /// If the key dies meanwhile, the entry goes at once, and the value when `f` has
            /// returned.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), vec![1])]);")]
            /// map.with_mut(&*key, |numbers| numbers.push(2));
            /// assert_eq!(map.get(&*key), Some(vec![1, 2]));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that has this very value, or where it would wait for ever for
            /// one that has; or by the keys' `Eq` in the middle of a search in this map.
            pub fn with_mut<Q: ?Sized, R>(&self, key: &Q, f: impl FnOnce(&mut V) -> R) -> Option<R>
            where
                $H: Lookup<K, Q>,
            {
                let mut f = Some(f);
                self.try_with(key, |owner, value| {
                    // So that it can die meanwhile.
                    weak::release::<K>(owner);
                    value.write(|value| f.take().map(|f| f(value)))
                })?
            }

            fn pair<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, V)>
            where
                $H: Lookup<K, Q>,
                V: Clone,
            {
                self.try_with(key, |owner, value| Some((owner, value.read(V::clone)?)))
            }

            /// Removes the entry under `key`, and returns its value.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), 7)]);")]
            /// assert_eq!(map.remove(&*key), Some(7));
            /// assert_eq!(map.remove(&*key), None);
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that has this very value (the entry is removed all the same), or
            /// where it would wait for ever for one that has; or by the keys' `Eq` in the middle of a
            /// search in this map.
            pub fn remove<Q: ?Sized>(&self, key: &Q) -> Option<V>
            where
                $H: Lookup<K, Q>,
            {
                value_of(self.take_key(key)?).take()
            }

            /// Removes the entry under `key`, and returns it.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), 7)]);")]
            /// assert_eq!(map.remove_entry(&*key), Some((key, 7)));
            /// ```
            ///
            /// # Panics
            ///
            /// As [`remove`](Self::remove).
            pub fn remove_entry<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, V)>
            where
                $H: Lookup<K, Q>,
            {
                let (owner, value) = pair(self.take_key(key)?);
                Some((owner?, value.take()?))
            }

            fn take_key<Q: ?Sized>(&self, key: &Q) -> Option<Gone<K::Flavor, KeyEntry<K, V>>>
            where
                $H: Lookup<K, Q>,
            {
                let mut search = Search::new(&self.hasher, key);
                self.shards.enter(search.hash).remove_key(search.hash, search.by::<$H>())
            }

            /// Returns clones of the values of this moment, made while nothing is locked but each.
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
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), 7)]);")]
            /// assert!(map.values().eq([7]));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that is changing one of the values, or where it would wait for ever
            /// for one that is.
            pub fn values(&self) -> Values<V>
            where
                V: Clone,
            {
                let mut values = Vec::new();
                self.for_each(|_, value| values.push(value.clone()));
                Values::new(values)
            }

            /// Calls `f` with each living key and its value, to change it.
            ///
            /// As [`for_each`](Self::for_each), but that `f` has the value for itself.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), 7)]);")]
            /// map.for_each_mut(|_, value| *value += 1);
            /// assert_eq!(map.get(&*key), Some(8));
            /// ```
            ///
            /// # Panics
            ///
            /// As [`with_mut`](Self::with_mut).
            pub fn for_each_mut(&self, mut f: impl FnMut(&StrongOf<K>, &mut V)) {
                self.shards.all(|_, Living { key, value }| {
                    value.write(|value| f(key, value));
                    true
                });
            }

            /// Removes the living entries that `keep` refuses. It may change the values.
            ///
            /// Nothing is locked while `keep` runs but the value: it may use the map. It is asked
            /// about each entry as it was when the turn of its shard came; an entry that has been
            /// replaced since is not touched.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let keys: Vec<_> = (0..10).map(|n| Rc::new(Slotted::<_, Local>::new(n))).collect();
            #[doc = concat!("let map: ", stringify!($Name), "<_, _> = keys.iter().cloned().zip(0..10).collect();")]
            /// map.retain(|_, value| *value % 2 == 0);
            /// assert_eq!(map.len(), 5);
            /// ```
            ///
            /// # Panics
            ///
            /// As [`with_mut`](Self::with_mut).
            pub fn retain(&self, mut keep: impl FnMut(&StrongOf<K>, &mut V) -> bool) {
                self.extract_if(move |key, value| !keep(key, value)).for_each(drop);
            }

            /// Returns an iterator that removes the living entries that `pick` accepts, each when its
            /// turn comes, and gives them. `pick` may change the values.
            ///
            /// Nothing is locked while `pick` runs but the value: it may use the map.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let keys: Vec<_> = (0..10).map(|n| Rc::new(Slotted::<_, Local>::new(n))).collect();
            #[doc = concat!("let map: ", stringify!($Name), "<_, _> = keys.iter().cloned().zip(0..10).collect();")]
            /// assert_eq!(map.extract_if(|_, value| *value % 2 == 1).count(), 5);
            /// assert_eq!(map.len(), 5);
            /// ```
            ///
            /// # Panics
            ///
            /// As [`with_mut`](Self::with_mut).
            pub fn extract_if<'a>(
                &'a self,
                mut pick: impl FnMut(&StrongOf<K>, &mut V) -> bool + 'a,
            ) -> ExtractIf<'a, StrongOf<K>, V> {
                ExtractIf::new(self.shards.one_by_one().filter_map(move |(hash, living)| {
                    let Living { key, value } = living;
                    if !value.write(|value| pick(&key, value))? {
                        return None;
                    }
                    let is_it = |entry: &KeyEntry<K, V>| entry.value.is_same(&value);
                    let (owner, value) = pair(self.shards.remove(hash, is_it)?);
                    Some((owner?, value.take()?))
                }))
            }

            fn all(&self, mut f: impl FnMut(&StrongOf<K>, &V) -> bool) -> bool {
                self.shards.all(|_, Living { key, value }| {
                    value.read(|value| f(key, value)).unwrap_or(true)
                })
            }

            fn look<R>(&self, key: &StrongOf<K>, f: impl FnOnce(&V) -> R) -> Option<R>
            where
                $H: Lookup<K, K>,
            {
                self.with(&**key, f)
            }

            fn take_all(&self) -> Vec<(StrongOf<K>, V)> {
                let all = self.shards.empty(RemovalCause::Removed).into_iter();
                all.filter_map(|gone| {
                    let (owner, value) = pair(gone);
                    Some((owner?, value.take()?))
                })
                .collect()
            }

            fn take_any(&self, number: usize) -> Option<(StrongOf<K>, V)> {
                loop {
                    let gone = self.shards.enter_shard(number).remove_any()?;
                    let (owner, value) = pair(gone);
                    // It can have died when it was found, or just after.
                    if let (Some(owner), Some(value)) = (owner, value.take()) {
                        return Some((owner, value));
                    }
                }
            }
        }

        impl<K: ?Sized + Weakrefable, V $(, $S)?> $Name<K, V $(, $S)?>
        where
            $H: Lookup<K, K>,
        {
            /// Puts `value` under the key that `owner` owns, and returns the value that was there.
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
            #[doc = concat!("let map = ", stringify!($Name), "::new();")]
            /// assert_eq!(map.insert(&key, 1), None);
            /// assert_eq!(map.insert(&key, 2), Some(1));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that has the value that was there (the new one is in its place
            /// all the same), or where it would wait for ever for one that has; or by the keys' `Eq`
            /// in the middle of a search in this map.
            #[inline]
            pub fn insert<P: Pointer<Referent = K>>(&self, owner: &P, value: V) -> Option<V> {
                self.insert_keeping(Keep::First, owner.strong(), Held::new(value))
            }

            /// Puts `value` under the key that `owner` owns, which takes the place of an equal key,
            /// and returns the value that was there.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::from([(key.clone(), 1)]);")]
            /// assert_eq!(map.replace_key(&key, 2), Some(1));
            /// assert!(Rc::ptr_eq(&map.get_key(&*key).unwrap(), &key));
            /// ```
            ///
            /// # Panics
            ///
            /// As [`insert`](Self::insert).
            pub fn replace_key<P: Pointer<Referent = K>>(&self, owner: &P, value: V) -> Option<V> {
                self.insert_keeping(Keep::New, owner.strong(), Held::new(value))
            }

            #[inline]
            fn insert_keeping(
                &self,
                keep: Keep,
                owner: &StrongOf<K>,
                value: Held<K::Flavor, V>,
            ) -> Option<V> {
                let mut search = Search::new(&self.hasher, &**owner);
                let mut value = Some(value);
                let gone = {
                    let mut inside = self.shards.enter(search.hash);
                    Self::put(&mut inside, &mut search, keep, owner, &mut value)
                };
                value_of(gone?).take()
            }

            /// The value is there. It is taken only after the search: should `Eq` panic, it is the
            /// caller's to drop, outside.
            #[inline]
            fn put(
                inside: &mut Inside<'_, K::Flavor, KeyEntry<K, V>>,
                search: &mut Search<'_, K, K>,
                keep: Keep,
                owner: &StrongOf<K>,
                value: &mut Option<Held<K::Flavor, V>>,
            ) -> Option<Gone<K::Flavor, KeyEntry<K, V>>> {
                let hash = search.hash;
                let (found, _, mut registrar) = inside.search(hash, search.by::<$H>());
                let Some(value) = value.take() else { unreachable!("the caller has a value") };
                let mut new = |value| {
                    let place = registrar.register(owner.weak_slot());
                    KeyEntry { cell: KeyCell::new(hash, place, K::Flavor::downgrade(owner)), value }
                };
                match found {
                    hash_table::Entry::Vacant(vacant) => {
                        vacant.insert(new(value));
                        None
                    }
                    hash_table::Entry::Occupied(mut occupied) if keep == Keep::First => {
                        let entry = occupied.get_mut();
                        let value = std::mem::replace(&mut entry.value, value);
                        // The key stays, and so does its registration.
                        let cell = KeyCell::new(hash, NOWHERE, weak::key(&entry.cell).clone());
                        Some(inside.let_go(KeyEntry { cell, value }, RemovalCause::Replaced))
                    }
                    hash_table::Entry::Occupied(mut occupied) => {
                        let old = std::mem::replace(occupied.get_mut(), new(value));
                        Some(inside.let_go(old, RemovalCause::Replaced))
                    }
                }
            }

            fn put_pair(&self, owner: StrongOf<K>, value: V) {
                self.insert_keeping(Keep::First, &owner, Held::new(value));
            }

            /// Returns a clone of the value under the key that `owner` owns, or puts there what `make`
            /// returns.
            ///
            /// `make` runs once for a key, however many threads ask for it at the same moment: the
            /// others wait and get the same value. Nothing is locked while it runs: it may use the
            /// map, for other keys. If it panics, the next one who waits tries.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::new();")]
            /// assert_eq!(map.get_or_insert_with(&key, || 7), 7);
            /// assert_eq!(map.get_or_insert_with(&key, || unreachable!()), 7);
            /// ```
            ///
            /// # Panics
            ///
            /// If `make` needs this very key, by way of other keys or threads or not: where it would
            /// wait for ever.
            pub fn get_or_insert_with<P: Pointer<Referent = K>>(
                &self,
                owner: &P,
                make: impl FnOnce() -> V,
            ) -> V
            where
                V: Clone,
            {
                match self.get_or_try_insert_with(owner, || Ok::<_, Infallible>(make())) {
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
            /// let key = Rc::new(Slotted::<_, Local>::new("12"));
            #[doc = concat!("let map = ", stringify!($Name), "::<_, u8>::new();")]
            /// assert!(map.get_or_try_insert_with(&key, || "twelve".parse()).is_err());
            /// assert_eq!(map.get_or_try_insert_with(&key, || key.parse()), Ok(12));
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
                owner: &P,
                make: impl FnOnce() -> Result<V, E>,
            ) -> Result<V, E>
            where
                V: Clone,
            {
                let mut make = Some(make);
                let mut mine = None;
                loop {
                    let living = self.get_or_try_make(owner.strong(), || {
                        let make = make.take().expect("what it has made is returned");
                        let value = make()?;
                        mine = Some(value.clone());
                        Ok(value)
                    })?;
                    // Another can have taken it out by now: one's own is returned all the same.
                    let value = living.value.read(V::clone).or_else(|| mine.take());
                    drop(living);
                    if let Some(value) = value {
                        // First, as it can panic, and what is being returned would not be dropped then.
                        drop((mine, make));
                        return Ok(value);
                    }
                }
            }

            fn get_or_try_make<E>(
                &self,
                owner: &StrongOf<K>,
                make: impl FnOnce() -> Result<V, E>,
            ) -> Result<Living<K, V>, E> {
                let mut wanted = Wish::new(&self.hasher, owner);
                let make = |_: &Wish<'_, _, _>| {
                    Ok(Living { key: owner.clone(), value: Held::new(make()?) })
                };
                self.shards.get_or_try_make(&mut wanted, make, |inside, wanted, new| {
                    let there = wanted.find(inside);
                    if there.is_some() {
                        return (there, None);
                    }
                    let mut value = Some(new.value.clone());
                    (None, Self::put(inside, &mut wanted.search, Keep::First, owner, &mut value))
                })
            }
        }

        impl<K: ?Sized + Weakrefable, V $(, $S)?> entry::sealed::Sealed for $Name<K, V $(, $S)?> {}

        impl<K: ?Sized + Weakrefable, V $(, $S)?> Mapping for $Name<K, V $(, $S)?>
        where
            $H: Lookup<K, K>,
        {
            type Key = StrongOf<K>;
            type Value = V;
            type Given<'a>
                = OccupiedEntry<'a, Self>
            where
                Self: 'a;
            type Shown<'a>
                = &'a mut V
            where
                Self: 'a;
            type Living = Living<K, V>;

            fn make(&self, owner: StrongOf<K>, make: impl FnOnce(&StrongOf<K>) -> V) -> Living<K, V> {
                let Ok(living) = self.get_or_try_make(&owner, || Ok::<_, Infallible>(make(&owner)));
                // First, as it can panic, and what is being returned would not be dropped then.
                drop(owner);
                living
            }

            fn put(&self, owner: StrongOf<K>, value: V) -> (Living<K, V>, Option<V>) {
                let value = Held::new(value);
                let old = self.insert_keeping(Keep::First, &owner, value.clone());
                // The map's own, which is what the entry must own.
                let key = self.get_key(&*owner).unwrap_or_else(|| owner.clone());
                drop(owner);
                (Living { key, value }, old)
            }

            fn take(&self, key: &StrongOf<K>, living: &Living<K, V>) -> Option<V> {
                let is_it = |entry: &KeyEntry<K, V>| entry.value.is_same(&living.value);
                let gone = self.shards.remove(Search::new(&self.hasher, &**key).hash, is_it)?;
                value_of(gone).take()
            }

            fn give(&self, living: Living<K, V>) -> OccupiedEntry<'_, Self> {
                OccupiedEntry { map: self, key: living.key.clone(), living }
            }

            fn show(living: &Living<K, V>, f: impl FnOnce(&mut V)) {
                living.value.write(f);
            }
        }

        impl<K: ?Sized + Weakrefable, V $(, $S)?> OccupiedEntry<'_, $Name<K, V $(, $S)?>>
        where
            $H: Lookup<K, K>,
        {
            /// Returns a clone of the value, or `None` if another has taken it out of the map.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::new();")]
            /// assert_eq!(map.entry(&key).or_insert(7).get(), Some(7));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that is changing this very value, or where it would wait for ever for
            /// one that is.
            pub fn get(&self) -> Option<V>
            where
                V: Clone,
            {
                self.with(V::clone)
            }

            /// Calls `f` with the value, unless another has taken it out of the map.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::new();")]
            /// assert_eq!(map.entry(&key).or_insert("text").with(|text| text.len()), Some(4));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that is changing this very value, or where it would wait for ever for
            /// one that is.
            pub fn with<R>(&self, f: impl FnOnce(&V) -> R) -> Option<R> {
                self.living.value.read(f)
            }

            /// Calls `f` with the value, to change it, unless another has taken it out of the map.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let key = Rc::new(Slotted::<_, Local>::new("key"));
            #[doc = concat!("let map = ", stringify!($Name), "::new();")]
            /// map.entry(&key).or_insert(0).with_mut(|count| *count += 1);
            /// assert_eq!(map.get(&*key), Some(1));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by a closure that has this very value, or where it would wait for ever for
            /// one that has.
            pub fn with_mut<R>(&self, f: impl FnOnce(&mut V) -> R) -> Option<R> {
                self.living.value.write(f)
            }
        }

        impl<K: ?Sized + Weakrefable, V $(, $S)?> IntoIterator for $Name<K, V $(, $S)?> {
            type Item = (StrongOf<K>, V);
            type IntoIter = IntoIter<StrongOf<K>, V>;

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
            V: fmt::Debug,
        {
            /// Writes the living entries, and `<locked>` for a value that is just being changed.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut map = f.debug_map();
                self.shards.all(|_, Living { key, value }| {
                    match value.begin() {
                        Ok(value) => {
                            value.with(|value| {
                                map.entry(&&**key, value);
                            });
                        }
                        Err(_) => {
                            map.entry(&&**key, &format_args!("<locked>"));
                        }
                    }
                    true
                });
                map.finish()
            }
        }

        impl<K, V, P, const N: usize> From<[(P, V); N]> for $Name<K, V>
        where
            K: ?Sized + Weakrefable + Stored<K::Flavor>,
            V: Stored<K::Flavor>,
            P: Pointer<Referent = K>,
            Self: Default + Extend<(P, V)>,
        {
            /// Inserts pairs whose keys somebody else owns too: the array's own are dropped.
            fn from(pairs: [(P, V); N]) -> Self {
                let mut map = Self::default();
                map.extend(pairs);
                map
            }
        }
    };
}
pub(super) use key_map;
