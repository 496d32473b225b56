//! Random operations on `WeakValueMap`, of whose values some leave their pointers and come back.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
};

use proptest::prelude::*;
use weakref_core::{Slotted, WeakValueMap, clear_weakrefs, clear_weakrefs_silently, weakref_count};
use weakref_tests::{SameHash, rounds};

use super::{Here, Ptr};

type Value = Slotted<usize, Here>;
type Map<S> = WeakValueMap<u8, Value, S>;

const KEYS: u8 = 8;
const MAPS: usize = 3;

/// One thing that happens. Numbers choose among what there is at that moment.
#[derive(Debug, Clone)]
enum Operation {
    Make,
    CloneOwner(usize),
    DropOwner(usize),
    TryUnwrap(usize),
    Rewrap(usize),
    DropMoved(usize),
    ClearWeakrefs(usize, bool),
    Insert(usize, u8, usize),
    InsertNew(usize, u8),
    GetOrInsert(usize, u8, usize),
    FailToInsert(usize, u8),
    Get(usize, u8),
    Remove(usize, u8),
    RemoveEntry(usize, u8),
    Clear(usize),
    Retain(usize, u8),
    /// The predicate drops all owners of a value, at its first call.
    RetainAndKill(usize, u8, usize),
    /// The visitor removes the first key, and gives the second one another value.
    VisitAndChange(usize, u8, u8, usize),
    Snapshot(usize),
    CloneMap(usize, usize),
    DropMap(usize),
    Dissolve(usize),
    Extend(usize, usize),
    Room(usize, bool),
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let (any, map, key) = (|| 0..16_usize, || 0..MAPS, || 0..KEYS);
    prop_oneof![
        4 => Just(Make),
        2 => any().prop_map(CloneOwner),
        8 => any().prop_map(DropOwner),
        2 => any().prop_map(TryUnwrap),
        1 => any().prop_map(Rewrap),
        1 => any().prop_map(DropMoved),
        1 => (any(), prop::bool::ANY).prop_map(|(n, silently)| ClearWeakrefs(n, silently)),
        16 => (map(), key(), any()).prop_map(|(m, k, n)| Insert(m, k, n)),
        1 => (map(), key()).prop_map(|(m, k)| InsertNew(m, k)),
        3 => (map(), key(), any()).prop_map(|(m, k, n)| GetOrInsert(m, k, n)),
        1 => (map(), key()).prop_map(|(m, k)| FailToInsert(m, k)),
        2 => (map(), key()).prop_map(|(m, k)| Get(m, k)),
        4 => (map(), key()).prop_map(|(m, k)| Remove(m, k)),
        2 => (map(), key()).prop_map(|(m, k)| RemoveEntry(m, k)),
        1 => map().prop_map(Clear),
        2 => (map(), prop::num::u8::ANY).prop_map(|(m, mask)| Retain(m, mask)),
        2 => (map(), prop::num::u8::ANY, any()).prop_map(|(m, mask, n)| RetainAndKill(m, mask, n)),
        2 => (map(), key(), key(), any()).prop_map(|(m, k, l, n)| VisitAndChange(m, k, l, n)),
        1 => map().prop_map(Snapshot),
        1 => (map(), map()).prop_map(|(m, n)| CloneMap(m, n)),
        1 => map().prop_map(DropMap),
        1 => map().prop_map(Dissolve),
        1 => (map(), map()).prop_map(|(m, n)| Extend(m, n)),
        1 => (map(), prop::bool::ANY).prop_map(|(m, more)| Room(m, more)),
    ]
}

/// A value, told from the one it was before it left its pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Life {
    value: usize,
    life: usize,
}

/// The maps, and the plain model of them.
struct World<S> {
    maps: Vec<Map<S>>,
    owners: Vec<Ptr<Value>>,
    /// Out of their pointers, but not dropped.
    moved: Vec<Value>,

