//! The command line, which is cargo's as much as ours.

use std::env;

/// The options of the command line.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Tiny sizes, one run, results checked, nothing measured.
    pub test: bool,
    filters: Vec<String>,
}

impl Options {
    /// Reads the arguments of this process.
    ///
    /// `cargo test --benches` passes `--test` to the built-in harness only, and nothing to ours.
    /// `cargo bench` passes `--bench`. So without either, this is a test.
    pub fn from_args() -> Self {
        let (flags, filters): (Vec<String>, Vec<String>) =
            env::args().skip(1).partition(|argument| argument.starts_with('-'));
        let has = |flag: &str| flags.iter().any(|given| given == flag);
        Self { test: has("--test") || !has("--bench"), filters }
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
