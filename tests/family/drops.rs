//! Drops of the user's at moments when nobody expects them.

use std::{
    hash::{Hash, Hasher},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use weakref_core::{
    PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, RemovalCause, Slotted, WeakKeyMap, WeakSet,
    WeakSlot, WeakValueMap, WeakWeakMap, Weakrefable, map::Entry, weakref_count,
};
use weakref_tests::{AtDrop, assert_panics, caught};

use super::{Here, Ptr};

/// A key whose `Eq` panics when it is told to.
#[derive(Debug, Weakrefable)]
struct Touchy {
    panics: AtomicBool,
    slot: WeakSlot<Here>,
}

fn touchy() -> Ptr<Touchy> {
    Ptr::new(Touchy { panics: AtomicBool::new(false), slot: WeakSlot::new() })
}

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        assert!(!self.panics.load(Relaxed) && !other.panics.load(Relaxed), "touched");
        true
    }
}

impl Eq for Touchy {}

impl Hash for Touchy {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A value that does something as it is dropped.
type Last = AtDrop<Box<dyn FnOnce() + Send + Sync>>;

/// How many of the values that are dropped found the map free for use.
static USED: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_value_that_is_not_inserted_as_eq_panics_is_dropped_outside() {
    type Map = WeakKeyMap<Touchy, Last>;
    thread_local! {
        static MAP: Ptr<Map> = Ptr::new(Map::new());
    }
    let map = MAP.with(Ptr::clone);
    let [first, second] = [touchy(), touchy()];
    map.insert(&first, AtDrop(None));
    second.panics.store(true, Relaxed);
    for replace in [false, true] {
        let before = USED.load(Relaxed);
        let act = || {
            let found = MAP.with(|map| map.len());
            USED.fetch_add(found, Relaxed);
        };
        let value: Last = AtDrop(Some(Box::new(act)));
        let insert = || {
            if replace { map.replace_key(&second, value) } else { map.insert(&second, value) }
        };
        assert!(caught(insert).is_err());
        assert!(USED.load(Relaxed) > before, "it was dropped, and could use the map");
    }
    assert_eq!(map.len(), 1);
    drop(first);
    assert!(map.is_empty());
}

#[test]
fn a_factory_that_takes_the_place_of_a_dead_entry_tells_of_it() {
    let map = WeakValueMap::<&str, Slotted<u8, Here>>::new();
    let told = Ptr::new(Mutex::new(Vec::new()));
    let notes = Ptr::downgrade(&told);
    map.on_removal(move |key: &&str, cause| {
        notes.upgrade().unwrap().lock().unwrap().push((*key, cause));
    });
    let value = Ptr::new(Slotted::new(1));
    map.insert("a", &value);
    let moved = Ptr::try_unwrap(value).unwrap();
    let new = map.get_or_insert_with("a", || Ptr::new(Slotted::new(2)));
    assert_eq!(*told.lock().unwrap(), [("a", RemovalCause::Died)]);
    drop((moved, new));
    assert_eq!(told.lock().unwrap().len(), 2);
    assert!(map.is_empty());
}

#[test]
fn an_iterator_that_is_forgotten_keeps_its_keys_and_no_more() {
    let map = WeakValueMap::<u32, Slotted<u32, Here>>::new();
    let values: Vec<_> = (0..100).map(|number| Ptr::new(Slotted::new(number))).collect();
    map.update((0..).zip(values.iter().cloned()));
    let mut some = map.extract_if(|_, _| true);
    assert!(some.next().is_some());
    std::mem::forget(some);
    assert!(map.into_iter().len() < 100);
}

/// Counts, and panics as it is dropped.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "a guard");
    }
}