    /// What should stand in the maps, with what is dead but not dropped.
    model: Vec<BTreeMap<u8, Life>>,
    /// How many lives each value has had.
    lives: Vec<usize>,
    /// Values whose entry was replaced or removed when they were out of their pointer, so that they
    /// could not be asked to forget it. When they are dropped, what is dead under the key goes.
    stale: Vec<(usize, u8, usize)>,
}

impl<S: BuildHasher + Default + Clone> World<S> {
    fn new() -> Self {
        Self {
            maps: (0..MAPS).map(|_| Map::default()).collect(),
            owners: Vec::new(),
            moved: Vec::new(),
            model: vec![BTreeMap::new(); MAPS],
            lives: Vec::new(),
            stale: Vec::new(),
        }
    }

    fn make(&mut self) -> Ptr<Value> {
        self.lives.push(0);
        Ptr::new(Slotted::new(self.lives.len() - 1))
    }

    fn life(&self, owner: &Ptr<Value>) -> Life {
        Life { value: ***owner, life: self.lives[***owner] }
    }

    fn is_owned(&self, value: usize) -> bool {
        self.owners.iter().any(|owner| ***owner == value)
    }

    /// Whether an entry can be found.
    fn lives(&self, life: Life) -> bool {
        self.lives[life.value] == life.life && self.is_owned(life.value)
    }

    fn found(&self, map: usize, key: u8) -> Option<Life> {
        self.model[map].get(&key).copied().filter(|life| self.lives(*life))
    }

    /// An entry is going to leave, other than by a death.
    fn displace(&mut self, map: usize, key: u8) {
        if let Some(life) = self.model[map].get(&key).filter(|life| !self.lives(**life)) {
            self.stale.push((map, key, life.value));
        }
    }

    /// Takes an entry out, or gives it another value.
    fn set(&mut self, map: usize, key: u8, life: Option<Life>) {
        self.displace(map, key);
        match life {
            Some(life) => self.model[map].insert(key, life),
            None => self.model[map].remove(&key),
        };
    }

    /// Takes those values out of the model that have been dropped.
    fn remove_dropped(&mut self) {
        let owned = self.owners.iter().map(|owner| ***owner);
        let left: BTreeSet<_> = owned.chain(self.moved.iter().map(|moved| **moved)).collect();
        self.tell(|value| !left.contains(&value));
    }

    /// Tells all registrations of the values.
    fn tell(&mut self, is_told: impl Fn(usize) -> bool) {
        for model in &mut self.model {
            model.retain(|_, life| !is_told(life.value));
        }
        let (told, stale) = self.stale.drain(..).partition(|stale| is_told(stale.2));
        self.stale = stale;
        let told: Vec<_> = told;
        for (map, key, _) in told {
            if self.found(map, key).is_none() {
                self.model[map].remove(&key);
            }
        }
    }

    fn pick(&self, number: usize) -> Option<usize> {
        number.checked_rem(self.owners.len())
    }

    fn apply(&mut self, operation: Operation) {
        use Operation::*;
        match operation {
            Make => {
                let owner = self.make();
                self.owners.push(owner);
            }
            CloneOwner(number) => {
                if let Some(at) = self.pick(number) {
                    self.owners.push(self.owners[at].clone());
                }
            }
            DropOwner(number) => {
                if let Some(at) = self.pick(number) {
                    drop(self.owners.swap_remove(at));
                }
            }
            TryUnwrap(number) => {
                let Some(at) = self.pick(number) else { return };
                match Ptr::try_unwrap(self.owners.swap_remove(at)) {
                    Ok(value) => {
                        self.lives[*value] += 1;
                        self.moved.push(value);
                    }
                    Err(owner) => self.owners.push(owner),
                }
            }
            Rewrap(number) => {
                if let Some(at) = number.checked_rem(self.moved.len()) {
                    self.owners.push(Ptr::new(self.moved.swap_remove(at)));
                }
            }
            DropMoved(number) => {
                if let Some(at) = number.checked_rem(self.moved.len()) {
                    drop(self.moved.swap_remove(at));
                }
            }
            ClearWeakrefs(number, silently) => {
                let Some(at) = self.pick(number) else { return };
                let clear = if silently { clear_weakrefs_silently } else { clear_weakrefs };
                clear(&self.owners[at]);
                let value = **self.owners[at];
                self.tell(|told| told == value);
            }
            Room(map, true) => self.maps[map].reserve(100),
            Room(map, false) => self.maps[map].shrink_to_fit(),
            other => self.apply_to_maps(other),
        }
        self.remove_dropped();
    }

