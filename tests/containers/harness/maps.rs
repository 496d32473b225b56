//! The maps, as the tests see them.

use std::hash::BuildHasher;

use weakref_core::{
    PtrWeakKeyMap, PtrWeakWeakMap, RemovalCause, WeakKeyMap, WeakRef, WeakValueMap, WeakWeakMap,
    map::{Entry, OccupiedEntry, OccupiedError},
};

use super::{Container, EntryMap, Item, Owner, Pair, Predicate, common_methods};

/// A map: what it is asked for, what it is given as a key and as a value, and what its entries give.
macro_rules! map {
    (
        [$($generics:tt)*] $Map:ty,
        |$key:ident| $wanted:expr, $given_key:expr,
        |$value:ident| $given_value:expr,
        with_capacity |$capacity:ident| $with_capacity:expr,
        told |$told:ident| $weak:expr,
        refs |$this:ident| $refs:expr,
        given $given:expr,
        occupied $occupied:expr,
        $(const $CONST:ident: bool = $is:expr;)*
        change |$map:ident, $changed:ident, $new:ident| $change:expr,
        modify |$shown:pat_param, $newer:ident| $modify:expr
    ) => {
        impl<$($generics)*> Container for $Map {
            $(const $CONST: bool = $is;)*

            common_methods!(|$told| $weak);

            fn with_capacity($capacity: usize) -> Self {
                $with_capacity
            }

            fn from_array<const N: usize>(pairs: [Pair; N]) -> Self {
                pairs.into_iter().collect()
            }

            fn collect_from(pairs: Vec<Pair>) -> Self {
                pairs.into_iter().collect()
            }

            fn insert(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                self.insert($given_key, $given_value)
            }

            fn insert_strong(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                self.insert_strong($given_key, $given_value)
            }

            fn collect_from_refs(pairs: &[Pair]) -> Self {
                pairs.iter().map(|($key, $value)| ($given_key, $given_value)).collect()
            }

            fn extend_from_refs(&mut self, pairs: &[Pair]) {
                let pairs = pairs.iter().map(|($key, $value)| ($given_key, $given_value));
                Extend::extend(self, pairs);
            }

            fn update_from_refs(&self, pairs: &[Pair]) {
                self.update(pairs.iter().map(|($key, $value)| ($given_key, $given_value)));
            }

            fn replace(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                self.replace_key($given_key, $given_value)
            }

            fn get(&self, $key: &Owner) -> Option<Owner> {
                self.get($wanted)
            }

            fn get_pair(&self, $key: &Owner) -> Option<Pair> {
                self.get_key_value($wanted)
            }

            fn contains(&self, $key: &Owner) -> bool {
                self.contains_key($wanted)
            }

            fn change(&self, $key: &Owner, $new: &Owner) -> Option<Owner> {
                let ($map, $changed) = (self, $wanted);
                $change
            }

            fn remove(&self, $key: &Owner) -> Option<Owner> {
                self.remove($wanted)
            }

            fn remove_pair(&self, $key: &Owner) -> Option<Pair> {
                self.remove_entry($wanted)
            }

            fn pop(&self) -> Option<Pair> {
                self.pop()
            }

            fn or_insert(&self, $key: &Owner, value: &Owner) -> Option<Owner> {
                $given(self.entry($given_key).or_insert(value.clone()))
            }

            fn modify_or_insert(&self, $key: &Owner, $newer: &Owner) -> Option<Owner> {
                let entry = self.entry($given_key).and_modify(|$shown| drop($modify));
                $given(entry.or_insert($newer.clone()))
            }

            fn entry_insert(&self, $key: &Owner, value: &Owner) -> Option<Owner> {
                match self.entry($given_key) {
                    Entry::Occupied(mut entry) => {
                        drop($occupied(&entry));
                        entry.insert(value.clone())
                    }
                    Entry::Vacant(entry) => {
                        assert_eq!(entry.key().number, $key.number);
                        let given = $given(entry.insert(value.clone()));
                        assert!(given.is_none_or(|given| given.number == value.number));
                        None
                    }
                }
            }

            fn entry_remove(&self, $key: &Owner) -> Option<Owner> {
                match self.entry($given_key) {
                    Entry::Occupied(entry) => entry.remove(),
                    Entry::Vacant(entry) => {
                        assert_eq!(entry.into_key().number, $key.number);
                        None
                    }
                }
            }

            fn get_or_make(&self, $key: &Owner, make: impl FnOnce() -> Owner) -> Owner {
                self.get_or_insert_with($given_key, make)
            }

            fn get_or_try_make<E>(
                &self,
                $key: &Owner,
                make: impl FnOnce() -> Result<Owner, E>,
            ) -> Result<Owner, E> {
                self.get_or_try_insert_with($given_key, make)
            }

            fn pairs(&self) -> Vec<Pair> {
                self.iter().collect()
            }

            fn keys(&self) -> Vec<Owner> {
                self.keys().collect()
            }

            fn values(&self) -> Vec<Owner> {
                self.values().collect()
            }

            fn refs(&self) -> Vec<WeakRef<Item>> {
                let $this = self;
                $refs
            }

            fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner)) {
                self.for_each(|key, value| f(key, value));
            }

            fn retain(&self, mut keep: Predicate<'_>) {
                self.retain(|key, value| keep(key, &*value));
            }

            fn extract<'a>(&'a self, mut pick: Predicate<'a>) -> Box<dyn Iterator<Item = Pair> + 'a> {
                Box::new(self.extract_if(move |key, value| pick(key, &*value)))
            }

            fn drain(&self) -> Vec<Pair> {
                self.drain().collect()
            }

            fn into_pairs(self) -> Vec<Pair> {
                self.into_iter().collect()
            }

            fn extend(&mut self, pairs: Vec<Pair>) {
                Extend::extend(self, pairs);
            }

            fn update(&self, pairs: Vec<Pair>) {
                self.update(pairs);
            }

            fn is_within(&self, other: &Self) -> bool {
                self.is_submap_with(other, |mine, theirs| mine.number == theirs.number)
            }

            fn has_keys_within(&self, other: &Self) -> bool {
                self.domain_is_subset(other)
            }
        }

        impl<$($generics)*> EntryMap for $Map {
            fn entry(&self, $key: &Owner) -> Entry<'_, Self> {
                self.entry($given_key)
            }

            fn try_insert(
                &self,
                $key: &Owner,
                $value: &Owner,
            ) -> Result<(), OccupiedError<'_, Self>> {
                self.try_insert($given_key, $given_value)
            }

            fn given(given: Self::Given<'_>) -> Option<Owner> {
                $given(given)
            }

            fn value(entry: &OccupiedEntry<'_, Self>) -> Option<Owner> {
                $occupied(entry)
            }

            fn into_keys(self) -> Vec<Owner> {
                self.into_keys().collect()
            }

            fn into_values(self) -> Vec<Owner> {
                self.into_values().collect()
            }

            fn modify($shown: Self::Shown<'_>, $newer: &Owner) -> Owner {
                $modify
            }
        }
    };
}

