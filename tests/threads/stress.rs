//! Threads on the same maps and values, which do one thing after another.

use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use weakref_core::{WeakRef, WeakSlot, WeakValueMap, Weakrefable, clear_weakrefs, weakref_count};
use weakref_tests::{Counted, Tally, Token, rounds};

const THREADS: u64 = 4;
const KEYS: u64 = 48;

/// Numbers that are random enough: xorshift.
struct Dice(u64);

impl Dice {
    fn new(thread: u64) -> Self {
        Self(0x9E37_79B9_7F4A_7C15 ^ (thread + 1))
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % sides
    }
}

type Key = Counted<u64>;

#[derive(Weakrefable)]
struct Value {
    /// Not 0 while it lives.
    number: u64,
    _token: Token,
    /// Goes with it.
    below: Option<Arc<Value>>,
    slot: WeakSlot,
}

impl Value {
    fn new(number: u64, tally: &Tally, below: Option<Arc<Self>>) -> Arc<Self> {
        let (token, slot) = (tally.token(), WeakSlot::new());
        Arc::new(Self { number: number + 1, _token: token, below, slot })
    }
}

type Map = WeakValueMap<Key, Value>;

#[derive(Default)]
struct World {
    map: Map,
    keys: Tally,
    values: Tally,
    /// Owners, for all threads to drop.
    pool: Mutex<Vec<Arc<Value>>>,
}

impl World {
    fn key(&self, dice: &mut Dice) -> Key {
        Counted(dice.roll(KEYS), self.keys.token())
    }

    /// Puts an owner in the pool, and returns what had to give way to it.
    fn swap(&self, dice: &mut Dice, mut owner: Arc<Value>) -> Option<Arc<Value>> {
        let mut pool = self.pool.lock().unwrap();
        if pool.len() < 40 {
            pool.push(owner);
            return None;
        }
        let at = usize::try_from(dice.roll(40)).unwrap();
        mem::swap(&mut owner, &mut pool[at]);
        Some(owner)
    }

    fn take(&self, dice: &mut Dice) -> Option<Arc<Value>> {
        let mut pool = self.pool.lock().unwrap();
        let at = usize::try_from(dice.roll(40)).unwrap();
        (at < pool.len()).then(|| pool.swap_remove(at))
    }

    /// Does something. What it returns is kept for a while.
    fn act(self: &Arc<Self>, dice: &mut Dice) -> Option<Arc<Value>> {
        let key = self.key(dice);
        let make = |below| Value::new(key.0, &self.values, below);
        match dice.roll(64) {
            0..16 => {
                let owner = make(None);
                self.map.insert(key, &owner);
                return self.swap(dice, owner);
            }
            16..24 => return self.map.get(&key.0),
            24..28 => return self.take(dice),
            28..32 => return self.map.remove(&key.0),
            32..36 => {
                let pair = self.map.remove_entry(&key.0)?;
                assert_eq!(pair.0.0, key.0);
                return Some(pair.1);
            }
            36..42 => {
                let values = self.values.clone();
                let number = key.0;
                return Some(
                    self.map.get_or_insert_with(key, || Value::new(number, &values, None)),
                );
            }
            42..44 => {
                let owner = self.take(dice)?;
                // The same value under many keys, and taken back.
                (0..4).for_each(|_| drop(self.map.insert(self.key(dice), &owner)));
                self.map.remove(&dice.roll(KEYS));
                return Some(owner);
            }
            44..46 => return Some(make(self.take(dice))),
            46..48 => {
                // A callback that uses the map, and registers with others.
                let world = Arc::clone(self);
                let owner = self.take(dice)?;
                let number = dice.roll(KEYS);
                let weak = WeakRef::with_callback(&owner, move |dead| {
                    assert!(dead.is_dead());
                    if let Some(other) = world.map.remove(&number) {
                        let key = Counted(KEYS, world.keys.token());
                        world.map.insert(key, &other);
                    }
                });
                self.map.insert(key, &owner);
                drop(owner);
                drop(weak);
            }
            48..50 => self.map.for_each(|key, owner| {
                assert!(key.0 <= KEYS && owner.number > 0);
            }),
            50 => self.map.retain(|other, _| other.0 != key.0),
            51 => self.map.retain(|other, owner| {
                self.map.remove(&key.0);
                other.0 % 7 != owner.number % 7
            }),
            52 => {
                let clone = self.map.clone();
                assert!(clone.len() <= usize::try_from(KEYS).unwrap() + 1);
                clone.clear();
            }
            53 => drop(self.map.clone()),
            54 => drop(self.map.iter()),
            55 => return self.map.values().next_back(),
            56 => assert!(self.map.value_refs().iter().filter_map(WeakRef::upgrade).count() < 100),
            57 => self.map.shrink_to_fit(),
            58 => self.map.reserve(10),
            59 if dice.roll(8) == 0 => self.map.clear(),
            60 => clear_weakrefs(&self.take(dice)?),
            61 => drop(self.map.get_key_value(&key.0)),
            62 => drop(self.map.clone().into_iter()),
            _ => assert!(self.map.len() <= usize::try_from(KEYS).unwrap() + 1),
        }
        None
    }
}

