//! The sets, as the tests see them.

use std::hash::BuildHasher;

use weakref_core::{PtrWeakSet, RemovalCause, WeakRef, WeakSet};

use super::{Container, Item, Owner, Pair, Predicate, SetOperation, common_methods};

fn twice(owner: Owner) -> Pair {
    (owner.clone(), owner)
}

macro_rules! set {
    (
        [$($generics:tt)*] $Set:ty, by_address $by_address:expr,
        with_capacity |$capacity:ident| $with_capacity:expr,
        |$set:ident, $key:ident, $function:ident| make $make:expr, try_make $try_make:expr
    ) => {
        impl<$($generics)*> Container for $Set {
            const IS_SET: bool = true;
            const BY_ADDRESS: bool = $by_address;

            common_methods!(|element| element);

            fn with_capacity($capacity: usize) -> Self {
                $with_capacity
            }

            fn from_array<const N: usize>(pairs: [Pair; N]) -> Self {
                pairs.into_iter().map(|(element, _)| element).collect()
            }

            fn collect_from(pairs: Vec<Pair>) -> Self {
                pairs.into_iter().map(|(element, _)| element).collect()
            }

            fn insert(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                if self.insert(key) { None } else { self.get(&**key) }
            }

            fn insert_strong(&self, key: &Owner, _: &Owner) -> Option<Owner> {
                if self.insert_strong(key) { None } else { self.get(&**key) }
            }

            fn collect_from_refs(pairs: &[Pair]) -> Self {
                pairs.iter().map(|(element, _)| element).collect()
            }

            fn extend_from_refs(&mut self, pairs: &[Pair]) {
                Extend::extend(self, pairs.iter().map(|(element, _)| element));
            }

            fn update_from_refs(&self, pairs: &[Pair]) {
                self.update(pairs.iter().map(|(element, _)| element));
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

            fn get_or_make(&self, $key: &Owner, $function: impl FnOnce() -> Owner) -> Owner {
                let $set = self;
                $make
            }

            fn get_or_try_make<E>(
                &self,
                $key: &Owner,
                $function: impl FnOnce() -> Result<Owner, E>,
            ) -> Result<Owner, E> {
                let $set = self;
                $try_make
            }

            fn pairs(&self) -> Vec<Pair> {
                self.iter().map(twice).collect()
            }

            fn keys(&self) -> Vec<Owner> {
                self.iter().collect()
            }

            fn values(&self) -> Vec<Owner> {
                self.iter().collect()
            }

            fn refs(&self) -> Vec<WeakRef<Item>> {
                self.refs()
            }

            fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner)) {
                self.for_each(|element| f(element, element));
            }

            fn retain(&self, mut keep: Predicate<'_>) {
                self.retain(|element| keep(element, element));
            }

            fn extract<'a>(&'a self, mut pick: Predicate<'a>) -> Box<dyn Iterator<Item = Pair> + 'a> {
                Box::new(self.extract_if(move |element| pick(element, element)).map(twice))
            }

            fn drain(&self) -> Vec<Pair> {
                self.drain().map(twice).collect()
            }

            fn into_pairs(self) -> Vec<Pair> {
                self.into_iter().map(twice).collect()
            }

            fn extend(&mut self, pairs: Vec<Pair>) {
                Extend::extend(self, pairs.into_iter().map(|(element, _)| element));
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

            fn combined(&self, other: &Self, operation: SetOperation) -> Option<(Vec<Owner>, Self)> {
                Some(match operation {
                    SetOperation::Union => (self.union(other).collect(), self | other),
                    SetOperation::Intersection => (self.intersection(other).collect(), self & other),
                    SetOperation::Difference => (self.difference(other).collect(), self - other),
                    SetOperation::SymmetricDifference => (self.symmetric_difference(other).collect(), self ^ other),
                })
            }

            fn combine(&self, other: &Self, operation: SetOperation) {
                let mut this = self;
                match operation {
                    SetOperation::Union => this |= other,
                    SetOperation::Intersection => this &= other,
                    SetOperation::Difference => this -= other,
                    SetOperation::SymmetricDifference => this ^= other,
                }
            }

            fn compared(&self, other: &Self) -> Option<[bool; 3]> {
                let (is_within, contains) =
                    (self.is_proper_subset(other), other.is_proper_superset(self));
                Some([self.is_disjoint(other), is_within, contains])
            }
        }
    };
}

set! {
    [S: BuildHasher + Default + Clone + 'static] WeakSet<Item, S>, by_address false,
    with_capacity |n| Self::with_capacity_and_hasher(n, S::default()),
    |set, key, function| make set.get_or_insert_with(&**key, |_| function()),
    try_make set.get_or_try_insert_with(&**key, |_| function())
}

// It has no factory: what would be made would be another element.
set! {
    [] PtrWeakSet<Item>, by_address true,
    with_capacity |n| Self::with_capacity(n),
    |set, key, function| make set.get(&**key).unwrap_or_else(|| set.get_or_insert(&function())),
    try_make match set.get(&**key) {
        Some(there) => Ok(there),
        None => function().map(|made| set.get_or_insert(&made)),
    }
}
