//! The targets.

/// Name of the workload (a `*` is any one part of it), name of the opponent, greatest ratio.
const TARGETS: &[(&str, &str, f64)] = &[
    ("object/*/create+drop", "u64 field", 1.05),
    ("weakref/*/create+drop", "std", 1.05),
    ("weakref/*/upgrade+drop", "std", 1.05),
    ("weakref/*/create+upgrade+drop", "std", 1.05),
    ("callback/*/create+die", "Vec in Drop", 1.3),
    ("callbacks/*/k=1e6", "k=1e3", 1.5),
    ("finalize/*/create+die", "callback", 1.5),
    ("finalize/*/1e6/create+die", "1e3 live", 1.2),
    ("queue/*/*/watch+die+receive", "crossbeam-channel", 2.0),
    ("proxy/*/get", "std", 1.05),
    ("proxy/*/with", "std", 1.05),
    ("proxy/*/forwarded", "std", 1.1),
    ("method/*/call", "std", 1.2),
    ("map/rc/*/hit", "exact", 1.2),
    ("map/arc/*/hit", "exact", 1.8),
    ("map/rc/*/insert", "exact", 1.4),
    ("map/arc/*/insert", "exact", 2.0),
    ("map/rc/1e4/churn", "exact", 1.5),
    ("map/rc/1e6/churn", "exact", 1.5),
    ("map/arc/1e4/churn", "exact", 2.0),
    ("map/arc/1e6/churn", "exact", 2.0),
    ("map/*/1e6/churn", "weak-table", 0.7),
    ("map/*/1e6/worst insert", "weak-table", 0.02),
    ("map/arc/*/hit", "weak-table in Mutex", 1.0),
    ("map/arc/*/insert", "weak-table in Mutex", 1.0),
    ("map/arc/1e4/churn", "weak-table in Mutex", 1.0),
    ("map/arc/1e6/churn", "weak-table in Mutex", 0.6),
    ("map/arc/1e6/worst operation", "weak-table in Mutex", 0.02),
    ("*/*/arc/*/hit", "weak-table in Mutex", 1.0),
    ("*/*/arc/*/insert", "weak-table in Mutex", 1.0),
    ("*/*/arc/1e4/churn", "weak-table in Mutex", 1.0),
    ("*/*/arc/1e6/churn", "weak-table in Mutex", 0.6),
    ("*/*/arc/1e6/worst operation", "weak-table in Mutex", 0.02),
    ("2 threads/arc/*/hit", "DashMap", 1.1),
    ("2 threads/arc/*/churn", "DashMap", 1.3),
    ("memory/*/*/left", "own peak", 0.25),
    ("memory/*/*/*/*/left", "own peak", 0.25),
];

/// Name of the workload, greatest time in nanoseconds, for workloads that have no opponent.
const CEILINGS: &[(&str, f64)] = &[
    ("finalize/*/1e6/call", 100.0),
    ("finalize/*/1e6/detach", 100.0),
    ("map/rc/1e6/len", 100.0),
    ("map/arc/1e6/len", 500.0),
];

/// The greatest ratio that is good enough, if one was set.
pub fn target(workload: &str, against: &str) -> Option<f64> {
    TARGETS
        .iter()
        .find(|(pattern, opponent, _)| *opponent == against && fits(pattern, workload))
        .map(|(_, _, ratio)| *ratio)
}

/// The greatest time that is good enough, if one was set.
pub fn ceiling(workload: &str) -> Option<f64> {
    CEILINGS.iter().find(|(pattern, _)| fits(pattern, workload)).map(|(_, time)| *time)
}

fn fits(pattern: &str, workload: &str) -> bool {
    pattern.split('/').count() == workload.split('/').count()
        && pattern.split('/').zip(workload.split('/')).all(|(p, w)| p == "*" || p == w)
}
