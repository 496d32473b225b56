//! The command line, which is cargo's as much as ours.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The options of the command line.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Tiny sizes, one run, results checked, nothing measured.
    pub test: bool,
    filters: Vec<String>,
    results: Option<PathBuf>,
}

/// Where a whole run writes its figures and plots.
const RESULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results");

impl Options {
    /// Reads the arguments of this process.
    ///
    /// `cargo test --benches` passes `--test` to the built-in harness only, and nothing to ours.
    /// `cargo bench` passes `--bench`. So without either, this is a test.
    ///
    /// `--only NAME`, or a NAME alone, measures the workloads whose names contain it, and writes no
    /// files unless `--results DIRECTORY` says where.
    pub fn from_args() -> Self {
        let mut options = Self::default();
        let mut is_bench = false;
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--test" => options.test = true,
                "--bench" => is_bench = true,
                "--only" => options.filters.extend(arguments.next()),
                "--results" => options.results = arguments.next().map(PathBuf::from),
                // Options of the built-in harness, which cargo may pass on.
                flag if flag.starts_with('-') => {}
                _ => options.filters.push(argument),
            }
        }
        options.test |= !is_bench;
        if options.test {
            options.results = None;
        } else if options.filters.is_empty() && options.results.is_none() {
            options.results = Some(RESULTS.into());
        }
        options
    }

    /// The directory for the files of this run, if there are any.
    pub fn results(&self) -> Option<&Path> {
        self.results.as_deref()
    }

    /// The names that were asked for.
    pub fn filters(&self) -> &[String] {
        &self.filters
    }

    /// Whether a workload of this name is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| name.contains(filter))
    }

    /// `size`, or in a test at most 64.
    pub fn size(&self, size: u32) -> u32 {
        if self.test { size.min(64) } else { size }
    }

    /// `times`, or in a test once.
    pub fn times(&self, times: u32) -> u32 {
        if self.test { 1 } else { times }
    }
}
