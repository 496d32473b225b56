//! Threads that are at work while the program ends, or while `exit::run` runs.

use weakref_tests::rounds;

use super::{run, writes};

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_end_comes_though_others_do_not_stop() {
    for name in ["busy_threads", "leaking_threads"] {
        for _ in 0..rounds(5) {
            let run = run(name);
            run.ended(0);
            let number = |number: u32| number.to_string();
            let old = (0..1_000).rev().map(number);
            let newest = ["newest".to_string()].into_iter();
            let expected: Vec<_> = newest.chain(old).chain(["oldest".to_string()]).collect();
            assert_eq!(run.lines, expected, "{}", run.errors);
        }
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn whoever_meets_the_run_one_of_them_runs_it() {
    writes("the_run_meets_everything", &["true", "1"]);
    writes("set_atexit_meets_the_run", &["all"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_has_run_is_gone_from_its_object() {
    writes("the_run_meets_a_birth", &["true"]);
}
