//! Objects that die in one thread while others use the container, or drop objects too.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
};

use weakref_core::{RemovalCause, Slotted, WeakKeyMap, WeakValueMap, weakref_count};
use weakref_tests::{limit, rounds};

use super::{
    Usable, at_once,
    harness::{
        Container, Item, Owner, Pair, SET_OPERATIONS, SetOperation, assert_unregistered, item,
        weak_half,
    },
    in_threads,
};

for_kinds! {
    all:
    b364_deaths_while_another_thread_iterates
    b365_deaths_while_another_thread_copies_and_compares
    b366_what_is_found_is_whole_or_not_there
    deaths_while_another_thread_empties_the_container
    b374_the_container_goes_in_one_thread_and_its_objects_in_another
    b374_containers_and_objects_change_threads
    b295_pop_finds_what_lives_while_others_die
    the_last_owners_of_one_object_in_many_containers
    objects_of_a_thread_go_with_it
    each_removal_is_told_once_in_whichever_thread
    each_entry_is_removed_by_one_thread
    len_is_exact_when_all_threads_are_done
}
for_kinds! {
    pair_maps:
    key_and_value_of_an_entry_die_at_once
    all_pairs_of_a_map_die_from_both_sides
}
for_kinds! { sets: b365_b373_operations_of_sets_while_another_thread_kills }

/// Drops entries in another thread, again and again, while `f` runs until the container is empty.
fn while_objects_die<C: Container + Usable>(count: u32, f: impl Fn(&C)) {
    let pairs = C::new_pairs(count);
    let container = C::collect_from(pairs.clone());
    at_once(
        || pairs.into_iter().for_each(drop),
        || {
            while !container.is_empty() {
                f(&container);
            }
        },
    );
    assert_eq!((container.len(), container.pairs().len()), (0, 0));
    assert!(count > 300 || container.capacity() < 2_000);
}

/// Of every entry both halves are seen, or none.
fn assert_pair((key, value): (&Owner, &Owner)) {
    assert_eq!(key.name() % 100, value.name() % 100);
}

fn b364_deaths_while_another_thread_iterates<C: Container + Usable>() {
    let check = |container: &C| {
        let mut seen = 0;
        container.visit(&mut |key, value| {
            assert_pair((key, value));
            seen += 1;
        });
        for (key, value) in container.pairs() {
            assert_pair((&key, &value));
            // Both have an owner here.
            assert!(container.get(&key).is_none_or(|there| Arc::ptr_eq(&there, &value)));
        }
        assert_eq!(container.extract(Box::new(|_, _| false)).count(), 0);
        container.retain(Box::new(|_, _| true));
        assert!(
            container.refs().len() <= 2 * 20_000 && container.len() <= 20_000 && seen <= 20_000
        );
    };
    while_objects_die::<C>(rounds(20_000), check);
    for _ in 0..rounds(10) {
        while_objects_die::<C>(300, check);
    }
}

fn b365_deaths_while_another_thread_copies_and_compares<C: Container + Usable>() {
    for _ in 0..rounds(20) {
        while_objects_die::<C>(300, |container| {
            let (clone, both) = (container.clone(), container.or(container));
            assert!(clone.len() <= 300 && both.pairs().len() <= 300);
            clone.visit(&mut |key, value| assert_pair((key, value)));
            // What they say is old by now. They come to an end.
            let _ = (clone == both, clone.is_within(&both), clone.has_keys_within(container));
            clone.update_from(container);
        });
    }
}

fn b366_what_is_found_is_whole_or_not_there<C: Container + Usable>() {
    for _ in 0..rounds(10) {
        while_objects_die::<C>(300, |container| {
            for weak in container.refs() {
                if let Some(owner) = weak.upgrade() {
                    assert!(owner.name() < 400);
                    assert!(container.get_pair(&owner).is_none_or(|pair| pair.0.name() < 300));
                }
            }
        });
    }
}

fn deaths_while_another_thread_empties_the_container<C: Container + Usable>() {
    let ways: [fn(&C); 5] = [
        C::clear,
        |it| drop(it.drain()),
        |it| drop(it.pop()),
        |it| it.retain(Box::new(|key, _| key.name() % 2 == 0)),
        |it| assert!(it.extract(Box::new(|key, _| key.name() % 3 > 0)).take(5).count() <= 5),
    ];
    for empty in ways {
        while_objects_die::<C>(rounds(1_000).max(30), empty);
        let container = C::default();
        let (doomed, survivors) = (C::new_pairs(rounds(1_000)), C::new_pairs(rounds(1_000)));
        let over = AtomicBool::new(false);
        at_once(
            || {
                while !over.load(Relaxed) {
                    empty(&container);
                }
            },
            || {
                for (doomed, survivor) in doomed.into_iter().zip(&survivors) {
                    container.insert(&survivor.0, &survivor.1);
                    container.insert(&doomed.0, &doomed.1);
                    drop(doomed);
                }
                over.store(true, Relaxed);
            },
        );
        container.clear();
        assert_eq!((container.len(), container.pairs().len()), (0, 0));
        assert_unregistered::<C>(&survivors);
    }
}

