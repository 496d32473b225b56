//! What runs at the end, and in which order.

use std::os::unix::process::ExitStatusExt as _;

use super::{run, writes};

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b216_live_finalizers_run_after_main() {
    writes("main_returns", &["main", "2", "1"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b216_the_newest_of_all_objects_is_first() {
    writes("order", &["2 1", "1 1", "0 1", "main", "2 2", "2 0", "1 2", "1 0", "0 2", "0 0"]);
    writes("order_of_threads", &["5", "4", "3", "2", "1", "0"]);
}

/// Where the main thread can be told from the others.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b216_the_newest_of_both_flavours_is_first() {
    writes(
        "order_of_both",
        &["7 local", "6 shared", "5 shared", "4 local", "3 local", "2 shared", "1 local"],
    );
}

/// There is no state to go back to, and in a death nobody to catch the panic.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_slot_that_panics_in_a_container_aborts() {
    for program in ["a_slot_that_panics_at_a_death", "a_slot_that_panics_in_an_insertion"] {
        let run = run(program);
        run.wrote(&["inserted"]);
        assert_eq!(run.status.signal(), Some(libc::SIGABRT), "{}", run.status);
        assert!(run.errors.contains("`weak_slot` panicked while a container was locked"));
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b217_those_not_to_run_at_exit_do_not() {
    writes("not_at_exit", &["runs"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b218_b220_a_panic_goes_to_the_hook_and_the_rest_continues() {
    writes("panicking", &["newest", "unraisable: local", "middle", "unraisable: shared", "oldest"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b226_at_every_orderly_end() {
    let exits = run("exit_in_main");
    exits.wrote(&["2", "1"]);
    exits.ended(3);
    let exits = run("exit_in_a_worker");
    exits.wrote(&["worker's local", "worker's", "2", "1"]);
    exits.ended(3);
    let panics = run("panics");
    panics.wrote(&["local", "2", "1"]);
    panics.ended(101);
    assert!(panics.errors.contains("in main"));
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b226_not_at_an_abrupt_one() {
    let aborts = run("aborts");
    aborts.wrote(&[]);
    assert_eq!(aborts.status.signal(), Some(libc::SIGABRT));
    let killed = run("killed");
    killed.wrote(&[]);
    assert_eq!(killed.status.signal(), Some(libc::SIGKILL));
    let exits = run("_exits");
    exits.wrote(&[]);
    exits.ended(4);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_is_made_meanwhile_is_next() {
    writes(
        "made_meanwhile",
        &[
            "newest",
            "newer",
            "made, dies",
            "newer again",
            "made, newest",
            "made by what was made",
            "made, local",
            "made, shared",
            "older",
            "oldest",
        ],
    );
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_is_done_meanwhile_counts() {
    writes(
        "set_meanwhile",
        &["newest", "called", "dropped", "newest again", "untouched", "switched on"],
    );
    writes("set_late", &["newest", "older", "late", "oldest"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b203_one_that_owns_its_object_runs_at_the_end() {
    writes("owns_itself", &["main", "owned 7"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn those_of_a_thread_run_before_it_is_joined() {
    writes("worker_ends", &["worker", "2", "1", "joined", "shared"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn run_runs_each_once() {
    writes("run_and_end", &["local", "2", "1", "run", "later", "not yet"]);
    let twice = run("run_twice");
    let mut expected = vec!["one"; 400];
    expected.push("main");
    twice.wrote(&expected);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn run_inside_of_a_finalizer() {
    writes(
        "run_in_a_finalizer",
        &[
            "death",
            "by a death",
            "at the end",
            "after",
            "2",
            "1",
            "death again",
            "main",
            "after all",
        ],
    );
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn an_exit_inside_of_a_finalizer() {
    let exits = run("exit_in_a_finalizer_that_run_runs");
    exits.wrote(&["newest", "exits", "2", "1"]);
    exits.ended(5);
    let exits = run("exit_in_a_call");
    exits.wrote(&["2", "1"]);
    exits.ended(5);
    let exits = run("exit_at_a_worker_s_end");
    exits.wrote(&["worker's newest", "worker's oldest", "shared"]);
    exits.ended(6);
}

/// std's doing: a second `exit` in the middle of the first would be undefined.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn an_exit_inside_of_the_end_aborts_and_does_not_hang() {
    let exits = run("exits_twice");
    exits.wrote(&["exits again"]);
    assert!(!exits.status.success());
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn objects_that_are_never_dropped() {
    writes("statics", &["a static of 7"]);
    writes("others_own", &["owned by another thread"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn slow_a_million_take_a_million_times_as_long_as_one() {
    writes("a_million", &["1000000", "as fast"]);
}

/// A function that runs at the end does not own its object: where it drops the last owner, the object
/// dies.
#[test]
fn an_object_dies_in_the_function_that_drops_its_last_owner() {
    let lines = ["run", "end"].map(|what| {
        ["local", "shared"].map(|flavour| {
            ["begins", "older", "ends"].map(|line| format!("{what}, {flavour}: {line}"))
        })
    });
    let lines: Vec<_> = lines.iter().flatten().flatten().map(String::as_str).collect();
    writes("drops_the_last_owner", &lines);
}

/// Where the main thread can be told from the others.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn functions_that_see_the_object_see_the_living() {
    writes("sees_the_living", &["main", "true", "2", "1"]);
}
