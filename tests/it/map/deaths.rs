//! Who dies first: the map, its values, or what tells of their deaths.

use std::sync::{Mutex, mpsc};

use weakref_core::{WeakRef, WeakValueMap, weakref_count};

use super::*;

#[test]
fn b380_a_map_dropped_before_its_values() {
    let (log, _until) = log_key_drops();
    let (map, actors) = cast::<std::hash::RandomState>(50);
    drop(map);
    assert_eq!(log.borrow().len(), 50, "the keys go with the map");
    assert!(actors.iter().all(|actor| weakref_count(actor) == 0));
    drop(actors);
    assert_eq!(log.borrow().len(), 50);
}

#[test]
fn a_map_dropped_after_its_values() {
    let (log, _until) = log_key_drops();
    let (map, actors) = cast::<std::hash::RandomState>(50);
    drop(actors);
    assert_eq!(log.borrow().len(), 50, "the keys go with the values");
    drop(map);
    assert_eq!(log.borrow().len(), 50);
}

#[test]
fn b380_a_map_dropped_by_a_callback_of_the_dying_value() {
    // Before it hears of the death itself, and after.
    for newer in [true, false] {
        let (map, mut actors) = cast::<std::hash::RandomState>(5);
        let doomed = actor(9);
        if newer {
            map.insert(Key(9), &doomed);
        }
        let mut mine = Some(Ptr::clone(&map));
        let (send, len) = mpsc::channel();
        let _weak = WeakRef::with_callback(&doomed, move |_| {
            let map = mine.take().unwrap();
            send.send((map.len(), Ptr::strong_count(&map))).unwrap();
            drop(map);
        });
        if !newer {
            map.insert(Key(9), &doomed);
        }
        drop(map);
        drop(doomed);
        assert_eq!(len.recv(), Ok((if newer { 6 } else { 5 }, 1)));
        assert!(actors.iter().all(|actor| weakref_count(actor) == 0));
        actors.clear();
    }
}

#[test]
fn a_map_owned_by_its_own_value() {
    let map: Ptr<Map> = Ptr::new(Map::default());
    let mine = Ptr::clone(&map);
    let (send, len) = mpsc::channel();
    let act: Action = Box::new(move || send.send(mine.len()).unwrap());
    let value = acting(1, act);
    map.insert(Key(1), &value);
    map.insert(Key(2), &value);
    drop(map);
    drop(value);
    assert_eq!(len.recv(), Ok(0), "told before `on_drop`, which drops the map");
}

#[test]
fn b264_a_dying_value_is_not_found() {
    let map: Ptr<Map> = Ptr::new(Map::default());
    let mine = Ptr::clone(&map);
    let (send, seen) = mpsc::channel();
    let act: Action = Box::new(move || {
        send.send((mine.get(&Key(1)).is_some(), mine.contains_key(&Key(1)), mine.len())).unwrap();
    });
    let value = acting(1, act);
    map.insert(Key(1), &value);
    drop(value);
    assert_eq!(seen.recv(), Ok((false, false, 0)));
}

#[test]
fn b036_registrations_are_told_newest_first() {
    let (first, second) = (Ptr::new(OneShard::default()), Ptr::new(OneShard::default()));
    let value = actor(0);
    let (send, seen) = mpsc::channel();
    let watch = |name: &'static str| {
        let (maps, send) = ((first.clone(), second.clone()), send.clone());
        WeakRef::with_callback(&value, move |_| {
            send.send((name, maps.0.len(), maps.1.len())).unwrap();
        })
    };
    let _old = watch("old");
    first.insert(Key(1), &value);
    let _middle = watch("middle");
    second.insert(Key(1), &value);
    let _new = watch("new");
    drop(value);
    let seen: Vec<_> = seen.try_iter().collect();
    assert_eq!(seen, [("new", 1, 1), ("middle", 1, 0), ("old", 0, 0)]);
}

