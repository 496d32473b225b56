//! The trait of all weak containers that are measured: maps with weak values, and containers with
//! weak keys.

use std::{fmt, hint::black_box, marker::PhantomData};

use crate::{
    key::Key,
    map::{Locked, WeakMap},
};

/// A container of numbered objects that it does not own.
pub trait Container: Default {
    /// The source of the keys, if these are not objects.
    type Keys: fmt::Debug;

    /// What the user owns of one entry.
    type Owner;

    /// The result of a lookup.
    type Found;

    /// Whether an object is found by its owner, and not by its number.
    const BY_IDENTITY: bool = false;

    /// Whether the user has to remove the entry of an owner that is about to be dropped.
    const MANUAL: bool = false;

    /// Returns an owner of the objects of the entry with this number.
    fn own(number: u32) -> Self::Owner;

    /// Adds an entry.
    fn insert(&mut self, keys: &Self::Keys, number: u32, owner: &Self::Owner);

    /// Looks an entry up, by the number or by the owner.
    fn get(&self, keys: &Self::Keys, number: u32, owner: &Self::Owner) -> Option<Self::Found>;

    /// The number of a result.
    fn data(found: &Self::Found) -> u64;

    /// Removes the entry of an owner that is about to be dropped, if the user has to.
    fn forget(&mut self, _keys: &Self::Keys, _number: u32, _owner: &Self::Owner) {}

    /// Drops the last owner of an entry, as a user of this container has to.
    fn retire(&mut self, keys: &Self::Keys, number: u32, owner: Self::Owner) {
        self.forget(keys, number, &owner);
        drop(owner);
    }

    /// Adds up the living entries, visiting them in place.
    fn visit(&self) -> u64;

    /// Adds up the living entries, through the iterator.
    fn walk(&self) -> u64 {
        self.visit()
    }
}

/// A map with weak values, with keys of type `K`.
#[derive(Debug)]
pub struct Keyed<K, M>(M, PhantomData<K>);

impl<K, M: Default> Default for Keyed<K, M> {
    fn default() -> Self {
        Self(M::default(), PhantomData)
    }
}

impl<K: Key, M: WeakMap<K> + Default> Container for Keyed<K, M> {
    type Keys = K::Source;
    type Owner = M::Owner;
    type Found = M::Owner;

    const MANUAL: bool = M::MANUAL;

    fn own(number: u32) -> M::Owner {
        M::own(number.into())
    }

    fn insert(&mut self, keys: &K::Source, number: u32, owner: &M::Owner) {
        self.0.insert(K::own(keys, number), owner);
    }

    fn get(&self, keys: &K::Source, number: u32, _: &M::Owner) -> Option<M::Owner> {
        K::look(keys, number, |key| self.0.get(black_box(key)))
    }

    fn data(found: &M::Owner) -> u64 {
        M::data(found)
    }

    fn forget(&mut self, keys: &K::Source, number: u32, _: &M::Owner) {
        K::look(keys, number, |key| self.0.forget(key));
    }

    fn visit(&self) -> u64 {
        self.0.visit()
    }

    fn walk(&self) -> u64 {
        self.0.walk()
    }
}

impl<C: Container> Container for Locked<C> {
    type Keys = C::Keys;
    type Owner = C::Owner;
    type Found = C::Found;

    const BY_IDENTITY: bool = C::BY_IDENTITY;
    const MANUAL: bool = C::MANUAL;

    fn own(number: u32) -> C::Owner {
        C::own(number)
    }

    fn insert(&mut self, keys: &C::Keys, number: u32, owner: &C::Owner) {
        self.lock().insert(keys, number, owner);
    }

    fn get(&self, keys: &C::Keys, number: u32, owner: &C::Owner) -> Option<C::Found> {
        self.lock().get(keys, number, owner)
    }

    fn data(found: &C::Found) -> u64 {
        C::data(found)
    }

    fn forget(&mut self, keys: &C::Keys, number: u32, owner: &C::Owner) {
        if C::MANUAL {
            self.lock().forget(keys, number, owner);
        }
    }

    fn visit(&self) -> u64 {
        self.lock().visit()
    }

    fn walk(&self) -> u64 {
        self.lock().walk()
    }
}
