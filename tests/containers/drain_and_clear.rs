//! `drain`, `clear` and `into_iter`; and what is inserted, or is dying, while a container is emptied.

use std::{
    hash::{Hash, Hasher},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use weakref_core::{PtrWeakKeyMap, RemovalCause::*, Slotted, WeakKeyMap, WeakRef, WeakValueMap};
use weakref_tests::{AtDrop, Leaks, Unraisables, panic_of};

use super::{
    Here, Ptr, Usable,
    harness::{
        Container, EntryMap, Filled, Pair, Sharded, addresses, assert_is, assert_unregistered,
        filled, item, log_removals, move_out_weak_half, weak_halves,
    },
};

for_kinds! {
    all:
    drain_takes_all_at_once
    b296_clear_removes_all_and_the_container_stays_usable
    every_shard_is_emptied
    into_iter_takes_the_entries_out
    b331_the_dead_are_neither_drained_nor_given_by_into_iter
    clear_removes_what_listeners_insert
    clear_removes_what_listeners_insert_around_another_clear
    drain_leaves_what_listeners_insert
    b382_pop_discards_what_is_dying
    retain_and_extract_if_and_drain_discard_what_is_dying
    pop_finds_what_a_listener_inserts
}
for_kinds! { maps: into_keys_and_into_values_give_what_lives }

fn drain_takes_all_at_once<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(50);
    pairs.truncate(40);
    let log = log_removals(&*it);
    let mut drained = it.drain();
    assert_eq!((it.len(), drained.len()), (0, 40));
    let mut told = log.take();
    told.sort_by_key(|told| told.0);
    assert!(told.into_iter().eq((0..40).map(|name| (Some(name), Removed))));
    drained.sort_by_key(|pair| pair.0.name());
    for (drained, pair) in drained.iter().zip(&pairs) {
        assert!(Ptr::ptr_eq(&drained.0, &pair.0) && Ptr::ptr_eq(&drained.1, &pair.1));
    }
    it.update(drained);
    assert_is(&*it, &pairs);
    drop(it.drain());
    assert_unregistered::<C>(&pairs);
    Filled { it, pairs }.assert_ends_empty();
}

fn b296_clear_removes_all_and_the_container_stays_usable<C: Container>() {
    let leaks = Leaks::watch();
    let Filled { it, pairs } = filled::<C>(50);
    let log = log_removals(&*it);
    it.clear();
    let mut told = log.take();
    told.sort_by_key(|told| told.0);
    assert!(told.into_iter().eq((0..50).map(|name| (Some(name), Cleared))));
    assert_unregistered::<C>(&pairs);
    it.clear();
    assert_eq!(log.take(), []);
    it.insert(&pairs[3].0, &pairs[3].1);
    assert_is(&*it, &pairs[3..4]);
    Filled { it, pairs }.assert_ends_empty();
    leaks.assert_none();
}

/// Of `Rc`s there is one.
fn every_shard_is_emptied<C: Sharded>() {
    type Empty<C> = fn(&C);
    let pairs = C::new_pairs(100);
    let ways: [Empty<C>; 5] = [
        C::clear,
        |it| drop(it.drain()),
        |it| it.retain(Box::new(|_, _| false)),
        |it| it.extract(Box::new(|_, _| true)).for_each(drop),
        |it| while it.pop().is_some() {},
    ];
    for shards in [1, 2, 16] {
        let it = C::with_shards(shards);
        for empty in ways {
            it.update(pairs.clone());
            assert_is(&it, &pairs);
            assert_eq!(it.clone().len(), 100);
            empty(&it);
            assert_is(&it, []);
            assert_unregistered::<C>(&pairs);
        }
        it.update(pairs.clone());
        assert_eq!(it.into_pairs().len(), 100);
    }
}

