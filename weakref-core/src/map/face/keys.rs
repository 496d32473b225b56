//! The keys of a map of weak keys.

/// What the maps of weak keys show of their keys. It rests on `pair`, which looks a pair up.
macro_rules! weak_keys {
    (
        impl [$($generics:tt)*] $Name:ident [$($args:ty),*] hasher $H:ty;
        gives $Value:ty where [$($cloned:tt)*];
        $(#[doc = $setup:expr])*
    ) => {
        impl<$($generics)*> $Name<$($args),*> {
            /// Returns an owner of the map's own key that equals `key`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert!(Rc::ptr_eq(&map.get_key(&*owner).unwrap(), &owner));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            pub fn get_key<Q: ?Sized>(&self, key: &Q) -> Option<StrongOf<K>>
            where
                $H: Lookup<K, Q>,
            {
                let mut search = Search::new(&self.hasher, key);
                let inside = self.shards.enter(search.hash);
                let entry = inside.find(search.hash, search.by::<$H>())?;
                if entry.is_dead() { None } else { search.owner(weak::key(entry.cell())) }
            }

            /// Returns an owner of the map's own key that equals `key`, and its value: an owner, or a
            /// clone of a value that the map owns.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let (key, _value) = map.get_key_value(&*owner).unwrap();
            /// assert!(Rc::ptr_eq(&key, &owner));
            /// ```
            ///
            /// # Panics
            ///
            /// As [`get`](Self::get).
            pub fn get_key_value<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, $Value)>
            where
                $H: Lookup<K, Q>,
                $($cloned)*
            {
                self.pair(key)
            }

            /// The same as [`get_key_value`](Self::get_key_value), by weak-table's name.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert_eq!(map.get_both(&*owner), map.get_key_value(&*owner));
            /// ```
            ///
            /// # Panics
            ///
            /// As [`get`](Self::get).
            pub fn get_both<Q: ?Sized>(&self, key: &Q) -> Option<(StrongOf<K>, $Value)>
            where
                $H: Lookup<K, Q>,
                $($cloned)*
            {
                self.pair(key)
            }

            /// Returns whether there is a living entry under `key`.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let other = Rc::new(Slotted::<_, Local>::new("other"));
            /// assert!(map.contains_key(&*owner) && !map.contains_key(&*other));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            #[inline]
            pub fn contains_key<Q: ?Sized>(&self, key: &Q) -> bool
            where
                $H: Lookup<K, Q>,
            {
                let mut search = Search::new(&self.hasher, key);
                let inside = self.shards.enter(search.hash);
                let found = inside.find(search.hash, search.by::<$H>());
                found.is_some_and(|entry| !entry.is_dead())
            }

            /// Returns owners of the keys of the living entries of this moment.
            ///
            /// O(n), with one allocation for all.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// assert!(map.keys().eq([owner]));
            /// ```
            pub fn keys(&self) -> Keys<StrongOf<K>> {
                Keys::new(weak::owners::<K, _>(&self.shards))
            }

            /// Returns weak references to the keys: Python's `keyrefs`. Some may be dead when they are
            /// looked at.
            ///
            /// O(n), with one allocation for all; makes no owners.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let refs = map.key_refs();
            /// drop(owner);
            /// assert!(refs[0].is_dead() && map.is_empty());
            /// ```
            #[doc(alias = "keyrefs")]
            pub fn key_refs(&self) -> Vec<WeakRef<K>> {
                weak::refs::<K, _>(&self.shards)
            }

            /// Returns the entry of the key that `owner` owns: what is there, or the room for it.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::rc::Rc;
            #[doc = concat!("use weakref_core::{map::Entry, Local, Slotted, ", stringify!($Name), "};")]
            ///
            $(#[doc = $setup])*
            /// let Entry::Occupied(entry) = map.entry(&owner) else { unreachable!() };
            /// assert!(entry.remove().is_some());
            /// assert!(matches!(map.entry(&owner), Entry::Vacant(_)));
            /// ```
            ///
            /// # Panics
            ///
            /// If called by the keys' `Eq` in the middle of a search in this map.
            pub fn entry<P: Pointer<Referent = K>>(&self, owner: &P) -> entry::Entry<'_, Self>
            where
                $H: Lookup<K, K>,
            {
                let owner = owner.strong();
                entry::Entry::new(self, owner.clone(), weak::find(&self.shards, &self.hasher, &**owner))
            }
        }
    };
}
pub(crate) use weak_keys;
