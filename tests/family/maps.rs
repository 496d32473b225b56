//! The maps, as the plays see them.

use std::hash::BuildHasher;

use weakref_core::{
    PtrWeakKeyMap, PtrWeakWeakMap, WeakKeyMap, WeakRef, WeakValueMap, WeakWeakMap,
    map::{Entry, OccupiedEntry},
};

use super::adapters::{Container, Item, Log, Owner, Pair, Picks, common, note};

/// A map: what it is asked for, what it is given as a key and as a value, and what its entries give.
macro_rules! map {
    (
        [$($generics:tt)*] $Map:ty,
        |$key:ident| $wanted:expr, $given_key:expr,
        |$value:ident| $given_value:expr,
        told $told:expr,
        given $given:expr,
        occupied $occupied:expr,
        $(const $CONST:ident: bool = $is:expr;)*
        change |$map:ident, $changed:ident, $new:ident| $change:expr,
        modify |$shown:pat_param, $newer:ident| $modify:expr
    ) => {
        impl<$($generics)*> Container for $Map {
            $(const $CONST: bool = $is;)*

            common!($told);

            fn insert(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                self.insert($given_key, $given_value)
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
                let entry = self.entry($given_key).and_modify(|$shown| $modify);
                $given(entry.or_insert($newer.clone()))
            }

            fn entry_insert(&self, $key: &Owner, value: &Owner) -> Option<Owner> {
                match self.entry($given_key) {
                    Entry::Occupied(entry) => {
                        assert!($occupied(&entry).is_none_or(|there| there.number > 0));
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

            fn get_or_make(&self, $key: &Owner, value: &Owner) -> Owner {
                self.get_or_insert_with($given_key, || value.clone())
            }

            fn fail_to_make(&self, $key: &Owner) -> Option<Owner> {
                self.get_or_try_insert_with($given_key, || Err(())).ok()
            }

            fn pairs(&self) -> Vec<Pair> {
                self.iter().collect()
            }

            fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner)) {
                self.for_each(|key, value| f(key, value));
            }

            fn retain(&self, mut keep: Picks<'_>) {
                self.retain(|key, value| keep(key, &*value));
            }

            fn extract<'a>(&'a self, mut pick: Picks<'a>) -> Box<dyn Iterator<Item = Pair> + 'a> {
                Box::new(self.extract_if(move |key, value| pick(key, &*value)))
            }

            fn drain(&self) -> Vec<Pair> {
                self.drain().collect()
            }

            fn dissolve(self) -> Vec<Pair> {
                self.into_iter().collect()
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
    };
}

map! {
    [S: BuildHasher + Default + Clone + 'static] WeakValueMap<Owner, Item, S>,
    |key| key, key.clone(),
    |value| value,
    told WeakRef::new,
    given Some,
    occupied |entry: &OccupiedEntry<'_, Self>| Some(entry.get().clone()),
    const WEAK_KEYS: bool = false;
    const WEAK_VALUES: bool = true;
    change |map, key, _new| map.get(key),
    modify |_, value| assert!(value.number > 0)
}

macro_rules! weak_maps {
    ($([$($generics:tt)*] $KeyMap:ty, $WeakMap:ty, $by_address:expr;)*) => {$(
        map! {
            [$($generics)*] $KeyMap,
            |key| &**key, key,
            |value| value.clone(),
            told WeakRef::clone,
            given |entry: OccupiedEntry<'_, Self>| entry.get(),
            occupied |entry: &OccupiedEntry<'_, Self>| entry.get(),
            const BY_ADDRESS: bool = $by_address;
            change |map, key, new| map.with_mut(key, |value| std::mem::replace(value, new.clone())),
            modify |shown, value| *shown = value.clone()
        }

        map! {
            [$($generics)*] $WeakMap,
            |key| &**key, key,
            |value| value,
            told WeakRef::clone,
            given Some,
            occupied |entry: &OccupiedEntry<'_, Self>| Some(entry.get().clone()),
            const WEAK_VALUES: bool = true;
            const BY_ADDRESS: bool = $by_address;
            change |map, key, _new| map.get(key),
            modify |_, value| assert!(value.number > 0)
        }
    )*};
}

weak_maps! {
    [S: BuildHasher + Default + Clone + 'static] WeakKeyMap<Item, Owner, S>, WeakWeakMap<Item, Item, S>, false;
    [] PtrWeakKeyMap<Item, Owner>, PtrWeakWeakMap<Item, Item>, true;
}
