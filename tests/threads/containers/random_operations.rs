//! Random operations by two threads at once on the same containers.

use std::{
    sync::{
        Arc, Barrier, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use weakref_core::{RemovalCause, WeakRef, clear_weakrefs, weakref_count};

// The model test uses all of it.
#[allow(dead_code)]
#[path = "../../containers/model/operation.rs"]
mod operation;

use self::operation::{Operation, config, operation};
use super::{
    Usable,
    harness::{Container, Item, Owner, owns_values},
};

for_kinds! { all: two_threads_do_what_they_like }

/// The removals that the containers have told their listeners.
type Log = weakref_tests::Log<(WeakRef<Item>, RemovalCause)>;

fn listen<C: Container>(container: &C, log: &Log) {
    let log = log.clone();
    container.on_removal(move |key, cause| log.put((key.clone(), cause)));
}

/// What both threads use.
struct World<C> {
    containers: [C; 2],
    /// The removals from both.
    log: Log,
    /// How many entries have been put there, as far as that can be told.
    entered: AtomicUsize,
    numbers: AtomicUsize,
}

/// One of the threads, with owners that the other one does not have.
struct Worker<'a, C> {
    world: &'a World<C>,
    keys: Vec<Owner>,
    values: Vec<Owner>,
    all: Vec<Weak<Item>>,
}

impl<C: Container> Worker<'_, C> {
    fn make(&mut self, name: u8) -> Owner {
        let owner =
            Arc::new(Item::new(name.into(), self.world.numbers.fetch_add(1, Ordering::Relaxed)));
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

    fn apply(&mut self, operation: &Operation) -> Option<()> {
        use Operation::*;
        match *operation {
            MakeKey(name) | MakeValue(name) => {
                let owner = self.make(name);
                let is_key = matches!(operation, MakeKey(_));
                if is_key { &mut self.keys } else { &mut self.values }.push(owner);
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
            ref other => return self.apply_more(other),
        }
        Some(())
    }

    fn container(&self, which: usize) -> &C {
        &self.world.containers[which % 2]
    }

    fn enter(&self, _replaced: Option<Owner>) {
        self.world.entered.fetch_add(1, Ordering::Relaxed);
    }

    fn apply_more(&mut self, operation: &Operation) -> Option<()> {
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
            GetOrMake(a, k, v) => {
                let (key, value) = (self.key(k)?, self.value(v)?);
                let made = if C::IS_SET { key } else { value };
                drop(self.container(a).get_or_make(key, || made.clone()));
            }
            FailToMake(a, k) => drop(self.container(a).get_or_try_make(self.key(k)?, || Err(()))),
            Retain(a, mask) => {
                self.container(a).retain(Box::new(move |key, _| mask >> key.name() & 1 == 1));
            }
            Extract(a, mask, taken, key, _) => {
                let pick = Box::new(move |key: &Owner, _: &Owner| mask >> key.name() & 1 == 1);
                let mut picked = self.world.containers[a % 2].extract(pick);
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
            IntoPairs(a) => drop(self.container(a).clone().into_pairs()),
            Update(a, b) => self.container(a).update(self.container(b).pairs()),
            OrAssign(a, b) => self.container(a).or_assign(self.container(b)),
            Or(a, b) => drop(self.container(a).or(self.container(b))),
            Compare(a, b) => {
                let (one, two) = (self.container(a), self.container(b));
                // What they say is old by now. They come to an end.
                let _ = (one.is_within(two), one.has_keys_within(two), one == two);
            }
            Combined(a, b, with) => drop(self.container(a).combined(self.container(b), with)),
            Combine(a, b, with) => self.container(a).combine(self.container(b), with),
            ref other => unreachable!("{other:?}"),
        }
        Some(())
    }
}

/// Runs the lists, each in a thread. `is_counted` leaves out what cannot be counted; `clears` empties the containers
/// at the end by hand, and not by deaths.
fn run<C: Container + Usable>(lists: &[Vec<Operation>], is_counted: bool, clears: bool) {
    let world = World {
        containers: [C::default(), C::default()],
        log: Log::default(),
        entered: AtomicUsize::new(0),
        numbers: AtomicUsize::new(1),
    };
    let [one, two] = &world.containers;
    listen(one, &world.log);
    listen(two, &world.log);
    let barrier = Barrier::new(lists.len());
    let workers: Vec<_> = thread::scope(|scope| {
        let run = |operations: &Vec<Operation>| {
            let mut worker =
                Worker { world: &world, keys: Vec::new(), values: Vec::new(), all: Vec::new() };
            for name in 0..3 {
                worker.apply(&Operation::MakeKey(name));
                worker.apply(&Operation::MakeValue(name));
            }
            barrier.wait();
            for operation in operations {
                if !is_counted || Worker::<C>::is_plain(operation) {
                    worker.apply(operation);
                }
            }
            worker
        };
        let threads: Vec<_> = lists.iter().map(|list| scope.spawn(move || run(list))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    let found: Vec<_> = world.containers.iter().flat_map(C::pairs).collect();
    assert_eq!(one.len() + two.len(), found.len(), "there are dead entries");
    if is_counted {
        let left = world.log.take().len();
        assert_eq!(world.entered.load(Ordering::Relaxed) - left, found.len(), "told once of each");
    }
    drop(world.log.take());
    for owner in workers.iter().flat_map(|worker| worker.keys.iter().chain(&worker.values)) {
        let is_it = |other: &Owner| Arc::ptr_eq(owner, other);
        let keys = found.iter().filter(|(key, _)| C::WEAK_KEYS && is_it(key)).count();
        let values = found.iter().filter(|(_, value)| C::WEAK_VALUES && is_it(value)).count();
        // A weak reference without a callback counts as one, and the test has one.
        assert_eq!(weakref_count(owner), keys + values + 1);
    }
    drop(found);
    if clears {
        world.containers.iter().for_each(C::clear);
        drop(world.log.take());
        for worker in &workers {
            assert!(
                worker.keys.iter().chain(&worker.values).all(|owner| weakref_count(owner) == 1)
            );
        }
    }
    let all: Vec<_> = workers.into_iter().flat_map(|worker| worker.all).collect();
    drop(world.log.take());
    assert!(world.containers.iter().all(|container| container.is_empty() && container.len() == 0));
    assert!(all.iter().all(|weak| weak.strong_count() == 0), "something is kept");
}

fn list() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..200)
}

fn two_threads_do_what_they_like<C: Container + Usable>() {
    let input = (prop::collection::vec(list(), 2), prop::bool::ANY, prop::bool::ANY);
    let result = TestRunner::new(config()).run(&input, |(lists, is_counted, clears)| {
        run::<C>(&lists, is_counted, clears);
        Ok(())
    });
    if let Err(TestError::Fail(reason, input)) = &result {
        panic!("{reason} after {input:?}");
    }
    result.unwrap();
}