fn b374_the_container_goes_in_one_thread_and_its_objects_in_another<C: Container + Usable>() {
    let survivors = C::new_pairs(10);
    for round in 0..rounds(100) {
        let doomed: Vec<_> = (10..30).map(C::pair).collect();
        let filled = |_| C::collect_from([&doomed[..], &survivors].concat());
        let containers: Vec<_> = (0..=round % 5).map(filled).collect();
        let weak: Vec<_> = doomed.iter().map(|pair| Arc::downgrade(&pair.1)).collect();
        at_once(move || drop(containers), move || drop(doomed));
        assert_unregistered::<C>(&survivors);
        assert!(weak.iter().all(|weak| weak.strong_count() == 0), "something is kept");
    }
}

fn b374_containers_and_objects_change_threads<C: Container + Usable>() {
    let pairs = C::new_pairs(10);
    let container = C::collect_from(pairs.clone());
    let run = move || {
        container.remove(&pairs[0].0);
        drop(pairs);
        let pairs = C::new_pairs(5);
        container.update(pairs.clone());
        (container, pairs)
    };
    let (container, pairs) = thread::spawn(run).join().unwrap();
    assert_eq!(container.len(), 5);
    drop(pairs);
    assert!(container.is_empty());
}

fn b295_pop_finds_what_lives_while_others_die<C: Container + Usable>() {
    for round in 0..rounds(1_000_usize) {
        let (mut doomed, container) = (C::new_pairs(4), C::default());
        let survivor = doomed.remove(round % 4);
        container.update(doomed.iter().chain([&survivor]).cloned().collect());
        let mut popped = None;
        at_once(move || drop(doomed), || popped = container.pop());
        assert!(popped.is_some(), "round {round}: one has lived all the time");
    }
}

fn the_last_owners_of_one_object_in_many_containers<C: Container + Usable>() {
    let containers: Vec<_> = (0..8).map(|_| C::default()).collect();
    for _ in 0..rounds(300) {
        let (key, value) = C::pair(1);
        for container in &containers {
            assert!(container.insert(&key, &value).is_none());
        }
        let other = (key.clone(), value.clone());
        at_once(
            move || drop((key, value)),
            || {
                containers[0].remove(&other.0);
                drop(other);
            },
        );
        assert!(containers.iter().all(C::is_empty));
    }
}

fn objects_of_a_thread_go_with_it<C: Container + Usable>() {
    thread_local! {
        static OWNED: RefCell<Vec<Pair>> = const { RefCell::new(Vec::new()) };
    }
    let pairs = C::new_pairs(200);
    let container = Arc::new(C::collect_from(pairs.clone()));
    let inner = Arc::clone(&container);
    let run = move || {
        OWNED.set(pairs);
        assert_eq!(inner.len(), 200);
    };
    thread::spawn(run).join().unwrap();
    assert_eq!(container.len(), 0);
}

fn each_removal_is_told_once_in_whichever_thread<C: Container + Usable>() {
    let pairs = C::new_pairs(400);
    let (container, told) = (C::collect_from(pairs.clone()), Arc::<AtomicUsize>::default());
    let count = Arc::clone(&told);
    container.on_removal(move |_, _| _ = count.fetch_add(1, Relaxed));
    let halves = std::sync::Mutex::new(pairs.chunks(200).map(<[_]>::to_vec).collect::<Vec<_>>());
    drop(pairs);
    in_threads(3, |thread| {
        if thread < 2 {
            let half = halves.lock().unwrap().pop();
            drop(half);
        } else {
            while container.pop().is_some() {}
        }
    });
    assert!(container.is_empty());
    assert_eq!(told.load(Relaxed), 400);
}

fn each_entry_is_removed_by_one_thread<C: Container + Usable>() {
    let pairs = C::new_pairs(rounds(500));
    let container = C::collect_from(pairs.clone());
    let removed = in_threads(4, |thread| {
        let remove = |(key, _): &Pair| match thread {
            // A set tells in two steps what it removes.
            0 if !C::IS_SET => container.remove(key).is_some(),
            0 | 1 => container.remove_pair(key).is_some(),
            2 => container.extract(Box::new(|other, _| Arc::ptr_eq(other, key))).next().is_some(),
            _ => container.pop().is_some(),
        };
        pairs.iter().filter(|pair| remove(pair)).count()
    });
    assert_eq!(removed.into_iter().sum::<usize>(), pairs.len(), "each is given to one");
    assert!(container.is_empty());
}

