//! The life of a map in one thread: filled, read, emptied; and churned for long.

use std::{hint::black_box, mem, rc::Rc};

use crate::{
    key::{Key, shuffled},
    map::{ExactArc, ExactRc, Locked, OursArc, OursRc, SweepingArc, SweepingRc, WeakMap},
    measure::{Case, Clock, Group, Watch},
    options::Options,
};

/// How long a turn of one size is.
#[derive(Debug, Clone, Copy)]
struct Size {
    label: &'static str,
    live: u32,
    /// Whole lives in one turn.
    lives: u32,
    turns: u32,
}

const SIZES: [Size; 3] = [
    Size { label: "1e4", live: 10_000, lives: 4, turns: 4 },
    Size { label: "1e5", live: 100_000, lives: 1, turns: 1 },
    Size { label: "1e6", live: 1_000_000, lives: 1, turns: 1 },
];

/// Churn replaces every value this many times: enough for weak-table to fill its table up and
/// sweep it at each size.
const REPLACED: u32 = 3;
/// And this many times under watch.
const WATCHED: u32 = 3;

/// All groups, each made only when its turn comes: the keys of some need memory.
pub fn groups(options: &Options) -> impl Iterator<Item = Group> {
    let options = options.clone();
    SIZES.into_iter().flat_map(move |size| {
        let scaled = Size {
            live: options.size(size.live),
            lives: options.times(size.lives),
            turns: options.times(size.turns),
            ..size
        };
        let rc = vec![
            contestant::<u64, OursRc<u64>>("ours"),
            contestant::<u64, ExactRc<u64>>("exact"),
            contestant::<u64, SweepingRc<u64>>("weak-table"),
        ];
        let mut arc = vec![
            contestant::<u64, OursArc<u64>>("ours"),
            contestant::<u64, ExactArc<u64>>("exact"),
            contestant::<u64, SweepingArc<u64>>("weak-table"),
        ];
        // At the greatest size a mutex is lost in what the memory costs.
        if size.live < 1_000_000 {
            arc.push(contestant::<u64, Locked<ExactArc<u64>>>("exact in Mutex"));
            arc.push(contestant::<u64, Locked<SweepingArc<u64>>>("weak-table in Mutex"));
        }
        // One size is enough to see what a key that must be followed and compared adds.
        let string = (size.live == 100_000).then(|| {
            vec![
                contestant::<String, OursRc<String>>("ours"),
                contestant::<String, ExactRc<String>>("exact"),
                contestant::<String, SweepingRc<String>>("weak-table"),
            ]
        });
        (both("rc", scaled, rc))
            .chain(both("arc", scaled, arc))
            .chain(string.into_iter().flat_map(move |string| both("rc, String", scaled, string)))
    })
}

/// What [`reading`] measures.
const READ: &[&str] = &["insert", "hit", "miss", "for_each", "iter", "die in order"];
/// What [`churning`] measures.
const CHURN: &[&str] = &["churn", "worst insert", "worst drop", "die shuffled"];

type Life<K> = fn(&Plan<K>) -> Vec<f64>;

