//! Ratios to std, a hand-written map, weak-table and others, and the times of the same operations
//! in Python.
//!
//! `cargo bench -p weakref-bench --bench compare [-- --only PART_OF_A_NAME ..]`
//!
//! A whole run also writes its figures and plots to `benches/results`.

use std::{
    env,
    error::Error,
    fs,
    process::{Command, ExitCode},
    time::Instant,
};

use weakref_bench::{
    cpython, groups, keep, options::Options, plots, report::heading, results::Results, together,
};

/// How often a pair is measured.
const RUNS: u32 = 7;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let options = Options::from_args();
    let start = Instant::now();
    let machine = heading("cargo bench -p weakref-bench --bench compare");
    let heading = format!(
        "{machine}\n\
         Median of {RUNS} runs; a ratio is ours / theirs within a run, less is better. Where\n\
         there is nothing to compare with, the least and the most are times.\n",
    );
    if options.test {
        println!("test mode: tiny sizes, results are checked, nothing here is a measurement");
    } else {
        println!("{heading}");
        Results::print_head();
    }
    let runs = options.times(RUNS);
    let wants = |name: &str| options.wants(name);
    let mut results = Results::default();
    for mut group in groups(&options) {
        if group.names.iter().any(|name| wants(name)) {
            let samples = group.measure(runs);
            if !options.test {
                results.add(&group, &samples, wants);
            }
        }
    }
    if let Some(directory) = options.results() {
        fs::create_dir_all(directory)?;
        results.write(directory, &heading)?;
        plots::draw(directory, results.figures())?;
    }
    keep::print(&options, &machine)?;
    let bytes =
        Command::new(env!("CARGO_BIN_EXE_weakref-bench-memory")).args(env::args().skip(1)).status();
    if !bytes.is_ok_and(|status| status.success()) {
        eprintln!("the bytes could not be counted");
        return Ok(ExitCode::FAILURE);
    }
    if !cpython::note(&options) {
        eprintln!("CPython could not be measured");
        return Ok(ExitCode::FAILURE);
    }
    if !options.test {
        let waited = together::waited() * 100.0;
        println!(
            "\n2 threads: at the worst, {waited:.0} % of their time they waited for a processor."
        );
        println!("\n{:.0} s", start.elapsed().as_secs_f64());
    }
    Ok(ExitCode::SUCCESS)
}
