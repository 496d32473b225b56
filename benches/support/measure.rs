//! Interleaved runs, and what is read from them.

use std::{
    fmt,
    time::{Duration, Instant},
};

use cpu_time::ThreadTime;

/// Adds up the time of several stretches of the same operation.
///
/// What one thread does is measured by its processor time: it never waits for anything, so the
/// difference to a clock on the wall is what other programs took.
#[derive(Debug, Default)]
pub struct Clock {
    spent: Duration,
    operations: u64,
}

impl Clock {
    /// Runs `work`, which is `operations` operations, in this thread.
    pub fn time<R>(&mut self, operations: u32, work: impl FnOnce() -> R) -> R {
        let start = ThreadTime::now();
        let result = work();
        self.add(operations, start.elapsed());
        result
    }

    /// Adds `operations` operations that took `spent`.
    pub fn add(&mut self, operations: u32, spent: Duration) {
        self.spent += spent;
        self.operations += u64::from(operations);
    }

    /// Nanoseconds per operation.
    pub fn figure(&self) -> f64 {
        nanoseconds(self.spent) / count(self.operations)
    }
}

/// Finds the longest of many short operations, each of two kinds.
///
/// Reading the processor time is slow, so each operation is timed by the clock on the wall. When
/// one seems long, or after some, the processor time since the last look shows whether the thread
/// was merely interrupted.
#[derive(Debug)]
pub struct Watch {
    looked: ThreadTime,
    since: u32,
    worst: [Duration; 2],
}

impl Watch {
    /// Seems long: more than any of the operations takes that is not the worst.
    const LONG: Duration = Duration::from_micros(5);
    /// Bounds the error: the processor time since the last look is that of so many operations.
    const OFTEN: u32 = 128;

    /// Starts to watch.
    pub fn start() -> Self {
        Self { looked: ThreadTime::now(), since: 0, worst: [Duration::ZERO; 2] }
    }

    /// Does one operation.
    pub fn see(&mut self, kind: usize, work: impl FnOnce()) {
        let start = Instant::now();
        work();
        let mut spent = start.elapsed();
        self.since += 1;
        if spent > Self::LONG || self.since > Self::OFTEN {
            spent = spent.min(self.looked.elapsed());
            (self.looked, self.since) = (ThreadTime::now(), 0);
        }
        self.worst[kind] = self.worst[kind].max(spent);
    }

    /// The longest of each kind, in nanoseconds.
    pub fn worst(&self) -> [f64; 2] {
        self.worst.map(nanoseconds)
    }
}

/// A duration as a number of nanoseconds.
pub fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

/// A count as a number to divide by; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^53")]
pub fn count(count: u64) -> f64 {
    count as f64
}

/// One contestant: does a workload once, returns a figure for each of the group's names.
pub struct Case {
    /// What the table calls it.
    pub label: &'static str,
    turn: Box<dyn FnMut() -> Vec<f64>>,
}

impl Case {
    /// Returns a contestant that does `turn`.
    pub fn new(label: &'static str, turn: impl FnMut() -> Vec<f64> + 'static) -> Self {
        Self { label, turn: Box::new(turn) }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Contestants that do the same work, ours first.
#[derive(Debug)]
pub struct Group {
    /// The name of each figure that a turn returns. One that begins with `worst` (after its last
    /// slash) is a maximum, the others are means.
    pub names: Vec<String>,
    /// The contestants.
    pub cases: Vec<Case>,
    /// How many turns each contestant has in one run.
    pub turns: u32,
    /// Whether a first turn, not counted, is worth its time.
    pub warm_up: bool,
    /// The most runs that are worth their time, if not all.
    pub runs: Option<u32>,
}

/// The figures of a group: by contestant, by name, by run.
#[derive(Debug, Clone)]
pub struct Samples(Vec<Vec<Vec<f64>>>);

impl Group {
    /// Runs the contestants in turn.
    pub fn measure(&mut self, runs: u32) -> Samples {
        if self.warm_up {
            for case in &mut self.cases {
                (case.turn)();
            }
        }
        let mut samples = vec![vec![Vec::new(); self.names.len()]; self.cases.len()];
        for _ in 0..self.runs.map_or(runs, |most| most.min(runs)) {
            let mut turns = vec![vec![Vec::new(); self.names.len()]; self.cases.len()];
            for _ in 0..self.turns {
                for (case, figures) in self.cases.iter_mut().zip(&mut turns) {
                    for (figures, figure) in figures.iter_mut().zip((case.turn)()) {
                        figures.push(figure);
                    }
                }
            }
            for (samples, turns) in samples.iter_mut().zip(turns) {
                for ((samples, figures), name) in samples.iter_mut().zip(turns).zip(&self.names) {
                    samples.push(one_run(name, &figures));
                }
            }
        }
        Samples(samples)
    }
}

/// One figure from those of a run's turns.
fn one_run(name: &str, figures: &[f64]) -> f64 {
    if name.rsplit('/').next().is_some_and(|last| last.starts_with("worst")) {
        figures.iter().copied().fold(0.0, f64::max)
    } else {
        figures.iter().sum::<f64>() / count(figures.len() as u64)
    }
}

impl Samples {
    /// The figures of one contestant under one name, one a run.
    pub fn of(&self, case: usize, name: usize) -> &[f64] {
        &self.0[case][name]
    }

    /// Ours divided by another's, run by run.
    pub fn ratios(&self, other: usize, name: usize) -> Vec<f64> {
        self.of(0, name).iter().zip(self.of(other, name)).map(|(a, b)| a / b).collect()
    }
}

/// Median, least and greatest.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Reads the spread of some figures, of which there is at least one.
    pub fn of(figures: &[f64]) -> Self {
        let mut sorted = figures.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Self { median: f64::midpoint(low, high), min: sorted[0], max: sorted[sorted.len() - 1] }
    }
}
