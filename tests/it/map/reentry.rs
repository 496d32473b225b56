//! Destructors, callbacks and closures that use the map in the middle of what it does: all may.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Mutex, mpsc},
};

use weakref_core::WeakRef;

use super::*;

/// Where the code of the user's runs that uses the map.
type Place = fn(Action) -> Stage;

/// A map of one shard, with a value whose death runs the given code.
struct Stage {
    map: Ptr<OneShard>,
    /// Those that live on.
    cast: Vec<Ptr<Actor>>,
    doomed: Ptr<Actor>,
    watch: Option<WeakRef<Actor>>,
}

const DOOMED: u32 = 50;

fn stage(doomed: Ptr<Actor>, watch: Option<WeakRef<Actor>>) -> Stage {
    let (map, cast) = cast(6);
    Stage { map, cast, doomed, watch }
}

fn in_on_drop(act: Action) -> Stage {
    stage(acting(DOOMED, act), None)
}

fn in_a_fields_drop(act: Action) -> Stage {
    stage(acting_late(DOOMED, act), None)
}

fn in_an_older_callback(act: Action) -> Stage {
    let doomed = actor(DOOMED);
    let watch = WeakRef::with_callback(&doomed, |_| act());
    stage(doomed, Some(watch))
}

impl Stage {
    fn enter(&self) {
        self.map.insert(Key(DOOMED), &self.doomed);
    }
}

/// Runs each operation, about the dying value's own key and about others, in `place`.
fn any_operation(place: Place) {
    for (name, operation) in operations::<AllAlike>() {
        for key in [DOOMED, 2, 100] {
            // `Action`s of `Arc` values are `Send`, so what they share is.
            let (send, map) = mpsc::channel::<Ptr<OneShard>>();
            let (done, result) = mpsc::channel();
            let map = Mutex::new(map);
            let stage = place(Box::new(move || {
                let map = map.lock().unwrap().recv().unwrap();
                done.send(caught(|| operation(&map, key))).unwrap();
            }));
            stage.enter();
            send.send(Ptr::clone(&stage.map)).unwrap();
            let Stage { map, cast, doomed, watch } = stage;
            drop(doomed);
            assert_eq!(result.recv(), Ok(Ok(())), "{name} of {key}");
            assert_is(&map, pairs(&cast).filter(|pair| !takes_out(name, key, pair.0)));
            assert_ends_empty(&map, cast);
            drop(watch);
        }
    }
}

#[test]
fn on_drop_may_use_the_map() {
    any_operation(in_on_drop);
}

#[test]
fn a_fields_drop_may_use_the_map() {
    any_operation(in_a_fields_drop);
}

#[test]
fn a_callback_may_use_the_map() {
    any_operation(in_an_older_callback);
}

#[test]
fn a_newer_callback_may_use_the_map() {
    // It runs before the map hears of the death.
    for (name, operation) in operations::<AllAlike>() {
        for key in [DOOMED, 2, 100] {
            let (map, cast) = cast::<AllAlike>(6);
            let doomed = actor(DOOMED);
            map.insert(Key(DOOMED), &doomed);
            let inner = Ptr::clone(&map);
            let (done, result) = mpsc::channel();
            let _watch = WeakRef::with_callback(&doomed, move |_| {
                done.send(caught(|| operation(&inner, key))).unwrap();
            });
            drop(doomed);
            assert_eq!(result.recv(), Ok(Ok(())), "{name} of {key}");
            assert_is(&map, pairs(&cast).filter(|pair| !takes_out(name, key, pair.0)));
            assert_ends_empty(&map, cast);
        }
    }
}

/// Runs each operation in the first call of `call` that happens while `act` does its work.
fn in_a_call(call: Call, act: impl Fn(&Ptr<OneShard>, &mut Vec<Ptr<Actor>>)) {
    for (name, operation) in operations::<AllAlike>() {
        for key in [0, 3, 100] {
            let (map, mut actors) = cast::<AllAlike>(6);
            let inner = Ptr::clone(&map);
            let calls = Rc::new(Cell::new(0));
            let count = Rc::clone(&calls);
            let until = once(call, move |_| {
                count.set(1);
                operation(&inner, key);
            });
            act(&map, &mut actors);
            drop(until);
            assert_eq!(calls.get(), 1, "{name} has not been called");
            // Whatever has been done to it, it is whole.
            let keys: Vec<_> = map.keys().map(|key| key.0).collect();
            assert_eq!(map.len(), keys.len(), "{name} of {key}");
            let left = actors.iter().filter(|actor| keys.contains(&actor.number));
            assert_is(&map, left.map(|actor| (actor.number, actor)));
            assert_ends_empty(&map, actors);
        }
    }
}