/// A label and the two lives of a map.
type Contestant<K> = (&'static str, Life<K>, Life<K>);

fn contestant<K: Key, M: WeakMap<K> + Default>(label: &'static str) -> Contestant<K> {
    (label, reading::<K, M>, churning::<K, M>)
}

/// What all contestants of a group are given.
#[derive(Debug)]
struct Plan<K: Key> {
    live: u32,
    lives: u32,
    keys: K::Source,
    order: Vec<u32>,
}

/// The two groups of one flavour and size.
fn both<K: Key>(
    flavor: &'static str,
    size: Size,
    contestants: Vec<Contestant<K>>,
) -> impl Iterator<Item = Group> {
    [false, true].into_iter().map(move |churned| {
        let plan = Rc::new(Plan::<K> {
            live: size.live,
            lives: size.lives,
            keys: K::source(size.live * (1 + REPLACED + WATCHED)),
            order: shuffled(0..size.live),
        });
        let figures = if churned { CHURN } else { READ };
        let case = |&(label, reading, churning): &Contestant<K>| {
            let plan = Rc::clone(&plan);
            let life = if churned { churning } else { reading };
            Case::new(label, move || life(&plan))
        };
        Group {
            names: (figures.iter())
                .map(|figure| format!("map/{flavor}/{}/{figure}", size.label))
                .collect(),
            cases: contestants.iter().map(case).collect(),
            turns: size.turns,
            // A turn at the greatest size is long beside its start.
            warm_up: size.live < 1_000_000,
        }
    })
}

/// Fills a map that begins without room, reads it, drops the owners, oldest first.
fn reading<K: Key, M: WeakMap<K> + Default>(plan: &Plan<K>) -> Vec<f64> {
    let Plan { live, lives, keys, order } = plan;
    let mut clocks: [Clock; READ.len()] = Default::default();
    let [insert, hit, miss, for_each, iter, die] = &mut clocks;
    let expected: u64 = (0..u64::from(*live)).sum();
    for _ in 0..*lives {
        let mut map = M::default();
        let owners: Vec<M::Owner> = (0..*live).map(|i| M::own(i.into())).collect();
        insert.time(*live, || {
            for (index, owner) in (0..).zip(&owners) {
                map.insert(K::own(keys, index), owner);
            }
        });
        let found = hit.time(*live, || {
            order.iter().fold(0, |sum, &index| {
                let owner = K::look(keys, index, |key| map.get(black_box(key)));
                sum + black_box(&owner).as_ref().map_or(0, M::data)
            })
        });
        assert_eq!(found, expected);
        let strangers = miss.time(*live, || {
            order.iter().fold(0, |sum, &index| {
                let owner = K::look(keys, live + index, |key| map.get(black_box(key)));
                sum + u32::from(black_box(&owner).is_some())
            })
        });
        assert_eq!(strangers, 0);
        assert_eq!(for_each.time(*live, || map.visit()), expected);
        assert_eq!(iter.time(*live, || map.walk()), expected);
        die.time(*live, || {
            for (index, owner) in (0..).zip(owners) {
                K::look(keys, index, |key| map.retire(key, owner));
            }
        });
        assert_eq!(map.visit(), 0);
    }
    clocks.iter().map(Clock::figure).collect()
}

/// Keeps the number of values while each is replaced, oldest first, several times; then again with
/// a watch on each operation; then drops the owners in no order.
fn churning<K: Key, M: WeakMap<K> + Default>(plan: &Plan<K>) -> Vec<f64> {
    let Plan { live, lives, keys, order } = plan;
    let [mut churn, mut die] = [Clock::default(), Clock::default()];
    let mut worst = [0.0_f64; 2];
    for _ in 0..*lives {
        let mut map = M::default();
        let mut owners = Vec::with_capacity(*live as usize);
        for index in 0..*live {
            let owner = M::own(index.into());
            map.insert(K::own(keys, index), &owner);
            owners.push(owner);
        }
        let mut next = *live;
        churn.time(live * REPLACED, || {
            for _ in 0..REPLACED {
                for place in &mut owners {
                    let owner = M::own(next.into());
                    map.insert(K::own(keys, next), &owner);
                    let oldest = mem::replace(place, owner);
                    K::look(keys, next - live, |key| map.retire(key, oldest));
                    next += 1;
                }
            }
        });
        let mut watch = Watch::start();
        for _ in 0..WATCHED {
            for place in &mut owners {
                let owner = M::own(next.into());
                let key = K::own(keys, next);
                watch.see(0, || map.insert(key, &owner));
                let oldest = mem::replace(place, owner);
                watch.see(1, || K::look(keys, next - live, |key| map.retire(key, oldest)));
                next += 1;
            }
        }
        for (worst, new) in worst.iter_mut().zip(watch.worst()) {
            *worst = worst.max(new);
        }
        let first = next - live;
        let mut owners: Vec<Option<M::Owner>> = owners.into_iter().map(Some).collect();
        assert_eq!(map.visit(), (u64::from(first)..u64::from(next)).sum());
        die.time(*live, || {
            for &index in order {
                if let Some(owner) = owners[index as usize].take() {
                    K::look(keys, first + index, |key| map.retire(key, owner));
                }
            }
        });
        assert_eq!(map.visit(), 0);
    }
    vec![churn.figure(), worst[0], worst[1], die.figure()]
}
