//! Bytes: what the containers take at the greatest, and what they keep when every owner is gone.

use std::{error::Error, fmt::Write as _, fs, mem};

use peak_alloc::PeakAlloc;

use crate::{
    beside::{self, OfKeys, Show},
    container::Keyed,
    map::{ExactArc, ExactRc, OursArc, OursRc, SweepingArc, SweepingRc},
    measure::count,
    options::Options,
    plots::{self, Bytes},
};

/// The bytes of one container's life, referents and registrations included.
#[derive(Debug, Clone, Copy)]
struct Life {
    peak: usize,
    /// All owners are gone, the container is still there.
    left: usize,
    /// The container is gone as well.
    leaked: usize,
}

type Live = fn(PeakAlloc, u32) -> Life;

/// Ours, and those beside it.
type Lives = [(&'static str, Live); 3];

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
fn life<C: OfKeys>(meter: PeakAlloc, live: u32) -> Life {
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
    Life { peak, left, leaked: meter.current_usage().saturating_sub(before) }
}

fn head() {
    println!();
    println!(
        "| workload | contestant | peak, bytes a value | left, bytes \
         | left after the container, bytes |"
    );
    println!("|---|---|--:|--:|--:|");
}

/// The bytes of all containers, as they are counted.
struct Table<'a> {
    meter: PeakAlloc,
    options: &'a Options,
    /// Whether nothing has been printed.
    is_empty: bool,
    csv: String,
    /// The peaks of the containers of 10,000 values.
    peaks: Vec<Bytes>,
}

/// Prints the table of bytes, for a process whose allocator is `meter`. A whole run also writes
/// `memory.csv` and `memory.svg`.
pub fn print(meter: PeakAlloc, options: &Options) -> Result<(), Box<dyn Error>> {
    let csv = "workload,contestant,peak_bytes_a_value,left_bytes,leaked_bytes\n".into();
    let mut table = Table { meter, options, is_empty: true, csv, peaks: Vec::new() };
    for (name, lives) in of_values() {
        table.add(name, &[("1e4", 10_000), ("1e5", 100_000), ("1e6", 1_000_000)], lives);
    }
    let mut of_keys = Collected::default();
    beside::local(&mut of_keys);
    beside::shared(&mut of_keys);
    for (name, lives) in of_keys.0 {
        table.add(name, &[("1e4", 10_000), ("1e6", 1_000_000)], lives);
    }
    if let Some(directory) = options.results() {
        fs::write(directory.join("memory.csv"), table.csv)?;
        let title = "bytes a value, at the most, 10,000 values";
        plots::bars(&directory.join("memory.svg"), title, &table.peaks)?;
    }
    Ok(())
}

impl Table<'_> {
    fn add(&mut self, name: &'static str, sizes: &[(&str, u32)], lives: Lives) {
        for (label, live) in sizes {
            let workload = format!("memory/{name}/{label}");
            if self.options.wants(&workload) {
                let peaks = self.rows(&workload, self.options.size(*live), lives);
                if *label == "1e4" {
                    self.peaks.push((name.into(), peaks));
                }
            }
        }
    }

    fn rows(&mut self, workload: &str, live: u32, lives: Lives) -> Vec<(&'static str, f64)> {
        let mut peaks = Vec::new();
        for (name, life) in lives {
            // A thread allocates now what it allocates once and keeps.
            life(self.meter, 1);
            let Life { peak, left, leaked } = life(self.meter, live);
            if self.options.test {
                continue;
            }
            if mem::replace(&mut self.is_empty, false) {
                head();
            }
            let peak = count(peak as u64) / f64::from(live);
            println!("| {workload} | {name} | {peak:.0} | {left} | {leaked} |");
            let row = format_args!("\"{workload}\",\"{name}\",{peak:.1},{left},{leaked}");
            let _ = writeln!(self.csv, "{row}");
            peaks.push((name, peak));
        }
        peaks
    }
}