#[test]
fn one_value_under_many_keys_goes_everywhere_at_once() {
    let (map, actors) = cast::<std::hash::RandomState>(10);
    let value = actor(0);
    for key in 100..1000 {
        map.insert(Key(key), &value);
    }
    assert_eq!((map.len(), weakref_count(&value)), (910, 900));
    drop(value);
    assert_is(&map, pairs(&actors));
}

#[test]
fn a_value_of_the_map_that_owns_other_values_of_the_map() {
    let map: Ptr<Map> = Ptr::new(Map::default());
    let mut last: Option<Ptr<Actor>> = None;
    for number in 0..100 {
        let mine = last.take();
        let act: Action = Box::new(move || drop(mine));
        let owner = acting(number, act);
        map.insert(Key(number), &owner);
        last = Some(owner);
    }
    assert_eq!(map.len(), 100);
    drop(last);
    assert_is(&map, []);
}

#[test]
fn a_key_that_owns_the_last_owner_of_another_value() {
    // With each entry another one goes, inside the drop of its key.
    struct Owning(u32, #[allow(dead_code)] Mutex<Option<Ptr<Actor>>>);
    impl PartialEq for Owning {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    impl Eq for Owning {}
    impl std::hash::Hash for Owning {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }
    const LENGTH: u32 = 100;
    let map = WeakValueMap::new();
    let mut last = actor(LENGTH);
    for number in 0..LENGTH {
        let next = actor(number);
        let key = Owning(number, Mutex::new(Some(last)));
        map.insert(key, &next);
        last = next;
    }
    assert_eq!(map.len(), LENGTH as usize);
    drop(last);
    assert_eq!(map.len(), 0);
    // And where the map goes first.
    let map = WeakValueMap::new();
    let tally = Tally::default();
    let (outer, inner) = (actor(0), counted(1, &tally));
    map.insert(Owning(1, Mutex::new(None)), &inner);
    map.insert(Owning(0, Mutex::new(Some(inner))), &outer);
    drop(map);
    assert_eq!(tally.count(), 0);
}

#[test]
fn a_key_that_owns_its_own_value_keeps_it() {
    // There are no ephemerons, as the docs of the crate say.
    #[derive(Clone)]
    struct Owning(Ptr<Actor>);
    impl PartialEq for Owning {
        fn eq(&self, other: &Self) -> bool {
            Ptr::ptr_eq(&self.0, &other.0)
        }
    }
    impl Eq for Owning {}
    impl std::hash::Hash for Owning {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            self.0.number.hash(state);
        }
    }
    let tally = Tally::default();
    let map = WeakValueMap::new();
    let value = counted(1, &tally);
    map.insert(Owning(value.clone()), &value);
    drop(value);
    assert_eq!((map.len(), tally.count()), (1, 1));
    map.clear();
    assert_eq!(tally.count(), 0);
}

#[test]
fn nothing_is_leaked() {
    let (keys, values) = (Tally::default(), Tally::default());
    let key = |number| Counted(number, keys.token());
    let mut owners: Vec<_> = (0..200).map(|number| counted(number, &values)).collect();
    let map: WeakValueMap<_, _> =
        owners.iter().map(|owner| (key(owner.number), owner.clone())).collect();
    let clone = map.clone();
    assert_eq!((keys.count(), values.count()), (400, 200));
    owners.truncate(100);
    assert_eq!((keys.count(), values.count()), (200, 100));
    map.remove(&key(3));
    map.remove_entry(&key(4));
    map.insert(key(5), &owners[6]);
    map.retain(|key, _| key.0 % 2 == 0);
    let snapshot = map.iter();
    owners.truncate(50);
    assert_eq!(clone.len(), 75, "25 of the last 50 are owned by the snapshot");
    drop(snapshot);
    assert_eq!((map.len(), clone.len()), (24, 50));
    assert_eq!((keys.count(), values.count()), (74, 50));
    drop(map);
    assert_eq!((keys.count(), values.count()), (50, 50));
    drop(owners);
    assert_eq!((keys.count(), values.count(), clone.len()), (0, 0, 0));
}
