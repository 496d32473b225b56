//! Who is told that an entry has left, and why.

use std::{
    cell::Cell,
    hash::RandomState,
    sync::{Arc, Mutex},
};

use weakref_core::{
    RemovalCause::{self, Cleared, Died, Removed, Replaced},
    clear_weakrefs, weakref_count,
};
use weakref_tests::without_deadlock;

use super::*;

type Events = Arc<Mutex<Vec<(u32, RemovalCause)>>>;

fn listen<S>(map: &Map<S>) -> Events {
    let events = Events::default();
    let notes = Arc::clone(&events);
    map.on_removal(move |key: &Key, cause| notes.lock().unwrap().push((key.0, cause)));
    events
}

fn take(events: &Events) -> Vec<(u32, RemovalCause)> {
    let mut all = std::mem::take(&mut *events.lock().unwrap());
    all.sort_by_key(|event| event.0);
    all
}

#[test]
fn each_way_out_has_its_cause() {
    let (map, mut actors) = cast::<RandomState>(12);
    let events = listen(&map);
    drop(actors.pop());
    assert_eq!(take(&events), [(11, Died)]);
    clear_weakrefs(&actors.pop().unwrap());
    assert_eq!(take(&events), [(10, Died)]);
    map.remove(&Key(9));
    map.remove_entry(&Key(8));
    map.retain(|key, _| key.0 != 7);
    map.extract_if(|key, _| key.0 == 6).for_each(drop_value);
    drop_value(map.entry(Key(5)).insert_entry(actors[5].clone()).remove());
    let expected =
        [(5, Replaced), (5, Removed), (6, Removed), (7, Removed), (8, Removed), (9, Removed)];
    assert_eq!(take(&events), expected);
    map.insert(Key(4), &actors[3]);
    map.replace_key(Key(4), &actors[4]);
    assert_eq!(take(&events), [(4, Replaced), (4, Replaced)]);
    let (key, _) = map.pop().unwrap();
    assert_eq!(take(&events), [(key.0, Removed)]);
    let left = map.len();
    map.clear();
    assert_eq!(take(&events).iter().filter(|event| event.1 == Cleared).count(), left);
    map.insert(Key(1), &actors[1]);
    drop(map.drain());
    assert_eq!(take(&events), [(1, Removed)]);
    drop(actors);
    assert_eq!(take(&events), [], "they had left");
}

#[test]
fn who_takes_a_dead_entry_out_tells_of_a_death() {
    let (map, mut actors) = cast::<RandomState>(2);
    let events = listen(&map);
    // In the middle of the death, before the entry is told: registered later, so called earlier.
    let dying = actors.remove(0);
    let own = Ptr::clone(&map);
    let watch = watch(&dying, move || drop_value(own.insert(Key(0), &actor(5))));
    drop(dying);
    drop(watch);
    assert_eq!(take(&events), [(0, Died), (0, Died)]);
}

/// A callback, wherever the flavour lets it run.
fn watch(actor: &Ptr<Actor>, call: impl FnOnce() + 'static) -> weakref_core::WeakRef<Actor> {
    thread_local! {
        static CALLS: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
    }
    CALLS.with_borrow_mut(|calls| calls.push(Box::new(call)));
    weakref_core::WeakRef::with_callback(actor, |_| {
        let call = CALLS.with_borrow_mut(Vec::pop).unwrap();
        call();
    })
}

#[test]
fn listeners_are_called_in_their_order_outside_of_everything() {
    let (map, mut actors) = cast::<RandomState>(3);
    let order = Arc::new(Mutex::new(Vec::new()));
    for number in 0..3 {
        let notes = Arc::clone(&order);
        map.on_removal(move |key: &Key, _| notes.lock().unwrap().push((number, key.0)));
    }
    drop(actors.remove(1));
    assert_eq!(*order.lock().unwrap(), [(0, 1), (1, 1), (2, 1)]);
}

#[test]
fn a_listener_may_use_the_map() {
    for (name, operation) in operations::<RandomState>() {
        let (map, mut actors) = cast::<RandomState>(3);
        let (own, called) = (Ptr::downgrade(&map), Rc::new(RefCell::new(0)));
        let calls = Rc::clone(&called);
        listen_locally(&map, move |_| {
            *calls.borrow_mut() += 1;
            if *calls.borrow() == 1 {
                operation(&own.upgrade().unwrap(), 7);
            }
        });
        drop(actors.remove(1));
        assert!(*called.borrow() >= 1, "{name}");
        assert!(map.len() <= 3, "{name}");
        drop(actors);
        assert!(map.is_empty(), "{name}");
    }
}

type Listener = Rc<dyn Fn(u32)>;