fn into_iter_takes_the_entries_out<C: Container>() {
    let leaks = Leaks::watch();
    let Filled { it, pairs } = filled::<C>(20);
    let log = log_removals(&*it);
    let it = Ptr::into_inner(it).expect("the only owner");
    let mut all = it.into_pairs();
    let mut told = log.take();
    told.sort_by_key(|told| told.0);
    assert!(told.into_iter().eq((0..20).map(|name| (Some(name), Removed))));
    all.sort_by_key(|pair| pair.0.name());
    assert!(all.iter().zip(&pairs).all(|(all, pair)| Ptr::ptr_eq(&all.0, &pair.0)));
    assert_eq!(all.len(), 20);
    drop(all);
    assert_unregistered::<C>(&pairs);
    drop(pairs);
    leaks.assert_none();
}

fn b331_the_dead_are_neither_drained_nor_given_by_into_iter<C: Container>() {
    let ways: [fn(Ptr<C>) -> Vec<Pair>; 2] =
        [|it| it.drain(), |it| Ptr::into_inner(it).unwrap().into_pairs()];
    for empty in ways {
        let Filled { it, mut pairs } = filled::<C>(6);
        let moved = move_out_weak_half::<C>(pairs.remove(1));
        assert_eq!(it.len(), 6, "it counts until it is dropped");
        let mut emptied = empty(it);
        emptied.sort_by_key(|pair| pair.0.name());
        assert!(emptied.iter().zip(&pairs).all(|(all, pair)| Ptr::ptr_eq(&all.1, &pair.1)));
        assert_eq!(emptied.len(), 5);
        drop(emptied);
        assert_unregistered::<C>(&pairs);
        drop(moved);
    }
}

fn into_keys_and_into_values_give_what_lives<C: EntryMap>() {
    for keys in [true, false] {
        let Filled { it, mut pairs } = filled::<C>(5);
        let moved = move_out_weak_half::<C>(pairs.pop().unwrap());
        let it = Ptr::into_inner(it).expect("the only owner");
        let given = if keys { it.into_keys() } else { it.into_values() };
        assert!(
            pairs.iter().all(|pair| Ptr::strong_count(if keys { &pair.1 } else { &pair.0 }) == 1)
        );
        let expected = pairs.iter().map(|pair| if keys { &pair.0 } else { &pair.1 });
        assert_eq!(addresses(&given), addresses(expected));
        drop((given, moved));
        assert_unregistered::<C>(&pairs);
    }
}

const COUNT: usize = 20;

/// Returns a container with one entry, whose listener inserts the next entry at each removal, and the
/// number of removals.
fn refilled<C: Container + Usable>(pairs: &[Pair]) -> (Ptr<C>, Ptr<AtomicUsize>) {
    let (container, removals) = (Ptr::new(C::default()), Ptr::new(AtomicUsize::new(0)));
    let (this, count, rest) = (Ptr::downgrade(&container), removals.clone(), pairs.to_vec());
    container.on_removal(move |_, _| {
        let next = rest.get(count.fetch_add(1, Relaxed) + 1);
        if let (Some(this), Some((key, value))) = (this.upgrade(), next) {
            this.insert(key, value);
        }
    });
    let (key, value) = &pairs[0];
    container.insert(key, value);
    (container, removals)
}

fn clear_removes_what_listeners_insert<C: Container + Usable>() {
    let pairs = C::new_pairs(20);
    let (container, removals) = refilled::<C>(&pairs);
    container.clear();
    assert_eq!((container.len(), removals.load(Relaxed)), (0, COUNT));
    drop(container);
    assert_unregistered::<C>(&pairs);
}

/// It returns what there was when it was called; so it comes to an end whatever listeners insert.
fn drain_leaves_what_listeners_insert<C: Container + Usable>() {
    let pairs = C::new_pairs(20);
    let (container, removals) = refilled::<C>(&pairs);
    assert_eq!(container.drain().len(), 1);
    assert_eq!((container.len(), removals.load(Relaxed)), (1, 1));
    assert!(container.contains(&pairs[1].0));
}

