//! What is printed: the machine, then rows of a markdown table.

use std::{
    env, fs,
    io::{self, Write as _},
    process::Command,
    thread,
};

use crate::measure::{Group, Samples, Spread};

/// Returns what a figure depends on, and the command that gives it, as a list.
pub fn heading(command: &str) -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let (processor, os, arch) = (processor(), env::consts::OS, env::consts::ARCH);
    let (rustc, libc) =
        (first_line("rustc", &["-V"]), first_line("getconf", &["GNU_LIBC_VERSION"]));
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "- machine: {processor}, {cores} cores, {os} {arch}\n\
         - compiler: {rustc}, profile `bench`\n\
         - crates: weakref-core {version}; the others as in `Cargo.lock`\n\
         - hasher: `std::hash::RandomState` everywhere\n\
         - allocator: the system's ({libc})\n\
         - time: the thread's processor time; with 2 threads, the clock on the wall\n\
         - command: `{command}`\n"
    )
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
    // A closed pipe is not an error: the reader of the table has seen enough.
    let _ = io::stdout().flush();
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
