//! The example about finalizers, run as its users run it: the disk is looked at before, while and after
//! it runs.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use crate::examples::{self, program};

/// Each way to end a program: its name, what the program says, and its exit status.
const ENDS: [(&str, &str, i32); 3] = [
    ("return", "main returns", 0),
    ("process-exit", "main calls process::exit", 0),
    ("panic", "main panics", 101),
];

const REMOVED_BY_FINALIZER: &str = "the finalizer has removed it";

/// Runs the program one way, with every end.
#[track_caller]
fn run_to_each_end(how: &str, says: &[&str], is_left_to_the_end: bool) {
    for (end, says_at_the_end, status) in ENDS {
        let parent = scratch(&format!("{how}_{end}"));
        let program = Running::start(&parent, &["--how", how, "--exit-by", end, "--files", "5"]);
        program.assert_on_disk(5);
        let run = program.go_on();

        let mut expected: Vec<&str> = says.to_vec();
        expected.extend(["on the disk: no", says_at_the_end]);
        if is_left_to_the_end {
            expected =
                [says, &["on the disk: yes", says_at_the_end, REMOVED_BY_FINALIZER]].concat();
        }
        assert_eq!(run.said, expected, "{how}, {end}");
        assert_eq!(run.status, Some(status), "{}", run.stderr);
        // Where it panics, that is what it complains about; and nothing else.
        assert_eq!(run.stderr.is_empty(), end != "panic", "{}", run.stderr);
        assert!(!run.stderr.contains("temp_dir: "), "{}", run.stderr);
        assert!(is_empty(&parent), "{how}, {end}");
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn it_goes_when_its_object_dies_on_the_stack() {
    run_to_each_end("dies", &["it goes out of scope", REMOVED_BY_FINALIZER], false);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn it_goes_when_the_last_of_several_owners_does() {
    let as_seen = "files, as a thread sees it: 5";
    run_to_each_end(
        "shared",
        &[as_seen, as_seen, "the last owner goes", REMOVED_BY_FINALIZER],
        false,
    );
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn it_goes_when_it_is_told_to_and_then_not_again() {
    run_to_each_end("remove", &["removed: false", "remove() is called", "removed: true"], false);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn it_goes_when_the_program_ends() {
    run_to_each_end("exit", &["it is kept in a static, removed: false"], true);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn any_number_of_files_goes_with_it() {
    for files in ["0", "1", "1000"] {
        let parent = scratch(&format!("files_{files}"));
        let program = Running::start(&parent, &["--how", "exit", "--files", files]);
        program.assert_on_disk(files.parse().unwrap());
        assert_eq!(program.go_on().status, Some(0));
        assert!(is_empty(&parent));
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn two_programs_do_not_meet() {
    let parent = scratch("two");
    let [first, second] =
        [["--how", "exit"], ["--how", "dies"]].map(|a| Running::start(&parent, &a));
    assert_ne!(first.dir, second.dir);
    first.go_on();
    second.assert_on_disk(3);
    second.go_on();
    assert!(is_empty(&parent));
}

#[cfg(unix)]
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn nobody_else_may_look_into_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let program = Running::start(&scratch("mode"), &[]);
    let mode = fs::metadata(&program.dir).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    program.go_on();
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_removal_that_fails_is_reported() {
    // Not `shared`: its threads need it.
    for (how, status) in [("dies", 0), ("remove", 1), ("exit", 0)] {
        let program = Running::start(&scratch(&format!("fails_{how}")), &["--how", how]);
        let dir = program.dir.clone();
        fs::remove_dir_all(&dir).unwrap();
        let run = program.go_on();
        let complaint = format!("temp_dir: cannot remove {}: ", dir.display());
        assert!(run.stderr.starts_with(&complaint), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(!run.said.iter().any(|line| line == REMOVED_BY_FINALIZER));
        assert_eq!(run.status, Some(status));
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn an_error_of_the_program_takes_it_along() {
    let parent = scratch("error");
    let program = Running::start(&parent, &["--how", "exit"]);
    // Not UTF-8, which the program does not expect from a keyboard.
    let run = program.go_on_with(b"\xff\n");
    assert_eq!(run.said, [REMOVED_BY_FINALIZER]);
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.starts_with("temp_dir: "), "{}", run.stderr);
    assert!(is_empty(&parent));
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_place_that_is_none_is_named() {
    let missing = scratch("missing").join("missing");
    let output = command(&missing, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains(missing.to_str().unwrap()), "{stderr}");
}

/// The program, waiting for Enter.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    dir: PathBuf,
}

/// What it did from then on.
struct Run {
    said: Vec<String>,
    stderr: String,
    status: Option<i32>,
}

fn command(parent: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program("temp_dir"));
    command.arg("--in").arg(parent).args(arguments).env("RUST_BACKTRACE", "0");
    command
}

impl Running {
    fn start(parent: &Path, arguments: &[&str]) -> Self {
        let mut child = command(parent, arguments)
            .arg("--wait")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = || {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let dir = PathBuf::from(line());
        assert_eq!(dir.parent(), Some(parent));
        assert_eq!(line(), format!("files: {}", count_files(&dir)));
        assert_eq!(line(), "press Enter");
        Self { child, stdout, dir }
    }

    #[track_caller]
    fn assert_on_disk(&self, files: usize) {
        assert!(self.dir.is_dir());
        assert_eq!(count_files(&self.dir), files);
    }

    fn go_on(self) -> Run {
        self.go_on_with(b"\n")
    }

    fn go_on_with(mut self, typed: &[u8]) -> Run {
        self.child.stdin.take().unwrap().write_all(typed).unwrap();
        let said = self.stdout.lines().map(Result::unwrap).collect();
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = self.child.wait().unwrap().code();
        Run { said, stderr, status }
    }
}

fn count_files(dir: &Path) -> usize {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count_files(&path) } else { 1 }).sum()
}

fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).unwrap().next().is_none()
}

fn scratch(name: &str) -> PathBuf {
    examples::scratch("temp_dir", name)
}
