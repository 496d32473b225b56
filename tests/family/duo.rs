//! Lists of operations, played by two threads at once on the same containers.

use std::{
    sync::{
        Arc, Barrier, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use proptest::prelude::*;
use weakref_core::{
    PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, WeakKeyMap, WeakSet, WeakValueMap, WeakWeakMap,
    clear_weakrefs, weakref_count,
};

use super::{
    adapters::{Container, Item, Log, Owner},
    operation::{Operation, operation},
    play::{Spread, config},
    stage::owns_values,
};

/// What both threads use.
struct Stage<C> {
    containers: [C; 2],
    /// The removals from both.
    log: Log,
    /// How many entries have been put there, as far as that can be told.
    entered: AtomicUsize,
    numbers: AtomicUsize,
}

/// One of the threads, with owners that the other one does not have.
struct Player<'a, C> {
    stage: &'a Stage<C>,
    keys: Vec<Owner>,
    values: Vec<Owner>,
    all: Vec<Weak<Item>>,
}

impl<C: Container> Player<'_, C> {
    fn make(&mut self, name: u8) -> Owner {
        let owner = Item::new(name.into(), self.stage.numbers.fetch_add(1, Ordering::Relaxed));
        self.all.push(Arc::downgrade(&owner));
        owner
    }

    fn key(&self, which: usize) -> Option<&Owner> {
        self.keys.get(which.checked_rem(self.keys.len())?)
    }

    fn value(&self, which: usize) -> Option<&Owner> {
        self.values.get(which.checked_rem(self.values.len())?)
    }

    /// Whether it can be told how many entries an operation puts there.
    fn is_plain(operation: &Operation) -> bool {
        use Operation::*;
        match operation {
            Insert(..) | InsertDoomed(..) | EntryInsert(..) => !C::IS_SET,
            OrInsert(..) | ModifyOrInsert(..) | GetOrMake(..) | Update(..) | OrAssign(..)
            | Combine(..) => false,
            _ => true,
        }
    }

    fn play(&mut self, operation: &Operation) -> Option<()> {
        use Operation::*;
        match *operation {
            MakeKey(name) => {
                let key = self.make(name);
                self.keys.push(key);
            }
            MakeValue(name) => {
                let value = self.make(name);
                self.values.push(value);
            }
            DropKey(key) => {
                drop(self.keys.swap_remove(key.checked_rem(self.keys.len())?));
            }
            DropValue(value) => {
                drop(self.values.swap_remove(value.checked_rem(self.values.len())?));
            }
            ClearWeakrefs(true, key, _) => clear_weakrefs(self.key(key)?),
            ClearWeakrefs(false, value, _) => clear_weakrefs(self.value(value)?),
            InsertDoomed(a, name, value) => {
                let key = self.make(name);
                self.enter(self.container(a).insert(&key, self.value(value)?));
            }
            Insert(a, k, v) => {
                self.enter(self.container(a).insert(self.key(k)?, self.value(v)?));
            }
            Replace(a, k, v) => {
                self.enter(self.container(a).replace(self.key(k)?, self.value(v)?));
            }
            EntryInsert(a, k, v) => {
                self.enter(self.container(a).entry_insert(self.key(k)?, self.value(v)?));
            }
            ref other => return self.play_more(other),
        }
        Some(())
    }

    fn container(&self, which: usize) -> &C {
        &self.stage.containers[which % 2]
    }

    fn enter(&self, _replaced: Option<Owner>) {
        self.stage.entered.fetch_add(1, Ordering::Relaxed);
    }

    fn play_more(&mut self, operation: &Operation) -> Option<()> {
        use Operation::*;
        match *operation {
            Change(a, k, v) => drop(self.container(a).change(self.key(k)?, self.value(v)?)),
            Remove(a, k) => drop(self.container(a).remove(self.key(k)?)),
            RemovePair(a, k) => drop(self.container(a).remove_pair(self.key(k)?)),
            Pop(a) => drop(self.container(a).pop()),
            OrInsert(a, k, v) => drop(self.container(a).or_insert(self.key(k)?, self.value(v)?)),
            ModifyOrInsert(a, k, v) => {
                drop(self.container(a).modify_or_insert(self.key(k)?, self.value(v)?));
            }
            EntryRemove(a, k) => drop(self.container(a).entry_remove(self.key(k)?)),
            GetOrMake(a, k, v) => drop(self.container(a).get_or_make(self.key(k)?, self.value(v)?)),
            FailToMake(a, k) => drop(self.container(a).fail_to_make(self.key(k)?)),
            Retain(a, mask) => {
                self.container(a).retain(Box::new(move |key, _| mask >> key.name & 1 == 1));
            }
            Extract(a, mask, taken, key, _) => {
                let pick = Box::new(move |key: &Owner, _: &Owner| mask >> key.name & 1 == 1);
                let mut picked = self.stage.containers[a % 2].extract(pick);
                drop(picked.by_ref().take(taken).collect::<Vec<_>>());
                drop(self.keys.swap_remove(key.checked_rem(self.keys.len())?));
                drop(picked.collect::<Vec<_>>());
            }
            VisitAndRemove(a) => {
                let container = self.container(a);
                container.visit(&mut |key, value| {
                    assert!(key.number > 0 && value.number > 0);
                    if !owns_values::<C>() {
                        container.remove(key);
                    }
                });
            }
            Drain(a) => drop(self.container(a).drain()),
            Clear(a) => self.container(a).clear(),
            Copy(a, _) => drop(self.container(a).clone()),
            Dissolve(a) => drop(self.container(a).clone().dissolve()),
            Update(a, b) => self.container(a).update(self.container(b).pairs()),
            OrAssign(a, b) => self.container(a).or_assign(self.container(b)),
            Or(a, b) => drop(self.container(a).or(self.container(b))),
            Compare(a, b) => {
                let (one, two) = (self.container(a), self.container(b));
                // What they say is old by now. They come to an end.
                let _ = (one.is_within(two), one.has_keys_within(two), one == two);
            }
            Combined(a, b, how) => drop(self.container(a).combined(self.container(b), how)),
            Combine(a, b, how) => self.container(a).combine(self.container(b), how),
            ref other => unreachable!("{other:?}"),
        }
        Some(())
    }
}

