//! What is printed: the machine, then rows of a markdown table.

use std::{env, fs, io::Write as _, process::Command, thread};

use crate::{
    measure::{Group, Samples, Spread},
    target::{ceiling, target},
};

/// Prints what a figure depends on, and the command that gives it.
pub fn heading(command: &str) {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    println!(
        "- machine: {}, {cores} cores, {} {}",
        processor(),
        env::consts::OS,
        env::consts::ARCH
    );
    println!("- compiler: {}, profile `bench`", first_line("rustc", &["-V"]));
    println!(
        "- crates: weakref-core {}, weak-table 0.4, dashmap 6.2, crossbeam-channel 0.5",
        env!("CARGO_PKG_VERSION")
    );
    println!("- hasher: `std::hash::RandomState` everywhere");
    println!("- allocator: the system's ({})", first_line("getconf", &["GNU_LIBC_VERSION"]));
    println!("- time: the thread's processor time; with 2 threads, the clock on the wall");
    println!("- command: `{command}`");
    println!();
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    model.map_or("unknown".into(), |model| model.trim_start_matches([' ', '\t', ':']).into())
}

/// The first line that a program prints.
fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok();
    output
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .and_then(|text| text.lines().next().map(String::from))
        .unwrap_or_else(|| "unknown".into())
}

/// Prints the head of the table of ratios.
pub fn ratios_head() {
    println!("| workload | against | ours | theirs | ratio | min | max | at most | |");
    println!("|---|---|--:|--:|--:|--:|--:|--:|---|");
}

/// Prints a row for each name and opponent, or one with the times alone if there is no opponent.
/// Returns how many missed their target.
pub fn ratios(group: &Group, samples: &Samples, wanted: impl Fn(&str) -> bool) -> usize {
    let mut missed = 0;
    for (name, workload) in group.names.iter().enumerate().filter(|(_, name)| wanted(name)) {
        let ours = Spread::of(samples.of(0, name));
        if group.cases.len() == 1 {
            let Spread { median, min, max } = ours;
            let (limit, mark) = verdict(median, ceiling(workload), duration);
            missed += usize::from(is_missed(mark));
            let [median, min, max] = [median, min, max].map(duration);
            println!("| {workload} | | {median} | | | {min} | {max} | {limit} | {mark} |");
        }
        for (other, case) in group.cases.iter().enumerate().skip(1) {
            let theirs = Spread::of(samples.of(other, name));
            let ratio = Spread::of(&samples.ratios(other, name));
            let (limit, mark) = judge(workload, case.label, ratio.median);
            missed += usize::from(is_missed(mark));
            println!(
                "| {workload} | {} | {} | {} | {} | {} | {} | {limit} | {mark} |",
                case.label,
                duration(ours.median),
                duration(theirs.median),
                number(ratio.median),
                number(ratio.min),
                number(ratio.max),
            );
        }
    }
    flush();
    missed
}

/// The last two columns: the target, and whether it was reached.
pub fn judge(workload: &str, against: &str, ratio: f64) -> (String, &'static str) {
    verdict(ratio, target(workload, against), number)
}

fn verdict(
    figure: f64,
    limit: Option<f64>,
    write: impl Fn(f64) -> String,
) -> (String, &'static str) {
    match limit {
        None => (String::new(), ""),
        Some(limit) => (write(limit), if figure <= limit { "ok" } else { "**missed**" }),
    }
}

fn is_missed(mark: &str) -> bool {
    !mark.is_empty() && mark != "ok"
}

/// Prints the head of the table of times.
pub fn times_head() {
    println!("| workload | median | min | max |");
    println!("|---|--:|--:|--:|");
}

/// Prints a row for each name, of the first contestant alone.
pub fn times(group: &Group, samples: &Samples, wanted: impl Fn(&str) -> bool) {
    for (name, workload) in group.names.iter().enumerate().filter(|(_, name)| wanted(name)) {
        let Spread { median, min, max } = Spread::of(samples.of(0, name));
        println!("| {workload} | {} | {} | {} |", duration(median), duration(min), duration(max));
    }
    flush();
}

/// A row should stand on the screen as soon as it is known.
fn flush() {
    // A closed pipe is not an error: the reader of the table has seen enough.
    let _ = std::io::stdout().flush();
}

/// A ratio, with as many decimals as are significant.
pub fn number(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.4}") } else { format!("{ratio:.2}") }
}

/// Nanoseconds in a unit that reads well.
pub fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        few if few < 100.0 => format!("{few:.1} ns"),
        few if few < 10_000.0 => format!("{few:.0} ns"),
        some if some < 1e6 => format!("{:.1} us", some / 1e3),
        many => format!("{:.1} ms", many / 1e6),
    }
}