    /// Checks the owner that an operation returned.
    fn expect(&self, got: Option<&Ptr<Value>>, expected: Option<Life>) {
        assert_eq!(got.map(|owner| self.life(owner)), expected);
    }

    fn apply_to_maps(&mut self, operation: Operation) {
        use Operation::*;
        match operation {
            Insert(map, key, number) => {
                let Some(at) = self.pick(number) else { return };
                let replaced = self.maps[map].insert(key, &self.owners[at]);
                self.expect(replaced.as_ref(), self.found(map, key));
                self.set(map, key, Some(self.life(&self.owners[at])));
            }
            InsertNew(map, key) => {
                let owner = self.make();
                let replaced = self.maps[map].insert(key, &owner);
                self.expect(replaced.as_ref(), self.found(map, key));
                self.set(map, key, None);
            }
            GetOrInsert(map, key, number) => {
                let Some(at) = self.pick(number) else { return };
                let owner = self.owners[at].clone();
                let got = self.maps[map].get_or_insert_with(key, || owner.clone());
                let expected = self.found(map, key).unwrap_or_else(|| self.life(&owner));
                self.expect(Some(&got), Some(expected));
                self.set(map, key, Some(expected));
            }
            FailToInsert(map, key) => {
                let got = self.maps[map].get_or_try_insert_with(key, || Err(()));
                self.expect(got.as_ref().ok(), self.found(map, key));
            }
            Get(map, key) => {
                let got = self.maps[map].get_key_value(&key);
                self.expect(got.as_ref().map(|pair| &pair.1), self.found(map, key));
                assert!(got.is_none_or(|pair| pair.0 == key));
            }
            Remove(map, key) => {
                let removed = self.maps[map].remove(&key);
                self.expect(removed.as_ref(), self.found(map, key));
                self.set(map, key, None);
            }
            RemoveEntry(map, key) => {
                let removed = self.maps[map].remove_entry(&key);
                self.expect(removed.as_ref().map(|pair| &pair.1), self.found(map, key));
                self.set(map, key, None);
            }
            Clear(map) => {
                self.maps[map].clear();
                (0..KEYS).for_each(|key| self.set(map, key, None));
            }
            Snapshot(map) => self.owners.extend(self.maps[map].values()),
            CloneMap(from, to) => {
                self.maps[to] = self.maps[from].clone();
                let living = self.living(from);
                self.forget(to);
                self.model[to] = living;
            }
            DropMap(map) => {
                self.maps[map] = Map::default();
                self.forget(map);
            }
            Dissolve(map) => {
                let pairs = std::mem::take(&mut self.maps[map]).into_iter();
                let pairs: BTreeMap<_, _> =
                    pairs.map(|(key, owner)| (key, self.life(&owner))).collect();
                assert_eq!(pairs, self.living(map));
                self.forget(map);
            }
            Extend(from, to) => {
                let pairs = self.maps[from].iter();
                self.maps[to].extend(pairs);
                for (key, life) in self.living(from) {
                    self.set(to, key, Some(life));
                }
            }
            other => self.apply_visit(other),
        }
    }

    /// The map of this number is gone, and another one is in its place.
    fn forget(&mut self, map: usize) {
        self.stale.retain(|stale| stale.0 != map);
        self.model[map].clear();
    }