/// Plays the lists. `is_counted` leaves out what cannot be counted; `clears` empties the containers
/// at the end by hand, and not by deaths.
fn play<C: Container + Send + Sync>(lists: &[Vec<Operation>], is_counted: bool, clears: bool) {
    let stage = Stage {
        containers: [C::default(), C::default()],
        log: Log::default(),
        entered: AtomicUsize::new(0),
        numbers: AtomicUsize::new(1),
    };
    let [one, two] = &stage.containers;
    one.listen(&stage.log);
    two.listen(&stage.log);
    let barrier = Barrier::new(lists.len());
    let players: Vec<_> = thread::scope(|scope| {
        let run = |operations: &Vec<Operation>| {
            let mut player =
                Player { stage: &stage, keys: Vec::new(), values: Vec::new(), all: Vec::new() };
            for name in 0..3 {
                player.play(&Operation::MakeKey(name));
                player.play(&Operation::MakeValue(name));
            }
            barrier.wait();
            for operation in operations {
                if !is_counted || Player::<C>::is_plain(operation) {
                    player.play(operation);
                }
            }
            player
        };
        let threads: Vec<_> = lists.iter().map(|list| scope.spawn(move || run(list))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    let found: Vec<_> = stage.containers.iter().flat_map(C::pairs).collect();
    assert_eq!(one.len() + two.len(), found.len(), "there are dead entries");
    if is_counted {
        let left = stage.log.lock().unwrap().len();
        assert_eq!(stage.entered.load(Ordering::Relaxed) - left, found.len(), "told once of each");
    }
    stage.log.lock().unwrap().clear();
    for owner in players.iter().flat_map(|player| player.keys.iter().chain(&player.values)) {
        let is_it = |other: &Owner| Arc::ptr_eq(owner, other);
        let keys = found.iter().filter(|(key, _)| C::WEAK_KEYS && is_it(key)).count();
        let values = found.iter().filter(|(_, value)| C::WEAK_VALUES && is_it(value)).count();
        // A weak reference without a callback counts as one, and the test has one.
        assert_eq!(weakref_count(owner), keys + values + 1);
    }
    drop(found);
    if clears {
        stage.containers.iter().for_each(C::clear);
        stage.log.lock().unwrap().clear();
        for player in &players {
            assert!(
                player.keys.iter().chain(&player.values).all(|owner| weakref_count(owner) == 1)
            );
        }
    }
    let all: Vec<_> = players.into_iter().flat_map(|player| player.all).collect();
    stage.log.lock().unwrap().clear();
    assert!(stage.containers.iter().all(|container| container.is_empty() && container.len() == 0));
    assert!(all.iter().all(|weak| weak.strong_count() == 0), "something is kept");
}

fn list() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..200)
}

macro_rules! duos {
    ($($name:ident: $Container:ty;)*) => {
        proptest! {
            #![proptest_config(config())]
            $(
                #[test]
                fn $name(
                    lists in prop::collection::vec(list(), 2),
                    is_counted in prop::bool::ANY,
                    clears in prop::bool::ANY,
                ) {
                    play::<$Container>(&lists, is_counted, clears);
                }
            )*
        }
    };
}

duos! {
    value_maps: WeakValueMap<Owner, Item, Spread>;
    key_maps: WeakKeyMap<Item, Owner, Spread>;
    key_maps_by_address: PtrWeakKeyMap<Item, Owner>;
    weak_weak_maps: WeakWeakMap<Item, Item, Spread>;
    weak_weak_maps_by_address: PtrWeakWeakMap<Item, Item>;
    sets: WeakSet<Item, Spread>;
    sets_by_address: PtrWeakSet<Item>;
}
