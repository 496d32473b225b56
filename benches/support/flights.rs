//! `get_or_insert_with`, beside the two calls that it replaces.

use std::{hint::black_box, rc::Rc, sync::Arc};

use weakref_core::WeakValueMap;

use crate::{
    key::Key as _,
    map::{OursArc, OursRc},
    measure::{Case, Clock, Group},
    options::Options,
    value::{LocalItem, SharedItem},
};

/// What [`lives`] measures.
const FIGURES: [&str; 2] = ["miss", "hit"];

/// Fills a map by a function that is called for each key twice: to make the value, and to find it.
fn lives<M: Default, P>(
    live: u32,
    rounds: u32,
    get: impl Fn(&M, u64, u64) -> P + 'static,
) -> impl FnMut() -> Vec<f64> {
    move || {
        let mut clocks: [Clock; FIGURES.len()] = Default::default();
        for _ in 0..rounds {
            let map = M::default();
            let mut owners = Vec::with_capacity(live as usize);
            let all = || (0..live).map(|number| (u64::own(&(), number), u64::from(number)));
            clocks[0].time(live, || {
                owners.extend(all().map(|(key, number)| get(&map, key, number)));
            });
            clocks[1].time(live, || {
                for (key, number) in all() {
                    black_box(get(&map, black_box(key), number));
                }
            });
        }
        clocks.iter().map(Clock::figure).collect()
    }
}

macro_rules! group {
    ($options:ident $flavor:literal $Map:ident $P:ident<$Item:ident>) => {{
        let (live, rounds) = ($options.size(10_000), $options.times(4));
        let one_call = |map: &$Map<u64>, key, number| -> $P<$Item> {
            map.get_or_insert_with(key, || $Item::owner(number))
        };
        let two_calls = |map: &$Map<u64>, key, number| -> $P<$Item> {
            map.get(&key).unwrap_or_else(|| {
                let value = $Item::owner(number);
                black_box(WeakValueMap::insert(map, key, &value));
                value
            })
        };
        Group {
            names: FIGURES
                .map(|figure| format!("map/{}/1e4/get_or_insert_with, {figure}", $flavor))
                .into(),
            cases: vec![
                Case::new("ours", lives(live, rounds, one_call)),
                Case::new("get, insert", lives(live, rounds, two_calls)),
            ],
            turns: $options.times(4),
            warm_up: true,
            runs: None,
        }
    }};
}

/// A group for each flavour.
pub fn groups(options: &Options) -> [Group; 2] {
    [group!(options "rc" OursRc Rc<LocalItem>), group!(options "arc" OursArc Arc<SharedItem>)]
}