#[test]
fn anything_on_one_map() {
    let world = Arc::new(World::default());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let world = &world;
            scope.spawn(move || {
                let mut dice = Dice::new(thread);
                let mut kept = VecDeque::new();
                for _ in 0..rounds(100_000) {
                    kept.extend(world.act(&mut dice));
                    if kept.len() > 5 {
                        kept.pop_front();
                    }
                    assert!(kept.iter().all(|owner| owner.number > 0));
                }
            });
        }
    });
    // What is in the map now lives, and belongs to the pool, directly or not.
    let pool = mem::take(&mut *world.pool.lock().unwrap());
    let mut owned: Vec<_> = pool
        .iter()
        .flat_map(|owner| std::iter::successors(Some(owner), |owner| owner.below.as_ref()))
        .collect();
    owned.sort_by_key(|owner| Arc::as_ptr(owner));
    owned.dedup_by_key(|owner| Arc::as_ptr(owner));
    assert_eq!(world.values.count(), owned.len());
    let entries: usize = owned.into_iter().map(weakref_count).sum();
    assert_eq!((world.map.len(), world.map.iter().len()), (entries, entries));
    assert_eq!(world.keys.count(), entries, "every key has its entry");
    drop(pool);
    assert_eq!((world.map.len(), world.keys.count(), world.values.count()), (0, 0, 0));
    world.map.shrink_to_fit();
    assert_eq!(world.map.capacity(), 0);
    assert_eq!(Arc::strong_count(&world), 1, "no callback is left");
}

#[test]
fn maps_and_values_dropped_at_the_same_time() {
    let (keys, values) = (Tally::default(), Tally::default());
    let owners: Vec<_> = (0..THREADS).map(|_| Mutex::new(Vec::<Arc<Value>>::new())).collect();
    let barrier = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (keys, values, owners) = (&keys, &values, &owners);
            let barrier = &barrier;
            scope.spawn(move || {
                let mine = usize::try_from(thread).unwrap();
                for _ in 0..rounds(500) {
                    *owners[mine].lock().unwrap() =
                        (0..20).map(|number| Value::new(number, values, None)).collect();
                    barrier.wait();
                    // A map of everybody's values, dropped while everybody drops values.
                    let map = Map::new();
                    for (number, owner) in
                        (0..).zip(owners.iter().flat_map(|owners| owners.lock().unwrap().clone()))
                    {
                        map.insert(Counted(number, keys.token()), &owner);
                    }
                    barrier.wait();
                    let doomed = mem::take(&mut *owners[mine].lock().unwrap());
                    if thread % 2 == 0 {
                        drop(doomed);
                        drop(map);
                    } else {
                        let clone = (thread == 1).then(|| map.clone());
                        drop(map);
                        drop(doomed);
                        drop(clone);
                    }
                    barrier.wait();
                    if thread == 0 {
                        assert_eq!((keys.count(), values.count()), (0, 0));
                    }
                    barrier.wait();
                }
            });
        }
    });
}

#[test]
fn one_factory_at_a_time_for_a_key() {
    let (map, keys, values) = (Map::new(), Tally::default(), Tally::default());
    let making: Vec<_> = (0..4).map(|_| AtomicBool::new(false)).collect();
    let made = AtomicUsize::new(0);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (map, keys, values) = (&map, &keys, &values);
            let (making, made) = (&making, &made);
            scope.spawn(move || {
                let mut dice = Dice::new(thread);
                let mut kept = VecDeque::new();
                for _ in 0..rounds(50_000) {
                    let number = dice.roll(4);
                    let fails = dice.roll(5) == 0;
                    let making = &making[usize::try_from(number).unwrap()];
                    let key = Counted(number, keys.token());
                    let got = map.get_or_try_insert_with(key, || {
                        assert!(!making.swap(true, Ordering::SeqCst), "two factories at a time");
                        if dice.roll(4) == 0 {
                            thread::yield_now();
                        }
                        let value = Value::new(number, values, None);
                        made.fetch_add(1, Ordering::Relaxed);
                        assert!(making.swap(false, Ordering::SeqCst));
                        if fails { Err(()) } else { Ok(value) }
                    });
                    if let Ok(owner) = got {
                        assert_eq!(owner.number, number + 1);
                        // As long as this one lives, there is no other.
                        let again = map.get(&number).expect("its owner is here");
                        assert!(Arc::ptr_eq(&owner, &again));
                        kept.push_back(owner);
                    }
                    if kept.len() > 2 || dice.roll(2) == 0 {
                        kept.pop_front();
                    }
                }
            });
        }
    });
    assert!(made.load(Ordering::Relaxed) > 0);
    assert_eq!((map.len(), keys.count(), values.count()), (0, 0, 0));
}