#[test]
fn what_a_listener_owns_may_panic_at_a_death_that_it_outlives_by_a_moment() {
    type Map = WeakKeyMap<Touchy, u8>;
    type Place = Ptr<Mutex<Option<Map>>>;
    let place: Place = Ptr::new(Mutex::new(Some(Map::new())));
    let key = touchy();
    {
        let map = place.lock().unwrap();
        let map = map.as_ref().unwrap();
        let (own, guard) = (Ptr::downgrade(&place), Guard);
        map.on_removal(move |_, _| {
            let _guard = &guard;
            // The container goes while it tells.
            let map = own.upgrade().and_then(|place| place.lock().unwrap().take());
            drop(map);
        });
        map.insert(&key, 1);
    }
    // Does not panic, nor abort.
    drop(key);
    assert!(place.lock().unwrap().is_none());
}

#[test]
fn the_entry_of_what_was_found_is_returned_whole_if_a_factory_panics_as_it_goes() {
    let map = WeakKeyMap::<Touchy, u8>::new();
    let key = touchy();
    map.insert(&key, 7);
    let guard = Guard;
    let make = move || {
        let _guard = &guard;
        8
    };
    assert!(caught(|| map.get_or_insert_with(&key, make)).is_err());
    assert!(matches!(map.entry(&key), Entry::Occupied(_)));
    drop(key);
    assert!(map.is_empty(), "an owner of the key was lost");
}

#[test]
fn what_is_dissolved_loses_no_owner_if_what_a_listener_owns_panics() {
    type Object = Slotted<u8, Here>;
    let [key, value] = [1, 2].map(|number| Ptr::new(Object::new(number)));
    let pair = || (key.clone(), value.clone());
    macro_rules! dissolve {
        ($($Container:ty: $entry:expr;)*) => {$(
            let container = <$Container>::from([$entry]);
            let guard = Guard;
            container.on_removal(move |_, _| {
                let _guard = &guard;
            });
            assert_panics("a guard", || container.into_iter());
            let registered = weakref_count(&key) + weakref_count(&value);
            let owners = (Ptr::strong_count(&key), Ptr::strong_count(&value));
            assert_eq!((registered, owners), (0, (1, 1)), stringify!($Container));
        )*};
    }
    dissolve! {
        WeakValueMap<u8, Object>: (1, value.clone());
        WeakKeyMap<Object, Ptr<Object>>: pair();
        PtrWeakKeyMap<Object, Ptr<Object>>: pair();
        WeakWeakMap<Object, Object>: pair();
        PtrWeakWeakMap<Object, Object>: pair();
        WeakSet<Object>: key.clone();
        PtrWeakSet<Object>: key.clone();
    }
}

/// A key that is as good as any other, and may panic as it is dropped.
#[derive(Weakrefable)]
struct Guarded {
    _guard: Option<Guard>,
    slot: WeakSlot<Here>,
}

impl PartialEq for Guarded {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Guarded {}

impl Hash for Guarded {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[test]
fn what_or_insert_with_finds_loses_no_owner_if_the_key_that_was_asked_for_panics() {
    type Object = Slotted<u8, Here>;
    let key = |guard| Ptr::new(Guarded { _guard: guard, slot: WeakSlot::new() });
    let value = Ptr::new(Object::new(1));
    // How many owners key and value have when an entry has given way to another key, and its own has
    // gone with it.
    macro_rules! owners_after {
        ($Map:ty, $value:expr) => {{
            let (map, own, asked) = (<$Map>::new(), key(None), key(Some(Guard)));
            let entry = map.entry(&asked);
            drop(asked);
            assert_panics("a guard", || {
                entry.or_insert_with(|| {
                    map.insert(&own, $value);
                    value.clone()
                })
            });
            let owners = (Ptr::strong_count(&own), Ptr::strong_count(&value));
            drop(own);
            assert!(map.is_empty());
            owners
        }};
    }
    let of_map = owners_after!(WeakKeyMap<Guarded, Ptr<Object>>, value.clone());
    assert_eq!(of_map, (1, 2), "one of the value's is the map");
    assert_eq!(owners_after!(WeakWeakMap<Guarded, Object>, &value), (1, 1));
    assert_eq!((Ptr::strong_count(&value), weakref_count(&value)), (1, 0));
}
