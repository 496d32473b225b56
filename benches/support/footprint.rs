//! Bytes: what the containers take at the greatest, and what they keep when every owner is gone.

use std::mem;

use peak_alloc::PeakAlloc;

use crate::{
    beside::{self, OfKeys, Show},
    container::Keyed,
    map::{ExactArc, ExactRc, OursArc, OursRc, SweepingArc, SweepingRc},
    measure::count,
    options::Options,
    report,
};

/// The bytes of one container's life, referents and registrations included.
#[derive(Debug, Clone, Copy)]
struct Bytes {
    peak: usize,
    /// All owners are gone, the container is still there.
    left: usize,
    /// The container is gone as well.
    leaked: usize,
}

type Life = fn(PeakAlloc, u32) -> Bytes;

/// Ours, and those beside it.
type Lives = [(&'static str, Life); 3];

fn lives<Ours: OfKeys, Exact: OfKeys, Theirs: OfKeys>() -> Lives {
    [("ours", life::<Ours>), ("exact", life::<Exact>), ("weak-table", life::<Theirs>)]
}

type Map<M> = Keyed<u64, M>;

/// The maps with weak values, at all sizes.
fn of_values() -> [(&'static str, Lives); 2] {
    [
        ("rc", lives::<Map<OursRc<u64>>, Map<ExactRc<u64>>, Map<SweepingRc<u64>>>()),
        ("arc", lives::<Map<OursArc<u64>>, Map<ExactArc<u64>>, Map<SweepingArc<u64>>>()),
    ]
}

/// Collects the containers of weak keys.
#[derive(Default)]
struct Collected(Vec<(&'static str, Lives)>);

impl Show for Collected {
    fn show<Ours: OfKeys, Exact: OfKeys, Theirs: OfKeys>(&mut self, name: &'static str) {
        self.0.push((name, lives::<Ours, Exact, Theirs>()));
    }
}

/// Fills a container, replaces every entry three times, drops the owners, drops the container.
fn life<C: OfKeys>(meter: PeakAlloc, live: u32) -> Bytes {
    let mut owners = Vec::with_capacity(live as usize);
    let before = meter.current_usage();
    meter.reset_peak_usage();
    let mut container = C::default();
    for number in 0..live {
        let owner = C::own(number);
        container.insert(&(), number, &owner);
        owners.push(owner);
    }
    let mut next = live;
    for _ in 0..3 {
        for place in &mut owners {
            let owner = C::own(next);
            container.insert(&(), next, &owner);
            let oldest = mem::replace(place, owner);
            container.retire(&(), next - live, oldest);
            next += 1;
        }
    }
    for owner in owners.drain(..) {
        container.retire(&(), next - live, owner);
        next += 1;
    }
    assert_eq!(container.visit(), 0);
    let (peak, left) = (meter.peak_usage() - before, meter.current_usage() - before);
    drop(container);
    Bytes { peak, left, leaked: meter.current_usage().saturating_sub(before) }
}

fn head() {
    println!();
    println!(
        "| workload | contestant | peak, bytes a value | left, bytes | left / own peak | at most | \
         | left after the container, bytes |"
    );
    println!("|---|---|--:|--:|--:|--:|---|--:|");
}

/// Prints the table of bytes, for a process whose allocator is `meter`.
pub fn print(meter: PeakAlloc, options: &Options) {
    let mut printed = options.test;
    let mut table = |name: &str, sizes: &[(&str, u32)], lives: Lives| {
        for (label, live) in sizes {
            let workload = format!("memory/{name}/{label}/left");
            if options.wants(&workload) {
                if !mem::replace(&mut printed, true) {
                    head();
                }
                rows(meter, options, &workload, options.size(*live), lives);
            }
        }
    };
    for (name, lives) in of_values() {
        table(name, &[("1e4", 10_000), ("1e5", 100_000), ("1e6", 1_000_000)], lives);
    }
    let mut of_keys = Collected::default();
    beside::local(&mut of_keys);
    beside::shared(&mut of_keys);
    for (name, lives) in of_keys.0 {
        table(name, &[("1e4", 10_000), ("1e6", 1_000_000)], lives);
    }
}

fn rows(meter: PeakAlloc, options: &Options, workload: &str, live: u32, lives: Lives) {
    for (name, life) in lives {
        // A thread allocates now what it allocates once and keeps.
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