    fn apply_visit(&mut self, operation: Operation) {
        use Operation::*;
        match operation {
            Retain(map, mask) => {
                let living = self.living(map);
                self.maps[map].retain(|key, _| mask >> key & 1 == 1);
                self.keep(map, &living, mask);
            }
            RetainAndKill(map, mask, number) => {
                let doomed = self.pick(number).map(|at| **self.owners[at]);
                let living = self.living(map);
                // As a predicate does not get the world.
                let owners = RefCell::new(std::mem::take(&mut self.owners));
                self.maps[map].retain(|key, _| {
                    owners.borrow_mut().retain(|owner| Some(***owner) != doomed);
                    mask >> key & 1 == 1
                });
                self.owners = owners.into_inner();
                self.keep(map, &living, mask);
            }
            VisitAndChange(map, removed, changed, number) => {
                let Some(at) = self.pick(number) else { return };
                let any = !self.living(map).is_empty();
                let (maps, owners) = (&self.maps, &self.owners);
                maps[map].for_each(|key, _| {
                    assert!(*key < KEYS);
                    maps[map].remove(&removed);
                    maps[map].insert(changed, &owners[at]);
                });
                if any {
                    self.set(map, removed, None);
                    self.set(map, changed, Some(self.life(&self.owners[at])));
                }
            }
            other => unreachable!("{other:?}"),
        }
    }

    /// Keeps what `retain` does of the entries that lived when it began: those that the mask accepts.
    /// Entries of values that were dead then are discarded.
    fn keep(&mut self, map: usize, living: &BTreeMap<u8, Life>, mask: u8) {
        let is_kept = |key: &u8| living.contains_key(key) && mask >> key & 1 == 1;
        (0..KEYS).filter(|key| !is_kept(key)).for_each(|key| self.displace(map, key));
        self.model[map].retain(|key, _| is_kept(key));
    }

    fn living(&self, map: usize) -> BTreeMap<u8, Life> {
        let living = self.model[map].iter().filter(|(_, life)| self.lives(**life));
        living.map(|(key, life)| (*key, *life)).collect()
    }

    fn compare(&self) {
        for (number, map) in self.maps.iter().enumerate() {
            let living = self.living(number);
            let pairs = map.iter().map(|(key, owner)| (key, self.life(&owner)));
            assert_eq!(pairs.collect::<BTreeMap<_, _>>(), living);
            assert_eq!(map.len(), self.model[number].len());
            assert_eq!(map.is_empty(), self.model[number].is_empty());
            for key in 0..KEYS {
                self.expect(map.get(&key).as_ref(), living.get(&key).copied());
                assert_eq!(map.contains_key(&key), living.contains_key(&key));
            }
        }
        for owner in &self.owners {
            let life = self.life(owner);
            let entries = self.model.iter().flat_map(BTreeMap::values);
            let entries = entries.filter(|other| **other == life).count();
            // What an earlier life has left registered is not seen in the model.
            let earlier = life.life > 0;
            assert!(weakref_count(owner) == entries || earlier && weakref_count(owner) > entries);
        }
    }
}

fn compare_with_the_model<S: BuildHasher + Default + Clone>(operations: Vec<Operation>) {
    let mut world = World::<S>::new();
    for operation in operations {
        world.apply(operation);
        world.compare();
    }
    world.owners.clear();
    world.moved.clear();
    world.remove_dropped();
    world.compare();
    assert!(world.maps.iter().all(Map::is_empty));
}

/// As many cases as `PROPTEST_CASES` says, or as many as by default.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = rounds(config.cases);
    }
    config
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn maps_equal_the_model(operations in prop::collection::vec(operation(), 1..80)) {
        compare_with_the_model::<BuildHasherDefault<DefaultHasher>>(operations);
    }

    /// Without the values that have left their pointer: an entry is known by its hash and by being
    /// dead, so of several such ones with the same hash, any may go first.
    #[test]
    fn maps_of_one_hash_equal_the_model(operations in prop::collection::vec(operation(), 1..80)) {
        let stays = |operation: &Operation| !matches!(operation, Operation::TryUnwrap(_));
        compare_with_the_model::<SameHash>(operations.into_iter().filter(stays).collect());
    }
}