fn len_is_exact_when_all_threads_are_done<C: Container + Usable>() {
    let container = C::default();
    for _ in 0..rounds(50) {
        let insert = |thread| {
            let pairs: Vec<_> = (0..50).map(|n| C::pair((n + 50 * thread) % 75)).collect();
            for pair in &pairs {
                container.insert(&pair.0, &pair.1);
            }
            pairs
        };
        let kept: Vec<_> = in_threads(4, insert).into_iter().flatten().collect();
        let count = if C::BY_ADDRESS { 200 } else { 75 };
        assert_eq!(container.len(), count);
        let registered: usize = kept.iter().map(|pair| weakref_count(weak_half::<C>(pair))).sum();
        assert_eq!(registered, count, "what was replaced was taken back");
        drop(kept);
        assert_eq!(container.len(), 0);
    }
}

/// It is told of once.
fn key_and_value_of_an_entry_die_at_once<C: Container + Usable>() {
    let (container, log) = (C::default(), weakref_tests::Log::default());
    let notes = log.clone();
    container.on_removal(move |_, cause| notes.put(cause));
    for round in 0..rounds(2_000) {
        let [key, value, other] = [0, 1, 2].map(item);
        container.insert(&key, &value);
        container.insert(&other, &value);
        container.insert(&key, &value);
        at_once(move || drop(key), move || drop(value));
        let told = log.take();
        assert_eq!(told.iter().filter(|cause| **cause == RemovalCause::Died).count(), 2);
        assert_eq!((told.len(), container.len()), (3, 0), "round {round}");
        assert_eq!(weakref_count(&other), 0, "round {round}");
    }
}

fn all_pairs_of_a_map_die_from_both_sides<C: Container + Usable>() {
    for _ in 0..rounds(100) {
        let (map, hub) = (C::default(), item(1000));
        let (keys, values): (Vec<_>, Vec<_>) = C::new_pairs(50).into_iter().unzip();
        map.update(keys.iter().cloned().zip(values.iter().cloned()).collect());
        // Values that are keys too, of one that survives.
        map.update(values.iter().map(|value| (value.clone(), hub.clone())).collect());
        assert_eq!((map.len(), weakref_count(&hub)), (100, 50));
        at_once(move || keys.into_iter().for_each(drop), || values.into_iter().for_each(drop));
        assert_eq!((map.len(), weakref_count(&hub)), (0, 0));
    }
}

fn b365_b373_operations_of_sets_while_another_thread_kills<C: Container + Usable>() {
    for _ in 0..rounds(20) {
        let pairs = C::new_pairs(200);
        let keepers = pairs[150..].to_vec();
        let [left, right] =
            [&pairs[..180], &pairs[20..]].map(|pairs| C::collect_from(pairs.to_vec()));
        let done = AtomicBool::new(false);
        at_once(
            || {
                pairs.into_iter().for_each(drop);
                done.store(true, Relaxed);
            },
            || {
                while !done.load(Relaxed) {
                    let size = |operation| left.combined(&right, operation).unwrap().1.len();
                    assert!(size(SetOperation::Union) >= 50);
                    assert!(size(SetOperation::Intersection) >= 30);
                    let copy = left.clone();
                    copy.combine(&right, SetOperation::Union);
                    copy.combine(&right, SetOperation::Intersection);
                    assert!(keepers.iter().all(|pair| copy.contains(&pair.0)));
                    copy.combine(&left, SetOperation::SymmetricDifference);
                    copy.combine(&right, SetOperation::Difference);
                    let _ = left.compared(&right);
                }
            },
        );
        let sizes = SET_OPERATIONS.map(|with| left.combined(&right, with).unwrap().1.len());
        assert_eq!((sizes, left.len(), right.len()), ([50, 30, 0, 20], 30, 50));
        assert!(keepers[..30].iter().all(|pair| weakref_count(&pair.0) == 2));
        drop(keepers);
        assert!(left.is_empty() && right.is_empty());
    }
}

#[test]
fn b370_a_value_drops_in_the_thread_of_the_last_owner_of_its_key() {
    struct Tells(mpsc::SyncSender<thread::ThreadId>);
    impl Drop for Tells {
        fn drop(&mut self) {
            let _ = self.0.send(thread::current().id());
        }
    }
    let (send, receive) = mpsc::sync_channel(1);
    let (map, key) = (WeakKeyMap::<Item, Tells>::default(), item(1));
    map.insert(&key, Tells(send));
    let killer = thread::spawn(move || drop(key));
    let id = killer.thread().id();
    assert_eq!(receive.recv_timeout(limit(60)), Ok(id));
    killer.join().unwrap();
    assert!(map.is_empty());
}

#[test]
fn b366_a_value_is_found_whole_or_not_at_all() {
    struct Checked(u32);
    impl Drop for Checked {
        fn drop(&mut self) {
            self.0 = 0;
        }
    }
    let (map, stop) = (WeakValueMap::<u32, Slotted<Checked>>::new(), AtomicBool::new(false));
    at_once(
        || {
            for _ in 0..rounds(1_000) {
                map.insert(1, &Arc::new(Slotted::new(Checked(7))));
            }
            stop.store(true, Relaxed);
        },
        || {
            while !stop.load(Relaxed) {
                assert!(map.get(&1).is_none_or(|value| value.0 == 7));
            }
        },
    );
    assert!(map.is_empty());
}