/// Has `call` called in this thread, whatever the flavour asks of a listener.
fn listen_locally<S>(map: &Map<S>, call: impl Fn(u32) + 'static) {
    thread_local! {
        static CALLS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
    }
    let index = CALLS.with_borrow_mut(|calls| {
        calls.push(Rc::new(call));
        calls.len() - 1
    });
    map.on_removal(move |key: &Key, _| {
        let call = CALLS.with_borrow(|calls| Rc::clone(&calls[index]));
        call(key.0);
    });
}

#[test]
fn a_key_that_is_looked_at_is_told_of_afterwards() {
    let (map, actors) = cast::<AllAlike>(3);
    let events = listen(&map);
    let actors = RefCell::new(actors);
    map.for_each(|key, _| {
        if key.0 == 1 {
            map.remove(&Key(1));
            assert_eq!(take(&events), [], "its key is in use");
        }
    });
    assert_eq!(take(&events), [(1, Removed)]);
    drop(actors);
    assert_eq!(take(&events), [(0, Died), (2, Died)]);
    assert_is(&map, []);
}

#[test]
fn who_listens_only_after_a_key_was_removed_is_not_told_though_it_is_looked_at() {
    let (map, actors) = cast::<AllAlike>(3);
    let older = listen(&map);
    let newer = RefCell::new(None);
    map.for_each(|key, _| {
        if key.0 == 1 {
            map.remove(key);
            newer.replace(Some(listen(&map)));
        }
    });
    let newer = newer.take().unwrap();
    assert_eq!((take(&older), take(&newer)), (vec![(1, Removed)], vec![]));
    drop(actors);
    let died = vec![(0, Died), (2, Died)];
    assert_eq!((take(&older), take(&newer)), (died.clone(), died));
}

/// Has a listener ask for key 1 when it is told of a death, and a factory be asked for that key, too:
/// the death is that of the value of the key `doomed`, and comes in the search before the factory, or
/// in the one after it.
fn asked_by_a_listener_too(doomed: u32, before: bool, keeps: bool) {
    let map: Ptr<OneShard> = Ptr::new(Map::default());
    let value = actor(doomed);
    map.insert(Key(doomed), &value);
    let (weak, kept) = (Ptr::downgrade(&map), Rc::new(RefCell::new(Vec::new())));
    let (shelf, first) = (Rc::clone(&kept), Cell::new(true));
    listen_locally(&map, move |_| {
        // It would hear of what it does not keep.
        if first.replace(false) {
            let made = weak.upgrade().unwrap().get_or_insert_with(Key(1), || actor(11));
            shelf.borrow_mut().extend(keeps.then_some(made));
        }
    });
    let dies = move || once(Call::KeyEq, move |_| drop(value));
    let mut dies = Some(dies);
    let mut until = before.then(|| dies.take().unwrap()());
    let got = map.get_or_insert_with(Key(1), || {
        until = until.take().or_else(|| Some(dies.take().unwrap()()));
        actor(12)
    });
    drop(until);
    assert!(Ptr::ptr_eq(&got, &map.get(&Key(1)).unwrap()));
    let kept = kept.take();
    assert_eq!(kept.len(), usize::from(keeps), "the listener has been called");
    assert!(kept.iter().all(|kept| Ptr::ptr_eq(kept, &got)), "there is one of it");
    assert_eq!((map.len(), weakref_count(&got)), (1, 1));
    drop((got, kept));
    assert!(map.is_empty());
}

#[test]
fn a_listener_may_ask_for_what_a_factory_is_asked_for() {
    // Of another value's death, and of that of the very one that is looked for.
    for (doomed, before) in [(2, true), (2, false), (1, true)] {
        for keeps in [true, false] {
            without_deadlock(move || asked_by_a_listener_too(doomed, before, keeps));
        }
    }
}

#[test]
fn a_panic_in_a_listener_disturbs_nobody() {
    let (map, mut actors) = cast::<RandomState>(4);
    map.on_removal(|_, _| panic!("oops"));
    let events = listen(&map);
    drop(actors.remove(0));
    assert_eq!(map.remove(&Key(1)).as_ref(), Some(&actors[0]));
    map.clear();
    assert_eq!(take(&events), [(0, Died), (1, Removed), (2, Cleared), (3, Cleared)]);
    assert_is(&map, []);
}

#[test]
fn a_clone_has_no_listeners_and_the_end_of_a_map_is_not_told() {
    let (map, actors) = cast::<RandomState>(2);
    let events = listen(&map);
    let clone = Map::clone(&map);
    clone.clear();
    assert_eq!(take(&events), []);
    drop(map);
    drop(actors);
    assert_eq!(take(&events), []);
    assert_eq!(Arc::strong_count(&events), 1, "the listeners went with the map");
}
