//! What the main operations take here, in a few seconds: to see whether a change made them slower.
//!
//! `cargo bench -p weakref-bench --bench track [-- PART OF A NAME ..]`

use weakref_bench::{groups, options::Options, report};

/// How often each operation is measured.
const RUNS: u32 = 3;

/// What would take long is left to `compare`.
fn is_quick(name: &str) -> bool {
    !["1e5", "1e6"].iter().any(|size| name.contains(size))
}

fn main() {
    let options = Options::from_args();
    if options.test {
        println!("test mode: tiny sizes, results are checked, nothing here is a measurement");
    } else {
        println!("{}", report::heading("cargo bench -p weakref-bench --bench track"));
        report::times_head();
    }
    let wants = |name: &str| options.wants(name) && is_quick(name);
    for mut group in groups(&options) {
        if group.names.iter().any(|name| wants(name)) {
            // Ours alone.
            group.cases.truncate(1);
            let samples = group.measure(options.times(RUNS));
            if !options.test {
                report::times(&group, &samples, wants);
            }
        }
    }
}
