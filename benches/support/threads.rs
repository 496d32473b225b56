//! Two threads on one map.

use std::{
    hint::black_box,
    mem,
    sync::{Arc, Mutex},
};

use weakref_core::WeakValueMap;

use crate::{
    key::{Key, shuffled},
    life::Size,
    map::{Dash, ExactArc, Locked, OursArc, Papaya, Scc, SweepingArc, WeakMap},
    measure::{Case, Clock, Group},
    options::Options,
    together::together,
    value::{Plain, SharedItem},
};

/// A map that threads reach through a shared reference.
///
/// The trait says so once, as a bound `for<'a> &'a M: WeakMap<u64>` would have to be repeated with
/// all its associated types.
trait SharedMap: Default + Sync + 'static {
    type Owner: Send + Sync + 'static;
    type Handle<'a>: WeakMap<u64, Owner = Self::Owner> + Send;

    fn handle(&self) -> Self::Handle<'_>;
}

impl SharedMap for WeakValueMap<u64, SharedItem> {
    type Owner = Arc<SharedItem>;
    type Handle<'a> = &'a Self;

    fn handle(&self) -> &Self {
        self
    }
}

impl<M> SharedMap for Locked<M>
where
    M: WeakMap<u64, Owner: Send + Sync + 'static> + Default + Send + 'static,
{
    type Owner = M::Owner;
    type Handle<'a> = &'a Self;

    fn handle(&self) -> &Self {
        self
    }
}

macro_rules! shared_by_itself {
    ($($Map:ident)*) => {$(
        impl SharedMap for $Map<u64> {
            type Owner = Arc<Plain>;
            type Handle<'a> = &'a Self;

            fn handle(&self) -> &Self {
                self
            }
        }
    )*};
}
shared_by_itself! { Dash Papaya Scc }

/// The number of threads: the number of cores of the machine for which the targets were set.
const THREADS: u32 = 2;

/// Each thread looks up every key, in an order of its own.
fn hits<M: SharedMap>(live: u32, rounds: u32) -> Vec<f64> {
    let map = M::default();
    let mut handle = map.handle();
    let owners: Vec<_> = (0..live).map(|index| M::Handle::own(index.into())).collect();
    for (index, owner) in (0..).zip(&owners) {
        handle.insert(u64::own(&(), index), owner);
    }
    let order = shuffled(0..live);
    let expected: u64 = (0..u64::from(live)).sum();
    let mut clock = Clock::default();
    together(THREADS, &mut clock, THREADS * rounds * live, |number| {
        let handle = map.handle();
        // The second begins in the middle.
        let (first, second) = order.split_at((number * live / THREADS) as usize);
        for _ in 0..rounds {
            let found = second.iter().chain(first).fold(0, |sum, &index| {
                let owner = handle.get(black_box(&u64::own(&(), index)));
                sum + black_box(&owner).as_ref().map_or(0, M::Handle::data)
            });
            assert_eq!(found, expected);
        }
    });
    vec![clock.figure()]
}

/// Each thread keeps its half of the values and replaces each of them `rounds` times, oldest first.
fn churn<M: SharedMap>(live: u32, rounds: u32) -> Vec<f64> {
    let map = M::default();
    let each = live / THREADS;
    // So that no two threads have a key in common.
    let numbered = |number: u32, index: u32| index * THREADS + number;
    let owned = |number: u32, index: u32| {
        let index = numbered(number, index);
        let owner = M::Handle::own(index.into());
        map.handle().insert(u64::own(&(), index), &owner);
        owner
    };
    // The owners of a thread, and the index that is next.
    let kept: Vec<Mutex<(Vec<M::Owner>, u32)>> = (0..THREADS)
        .map(|number| Mutex::new(((0..each).map(|index| owned(number, index)).collect(), each)))
        .collect();
    let mut clock = Clock::default();
    together(THREADS, &mut clock, THREADS * rounds * each, |number| {
        let mut kept = kept[number as usize].lock().expect("only this thread takes it");
        let (owners, next) = &mut *kept;
        let mut handle = map.handle();
        for _ in 0..rounds {
            for place in owners.iter_mut() {
                let oldest = mem::replace(place, owned(number, *next));
                handle.retire(&u64::own(&(), numbered(number, *next - each)), oldest);
                *next += 1;
            }
        }
    });
    let living = |(number, kept): (u32, &Mutex<(_, u32)>)| {
        let next = kept.lock().expect("nobody panicked").1;
        (next - each..next).map(|index| u64::from(numbered(number, index))).sum::<u64>()
    };
    assert_eq!(map.handle().visit(), (0..).zip(&kept).map(living).sum());
    vec![clock.figure()]
}

/// A label and the turn of a contestant.
type Contestant = (&'static str, fn(u32, u32) -> Vec<f64>);

/// The groups: hits and churn.
pub fn groups(options: &Options) -> Vec<Group> {
    let mut groups = Vec::new();
    for (label, live, rounds) in [("1e4", 10_000, 8), ("1e5", 100_000, 1), ("1e6", 1_000_000, 1)] {
        let is_great = live >= Size::GREAT;
        let (live, rounds) = (options.size(live), options.times(rounds));
        let mut group = |name: &str, contestants: [Contestant; 6]| {
            groups.push(Group {
                names: vec![format!("2 threads/arc/{label}/{name}")],
                cases: (contestants.into_iter())
                    .map(|(label, turn)| Case::new(label, move || turn(live, rounds)))
                    .collect(),
                turns: if is_great { 1 } else { options.times(4) },
                warm_up: !is_great,
                runs: is_great.then_some(3),
            });
        };
        group(
            "hit",
            [
                ("ours", hits::<OursArc<u64>>),
                ("exact in Mutex", hits::<Locked<ExactArc<u64>>>),
                ("weak-table in Mutex", hits::<Locked<SweepingArc<u64>>>),
                ("DashMap", hits::<Dash<u64>>),
                ("papaya", hits::<Papaya<u64>>),
                ("scc", hits::<Scc<u64>>),
            ],
        );
        group(
            "churn",
            [
                ("ours", churn::<OursArc<u64>>),
                ("exact in Mutex", churn::<Locked<ExactArc<u64>>>),
                ("weak-table in Mutex", churn::<Locked<SweepingArc<u64>>>),
                ("DashMap", churn::<Dash<u64>>),
                ("papaya", churn::<Papaya<u64>>),
                ("scc", churn::<Scc<u64>>),
            ],
        );
    }
    groups
}
