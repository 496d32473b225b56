//! What the life of any weak container needs of it: of the maps with weak values, and of the family with
//! weak keys.

use std::{fmt, hint::black_box, marker::PhantomData};

use crate::{
    key::Key,
    map::{Locked, WeakMap},
};

/// Numbered objects that somebody else owns, and what is found under them.
pub trait Container: Default {
    /// What keys are made from, where they are no objects.
    type Keys: fmt::Debug;

    /// What the user owns of one entry.
    type Owner;

    /// What a lookup gives.
    type Found;

    /// Whether an object is found by its owner, and not by its number.
    const BY_IDENTITY: bool = false;

    /// Whether the container must be told that an owner goes.
    const TOLD: bool = false;

    /// Returns an owner of what an entry with this number is about.
    fn own(number: u32) -> Self::Owner;

    /// Adds an entry.
    fn insert(&mut self, keys: &Self::Keys, number: u32, owner: &Self::Owner);

    /// Looks an entry up, by the number or by the owner.
    fn get(&self, keys: &Self::Keys, number: u32, owner: &Self::Owner) -> Option<Self::Found>;

    /// The number of what has been found.
    fn data(found: &Self::Found) -> u64;

    /// Tells the container that an owner goes.
    fn tell(&mut self, _keys: &Self::Keys, _number: u32, _owner: &Self::Owner) {}

    /// Drops the last owner of an entry, as a user of this container has to.
    fn retire(&mut self, keys: &Self::Keys, number: u32, owner: Self::Owner) {
        self.tell(keys, number, &owner);
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

    const TOLD: bool = M::TOLD;

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

    fn tell(&mut self, keys: &K::Source, number: u32, _: &M::Owner) {
        K::look(keys, number, |key| self.0.tell(key));
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
    const TOLD: bool = C::TOLD;

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

    fn tell(&mut self, keys: &C::Keys, number: u32, owner: &C::Owner) {
        if C::TOLD {
            self.lock().tell(keys, number, owner);
        }
    }

    fn visit(&self) -> u64 {
        self.lock().visit()
    }

    fn walk(&self) -> u64 {
        self.lock().walk()
    }
}
