//! The figures of a run: printed as a table, and kept as CSV and Markdown.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::Path,
};

use crate::{
    measure::{Group, Samples, Spread},
    report::{duration, number},
};

/// The time of one contestant in one workload.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The name of the workload.
    pub workload: String,
    /// The label of the contestant.
    pub contestant: &'static str,
    /// Nanoseconds per operation.
    pub time: Spread,
    /// The first contestant's time divided by this one's, run by run. `None` for the first.
    pub ratio: Option<Spread>,
}

/// All figures of a run.
#[derive(Debug, Default)]
pub struct Results {
    figures: Vec<Figure>,
}

/// The head of the table of ratios.
const HEAD: &str = "| workload | against | ours | theirs | ratio | min | max |\n\
                    |---|---|--:|--:|--:|--:|--:|\n";

impl Results {
    /// Prints the head of the table.
    pub fn print_head() {
        print!("{HEAD}");
    }

    /// Adds the wanted figures of a group, and prints their rows.
    pub fn add(&mut self, group: &Group, samples: &Samples, wanted: impl Fn(&str) -> bool) {
        for (name, workload) in group.names.iter().enumerate().filter(|(_, name)| wanted(name)) {
            let first = self.figures.len();
            self.figures.extend(group.cases.iter().enumerate().map(|(other, case)| Figure {
                workload: workload.clone(),
                contestant: case.label,
                time: Spread::of(samples.of(other, name)),
                ratio: (other > 0).then(|| Spread::of(&samples.ratios(other, name))),
            }));
            print!("{}", rows(&self.figures[first..]));
        }
        // A row should be on the screen as soon as it is known. A closed pipe is not an error: the
        // reader of the table has seen enough.
        let _ = io::stdout().flush();
    }

    /// The figures, in the order of their measurement.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// Writes `compare.csv` and `compare.md`.
    pub fn write(&self, directory: &Path, heading: &str) -> io::Result<()> {
        let mut csv = String::from(
            "workload,contestant,median_ns,min_ns,max_ns,ratio_median,ratio_min,ratio_max\n",
        );
        for Figure { workload, contestant, time, ratio } in &self.figures {
            let ratio = ratio.map_or(",,".into(), |ratio| {
                format!("{:.4},{:.4},{:.4}", ratio.median, ratio.min, ratio.max)
            });
            let Spread { median, min, max } = time;
            // A workload may have a comma in its name.
            let _ = writeln!(
                csv,
                "\"{workload}\",\"{contestant}\",{median:.3},{min:.3},{max:.3},{ratio}"
            );
        }
        fs::write(directory.join("compare.csv"), csv)?;
        let mut table = String::from(HEAD);
        let of_one_workload = |a: &Figure, b: &Figure| a.workload == b.workload;
        table.extend(self.figures.chunk_by(of_one_workload).map(rows));
        fs::write(directory.join("compare.md"), format!("# Figures\n\n{heading}\n{table}"))
    }
}

/// The rows of one workload: one for each opponent, or one with the times alone.
fn rows(figures: &[Figure]) -> String {
    let [ours, others @ ..] = figures else { return String::new() };
    let Figure { workload, time, .. } = ours;
    let our_time = duration(time.median);
    if others.is_empty() {
        let [min, max] = [time.min, time.max].map(duration);
        return format!("| {workload} | | {our_time} | | | {min} | {max} |\n");
    }
    let mut rows = String::new();
    for Figure { contestant, time, ratio, .. } in others {
        let Some(Spread { median, min, max }) = ratio else { continue };
        let [ratio, min, max] = [median, min, max].map(|&ratio| number(ratio));
        let time = duration(time.median);
        let _ = writeln!(
            rows,
            "| {workload} | {contestant} | {our_time} | {time} | {ratio} | {min} | {max} |"
        );
    }
    rows
}
