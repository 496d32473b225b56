//! Insertion of an element.

use super::{Element, ObjectSet};
use crate::{
    Flavor, StrongOf, Weakrefable,
    container::{
        lookup::{ByEq, CompareKeys, Lookup},
        record::RecordHeader,
        removal::RemovalCause,
        shard::{Registrar, ShardGuard},
        single_flight::Inserted,
        table::{Found, Keep},
        weak_key::{self, Search},
    },
    flavor::Pointer,
};

impl<T: ?Sized + Weakrefable, C> ObjectSet<T, C> {
    /// Adds the object that `owner` owns, and returns `true` if the set contained no equal element.
    ///
    /// Otherwise the set keeps the element that it had. It does not keep the object alive.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let hello = Arc::new(Slotted::new(String::from("hello")));
    /// let words = WeakSet::new();
    /// assert!(words.insert(&hello));
    /// assert!(!words.insert(&hello));
    /// ```
    #[doc(alias = "add")]
    #[track_caller]
    pub fn insert<P: Pointer<Referent = T>>(&self, owner: &P) -> bool
    where
        C: CompareKeys<T>,
    {
        self.insert_strong(owner.strong())
    }

    /// Adds the object that `owner` owns, and returns `true` if the set contained no equal element.
    ///
    /// Like [`insert`](Self::insert), for generic code, in which the compiler does not know that a
    /// [`StrongOf<T>`](StrongOf) is a [`Pointer`].
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{PtrWeakSet, Slotted, StrongOf, Weakrefable};
    ///
    /// fn add_all<T: Weakrefable>(set: &PtrWeakSet<T>, objects: &[StrongOf<T>]) {
    ///     for object in objects {
    ///         set.insert_strong(object);
    ///     }
    /// }
    ///
    /// type Word = Slotted<&'static str>;
    ///
    /// let words = ["hello", "world"].map(|word| Arc::new(Word::new(word)));
    /// let set = PtrWeakSet::<Word>::new();
    /// add_all(&set, &words);
    /// assert_eq!(set.len(), 2);
    /// ```
    #[track_caller]
    pub fn insert_strong(&self, owner: &StrongOf<T>) -> bool
    where
        C: CompareKeys<T>,
    {
        let mut search = Search::new(&self.hasher, &**owner);
        let inserted = {
            let mut guard = self.shards.lock_to_insert(search.hash);
            Self::put(&mut guard, &mut search, Keep::Entry, owner)
        };
        inserted.found.is_none()
    }

    /// Adds the object that `owner` owns, and returns an owner of the equal element that it
    /// replaces.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [old, new] = ["hello", "hello"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakSet::from([old.clone()]);
    /// let replaced = words.replace(&new).unwrap();
    /// assert!(Arc::ptr_eq(&replaced, &old));
    /// assert!(Arc::ptr_eq(&words.get(&*new).unwrap(), &new));
    /// ```
    #[track_caller]
    pub fn replace<P: Pointer<Referent = T>>(&self, owner: &P) -> Option<StrongOf<T>>
    where
        C: CompareKeys<T>,
    {
        let owner = owner.strong();
        let mut search = Search::new(&self.hasher, &**owner);
        let inserted = {
            let mut guard = self.shards.lock_to_insert(search.hash);
            Self::put(&mut guard, &mut search, Keep::New, owner)
        };
        inserted.replaced?.into_owners()
    }

