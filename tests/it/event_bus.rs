//! The example about a list of listeners, run as its users run it.

use crate::examples::{Run, program};

/// Runs with these arguments, and checks what holds whatever chance there is.
#[track_caller]
fn runs(listeners: u64, events: u64, threads: u64, seed: u64) -> Run {
    let run = run(&[
        ("--listeners", listeners),
        ("--events", events),
        ("--threads", threads),
        ("--seed", seed),
    ]);
    run.assert_success();
    assert_eq!(run.row("events published"), events);
    // A visitor comes with each event.
    assert_eq!(run.row("listeners subscribed"), listeners + events);
    let (gone, left) = (run.row("listeners dropped"), run.row("left at the end"));
    assert_eq!(gone + left, listeners + events);
    assert!(gone >= events && left <= listeners, "the visitors have gone: {}", run.stdout);
    let delivered = run.row("delivered");
    // Who is left has heard all, who has gone at least one, and visitors at most four.
    assert!(delivered >= left * events + gone, "{}", run.stdout);
    assert!(delivered <= listeners * events + 4 * events, "{}", run.stdout);
    assert_eq!(run.row("left when their owner has gone"), 0);
    run
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn who_dies_is_unsubscribed_and_the_others_hear_all() {
    let run = runs(2_000, 400, 4, 1);
    let left = run.row("left at the end");
    assert!((800..1_200).contains(&left), "about half: {left}");
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn any_number_of_threads_gives_the_same() {
    let alone = runs(500, 60, 1, 7);
    for threads in [2, 3, 16, 60, 100] {
        let run = runs(500, 60, threads, 7);
        assert_eq!(run.row("left at the end"), alone.row("left at the end"), "{threads} threads");
        let visits = |run: &Run| run.row("delivered");
        // What differs is what the visitors hear, of whose thread there are fewer events.
        assert!(visits(&run).abs_diff(visits(&alone)) <= 4 * 60, "{threads} threads");
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn chance_is_the_same_for_the_same_seed() {
    let all: Vec<_> = [1, 2, 3, 1].map(|seed| runs(300, 50, 5, seed).table).into();
    assert_eq!(all[0], all[3]);
    assert_ne!(all[0], all[1]);
    assert_ne!(all[1], all[2]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_few_and_thousands() {
    for (listeners, events, threads) in [(0, 1, 1), (1, 1, 1), (1, 200, 8), (20_000, 10, 3)] {
        runs(listeners, events, threads, 3);
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn without_arguments_it_runs_too() {
    let run = run(&[]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(run.row("listeners subscribed"), 2_000 + 400);
    assert_eq!(run.stderr, "");
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_makes_no_sense_is_refused() {
    for (option, number) in [("--events", 0), ("--threads", 0), ("--listeners", 70_000)] {
        let run = run(&[(option, number)]);
        assert_eq!(run.status, Some(2));
        assert!(run.stderr.contains(option), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

fn run(options: &[(&str, u64)]) -> Run {
    Run::of(&program("event_bus"), options)
}
