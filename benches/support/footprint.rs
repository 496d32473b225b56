//! Bytes: what the maps take at the greatest, and what they keep when every owner is gone.

use std::mem;

use peak_alloc::PeakAlloc;

use crate::{
    key::Key,
    map::{ExactArc, ExactRc, OursArc, OursRc, SweepingArc, SweepingRc, WeakMap},
    measure::count,
    options::Options,
    report,
};

/// The bytes of one map's life, values and registrations included.
#[derive(Debug, Clone, Copy)]
struct Bytes {
    peak: usize,
    /// All owners are gone, the map is still there.
    left: usize,
    /// The map is gone as well.
    leaked: usize,
}

type Life = fn(PeakAlloc, u32) -> Bytes;

const CONTESTANTS: [(&str, [(&str, Life); 3]); 2] = [
    (
        "rc",
        [
            ("ours", life::<OursRc<u64>>),
            ("exact", life::<ExactRc<u64>>),
            ("weak-table", life::<SweepingRc<u64>>),
        ],
    ),
    (
        "arc",
        [
            ("ours", life::<OursArc<u64>>),
            ("exact", life::<ExactArc<u64>>),
            ("weak-table", life::<SweepingArc<u64>>),
        ],
    ),
];

/// Fills a map, replaces every value three times, drops the owners, drops the map.
fn life<M: WeakMap<u64> + Default>(meter: PeakAlloc, live: u32) -> Bytes {
    let mut owners = Vec::with_capacity(live as usize);
    let before = meter.current_usage();
    meter.reset_peak_usage();
    let mut map = M::default();
    for index in 0..live {
        let owner = M::own(index.into());
        map.insert(u64::own(&(), index), &owner);
        owners.push(owner);
    }
    let mut next = live;
    for _ in 0..3 {
        for place in &mut owners {
            let owner = M::own(next.into());
            map.insert(u64::own(&(), next), &owner);
            let oldest = mem::replace(place, owner);
            map.retire(&u64::own(&(), next - live), oldest);
            next += 1;
        }
    }
    for owner in owners.drain(..) {
        map.retire(&u64::own(&(), next - live), owner);
        next += 1;
    }
    assert_eq!(map.visit(), 0);
    let (peak, left) = (meter.peak_usage() - before, meter.current_usage() - before);
    drop(map);
    Bytes { peak, left, leaked: meter.current_usage().saturating_sub(before) }
}

fn head() {
    println!();
    println!(
        "| workload | contestant | peak, bytes a value | left, bytes | left / own peak | at most | \
         | left after the map, bytes |"
    );
    println!("|---|---|--:|--:|--:|--:|---|--:|");
}

/// Prints the table of bytes, for a process whose allocator is `meter`.
pub fn print(meter: PeakAlloc, options: &Options) {
    let mut printed = options.test;
    for (flavor, contestants) in CONTESTANTS {
        for (label, live) in [("1e4", 10_000), ("1e5", 100_000), ("1e6", 1_000_000)] {
            let workload = format!("memory/{flavor}/{label}/left");
            if options.wants(&workload) {
                if !mem::replace(&mut printed, true) {
                    head();
                }
                rows(meter, options, &workload, options.size(live), contestants);
            }
        }
    }
}

fn rows(
    meter: PeakAlloc,
    options: &Options,
    workload: &str,
    live: u32,
    contestants: [(&str, Life); 3],
) {
    for (name, life) in contestants {
        // What a thread keeps for itself, whatever it does, is made now.
        life(meter, 1);
        let Bytes { peak, left, leaked } = life(meter, live);
        if options.test {
            continue;
        }
        let part = count(left as u64) / count(peak as u64);
        let (limit, mark) = if name == "ours" {
            report::judge(workload, "own peak", part)
        } else {
            (String::new(), "")
        };
        println!(
            "| {workload} | {name} | {:.0} | {left} | {} | {limit} | {mark} | {leaked} |",
            count(peak as u64) / f64::from(live),
            report::number(part),
        );
    }
}
