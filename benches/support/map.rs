//! The maps that compete, behind one trait.

use std::{
    collections::HashMap,
    hint::black_box,
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, Weak},
};

use dashmap::DashMap;
use weak_table::{WeakValueHashMap, traits::WeakElement as _};
use weakref_core::WeakValueMap;

use crate::{
    key::Key,
    value::{LocalItem, Own as _, Owner, Plain, SharedItem},
};

/// A map from keys to values that it does not own.
pub trait WeakMap<K> {
    /// The strong pointer.
    type Owner;

    /// Returns an owner of a new value.
    fn own(data: u64) -> Self::Owner;

    /// Reads a value.
    fn data(owner: &Self::Owner) -> u64;

    /// Makes `key` mean this value.
    fn insert(&mut self, key: K, owner: &Self::Owner);

    /// Returns the value, if it lives.
    fn get(&self, key: &K) -> Option<Self::Owner>;

    /// Whether the user has to remove the entry of an owner that is about to be dropped.
    const MANUAL: bool;

    /// Removes `key`, the owner of whose value is about to be dropped, if the user has to.
    fn forget(&mut self, _key: &K) {}

    /// Drops the last owner of the value under `key`, as a user of this map has to.
    fn retire(&mut self, key: &K, owner: Self::Owner) {
        self.forget(key);
        drop(owner);
    }

    /// Adds up the living values, visiting them in place.
    fn visit(&self) -> u64;

    /// Adds up the living values, through the map's iterator.
    fn walk(&self) -> u64 {
        self.visit()
    }

    /// How many entries the map says it has.
    fn entries(&self) -> usize;
}

/// Ours. The entry is removed when the owner is dropped.
macro_rules! ours {
    ($map:ty, $pointer:ident, $item:ident) => {
        impl<K: Key> WeakMap<K> for $map {
            type Owner = $pointer<$item>;

            const MANUAL: bool = false;

            fn own(data: u64) -> Self::Owner {
                $item::owner(data)
            }

            fn data(owner: &Self::Owner) -> u64 {
                owner.data
            }

            fn insert(&mut self, key: K, owner: &Self::Owner) {
                black_box(WeakValueMap::insert(self, key, owner));
            }

            fn get(&self, key: &K) -> Option<Self::Owner> {
                WeakValueMap::get(self, key)
            }

            fn visit(&self) -> u64 {
                let mut sum = 0_u64;
                self.for_each(|_, owner| sum = sum.wrapping_add(black_box(owner).data));
                sum
            }

            fn walk(&self) -> u64 {
                self.iter().fold(0, |sum, (_, owner)| sum.wrapping_add(black_box(&owner).data))
            }

            fn entries(&self) -> usize {
                self.len()
            }
        }
    };
}
ours!(OursRc<K>, Rc, LocalItem);
ours!(OursArc<K>, Arc, SharedItem);
// What a thread holds: ours needs no mutex.
ours!(&OursArc<K>, Arc, SharedItem);

/// Hand-written: std's map, std's weak pointers, and an owner that removes itself.
#[derive(Debug)]
pub struct Exact<K, P: Owner>(HashMap<K, P::Weak>);

impl<K, P: Owner> Default for Exact<K, P> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Key, P: Owner> WeakMap<K> for Exact<K, P> {
    type Owner = P;

    fn own(data: u64) -> P {
        P::own(data)
    }

    fn data(owner: &P) -> u64 {
        owner.data
    }

    fn insert(&mut self, key: K, owner: &P) {
        black_box(self.0.insert(key, P::Weak::new(owner)));
    }

    fn get(&self, key: &K) -> Option<P> {
        self.0.get(key).and_then(P::Weak::view)
    }

    const MANUAL: bool = true;

    fn forget(&mut self, key: &K) {
        black_box(self.0.remove(key));
    }

    fn visit(&self) -> u64 {
        let living = self.0.values().filter_map(P::Weak::view);
        living.fold(0, |sum, owner| sum.wrapping_add(black_box(&owner).data))
    }

    fn entries(&self) -> usize {
        self.0.len()
    }
}

/// weak-table. Dead entries remain until the table is full.
#[derive(Debug)]
pub struct Sweeping<K, P: Owner>(WeakValueHashMap<K, P::Weak>);

impl<K: Key, P: Owner> Default for Sweeping<K, P> {
    fn default() -> Self {
        Self(WeakValueHashMap::new())
    }
}

impl<K: Key, P: Owner> WeakMap<K> for Sweeping<K, P> {
    type Owner = P;

    fn own(data: u64) -> P {
        P::own(data)
    }

    fn data(owner: &P) -> u64 {
        owner.data
    }

    fn insert(&mut self, key: K, owner: &P) {
        black_box(self.0.insert(key, owner.clone()));
    }

    fn get(&self, key: &K) -> Option<P> {
        self.0.get(key)
    }

    const MANUAL: bool = false;

    fn visit(&self) -> u64 {
        self.0.iter().fold(0, |sum, (_, owner)| sum.wrapping_add(black_box(&owner).data))
    }

    fn entries(&self) -> usize {
        self.0.len()
    }
}

/// `DashMap`, whose shards are locked one by one, with removal by hand.
#[derive(Debug, Default)]
pub struct Dash<K: Key>(DashMap<K, Weak<Plain>>);

// What a thread holds.
impl<K: Key> WeakMap<K> for &Dash<K> {
    type Owner = Arc<Plain>;

