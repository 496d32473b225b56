//! Ratios to std, a hand-written map and weak-table, and the times of the same operations in
//! Python.
//!
//! `cargo bench -p weakref-bench --bench compare [-- PART OF A NAME ..]`

use std::{
    env,
    process::{Command, ExitCode},
    time::Instant,
};

use weakref_bench::{cpython, groups, options::Options, report, together};

/// How often a pair is measured.
const RUNS: u32 = 7;

fn main() -> ExitCode {
    let options = Options::from_args();
    let start = Instant::now();
    if options.test {
        println!("test mode: tiny sizes, results are checked, nothing here is a measurement");
    } else {
        report::heading("cargo bench -p weakref-bench --bench compare");
        println!(
            "Median of {RUNS} runs; a ratio is ours / theirs within a run, less is better. Where"
        );
        println!("there is nothing to compare with, the least and the most are times.\n");
        report::ratios_head();
    }
    let runs = options.times(RUNS);
    let wants = |name: &str| options.wants(name);
    let mut missed = 0;
    for mut group in groups(&options) {
        if group.names.iter().any(|name| wants(name)) {
            let samples = group.measure(runs);
            if !options.test {
                missed += report::ratios(&group, &samples, wants);
            }
        }
    }
    let bytes =
        Command::new(env!("CARGO_BIN_EXE_weakref-bench-memory")).args(env::args().skip(1)).status();
    if !bytes.is_ok_and(|status| status.success()) {
        eprintln!("the bytes could not be counted");
        return ExitCode::FAILURE;
    }
    if !cpython::note(options.test) {
        eprintln!("CPython could not be measured");
        return ExitCode::FAILURE;
    }
    if !options.test {
        let waited = together::waited() * 100.0;
        println!(
            "\n2 threads: at the worst, {waited:.0} % of their time they waited for a processor."
        );
        println!("\n{missed} of the targets missed, {:.0} s", start.elapsed().as_secs_f64());
    }
    ExitCode::SUCCESS
}