    /// Returns an owner of the element that equals the object of `owner`, after adding that object
    /// if there was none.
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [first, second] = ["hello", "hello"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakSet::new();
    /// assert!(Arc::ptr_eq(&words.get_or_insert(&first), &first));
    /// assert!(Arc::ptr_eq(&words.get_or_insert(&second), &first));
    /// ```
    #[track_caller]
    pub fn get_or_insert<P: Pointer<Referent = T>>(&self, owner: &P) -> StrongOf<T>
    where
        C: CompareKeys<T>,
    {
        let owner = owner.strong();
        let search = Search::new(&self.hasher, &**owner);
        self.insert_or_find(search, owner).unwrap_or_else(|| owner.clone())
    }

    /// Inserts the object that `owner` owns, or returns the equal element that is there.
    #[track_caller]
    fn insert_or_find(
        &self,
        mut search: Search<'_, T, T>,
        owner: &StrongOf<T>,
    ) -> Option<StrongOf<T>>
    where
        C: CompareKeys<T>,
    {
        let mut guard = self.shards.lock_to_insert(search.hash);
        // Only a new element replaces another one, so there is nothing else to be dropped.
        Self::put(&mut guard, &mut search, Keep::Entry, owner).found
    }

    /// Inserts an element.
    #[inline]
    pub(super) fn put<Q: ?Sized>(
        guard: &mut ShardGuard<'_, T::Flavor, Element<T>>,
        search: &mut Search<'_, T, Q>,
        keep: Keep,
        owner: &StrongOf<T>,
    ) -> Inserted<T::Flavor, Element<T>>
    where
        C: Lookup<T, Q>,
    {
        let hash = search.hash;
        let new = |registrar: &mut Registrar<'_, _, _>| {
            let header = RecordHeader::new(hash, registrar.register::<T>(owner));
            Element { header, weak: T::Flavor::downgrade(owner) }
        };
        let (found, mut registrar) = guard.search(hash, search.by::<C>());
        match found {
            Found::Vacant(vacant) => {
                vacant.insert(new(&mut registrar));
                Inserted { found: None, replaced: None }
            }
            Found::Occupied(location) if keep == Keep::New => {
                let old = guard.remove_at(location, RemovalCause::Replaced);
                let element = new(&mut guard.registrar(hash));
                guard.insert(element);
                Inserted { found: None, replaced: Some(old) }
            }
            Found::Occupied(location) => {
                // It lived when the search compared it.
                let found = search.owner(&guard.found(location).weak);
                Inserted { found, replaced: None }
            }
        }
    }
}

impl<T: Weakrefable, S> ObjectSet<T, ByEq<S>>
where
    ByEq<S>: CompareKeys<T>,
{
    /// Returns the element that equals `value`, or puts `value` into a pointer and inserts it.
    ///
    /// This is interning: equal values are one object, as long as somebody owns it. A hit allocates
    /// nothing, and drops `value`. The value is hashed once.
    ///
    /// For an object that is in a pointer already, there is [`get_or_insert`](Self::get_or_insert);
    /// for a borrowed value, such as a `&str`, and for elements that are not `Sized`, such as a
    /// `Slotted<str>`, [`get_or_insert_with`](crate::WeakSet#method.get_or_insert_with).
    ///
    /// # Panics
    ///
    /// Panics if called [re-entrantly](crate::WeakSet#re-entrancy) from `T`'s `Eq`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<String>>::new();
    /// let hello = words.intern(Slotted::new(String::from("hello")));
    /// let same = words.intern(Slotted::new(String::from("hello")));
    /// assert!(Arc::ptr_eq(&hello, &same));
    /// ```
    #[must_use = "the set does not own the element, which is dropped if nothing else owns it"]
    #[track_caller]
    pub fn intern(&self, value: T) -> StrongOf<T> {
        let (hash, found) = {
            let mut search = Search::new(&self.hasher, &value);
            (search.hash, weak_key::get_key_by::<_, _, ByEq<S>, _>(&self.shards, &mut search))
        };
        if let Some(found) = found {
            // Dropped here, not at the end of the scope: a panic there would leak the result.
            drop(value);
            return found;
        }
        let owner = T::Flavor::strong(value);
        // Another thread may have inserted an equal element meanwhile.
        let found = self.insert_or_find(Search::with_hash(hash, &*owner), &owner);
        found.unwrap_or(owner)
    }
}
