//! The length of a map, which does not depend on how many entries there are.

use std::hint::black_box;

use crate::{
    map::{OursArc, OursRc, WeakMap},
    measure::{Case, Clock, Group},
    options::Options,
};

/// How often it is asked for.
const ASKED: u32 = 100_000;

fn length<M: WeakMap<u64> + Default>(live: u32, times: u32) -> Vec<f64> {
    let mut map = M::default();
    let owners: Vec<_> = (0..live.into()).map(M::own).collect();
    for (number, owner) in (0..).zip(&owners) {
        map.insert(number, owner);
    }
    let mut clock = Clock::default();
    let sum =
        clock.time(times, || (0..times).fold(0, |sum, _| sum + black_box(&map).entries() as u64));
    assert_eq!(sum, u64::from(live) * u64::from(times));
    vec![clock.figure()]
}

/// A group for each flavour.
pub fn groups(options: &Options) -> Vec<Group> {
    let (live, times) = (options.size(1_000_000), options.size(ASKED));
    let group = |flavor: &str, turn: fn(u32, u32) -> Vec<f64>| Group {
        names: vec![format!("map/{flavor}/1e6/len")],
        cases: vec![Case::new("ours", move || turn(live, times))],
        turns: 1,
        warm_up: false,
        runs: None,
    };
    vec![group("rc", length::<OursRc<u64>>), group("arc", length::<OursArc<u64>>)]
}
