//! The sets, as the programs see them.

use std::hash::BuildHasher;

use weakref_core::{PtrWeakSet, WeakRef, WeakSet};

use super::{
    container::{Container, How, Log, Make, Picks, Told, common, note},
    item::{Item, Owner, Pair},
};

fn twice(owner: Owner) -> Pair {
    (owner.clone(), owner)
}

macro_rules! set {
    (
        [$($generics:tt)*] $Set:ty, $by_address:expr, $has_factories:expr,
        |$set:ident, $key:ident, $make:ident| $made:expr
    ) => {
        impl<$($generics)*> Container for $Set {
            const IS_SET: bool = true;
            const BY_ADDRESS: bool = $by_address;
            const HAS_FACTORIES: bool = $has_factories;

            common!(|key: &WeakRef<Item>| Told::Weak(key.clone()));

            fn insert(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                if self.insert(key) { None } else { self.get(&**key) }
            }

            fn replace(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                self.replace(key)
            }

            fn get(&self, key: &Owner) -> Option<Owner> {
                self.get(&**key)
            }

            fn get_pair(&self, key: &Owner) -> Option<Pair> {
                self.get(&**key).map(twice)
            }

            fn contains(&self, key: &Owner) -> bool {
                self.contains(&**key)
            }

            fn change(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                self.get(&**key)
            }

            fn remove(&self, key: &Owner) -> Option<Owner> {
                let there = self.get(&**key);
                if self.remove(&**key) { there } else { None }
            }

            fn remove_pair(&self, key: &Owner) -> Option<Pair> {
                self.take(&**key).map(twice)
            }

            fn pop(&self) -> Option<Pair> {
                self.pop().map(twice)
            }

            fn or_insert(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                Some(self.get_or_insert(key))
            }

            fn modify_or_insert(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                Some(self.get_or_insert(key))
            }

            fn entry_insert(&self, key: &Owner, value: &Owner) -> Option<Owner> {
                Container::insert(self, key, value)
            }

            fn entry_remove(&self, key: &Owner) -> Option<Owner> {
                self.take(&**key)
            }

            fn get_or_make(&self, $key: &Owner, $make: Make<'_>) -> Option<Owner> {
                let $set = self;
                $made
            }

            fn pairs(&self) -> Vec<Pair> {
                self.iter().map(twice).collect()
            }

            fn refs(&self) -> Vec<WeakRef<Item>> {
                self.refs()
            }

            fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner)) {
                self.for_each(|element| f(element, element));
            }

            fn retain(&self, mut keep: Picks<'_>) {
                self.retain(|element| keep(element, element));
            }

            fn extract<'a>(&'a self, mut pick: Picks<'a>) -> Box<dyn Iterator<Item = Pair> + 'a> {
                Box::new(self.extract_if(move |element| pick(element, element)).map(twice))
            }

            fn iter(&self) -> Box<dyn Iterator<Item = Pair> + '_> {
                Box::new(self.iter().map(twice))
            }

            fn drain(&self) -> Box<dyn Iterator<Item = Pair> + '_> {
                Box::new(self.drain().map(twice))
            }

            fn dissolve(self) -> Vec<Pair> {
                self.into_iter().map(twice).collect()
            }

            fn update(&self, pairs: Vec<Pair>) {
                self.update(pairs.into_iter().map(|(element, _)| element));
            }

            fn is_within(&self, other: &Self) -> bool {
                other.is_superset(self)
            }

            fn has_keys_within(&self, other: &Self) -> bool {
                self.is_subset(other)
            }

            fn combined(&self, other: &Self, how: How) -> Option<(Vec<Owner>, Self)> {
                Some(match how {
                    How::Or => (self.union(other).collect(), self | other),
                    How::And => (self.intersection(other).collect(), self & other),
                    How::Without => (self.difference(other).collect(), self - other),
                    How::Xor => (self.symmetric_difference(other).collect(), self ^ other),
                })
            }

            fn combine(&self, other: &Self, how: How) {
                let mut this = self;
                match how {
                    How::Or => this |= other,
                    How::And => this &= other,
                    How::Without => this -= other,
                    How::Xor => this ^= other,
                }
            }

            fn compared(&self, other: &Self) -> Option<(bool, bool)> {
                Some((self.is_disjoint(other), self.is_proper_subset(other)))
            }
        }
    };
}

set! {
    [S: BuildHasher + Default + Clone + 'static] WeakSet<Item, S>, false, true,
    |set, key, make| {
        set.get_or_try_insert_with(&**key, |_| make().map(|_| key.clone()).ok_or(())).ok()
    }
}

set! {
    [] PtrWeakSet<Item>, true, false,
    |set, key, make| {
        drop(make);
        Some(set.get_or_insert(key))
    }
}