    fn own(data: u64) -> Arc<Plain> {
        Arc::own(data)
    }

    fn data(owner: &Arc<Plain>) -> u64 {
        owner.data
    }

    fn insert(&mut self, key: K, owner: &Arc<Plain>) {
        black_box(self.0.insert(key, Arc::downgrade(owner)));
    }

    fn get(&self, key: &K) -> Option<Arc<Plain>> {
        self.0.get(key)?.upgrade()
    }

    const MANUAL: bool = true;

    fn forget(&mut self, key: &K) {
        black_box(self.0.remove(key));
    }

    fn visit(&self) -> u64 {
        let living = self.0.iter().filter_map(|entry| entry.upgrade());
        living.fold(0, |sum, owner| sum.wrapping_add(black_box(&owner).data))
    }

    fn entries(&self) -> usize {
        self.0.len()
    }
}

/// papaya's map, which is read without a lock, with removal by hand.
#[derive(Debug, Default)]
pub struct Papaya<K: Key>(papaya::HashMap<K, Weak<Plain>>);

// What a thread holds.
impl<K: Key> WeakMap<K> for &Papaya<K> {
    type Owner = Arc<Plain>;

    fn own(data: u64) -> Arc<Plain> {
        Arc::own(data)
    }

    fn data(owner: &Arc<Plain>) -> u64 {
        owner.data
    }

    fn insert(&mut self, key: K, owner: &Arc<Plain>) {
        black_box(self.0.pin().insert(key, Arc::downgrade(owner)));
    }

    fn get(&self, key: &K) -> Option<Arc<Plain>> {
        self.0.pin().get(key)?.upgrade()
    }

    const MANUAL: bool = true;

    fn forget(&mut self, key: &K) {
        black_box(self.0.pin().remove(key));
    }

    fn visit(&self) -> u64 {
        let pinned = self.0.pin();
        let living = pinned.values().filter_map(Weak::upgrade);
        living.fold(0, |sum, owner| sum.wrapping_add(black_box(&owner).data))
    }

    fn entries(&self) -> usize {
        self.0.len()
    }
}

/// scc's map, whose buckets are locked one by one, with removal by hand.
#[derive(Debug, Default)]
pub struct Scc<K: Key>(scc::HashMap<K, Weak<Plain>>);

// What a thread holds.
impl<K: Key> WeakMap<K> for &Scc<K> {
    type Owner = Arc<Plain>;

    fn own(data: u64) -> Arc<Plain> {
        Arc::own(data)
    }

    fn data(owner: &Arc<Plain>) -> u64 {
        owner.data
    }

    fn insert(&mut self, key: K, owner: &Arc<Plain>) {
        black_box(self.0.upsert_sync(key, Arc::downgrade(owner)));
    }

    fn get(&self, key: &K) -> Option<Arc<Plain>> {
        self.0.read_sync(key, |_, weak| weak.upgrade())?
    }

    const MANUAL: bool = true;

    fn forget(&mut self, key: &K) {
        black_box(self.0.remove_sync(key));
    }

    fn visit(&self) -> u64 {
        let mut sum = 0_u64;
        self.0.iter_sync(|_, weak| {
            sum = weak.upgrade().map_or(sum, |owner| sum.wrapping_add(black_box(&owner).data));
            true
        });
        sum
    }

    fn entries(&self) -> usize {
        self.0.len()
    }
}

/// A map behind a mutex, as threads must share the two above.
#[derive(Debug, Default)]
pub struct Locked<M>(Mutex<M>);

impl<M> Locked<M> {
    pub(crate) fn lock(&self) -> MutexGuard<'_, M> {
        self.0.lock().expect("nothing panics under this lock")
    }
}

macro_rules! locked {
    ($map:ty) => {
        impl<K, M: WeakMap<K>> WeakMap<K> for $map {
            type Owner = M::Owner;

            const MANUAL: bool = M::MANUAL;

            fn own(data: u64) -> M::Owner {
                M::own(data)
            }

            fn data(owner: &M::Owner) -> u64 {
                M::data(owner)
            }

            fn insert(&mut self, key: K, owner: &M::Owner) {
                self.lock().insert(key, owner);
            }

            fn get(&self, key: &K) -> Option<M::Owner> {
                self.lock().get(key)
            }

            fn forget(&mut self, key: &K) {
                if M::MANUAL {
                    self.lock().forget(key);
                }
            }

            fn visit(&self) -> u64 {
                self.lock().visit()
            }

            fn entries(&self) -> usize {
                self.lock().entries()
            }
        }
    };
}
locked!(Locked<M>);
// What a thread holds.
locked!(&Locked<M>);

/// Ours, in an `Rc`.
pub type OursRc<K> = WeakValueMap<K, LocalItem>;
/// Ours, in an `Arc`.
pub type OursArc<K> = WeakValueMap<K, SharedItem>;
/// Hand-written, in an `Rc`.
pub type ExactRc<K> = Exact<K, Rc<Plain>>;
/// Hand-written, in an `Arc`, for one thread.
pub type ExactArc<K> = Exact<K, Arc<Plain>>;
/// weak-table, in an `Rc`.
pub type SweepingRc<K> = Sweeping<K, Rc<Plain>>;
/// weak-table, in an `Arc`, for one thread.
pub type SweepingArc<K> = Sweeping<K, Arc<Plain>>;