/// A clear inside of another one, and of a second container, does not make the first forget.
fn clear_removes_what_listeners_insert_around_another_clear<C: Container + Usable>() {
    let pairs = C::new_pairs(20);
    let [first, second] = [C::default(), C::default()].map(Ptr::new);
    let (this, other, rest) =
        (Ptr::downgrade(&first), second.clone(), Mutex::new(pairs[..6].to_vec()));
    first.on_removal(move |_, _| {
        let next = rest.lock().unwrap().pop();
        if let (Some(this), Some((key, value))) = (this.upgrade(), next) {
            this.insert(&key, &value);
            other.insert(&key, &value);
            other.clear();
            assert!(other.is_empty());
        }
    });
    let this = Ptr::downgrade(&first);
    let late = pairs[10].clone();
    second.on_removal(move |_, _| {
        // From the inner clear into the container of the outer.
        this.upgrade().unwrap().insert(&late.0, &late.1);
    });
    let (key, value) = &pairs[7];
    first.insert(key, value);
    first.clear();
    assert_eq!((first.len(), second.len()), (0, 0));
}

/// Calls `act` with a container in the middle of the death of an object, before the container is
/// notified of it; with `living` other entries.
fn amid_a_death<C: Container + Usable>(living: usize, act: impl Fn(&C) + Usable + Clone + 'static) {
    // Once for each of the two in a pair.
    for which in 0..C::weak_count() {
        let Filled { it: container, mut pairs } = filled::<C>(u32::try_from(living + 1).unwrap());
        let log = log_removals(&*container);
        let mut doomed = weak_halves::<C>(pairs.remove(living));
        let doomed = doomed.swap_remove(which);
        let (this, act) = (container.clone(), act.clone());
        let calls = Ptr::new(AtomicUsize::new(0));
        let count = calls.clone();
        let watch = WeakRef::with_callback(&doomed, move |_| {
            assert_eq!(this.len(), living + 1, "the container was not notified yet");
            act(&this);
            count.fetch_add(1, Relaxed);
        });
        drop(doomed);
        assert!(watch.is_dead());
        assert_eq!(calls.load(Relaxed), 1);
        let deaths = log.take().into_iter().filter(|told| told.1 == Died).count();
        assert_eq!(deaths, 1, "told of the dead entry once");
        drop(container);
        assert_unregistered::<C>(&pairs);
    }
}

fn b382_pop_discards_what_is_dying<C: Container + Usable>() {
    amid_a_death(0, |container: &C| {
        assert!(container.pop().is_none());
        assert_eq!((container.len(), container.is_empty()), (0, true));
    });
    amid_a_death(3, |container: &C| {
        for _ in 0..3 {
            assert!(container.pop().is_some());
        }
        assert!(container.pop().is_none());
        assert_eq!(container.len(), 0);
    });
}

fn retain_and_extract_if_and_drain_discard_what_is_dying<C: Container + Usable>() {
    amid_a_death(3, |container: &C| {
        container.retain(Box::new(|_, _| true));
        assert_eq!(container.len(), 3);
    });
    amid_a_death(3, |container: &C| {
        assert_eq!(container.extract(Box::new(|key, _| key.name() > 0)).count(), 2);
        assert_eq!(container.len(), 1);
    });
    amid_a_death(3, |container: &C| {
        assert_eq!(container.drain().len(), 3);
        assert_eq!(container.len(), 0);
    });
}

/// What a listener inserts when it is told of a discarded entry is found, wherever it is.
fn pop_finds_what_a_listener_inserts<C: Container + Usable>() {
    for pair in C::new_pairs(20) {
        let container = Ptr::new(C::default());
        let this = Ptr::downgrade(&container);
        container.on_removal(move |_, _| {
            if let Some(this) = this.upgrade() {
                this.insert(&pair.0, &pair.1);
            }
        });
        let pair = (item(99), item(99));
        container.insert(&pair.0, &pair.1);
        let this = container.clone();
        let found = Ptr::new(Mutex::new(None));
        let place = found.clone();
        let doomed = weak_halves::<C>(pair).pop().unwrap();
        let watch = WeakRef::with_callback(&doomed, move |_| {
            *place.lock().unwrap() = this.pop();
        });
        drop(doomed);
        assert!(watch.is_dead() && found.lock().unwrap().take().is_some());
    }
}

type Object = Slotted<usize, Here>;

