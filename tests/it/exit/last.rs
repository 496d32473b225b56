//! What comes after the end, and what has gone by then.

use super::writes;

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b224_after_the_end_none_runs() {
    writes(
        "after_the_end",
        &[
            "of the same",
            "ran",
            "handler",
            // The one that ran, and the two that did not.
            "alive: false",
            "called: false",
            "alive: true",
            "called: false",
            "alive: true",
            "called: false",
            // Made after the end.
            "alive: false",
            "handled",
        ],
    );
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn b225_the_end_comes_in_its_turn_among_the_handlers() {
    writes("between_the_handlers", &["handler", "made by a handler", "new", "old"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn thread_locals_go_before_or_after() {
    let lines = ["body", "late, true", "late dropped", "early, false", "early dropped"];
    writes("thread_locals_of_main", &lines);
    writes("thread_locals_of_a_worker", &[&lines[..], &["joined"]].concat());
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_thread_local_makes_finalizers_as_it_goes() {
    writes(
        "a_thread_local_makes_one",
        &[
            "local",
            "thread-local",
            "dies",
            "joined",
            "local",
            "shared of a thread-local",
            "thread-local",
            "dies",
            "shared of a thread-local",
            "local of a thread-local",
        ],
    );
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn in_the_exit_handler_thread_locals_are_gone() {
    writes("without_thread_locals", &["there: false", "7"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_other_threads_make_meanwhile_does_not_run() {
    writes("made_by_another_thread", &["dies", "alive: true", "called", "true", "new", "old"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn but_if_the_end_itself_asks_for_it() {
    let run = super::run("asked_for_by_the_end");
    run.ended(0);
    let mut lines = run.lines.clone();
    lines.sort();
    assert_eq!(lines, ["asked for 1", "asked for 2", "asked for 3", "new", "old"]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_census_knows_what_is_left() {
    let lines = ["finalizer: 1, 1", "body: 1, 1", "handler: 2, 1", "handled: 1, 1"];
    writes("a_census_at_the_end", &lines);
}
