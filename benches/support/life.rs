//! The life of a container in one thread: filled, read, emptied; and churned for long.

use std::{fmt, hint::black_box, mem, rc::Rc};

use crate::{
    container::Container,
    key::shuffled,
    measure::{Case, Clock, Group, Watch},
    options::Options,
};

/// How long a turn of one size is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// What the table calls it.
    pub label: &'static str,
    /// How many entries live at once.
    pub live: u32,
    /// Whole lives in one turn.
    pub lives: u32,
    /// Turns in one run.
    pub turns: u32,
    /// At most so many runs.
    pub runs: Option<u32>,
    /// How many times churn replaces every entry, and then again under watch. weak-table sweeps its
    /// full table at least once in each of them.
    pub replaced: [u32; 2],
}

impl Size {
    /// The size at which the memory costs more than all else.
    pub const GREAT: u32 = 1_000_000;

    fn scaled(self, options: &Options) -> Self {
        Self {
            live: options.size(self.live),
            lives: options.times(self.lives),
            turns: options.times(self.turns),
            ..self
        }
    }
}

/// What [`reading`] measures.
const READ: &[&str] = &["insert", "hit", "miss", "for_each", "iter", "die in order"];
/// What [`churning`] measures.
const CHURN: &[&str] = &["churn", "worst insert", "worst drop", "worst operation", "die shuffled"];

type Life<Keys> = fn(&Plan<Keys>) -> Vec<f64>;

/// A label and the two lives of a container.
#[derive(Debug)]
pub struct Contestant<Keys> {
    /// What the table calls it.
    pub label: &'static str,
    reading: Life<Keys>,
    churning: Life<Keys>,
}

impl<Keys> Contestant<Keys> {
    /// Returns one.
    pub fn new<C: Container<Keys = Keys>>(label: &'static str) -> Self {
        Self { label, reading: reading::<C>, churning: churning::<C> }
    }
}

/// What all contestants of a group are given.
#[derive(Debug)]
struct Plan<Keys> {
    live: u32,
    lives: u32,
    replaced: [u32; 2],
    keys: Keys,
    order: Vec<u32>,
}

/// Returns the two groups of some contestants at one size, each made only when its turn comes: keys
/// need memory. Of the figures, those are shown that are `wanted`.
pub fn both<Keys: fmt::Debug + 'static>(
    options: &Options,
    name: &'static str,
    size: Size,
    wanted: fn(&str) -> bool,
    keys: fn(u32) -> Keys,
    contestants: Vec<Contestant<Keys>>,
) -> impl Iterator<Item = Group> + use<Keys> {
    let is_great = size.live >= Size::GREAT;
    let size = size.scaled(options);
    [(READ, false), (CHURN, true)].into_iter().map(move |(figures, churned)| {
        let plan = Rc::new(Plan {
            live: size.live,
            lives: size.lives,
            replaced: size.replaced,
            keys: keys(size.live * (1 + size.replaced.iter().sum::<u32>())),
            order: shuffled(0..size.live),
        });
        let case = |contestant: &Contestant<Keys>| {
            let plan = Rc::clone(&plan);
            let life = if churned { contestant.churning } else { contestant.reading };
            Case::new(contestant.label, move || {
                let all = life(&plan);
                figures.iter().zip(all).filter(|(name, _)| wanted(name)).map(|(_, it)| it).collect()
            })
        };
        Group {
            names: (figures.iter().filter(|figure| wanted(figure)))
                .map(|figure| format!("{name}/{}/{figure}", size.label))
                .collect(),
            cases: contestants.iter().map(case).collect(),
            turns: size.turns,
            // A turn at the greatest size is long beside its start.
            warm_up: !is_great,
            runs: size.runs,
        }
    })
}

/// Fills a container that begins without room, reads it, drops the owners, oldest first.
fn reading<C: Container>(plan: &Plan<C::Keys>) -> Vec<f64> {
    let Plan { live, lives, keys, order, .. } = plan;
    let mut clocks: [Clock; READ.len()] = Default::default();
    let [insert, hit, miss, for_each, iter, die] = &mut clocks;
    let expected: u64 = (0..u64::from(*live)).sum();
    for _ in 0..*lives {
        let mut container = C::default();
        let owners: Vec<C::Owner> = (0..*live).map(C::own).collect();
        insert.time(*live, || {
            for (number, owner) in (0..).zip(&owners) {
                container.insert(keys, number, owner);
            }
        });
        let found = hit.time(*live, || {
            order.iter().fold(0, |sum, &number| {
                let found = container.get(keys, number, &owners[number as usize]);
                sum + black_box(&found).as_ref().map_or(0, C::data)
            })
        });
        assert_eq!(found, expected);
        // Only by identity, a stranger must exist.
        let strangers: Option<Vec<C::Owner>> =
            C::BY_IDENTITY.then(|| (0..*live).map(C::own).collect());
        let others = strangers.as_ref().unwrap_or(&owners);
        let known = miss.time(*live, || {
            order.iter().fold(0, |sum, &number| {
                let found = container.get(keys, live + number, &others[number as usize]);
                sum + u32::from(black_box(&found).is_some())
            })
        });
        assert_eq!(known, 0);
        drop(strangers);
        assert_eq!(for_each.time(*live, || container.visit()), expected);
        assert_eq!(iter.time(*live, || container.walk()), expected);
        die.time(*live, || {
            for (number, owner) in (0..).zip(owners) {
                container.retire(keys, number, owner);
            }
        });
        assert_eq!(container.visit(), 0);
    }
    clocks.iter().map(Clock::figure).collect()
}

/// Keeps the number of entries while each is replaced, oldest first, several times; then again with
/// a watch on each operation; then drops the owners in no order.
fn churning<C: Container>(plan: &Plan<C::Keys>) -> Vec<f64> {
    let Plan { live, lives, replaced: [timed, watched], keys, order } = plan;
    let [mut churn, mut die] = [Clock::default(), Clock::default()];
    let mut worst = [0.0_f64; 2];
    for _ in 0..*lives {
        let mut container = C::default();
        let mut owners = Vec::with_capacity(*live as usize);
        for number in 0..*live {
            let owner = C::own(number);
            container.insert(keys, number, &owner);
            owners.push(owner);
        }
        let mut next = *live;
        churn.time(live * timed, || {
            for _ in 0..*timed {
                for place in &mut owners {
                    let owner = C::own(next);
                    container.insert(keys, next, &owner);
                    let oldest = mem::replace(place, owner);
                    container.retire(keys, next - live, oldest);
                    next += 1;
                }
            }
        });
        let mut watch = Watch::start();
        for _ in 0..*watched {
            for place in &mut owners {
                let owner = C::own(next);
                watch.see(0, || container.insert(keys, next, &owner));
                let oldest = mem::replace(place, owner);
                watch.see(1, || container.retire(keys, next - live, oldest));
                next += 1;
            }
        }
        for (worst, new) in worst.iter_mut().zip(watch.worst()) {
            *worst = worst.max(new);
        }
        let first = next - live;
        let mut owners: Vec<Option<C::Owner>> = owners.into_iter().map(Some).collect();
        assert_eq!(container.visit(), (u64::from(first)..u64::from(next)).sum());
        die.time(*live, || {
            for &place in order {
                if let Some(owner) = owners[place as usize].take() {
                    container.retire(keys, first + place, owner);
                }
            }
        });
        assert_eq!(container.visit(), 0);
    }
    vec![churn.figure(), worst[0], worst[1], worst[0].max(worst[1]), die.figure()]
}