map! {
    [S: BuildHasher + Default + Clone + 'static] WeakValueMap<Owner, Item, S>,
    |key| key, key.clone(),
    |value| value,
    with_capacity |n| Self::with_capacity_and_hasher(n, S::default()),
    told |key| &WeakRef::new(key),
    refs |map| map.value_refs(),
    given Some,
    occupied |entry: &OccupiedEntry<'_, Self>| Some(entry.get().clone()),
    const WEAK_KEYS: bool = false;
    const WEAK_VALUES: bool = true;
    change |map, key, _new| map.get(key),
    modify |shown, _value| shown.clone()
}

macro_rules! weak_maps {
    ($(
        [$($generics:tt)*] $KeyMap:ty, $PairMap:ty,
        by_address $by_address:expr, with_capacity |$n:ident| $with_capacity:expr;
    )*) => {$(
        map! {
            [$($generics)*] $KeyMap,
            |key| &**key, key,
            |value| value.clone(),
            with_capacity |$n| $with_capacity,
            told |key| key,
            refs |map| map.key_refs(),
            given |entry: OccupiedEntry<'_, Self>| entry.get(),
            occupied |entry: &OccupiedEntry<'_, Self>| entry.get(),
            const BY_ADDRESS: bool = $by_address;
            change |map, key, new| map.with_mut(key, |value| std::mem::replace(value, new.clone())),
            modify |shown, value| std::mem::replace(shown, value.clone())
        }

        map! {
            [$($generics)*] $PairMap,
            |key| &**key, key,
            |value| value,
            with_capacity |$n| $with_capacity,
            told |key| key,
            refs |map| [map.key_refs(), map.value_refs()].concat(),
            given Some,
            occupied |entry: &OccupiedEntry<'_, Self>| Some(entry.get().clone()),
            const WEAK_VALUES: bool = true;
            const BY_ADDRESS: bool = $by_address;
            change |map, key, _new| map.get(key),
            modify |shown, _value| shown.clone()
        }
    )*};
}

weak_maps! {
    [S: BuildHasher + Default + Clone + 'static] WeakKeyMap<Item, Owner, S>, WeakWeakMap<Item, Item, S>,
    by_address false, with_capacity |n| Self::with_capacity_and_hasher(n, S::default());
    [] PtrWeakKeyMap<Item, Owner>, PtrWeakWeakMap<Item, Item>,
    by_address true, with_capacity |n| Self::with_capacity(n);
}
