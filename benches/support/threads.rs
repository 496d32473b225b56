//! Two threads on one map.

use std::{
    hint::black_box,
    mem,
    sync::{Arc, Barrier},
    thread,
    time::Instant,
};

use weakref_core::WeakValueMap;

use crate::{
    key::{Key, shuffled},
    map::{ExactArc, Locked, OursArc, SweepingArc, WeakMap},
    measure::{Case, Clock, Group},
    options::Options,
    value::SharedItem,
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

/// How many threads: as many as the machine that the targets were set on has cores.
const THREADS: u32 = 2;

/// Runs `work` on each thread with its number, and returns the time from the first start to the
/// last end.
fn together(clock: &mut Clock, operations: u32, work: impl Fn(u32) + Sync) {
    let gate = Barrier::new(THREADS as usize);
    let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                let (gate, work) = (&gate, &work);
                scope.spawn(move || {
                    gate.wait();
                    let start = Instant::now();
                    work(number);
                    (start, Instant::now())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread panicked")).collect()
    });
    let start = spans.iter().map(|(start, _)| *start).min();
    let end = spans.iter().map(|(_, end)| *end).max();
    if let (Some(start), Some(end)) = (start, end) {
        clock.add(operations, end - start);
    }
}

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
    together(&mut clock, THREADS * rounds * live, |number| {
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
    let own_keys = each * (1 + rounds);
    let owners: Vec<std::sync::Mutex<Vec<M::Owner>>> = (0..THREADS)
        .map(|number| {
            let mut handle = map.handle();
            let fill = (0..each).map(|index| {
                let index = number * own_keys + index;
                let owner = M::Handle::own(index.into());
                handle.insert(u64::own(&(), index), &owner);
                owner
            });
            std::sync::Mutex::new(fill.collect())
        })
        .collect();
    let mut clock = Clock::default();
    together(&mut clock, THREADS * rounds * each, |number| {
        let mut handle = map.handle();
        let mut owners = owners[number as usize].lock().expect("only this thread takes it");
        let mut next = number * own_keys + each;
        for _ in 0..rounds {
            for place in owners.iter_mut() {
                let owner = M::Handle::own(next.into());
                handle.insert(u64::own(&(), next), &owner);
                let oldest = mem::replace(place, owner);
                handle.retire(&u64::own(&(), next - each), oldest);
                next += 1;
            }
        }
    });
    let living = |number| {
        let end = u64::from((number + 1) * own_keys);
        (end - u64::from(each)..end).sum::<u64>()
    };
    assert_eq!(map.handle().visit(), (0..THREADS).map(living).sum());
    vec![clock.figure()]
}

/// A label and the turn of a contestant.
type Contestant = (&'static str, fn(u32, u32) -> Vec<f64>);

/// The groups: hits and churn.
pub fn groups(options: &Options) -> Vec<Group> {
    let mut groups = Vec::new();
    for (label, live, rounds) in [("1e4", 10_000, 40), ("1e5", 100_000, 4)] {
        let (live, rounds) = (options.size(live), options.times(rounds));
        let mut group = |name: &str, contestants: [Contestant; 3]| {
            groups.push(Group {
                names: vec![format!("2 threads/arc/{label}/{name}")],
                cases: (contestants.into_iter())
                    .map(|(label, turn)| Case::new(label, move || turn(live, rounds)))
                    .collect(),
                turns: options.times(2),
                warm_up: true,
            });
        };
        group(
            "hit",
            [
                ("ours", hits::<OursArc<u64>>),
                ("exact in Mutex", hits::<Locked<ExactArc<u64>>>),
                ("weak-table in Mutex", hits::<Locked<SweepingArc<u64>>>),
            ],
        );
        group(
            "churn",
            [
                ("ours", churn::<OursArc<u64>>),
                ("exact in Mutex", churn::<Locked<ExactArc<u64>>>),
                ("weak-table in Mutex", churn::<Locked<SweepingArc<u64>>>),
            ],
        );
    }
    groups
}