#[test]
fn a_keys_drop_at_the_values_death_may_use_the_map() {
    in_a_call(Call::KeyDrop, |_, actors| drop(actors.remove(1)));
}

#[test]
fn a_keys_drop_may_use_the_map_from_remove() {
    in_a_call(Call::KeyDrop, |map, _| drop(map.remove(&Key(1))));
    in_a_call(Call::KeyDrop, |map, _| drop(map.remove_entry(&Key(1))));
}

#[test]
fn a_keys_drop_may_use_the_map_from_clear_and_retain() {
    in_a_call(Call::KeyDrop, |map, _| map.clear());
    in_a_call(Call::KeyDrop, |map, _| map.retain(|_, _| false));
}

#[test]
fn a_keys_drop_may_use_the_map_from_insert() {
    // The newer of two equal keys.
    in_a_call(Call::KeyDrop, |map, actors| {
        map.insert(Key(1), &actors[1]);
    });
    in_a_call(Call::KeyDrop, |map, actors| {
        assert!(Ptr::ptr_eq(&map.get_or_insert_with(Key(1), || actor(1)), &actors[1]));
    });
}

#[test]
fn a_keys_drop_may_use_the_map_at_the_end_of_a_visit() {
    in_a_call(Call::KeyDrop, |map, _| map.for_each(|key, _| drop(map.remove(key))));
}

#[test]
fn a_keys_hash_may_use_the_map() {
    in_a_call(Call::KeyHash, |map, _| drop(map.get(&Key(1))));
    in_a_call(Call::KeyHash, |map, actors| drop(map.insert(Key(1), &actors[1])));
    in_a_call(Call::KeyHash, |map, _| drop(map.remove(&Key(1))));
    in_a_call(Call::KeyHash, |map, _| drop(map.get_or_insert_with(Key(1), || actor(1))));
}

#[test]
fn a_keys_clone_may_use_the_map() {
    in_a_call(Call::KeyClone, |map, _| drop(map.iter()));
    in_a_call(Call::KeyClone, |map, _| drop(map.keys()));
    in_a_call(Call::KeyClone, |map, _| drop(Map::clone(map)));
    in_a_call(Call::KeyClone, |map, _| drop(map.get_key_value(&Key(1))));
    in_a_call(Call::KeyClone, |map, _| {
        map.for_each(|key, _| drop(map.remove_entry(key)));
    });
}

/// Runs each operation in a closure that the map calls, at each entry it is called for.
fn in_a_closure(visit: fn(&OneShard, &dyn Fn(u32))) {
    for (name, operation) in operations::<AllAlike>() {
        let (map, actors) = cast::<AllAlike>(6);
        let owners = RefCell::new(actors);
        let calls = Cell::new(0);
        visit(&map, &|key| {
            calls.set(calls.get() + 1);
            // About the one that is looked at, one that is not, and one that dies here.
            operation(&map, key);
            operation(&map, 100);
            owners.borrow_mut().retain(|actor| actor.number != key);
            operation(&map, key);
        });
        assert_eq!(calls.get(), 6, "{name}");
        assert_is(&map, []);
        assert_eq!(owners.borrow().len(), 0);
    }
}

#[test]
fn the_visitor_of_for_each_may_use_the_map() {
    in_a_closure(|map, act| map.for_each(|key, _| act(key.0)));
}

#[test]
fn the_predicate_of_retain_may_use_the_map() {
    in_a_closure(|map, act| {
        map.retain(|key, _| {
            act(key.0);
            true
        });
    });
    in_a_closure(|map, act| {
        map.retain(|key, _| {
            act(key.0);
            false
        });
    });
}

#[test]
fn a_visitor_may_use_the_map_in_every_shard() {
    let (map, actors) = cast::<std::hash::RandomState>(200);
    map.for_each(|key, _| {
        if key.0 % 2 == 0 {
            map.remove(&Key(key.0 + 1));
        }
        map.for_each(|_, _| ());
    });
    let left = pairs(&actors).filter(|pair| pair.0 % 2 == 0);
    assert_is(&map, left);
}