/// What is dropped with an entry, and does something then.
type ActsAtDrop = AtDrop<Box<dyn FnOnce() + Send + Sync>>;

fn at_drop(act: impl FnOnce() + Send + Sync + 'static) -> ActsAtDrop {
    AtDrop(Some(Box::new(act)))
}

/// Drops are counted here by the maps of each test, which run at the same time in other threads.
macro_rules! key_maps_whose_values_insert {
    ($($test:ident, $Map:ident;)*) => {$(
        #[test]
        fn $test() {
            type Map = $Map<Object, ActsAtDrop>;
            thread_local! {
                static MAP: Map = Map::new();
                static KEYS: Vec<Ptr<Object>> =
                    (0..COUNT).map(|number| Ptr::new(Object::new(number))).collect();
                static DROPS: AtomicUsize = const { AtomicUsize::new(0) };
            }
            fn insert(next: usize) {
                if next < COUNT {
                    let value = at_drop(move || {
                        DROPS.with(|drops| drops.fetch_add(1, Relaxed));
                        insert(next + 1);
                    });
                    KEYS.with(|keys| MAP.with(|map| drop(map.insert(&keys[next], value))));
                }
            }
            insert(0);
            MAP.with(Map::clear);
            assert_eq!(MAP.with(Map::len), 0);
            assert_eq!(DROPS.with(|drops| drops.load(Relaxed)), COUNT);
        }
    )*};
}

key_maps_whose_values_insert! {
    clear_removes_what_the_drops_of_values_insert, WeakKeyMap;
    clear_removes_what_the_drops_of_values_insert_by_address, PtrWeakKeyMap;
}

/// A key that the map owns.
struct Owned {
    number: usize,
    _act: ActsAtDrop,
}

impl PartialEq for Owned {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Owned {}

impl Hash for Owned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

#[test]
fn clear_removes_what_the_drops_of_keys_insert() {
    thread_local! {
        static MAP: WeakValueMap<Owned, Object> = WeakValueMap::new();
        static VALUE: Ptr<Object> = Ptr::new(Object::new(7));
        static DROPS: AtomicUsize = const { AtomicUsize::new(0) };
    }
    fn insert(next: usize) {
        if next < COUNT {
            let act = at_drop(move || {
                DROPS.with(|drops| drops.fetch_add(1, Relaxed));
                insert(next + 1);
            });
            let key = Owned { number: next, _act: act };
            VALUE.with(|value| MAP.with(|map| drop(map.insert(key, value))));
        }
    }
    insert(0);
    MAP.with(WeakValueMap::clear);
    assert_eq!(MAP.with(WeakValueMap::len), 0);
    assert_eq!(DROPS.with(|drops| drops.load(Relaxed)), COUNT);
}

/// A panic stops nothing: the entries go, those that come meanwhile too, and all listeners are told.
#[test]
fn clear_ends_empty_whatever_drops_panic() {
    type Map = WeakKeyMap<Object, ActsAtDrop>;
    thread_local! {
        static MAP: Map = Map::new();
        static LATE: Ptr<Object> = Ptr::new(Object::new(COUNT));
    }
    let unraisables = Unraisables::listen();
    let keys: Vec<_> = (0..5).map(|number| Ptr::new(Object::new(number))).collect();
    let told = Ptr::new(AtomicUsize::new(0));
    let count = told.clone();
    MAP.with(|map| {
        map.on_removal(move |_, _| {
            count.fetch_add(1, Relaxed);
        });
        for key in &keys {
            map.insert(
                key,
                at_drop(|| {
                    LATE.with(|late| {
                        MAP.with(|map| drop(map.insert(late, at_drop(|| panic!("late")))));
                    });
                    panic!("early");
                }),
            );
        }
        let message = panic_of(|| map.clear());
        assert_eq!((message.as_str(), map.len()), ("early", 0));
        // The last of what was inserted late, and what each of the others replaced.
        let others = unraisables.messages();
        let early = others.iter().filter(|message| *message == "early").count();
        assert!(others.len() > early && early == 0, "{others:?}");
        assert!(told.load(Relaxed) > keys.len());
    });
}
