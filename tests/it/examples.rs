//! Running the example applications.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

/// Returns the program of an example, which is built once.
pub(crate) fn program(name: &'static str) -> PathBuf {
    static PROGRAMS: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    PROGRAMS.lock().unwrap().entry(name).or_insert_with(|| build(name)).clone()
}

/// Builds an example, and returns the program. `cargo test --workspace` has built it before; a run of its
/// tests alone has not.
fn build(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--example", name])
        .args((!cfg!(debug_assertions)).then_some("--release"))
        .args(["--message-format", "json-render-diagnostics", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let messages = String::from_utf8(output.stdout).unwrap();
    let executable = messages
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    executable.expect("cargo names the program that it built")
}

/// Returns an empty folder of this name, among those of an example.
pub(crate) fn scratch(example: &str, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(example).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// What an example that prints a text has left behind.
pub(crate) struct Printed {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Printed {
    pub(crate) fn by(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        Self { status: output.status.code(), stdout, stderr }
    }

    #[track_caller]
    pub(crate) fn assert_success(&self) {
        assert_eq!(self.status, Some(0), "{}", self.stderr);
        assert_eq!(self.stderr, "");
    }

    /// Returns the three numbers of each line that begins like this.
    pub(crate) fn counts(&self, start: &str) -> Vec<[usize; 3]> {
        let numbers = |line: &str| {
            let words = line.split([',', ' ']).filter_map(|word| word.parse().ok());
            words.collect::<Vec<_>>().try_into().unwrap()
        };
        self.stdout.lines().filter(|line| line.starts_with(start)).map(numbers).collect()
    }
}

/// What an example that prints a table, a name and a number in each line, has left behind.
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) table: BTreeMap<String, u64>,
}

impl Run {
    pub(crate) fn of(program: &Path, options: &[(&str, u64)]) -> Self {
        let words = |(name, value): &(&str, u64)| [(*name).to_owned(), value.to_string()];
        let options = options.iter().flat_map(words);
        let Printed { status, stdout, stderr } = Printed::by(Command::new(program).args(options));
        let table = stdout.lines().map(parse_row).collect();
        Self { status, stdout, stderr, table }
    }

    #[track_caller]
    pub(crate) fn assert_success(&self) {
        assert_eq!(self.status, Some(0), "{}", self.stderr);
        assert_eq!(self.stderr, "");
    }

    #[track_caller]
    pub(crate) fn row(&self, name: &str) -> u64 {
        *self.table.get(name).unwrap_or_else(|| panic!("no row {name:?} in\n{}", self.stdout))
    }
}

fn parse_row(line: &str) -> (String, u64) {
    let (name, number) = line.rsplit_once(' ').unwrap();
    (name.trim_end().to_owned(), number.parse().unwrap())
}
