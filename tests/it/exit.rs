//! The end of the program: `tests/exit` has the programs, and this looks at what they write.
#![cfg(unix)]

use std::{
    env,
    io::Read,
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use weakref_tests::limit;

mod children;
mod ends;
mod last;
mod races;

struct Run {
    status: ExitStatus,
    lines: Vec<String>,
    errors: String,
}

impl Run {
    #[track_caller]
    fn wrote(&self, lines: &[&str]) {
        assert_eq!(self.lines, lines, "and to standard error:\n{}", self.errors);
    }

    #[track_caller]
    fn ended(&self, code: i32) {
        assert_eq!(self.status.code(), Some(code), "{}: {}", self.status, self.errors);
    }
}

/// Runs a program, which comes to its end. The environment variable `WEAKREF_EXIT_RUNNER` can name
/// another that runs it, with its arguments: `ci/sanitize` uses valgrind.
#[track_caller]
fn run(name: &str) -> Run {
    let program = env!("CARGO_BIN_EXE_ends");
    let runner = env::var("WEAKREF_EXIT_RUNNER").unwrap_or_default();
    let mut words = runner.split_whitespace().chain([program, name]);
    let mut child = Command::new(words.next().unwrap())
        .args(words)
        // A backtrace takes longer than all the rest.
        .env("RUST_BACKTRACE", "0")
        // They leak on purpose, which the address sanitizer would say at their end.
        .env("ASAN_OPTIONS", "detect_leaks=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipes = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let output = thread::spawn(move || {
        let mut text = String::new();
        pipes.0.read_to_string(&mut text).unwrap();
        text
    });
    let errors = thread::spawn(move || {
        let mut text = String::new();
        pipes.1.read_to_string(&mut text).unwrap();
        text
    });
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed() > limit(120) => {
                child.kill().unwrap();
                panic!("`{name}` does not end");
            }
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    let lines = output.join().unwrap().lines().map(String::from).collect();
    Run { status, lines, errors: errors.join().unwrap() }
}

/// Asserts that a program ends well, having written this.
#[track_caller]
fn writes(name: &str, lines: &[&str]) {
    let run = run(name);
    run.wrote(lines);
    run.ended(0);
}
