//! What `WeakSet` and `PtrWeakSet` show alike.

macro_rules! weak_set {
    (
        $(#[$docs:meta])*
        $Name:ident [$($S:ident $(= $Default:ty)?)?] [$($S2:ident)?] $H:ty, $H2:ty
    ) => {
        $(#[$docs])*
        pub struct $Name<T: ?Sized + Weakrefable $(, $S $(= $Default)?)?> {
            shards: Shards<T::Flavor, Element<T>>,
            hasher: $H,
        }

        whole! {
            impl [T: ?Sized + Weakrefable $(, $S)?] $Name[T $(, $S)?] in T::Flavor,
            hasher $H, listeners WeakRef<T>, example set
            /// let owner = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([owner.clone()]);")]
        }

        impl<T: ?Sized + Weakrefable $(, $S)?> $Name<T $(, $S)?> {
            /// Returns an owner of the element that equals `wanted`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([word.clone()]);")]
            /// assert!(Rc::ptr_eq(&set.get(&*word).unwrap(), &word));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the elements' `Eq` in the middle of a search in this set.
            #[inline]
            pub fn get<Q: ?Sized>(&self, wanted: &Q) -> Option<StrongOf<T>>
            where
                $H: Lookup<T, Q>,
            {
                let mut search = Search::new(&self.hasher, wanted);
                let inside = self.shards.enter(search.hash);
                let element = inside.find(search.hash, search.by::<$H>())?;
                search.owner(weak::key(&element.0))
            }

            /// Returns whether an element equals `wanted`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let [here, gone] = ["here", "gone"].map(|word| Rc::new(Slotted::<_, Local>::new(word)));
            #[doc = concat!("let set = ", stringify!($Name), "::from([here.clone()]);")]
            /// assert!(set.contains(&*here) && !set.contains(&*gone));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the elements' `Eq` in the middle of a search in this set.
            #[inline]
            pub fn contains<Q: ?Sized>(&self, wanted: &Q) -> bool
            where
                $H: Lookup<T, Q>,
            {
                let mut search = Search::new(&self.hasher, wanted);
                let inside = self.shards.enter(search.hash);
                inside.find(search.hash, search.by::<$H>()).is_some()
            }

            /// Removes the element that equals `wanted`, and returns whether there was one.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([word.clone()]);")]
            /// assert!(set.remove(&*word));
            /// assert!(!set.remove(&*word));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the elements' `Eq` in the middle of a search in this set.
            #[doc(alias = "discard")]
            pub fn remove<Q: ?Sized>(&self, wanted: &Q) -> bool
            where
                $H: Lookup<T, Q>,
            {
                self.take(wanted).is_some()
            }

            /// Removes the element that equals `wanted`, and returns its owner.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([word.clone()]);")]
            /// assert_eq!(set.take(&*word), Some(word));
            /// assert!(set.is_empty());
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the elements' `Eq` in the middle of a search in this set.
            pub fn take<Q: ?Sized>(&self, wanted: &Q) -> Option<StrongOf<T>>
            where
                $H: Lookup<T, Q>,
            {
                let mut search = Search::new(&self.hasher, wanted);
                let gone = self.shards.enter(search.hash).remove_key(search.hash, search.by::<$H>());
                gone?.into_owners()
            }

            /// Removes some element and returns its owner, or `None` if there is none.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([word.clone()]);")]
            /// assert_eq!(set.pop(), Some(word));
            /// assert_eq!(set.pop(), None);
            /// ```
            pub fn pop(&self) -> Option<StrongOf<T>> {
                (0..self.shards.count()).find_map(|number| {
                    loop {
                        let gone = self.shards.enter_shard(number).remove_any()?;
                        // It can have died when it was found.
                        if let Some(owner) = gone.into_owners() {
                            return Some(owner);
                        }
                    }
                })
            }

            /// Returns owners of the elements of this moment. Later changes of the set do not disturb
            /// it.
            ///
            /// O(n), with one allocation for all.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([word.clone()]);")]
            /// assert_eq!(set.iter().len(), 1);
            /// for word in set.iter() {
            ///     set.remove(&*word);
            /// }
            /// assert!(set.is_empty());
            /// ```
            pub fn iter(&self) -> Iter<StrongOf<T>> {
                Iter::new(weak::owners::<T, _>(&self.shards))
            }

            /// Returns weak references to the elements. Some may be dead when they are looked at.
            ///
            /// O(n), with one allocation for all; makes no owners.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([word.clone()]);")]
            /// let refs = set.refs();
            /// drop(word);
            /// assert!(refs[0].is_dead() && set.is_empty());
            /// ```
            pub fn refs(&self) -> Vec<WeakRef<T>> {
                weak::refs::<T, _>(&self.shards)
            }

            /// Calls `f` with each element.
            ///
            /// Nothing is locked meanwhile: `f` may use the set. It sees each shard as it was when its
            /// turn came; the elements live at least as long as `f` is at their shard.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([word.clone()]);")]
            /// set.for_each(|element| assert!(Rc::ptr_eq(element, &word)));
            /// ```
            pub fn for_each(&self, mut f: impl FnMut(&StrongOf<T>)) {
                self.all(|element| {
                    f(element);
                    true
                });
            }

            /// Visits the elements, up to the first one that `f` refuses.
            fn all(&self, mut f: impl FnMut(&StrongOf<T>) -> bool) -> bool {
                self.shards.all(|_, element| f(element))
            }

            /// Removes the elements that `keep` refuses.
            ///
            /// Nothing is locked while `keep` runs: it may use the set.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let numbers: Vec<_> = (0..10).map(|n| Rc::new(Slotted::<_, Local>::new(n))).collect();
            #[doc = concat!("let set: ", stringify!($Name), "<_> = numbers.iter().cloned().collect();")]
            /// set.retain(|number| ***number % 2 == 0);
            /// assert_eq!(set.len(), 5);
            /// ```
            pub fn retain(&self, mut keep: impl FnMut(&StrongOf<T>) -> bool) {
                self.extract_if(move |element| !keep(element)).for_each(drop);
            }

            /// Returns an iterator that removes the elements that `pick` accepts, each when its turn
            /// comes, and gives their owners.
            ///
            /// Nothing is locked while `pick` runs: it may use the set.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let numbers: Vec<_> = (0..10).map(|n| Rc::new(Slotted::<_, Local>::new(n))).collect();
            #[doc = concat!("let set: ", stringify!($Name), "<_> = numbers.iter().cloned().collect();")]
            /// assert_eq!(set.extract_if(|number| ***number % 2 == 1).count(), 5);
            /// assert_eq!(set.len(), 5);
            /// ```
            pub fn extract_if<'a>(
                &'a self,
                mut pick: impl FnMut(&StrongOf<T>) -> bool + 'a,
            ) -> ExtractIf<'a, StrongOf<T>> {
                ExtractIf::new(self.shards.one_by_one().filter_map(move |(hash, owner)| {
                    if !pick(&owner) {
                        return None;
                    }
                    let is_it = |element: &Element<T>| {
                        std::ptr::addr_eq(T::Flavor::as_ptr(weak::key(&element.0)), &raw const *owner)
                    };
                    drop(self.shards.remove(hash, is_it)?.into_parts());
                    Some(owner)
                }))
            }

            /// Removes all elements, and returns owners of those that live.
            ///
            /// In `Shared`, one shard after the other: what another thread inserts meanwhile may stay.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::from([word.clone()]);")]
            /// assert!(set.drain().eq([word]));
            /// assert!(set.is_empty());
            /// ```
            pub fn drain(&self) -> Drain<StrongOf<T>> {
                Drain::new(self.take_all())
            }

            fn take_all(&self) -> Vec<StrongOf<T>> {
                let all = self.shards.empty(RemovalCause::Removed).into_iter();
                all.filter_map(Gone::into_owners).collect()
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)?> $Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
        {
            /// Adds the object that `owner` owns, and returns true if no element equals it; else keeps
            /// that one.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::new();")]
            /// assert!(set.insert(&word));
            /// assert!(!set.insert(&word));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the elements' `Eq` in the middle of a search in this set.
            #[doc(alias = "add")]
            pub fn insert<P: Pointer<Referent = T>>(&self, owner: &P) -> bool {
                self.insert_strong(owner.strong())
            }

            fn insert_strong(&self, owner: &StrongOf<T>) -> bool {
                let mut search = Search::new(&self.hasher, &**owner);
                let mut inside = self.shards.enter(search.hash);
                Self::put(&mut inside, &mut search, Keep::First, owner).is_ok()
            }

            /// Adds the object that `owner` owns in the place of an equal element, and returns an
            /// owner of that.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::new();")]
            /// assert_eq!(set.replace(&word), None);
            /// assert_eq!(set.replace(&word), Some(word));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the elements' `Eq` in the middle of a search in this set.
            pub fn replace<P: Pointer<Referent = T>>(&self, owner: &P) -> Option<StrongOf<T>> {
                let owner = owner.strong();
                let mut search = Search::new(&self.hasher, &**owner);
                let old = {
                    let mut inside = self.shards.enter(search.hash);
                    Self::put(&mut inside, &mut search, Keep::New, owner)
                };
                old.err().flatten()?.into_owners()
            }

            /// Puts an element there. If an equal one is there, it is the error, in so far as it has
            /// been taken out.
            #[inline]
            fn put(
                inside: &mut Inside<'_, T::Flavor, Element<T>>,
                search: &mut Search<'_, T, T>,
                keep: Keep,
                owner: &StrongOf<T>,
            ) -> Result<(), Option<Gone<T::Flavor, Element<T>>>> {
                let hash = search.hash;
                let (found, _, mut registrar) = inside.search(hash, search.by::<$H>());
                let mut new = || {
                    let place = registrar.register(owner.weak_slot());
                    Element(KeyCell::new(hash, place, T::Flavor::downgrade(owner)))
                };
                match found {
                    hash_table::Entry::Vacant(vacant) => {
                        vacant.insert(new());
                        Ok(())
                    }
                    hash_table::Entry::Occupied(_) if keep == Keep::First => Err(None),
                    hash_table::Entry::Occupied(mut occupied) => {
                        let old = std::mem::replace(occupied.get_mut(), new());
                        Err(Some(inside.let_go(old, RemovalCause::Replaced)))
                    }
                }
            }

            /// Returns an owner of the element that equals the object of `owner`, which is added if
            /// there is none.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            /// let word = Rc::new(Slotted::<_, Local>::new("word"));
            #[doc = concat!("let set = ", stringify!($Name), "::new();")]
            /// assert!(Rc::ptr_eq(&set.get_or_insert(&word), &word));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the elements' `Eq` in the middle of a search in this set.
            pub fn get_or_insert<P: Pointer<Referent = T>>(&self, owner: &P) -> StrongOf<T> {
                let owner = owner.strong();
                let mut search = Search::new(&self.hasher, &**owner);
                let there = {
                    let mut inside = self.shards.enter(search.hash);
                    match inside.find(search.hash, search.by::<$H>()) {
                        Some(element) => search.owner(weak::key(&element.0)),
                        None => {
                            let new = Self::put(&mut inside, &mut search, Keep::First, owner);
                            debug_assert!(new.is_ok(), "nothing was there");
                            None
                        }
                    }
                };
                there.unwrap_or_else(|| owner.clone())
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)?> IntoIterator for $Name<T $(, $S)?> {
            type Item = StrongOf<T>;
            type IntoIter = IntoIter<StrongOf<T>>;

            /// Returns owners of the elements, and dissolves the set.
            fn into_iter(self) -> Self::IntoIter {
                let all = self.take_all();
                // First, as it can panic, and what is being returned would not be dropped then.
                drop(self);
                IntoIter::new(all)
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)?> IntoIterator for &$Name<T $(, $S)?> {
            type Item = StrongOf<T>;
            type IntoIter = Iter<StrongOf<T>>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl<T: ?Sized + Weakrefable + fmt::Debug $(, $S)?> fmt::Debug for $Name<T $(, $S)?> {
            /// Writes the elements.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut set = f.debug_set();
                self.for_each(|element| {
                    set.entry(&&**element);
                });
                set.finish()
            }
        }

        impl<T: ?Sized + Weakrefable + Stored<T::Flavor> $(, $S)?> Default for $Name<T $(, $S)?>
        where
            $H: Default,
        {
            fn default() -> Self {
                Self { shards: Shards::with_capacity(0), hasher: <$H>::default() }
            }
        }

        impl<T: ?Sized + Weakrefable + Stored<T::Flavor> $(, $S)?> Clone for $Name<T $(, $S)?>
        where
            $H: Lookup<T, T> + Clone,
        {
            /// Returns an independent set of the elements that live now, which cleans itself too.
            fn clone(&self) -> Self {
                let clone = Self { shards: Shards::with_capacity(0), hasher: self.hasher.clone() };
                self.for_each(|element| {
                    clone.insert_strong(element);
                });
                clone
            }
        }

        impl<T: ?Sized + Weakrefable $(, $S)?, P: Pointer<Referent = T>> Extend<P> for $Name<T $(, $S)?>
        where
            $H: Lookup<T, T>,
        {
            /// Adds all objects. One whose owner came with the call, and was the only one, goes at
            /// once.
            fn extend<I: IntoIterator<Item = P>>(&mut self, owners: I) {
                self.update(owners);
            }
        }

        impl<T, P $(, $S)?> FromIterator<P> for $Name<T $(, $S)?>
        where
            T: ?Sized + Weakrefable + Stored<T::Flavor>,
            P: Pointer<Referent = T>,
            $H: Lookup<T, T> + Default,
        {
            /// Collects objects. The set does not own them: what nobody else owns is gone again at
            /// once.
            fn from_iter<I: IntoIterator<Item = P>>(owners: I) -> Self {
                let set = Self::default();
                set.update(owners);
                set
            }
        }

        impl<T, P, const N: usize> From<[P; N]> for $Name<T>
        where
            T: ?Sized + Weakrefable,
            P: Pointer<Referent = T>,
            Self: FromIterator<P>,
        {
            /// Adds objects that somebody else owns too: the array's own owners are dropped.
            fn from(owners: [P; N]) -> Self {
                owners.into_iter().collect()
            }
        }

        algebra::algebra! { $Name [$($S)?] [$($S2)?] $H, $H2 }
    };
}
pub(super) use weak_set;
