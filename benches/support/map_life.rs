//! The life of a map with weak values.

use crate::{
    container::Keyed,
    key::Key,
    life::{Contestant, Size, both},
    map::{ExactArc, ExactRc, Locked, OursArc, OursRc, SweepingArc, SweepingRc, WeakMap},
    measure::Group,
    options::Options,
};

const SIZES: [Size; 4] = [
    Size { label: "1e2", live: 100, lives: 200, turns: 2, runs: None, replaced: [3, 3] },
    Size { label: "1e4", live: 10_000, lives: 4, turns: 4, runs: None, replaced: [3, 3] },
    Size { label: "1e5", live: 100_000, lives: 1, turns: 1, runs: None, replaced: [3, 3] },
    Size { label: "1e6", live: Size::GREAT, lives: 1, turns: 1, runs: Some(3), replaced: [2, 2] },
];

/// All groups.
pub fn groups(options: &Options) -> impl Iterator<Item = Group> {
    let options = options.clone();
    SIZES.into_iter().flat_map(move |size| {
        let rc = vec![
            contestant::<u64, OursRc<u64>>("ours"),
            contestant::<u64, ExactRc<u64>>("exact"),
            contestant::<u64, SweepingRc<u64>>("weak-table"),
        ];
        let mut arc = vec![
            contestant::<u64, OursArc<u64>>("ours"),
            contestant::<u64, ExactArc<u64>>("exact"),
            contestant::<u64, SweepingArc<u64>>("weak-table"),
            contestant::<u64, Locked<SweepingArc<u64>>>("weak-table in Mutex"),
        ];
        // At the greatest size a mutex is lost in what the memory costs.
        if size.live < Size::GREAT {
            arc.push(contestant::<u64, Locked<ExactArc<u64>>>("exact in Mutex"));
        }
        // One size is enough to see what a key that must be followed and compared adds.
        let string = (size.live == 100_000).then(|| {
            let string = vec![
                contestant::<String, OursRc<String>>("ours"),
                contestant::<String, ExactRc<String>>("exact"),
                contestant::<String, SweepingRc<String>>("weak-table"),
            ];
            both(&options, "map/rc, String", size, |_| true, String::source, string)
        });
        (both(&options, "map/rc", size, |_| true, u64::source, rc))
            .chain(both(&options, "map/arc", size, |_| true, u64::source, arc))
            .chain(string.into_iter().flatten())
    })
}

fn contestant<K: Key, M: WeakMap<K> + Default>(label: &'static str) -> Contestant<K::Source> {
    Contestant::new::<Keyed<K, M>>(label)
}
