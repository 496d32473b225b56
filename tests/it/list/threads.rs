//! What only several threads can show.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use weakref_core::{Slotted, WeakList, weakref_count};
use weakref_tests::{Numbers, Tally, Token, rounds, without_deadlock};

type Object = Slotted<(u64, Token)>;

#[test]
fn four_threads_push_drop_walk_and_remove() {
    without_deadlock(|| {
        let tally = Tally::default();
        let list = WeakList::<Object>::new();
        let kept: Vec<_> = (0..5).map(|n| Arc::new(Slotted::new((n, tally.token())))).collect();
        for object in &kept {
            list.push(object);
        }
        thread::scope(|scope| {
            for number in 1..=4_u64 {
                let (list, tally) = (&list, tally.clone());
                scope.spawn(move || {
                    let mut chance = Numbers(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                    let mut own = Vec::new();
                    for round in 0..rounds(4_000_u64) {
                        match chance.below(8) {
                            0..3 => {
                                let object = Arc::new(Slotted::new((
                                    100 + number * 1_000_000 + round,
                                    tally.token(),
                                )));
                                own.push((list.push(&object), object));
                            }
                            3 | 4 if !own.is_empty() => {
                                own.swap_remove(chance.below(own.len()));
                            }
                            5 if !own.is_empty() => {
                                let (key, object) = own.swap_remove(chance.below(own.len()));
                                let removed = list.remove(key).expect("only this thread has it");
                                assert!(Arc::ptr_eq(&removed, &object));
                                assert_eq!(weakref_count(&object), 0);
                            }
                            6 => {
                                let mut stays = Vec::new();
                                let mut mine = Vec::new();
                                list.for_each(|object| match object.0 {
                                    it @ 0..5 => stays.push(it),
                                    it if it / 1_000_000 == number => mine.push(it),
                                    _ => {}
                                });
                                assert_eq!(stays, [0, 1, 2, 3, 4], "shown once, in order");
                                assert!(mine.is_sorted(), "in the order of insertion");
                                // And perhaps what another walk keeps alive.
                                let is_shown = |object: &Arc<Object>| mine.contains(&object.0);
                                assert!(own.iter().all(|(_, object)| is_shown(object)));
                            }
                            _ => assert!(list.len() >= 5),
                        }
                    }
                });
            }
        });
        assert!(list.iter().map(|object| object.0).eq(0..5));
        assert_eq!((list.len(), tally.count()), (5, 5));
        drop(kept);
        assert_eq!((list.len(), tally.count()), (0, 0));
    });
}

/// Objects and their list go at the same moment, in two threads.
#[test]
fn a_list_is_dropped_beside_deaths() {
    let tally = Tally::default();
    for round in 0..rounds(500_u64) {
        let list = WeakList::<Object>::new();
        let objects: Vec<_> = (0..8).map(|n| Arc::new(Slotted::new((n, tally.token())))).collect();
        for object in objects.iter().chain(&objects[..4]) {
            list.push(object);
        }
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                drop(objects);
            });
            barrier.wait();
            if round % 2 == 0 {
                drop(list);
            } else {
                list.clear();
                assert!(list.is_empty());
            }
        });
        assert_eq!(tally.count(), 0);
    }
}

/// Two threads insert into a new list at once: both find the one that was made first.
#[test]
fn two_threads_make_the_first_insertion() {
    for _ in 0..rounds(500) {
        let list = WeakList::new();
        let owners = [1, 2].map(|number| Arc::new(Slotted::<u32>::new(number)));
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            for owner in &owners {
                let (list, barrier) = (&list, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let key = list.push(owner);
                    assert!(list.get(key).is_some_and(|found| Arc::ptr_eq(&found, owner)));
                });
            }
        });
        assert_eq!(list.len(), 2);
        assert!(list.contains(&owners[0]) && list.contains(&owners[1]));
    }
}

/// A closure that runs does not keep another thread from using the list.
#[test]
fn nothing_is_locked_while_a_closure_runs() {
    without_deadlock(|| {
        let object = Arc::new(Slotted::<u32>::new(1));
        let list = WeakList::from([object.clone()]);
        let used = AtomicBool::new(false);
        thread::scope(|scope| {
            list.for_each(|_| {
                let other = scope.spawn(|| {
                    list.push(&object);
                    list.retain(|_| true);
                    used.store(true, Ordering::Relaxed);
                });
                other.join().unwrap();
            });
        });
        assert!(used.into_inner());
        assert_eq!(list.len(), 2);
    });
}

/// What another thread has removed before an element's turn is not shown.
#[test]
fn a_removal_by_another_thread_is_seen_by_a_walk() {
    without_deadlock(|| {
        let owners = [1, 2, 3].map(|number| Arc::new(Slotted::<u32>::new(number)));
        let list = WeakList::new();
        let keys = owners.each_ref().map(|owner| list.push(owner));
        let mut shown = Vec::new();
        list.for_each(|number| {
            shown.push(***number);
            thread::scope(|scope| _ = scope.spawn(|| list.remove(keys[1])));
        });
        assert_eq!(shown, [1, 3]);
    });
}
