//! Threads that meet while one of them is in the middle of a search: it has a shard locked.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use weakref_core::{clear_weakrefs, weakref_count};
use weakref_tests::{Call, REENTRY, a_while, caught, limit, on, once, rounds, without_deadlock};

use super::{
    Usable,
    harness::{
        Container, Filled, SameHash, ValueMap, assert_is, filled, item, weak_half, weak_halves,
    },
};

for_kinds! {
    of_one_hash:
    a_death_does_not_wait_for_a_search
    who_finds_the_shard_locked_waits
    a_search_of_this_thread_does_not_refuse_others
    what_is_cleared_by_another_thread_in_the_search_that_inserts_it_is_forgotten
}
for_kinds! { by_equality: threads_at_other_keys_do_not_wait }

/// Stays in the middle of a search for a key while `f` runs.
fn in_a_search<C: Container + Usable>(it: &C, name: u32, f: impl FnOnce()) {
    let (entered, inside) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let searcher = scope.spawn(move || {
            let _until = once(Call::KeyEq, move |_| {
                entered.send(()).unwrap();
                left.recv().unwrap();
            });
            it.contains(&item(name))
        });
        inside.recv().unwrap();
        f();
        leave.send(()).unwrap();
        assert!(searcher.join().unwrap());
    });
}

fn a_death_does_not_wait_for_a_search<C: Container + Usable>() {
    let Filled { it, mut pairs } = filled::<C>(4);
    let doomed = pairs.remove(1);
    in_a_search(&*it, 0, || {
        // The other thread does not go on before this is done.
        let (done, dropped) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                drop(doomed);
                done.send(()).unwrap();
            });
            assert_eq!(dropped.recv_timeout(limit(20)), Ok(()), "the death has waited");
        });
    });
    assert_is(&*it, &pairs);
}

fn who_finds_the_shard_locked_waits<C: Container + Usable>() {
    let Filled { it, mut pairs } = filled::<C>(4);
    let entered = Barrier::new(2);
    let inside = Arc::new(AtomicBool::new(false));
    thread::scope(|scope| {
        let (it, entered) = (&it, &entered);
        let is_inside = Arc::clone(&inside);
        let searcher = scope.spawn(move || {
            let (send, seen) = mpsc::channel();
            let _until = once(Call::KeyEq, move |_| {
                is_inside.store(true, Ordering::SeqCst);
                send.send(()).unwrap();
                a_while();
                is_inside.store(false, Ordering::SeqCst);
            });
            // Barriers borrow, and hooks do not: so another thread says that this one is in.
            scope.spawn(move || {
                seen.recv().unwrap();
                entered.wait();
            });
            it.contains(&item(0))
        });
        entered.wait();
        assert!(it.contains(&item(3)));
        assert!(!inside.load(Ordering::SeqCst), "both were inside");
        it.remove(&item(3));
        assert!(searcher.join().unwrap());
    });
    let removed = pairs.pop().unwrap();
    assert_eq!(weakref_count(weak_half::<C>(&removed)), 0);
    assert_is(&*it, &pairs);
}

/// One thread stays in a shard of a container that has grown; of many keys, at least one is in another.
fn threads_at_other_keys_do_not_wait<C: Container + Usable>() {
    let Filled { it, pairs: _owners } = filled::<C>(1000);
    in_a_search(&*it, 0, || {
        let (done, found) = mpsc::channel();
        let threads: Vec<_> = (1..64)
            .map(|name| {
                let (it, done) = (Arc::clone(&it), done.clone());
                thread::spawn(move || done.send(it.contains(&item(name))))
            })
            .collect();
        assert_eq!(found.recv_timeout(limit(20)), Ok(true), "all have waited");
        drop((threads, found));
    });
}

fn a_search_of_this_thread_does_not_refuse_others<C: Container + Usable>() {
    let Filled { it, pairs } = filled::<C>(4);
    let refused = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (inner, count) = (Arc::clone(&it), Arc::clone(&refused));
                let _until = on(Call::KeyEq, move |_| {
                    let message = caught(|| inner.get(&item(1))).unwrap_err();
                    assert!(message.contains(REENTRY), "{message}");
                    count.fetch_add(1, Ordering::Relaxed);
                });
                for _ in 0..rounds(50) {
                    assert!(it.contains(&item(0)) && !it.contains(&item(50)));
                }
            });
        }
    });
    assert!(refused.load(Ordering::Relaxed) >= 4 * rounds(50) * 5);
    drop(pairs);
    assert!(it.is_empty());
}

fn what_is_cleared_by_another_thread_in_the_search_that_inserts_it_is_forgotten<
    C: Container + Usable,
>() {
    let (it, other, pair) = (C::default(), C::pair(1), C::pair(9));
    it.insert(&other.0, &other.1);
    let cleared = weak_halves::<C>(pair.clone()).pop().unwrap();
    let (begin, end) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    thread::scope(|scope| {
        scope.spawn(|| {
            begin.wait();
            clear_weakrefs(&cleared);
            end.wait();
        });
        let (begin, end) = (Arc::clone(&begin), Arc::clone(&end));
        let _until = once(Call::KeyEq, move |_| {
            begin.wait();
            end.wait();
        });
        it.insert(&pair.0, &pair.1);
    });
    assert_eq!(weakref_count(&cleared), it.len() - 1);
    drop((cleared, pair));
    assert_is(&it, [&other]);
}

/// A deferred death is handled by the lock holder, who drops the key when it has unlocked.
#[test]
fn a_key_that_the_map_owns_is_dropped_by_the_thread_that_searches() {
    without_deadlock(|| {
        let dropped = Arc::new(AtomicUsize::new(0));
        let Filled { it: map, mut pairs } = filled::<ValueMap<SameHash>>(3);
        let (entered, inside) = mpsc::channel();
        let (leave, left) = mpsc::channel::<()>();
        // The map is the only owner of the key.
        let (key, doomed) = pairs.remove(2);
        drop(key);
        thread::scope(|scope| {
            scope.spawn(|| {
                let (count, inner) = (Arc::clone(&dropped), Arc::clone(&map));
                let _until_eq = once(Call::KeyEq, move |_| {
                    entered.send(()).unwrap();
                    left.recv().unwrap();
                });
                let _until_drop = on(Call::KeyDrop, move |name| {
                    if name == 2 {
                        assert_eq!(inner.len(), 2);
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                });
                assert!(map.contains_key(&item(0)));
            });
            inside.recv().unwrap();
            drop(doomed);
            leave.send(()).unwrap();
        });
        assert_eq!(dropped.load(Ordering::Relaxed), 1);
    });
}
