//! The example about the queue of the dead, run as its users run it.

use crate::examples::{Run, program};

/// Runs with these arguments, and checks all numbers that do not depend on the threads' luck.
#[track_caller]
fn runs(frames: u64, textures: u64, threads: u64, room: u64) -> Run {
    let run = run(&[
        ("--frames", frames),
        ("--textures", textures),
        ("--threads", threads),
        ("--room", room),
    ]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let made = frames * textures;
    // Of four textures, one is kept, and one is given to two workers.
    let (kept, shared) = (frames * textures.div_ceil(4), frames * (textures + 2).div_euclid(4));
    assert_eq!(run.row("frames"), frames);
    assert_eq!(run.row("textures made"), made);
    assert_eq!(run.row("bytes seen by other threads"), (made - kept + shared) * 64 * 64);
    assert_eq!(run.row("dropped on the device's thread"), kept);
    assert_eq!(run.row("dropped on other threads"), made - kept);
    assert_eq!(run.row("freed"), made);
    assert_eq!(run.row("freed on the device's thread"), made);
    assert_eq!(run.row("left in the device at the end"), 0);
    assert!(run.row("most in the device at once") <= room.min(made), "{}", run.stdout);
    run
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn every_texture_is_freed_on_the_thread_that_made_it() {
    let run = runs(120, 50, 4, 200);
    // As the dead leave it only with the frame, or when it is full.
    assert!(run.row("most in the device at once") >= 50, "{}", run.stdout);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn any_number_of_threads_and_textures_gives_the_same() {
    for (frames, textures, threads) in [(1, 1, 1), (1, 2, 1), (3, 7, 2), (50, 10, 16), (2, 999, 3)]
    {
        runs(frames, textures, threads, 1_000);
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_full_device_waits_for_the_threads() {
    for room in [1, 2, 5] {
        let run = runs(20, 40, 3, room);
        assert_eq!(run.row("most in the device at once"), room);
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn frames_without_textures_are_empty() {
    let run = runs(5, 0, 2, 3);
    assert_eq!(run.row("most in the device at once"), 0);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn without_arguments_it_runs_too() {
    let run = run(&[]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(run.row("freed"), 120 * 50);
    assert_eq!(run.stderr, "");
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_makes_no_sense_is_refused() {
    for option in ["--frames", "--threads", "--room"] {
        let run = run(&[(option, 0)]);
        assert_eq!(run.status, Some(2));
        assert!(run.stderr.contains(option), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

fn run(options: &[(&str, u64)]) -> Run {
    Run::of(&program("texture_pool"), options)
}
