//! The lives of the containers of weak keys.

use crate::{
    beside::{self, OfKeys, Show},
    life::{Contestant, Size, both},
    map::Locked,
    measure::Group,
    options::Options,
};

/// Fewer sizes and runs than for the maps of weak values, as there are twelve containers.
const SIZES: [Size; 2] = [
    Size { label: "1e4", live: 10_000, lives: 4, turns: 1, runs: Some(5), replaced: [3, 3] },
    Size { label: "1e6", live: Size::GREAT, lives: 1, turns: 1, runs: Some(3), replaced: [2, 2] },
];

/// The figures that are shown, of those that a life has.
fn is_shown(figure: &str) -> bool {
    ["insert", "hit", "miss", "iter", "die in order", "churn", "worst operation"].contains(&figure)
}

/// Our container's name, and the contestants.
type Contest = (&'static str, Vec<Contestant<()>>);

/// Collects the contestants at one size.
struct Contests {
    is_shared: bool,
    is_great: bool,
    all: Vec<Contest>,
}

impl Show for Contests {
    fn show<Ours: OfKeys, Exact: OfKeys, Theirs: OfKeys>(&mut self, name: &'static str) {
        let mut contestants =
            vec![Contestant::new::<Ours>("ours"), Contestant::new::<Exact>("exact")];
        // Among `Arc`s at the greatest size, the one that can be shared is enough.
        if !(self.is_shared && self.is_great) {
            contestants.push(Contestant::new::<Theirs>("weak-table"));
        }
        if self.is_shared {
            contestants.push(Contestant::new::<Locked<Theirs>>("weak-table in Mutex"));
        }
        self.all.push((name, contestants));
    }
}

/// All groups.
pub fn groups(options: &Options) -> impl Iterator<Item = Group> {
    let options = options.clone();
    SIZES.into_iter().flat_map(move |size| {
        let contests =
            |is_shared| Contests { is_shared, is_great: size.live >= Size::GREAT, all: Vec::new() };
        let [mut local, mut shared] = [false, true].map(contests);
        // Among many entries the memory costs more than the atomics, and one flavour is enough.
        if size.live < Size::GREAT {
            beside::local(&mut local);
        }
        beside::shared(&mut shared);
        let options = options.clone();
        (local.all.into_iter().chain(shared.all)).flat_map(move |(name, contestants)| {
            both(&options, name, size, is_shown, |_| (), contestants)
        })
    })
}
