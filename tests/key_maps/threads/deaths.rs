//! Keys that die in one thread while another uses the map.

use super::*;

/// Kills the keys in another thread while `f` runs, again and again until all are dead.
fn while_keys_die(f: impl Fn(&Map<Key, Token>)) {
    for _ in 0..10 {
        let alive = Tally::default();
        let map = Map::<Key, Token>::default();
        let keys: Vec<_> = (0..300).map(key).collect();
        for key in &keys {
            map.insert(key, alive.token());
        }
        let begin = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                begin.wait();
                keys.into_iter().for_each(drop);
            });
            begin.wait();
            while !map.is_empty() {
                f(&map);
            }
        });
        assert_eq!(alive.count(), 0);
    }
}

#[test]
fn b364_iteration_while_another_thread_kills() {
    without_deadlock(|| {
        while_keys_die(|map| {
            let mut seen = 0;
            map.for_each(|key, _| {
                assert!(***key < 300);
                seen += 1;
            });
            map.for_each_mut(|_, token| *token = token.clone());
            map.iter().for_each(|(key, _)| assert!(map.contains_key(&*key)));
            assert!(seen <= 300 && map.keys().len() <= 300);
            map.retain(|_, _| true);
        });
    });
}

#[test]
fn b365_copies_while_another_thread_kills() {
    without_deadlock(|| {
        while_keys_die(|map| {
            let (clone, both) = (map.clone(), map | map);
            assert!(clone.len() <= 300 && both.iter().len() <= 300);
        });
    });
}

#[test]
fn b366_a_reference_is_an_owner_or_nothing() {
    without_deadlock(|| {
        while_keys_die(|map| {
            for weak in map.key_refs() {
                if let Some(key) = weak.upgrade() {
                    assert!(**key < 300 && map.contains_key(&*key));
                }
            }
        });
    });
}

#[test]
fn entries_are_taken_out_while_another_thread_kills() {
    without_deadlock(|| {
        while_keys_die(|map| drop(map.pop()));
        while_keys_die(|map| {
            assert!(map.extract_if(|key, _| ***key % 2 == 0).take(5).count() <= 5);
            map.retain(|key, _| ***key % 3 == 0);
        });
        while_keys_die(|map| drop(map.drain()));
        while_keys_die(Map::clear);
    });
}

#[test]
fn b370_a_value_drops_in_the_thread_of_the_last_owner() {
    struct Tells(mpsc::SyncSender<thread::ThreadId>);
    impl Drop for Tells {
        fn drop(&mut self) {
            let _ = self.0.send(thread::current().id());
        }
    }
    let (send, receive) = mpsc::sync_channel(1);
    let (map, key) = (Map::<Key, Tells>::default(), key(1));
    map.insert(&key, Tells(send));
    let killer = thread::spawn(move || drop(key));
    let id = killer.thread().id();
    assert_eq!(receive.recv_timeout(Duration::from_secs(60)), Ok(id));
    killer.join().unwrap();
    assert!(map.is_empty());
}

#[test]
fn b374_the_map_goes_in_one_thread_as_keys_go_in_others() {
    without_deadlock(|| {
        for _ in 0..100 {
            let alive = Tally::default();
            let map = Map::<Key, Token>::default();
            let [one, two]: [Vec<_>; 2] = [0, 50].map(|from| (from..from + 50).map(key).collect());
            for key in one.iter().chain(&two) {
                map.insert(key, alive.token());
            }
            let begin = Barrier::new(3);
            thread::scope(|scope| {
                scope.spawn(|| {
                    begin.wait();
                    drop(one);
                });
                scope.spawn(|| {
                    begin.wait();
                    drop(map);
                });
                begin.wait();
                drop(two);
            });
            assert_eq!(alive.count(), 0);
        }
    });
}

#[test]
fn a_key_that_dies_while_another_thread_has_its_value() {
    without_deadlock(|| {
        for change in [false, true] {
            let alive = Tally::default();
            let map = Map::<Key, Token>::default();
            let key = key(1);
            map.insert(&key, alive.token());
            let (begin, end) = (Barrier::new(2), Barrier::new(2));
            thread::scope(|scope| {
                scope.spawn(|| {
                    let stay = || {
                        begin.wait();
                        end.wait();
                    };
                    if change {
                        map.for_each_mut(|_, _| stay());
                    } else {
                        map.for_each(|_, _| stay());
                    }
                });
                begin.wait();
                weakref_core::clear_weakrefs(&key);
                assert!(map.is_empty(), "the entry goes at once");
                assert_eq!(alive.count(), 1);
                end.wait();
            });
            assert_eq!(alive.count(), 0, "the value when the closure has returned");
            drop(key);
        }
    });
}

#[test]
fn listeners_are_called_once_for_each_in_whichever_thread() {
    without_deadlock(|| {
        let (map, keys) = filled(400);
        let told = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&told);
        map.on_removal(move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let halves = std::sync::Mutex::new(keys.chunks(200).map(<[_]>::to_vec).collect::<Vec<_>>());
        drop(keys);
        in_threads(3, |thread| {
            if thread < 2 {
                let half = halves.lock().unwrap().pop();
                drop(half);
            } else {
                while map.pop().is_some() {}
            }
        });
        assert!(map.is_empty());
        assert_eq!(told.load(Ordering::Relaxed), 400);
    });
}
