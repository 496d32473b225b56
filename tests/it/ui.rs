//! What the compiler says to a mistake: every file under `ui/` is one.
//!
//! `ui/<family>/<mistake>.rs` does not compile, and `<mistake>.stderr` beside it is what the user
//! reads; `<mistake>-ok.rs` is the same program put right, and runs. To write the texts anew after
//! a change: `TRYBUILD=overwrite cargo test -p weakref-tests ui`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version whose words stand in the `.stderr` files.
const TOOLCHAIN: &str = "rustc 1.95.";

#[cfg_attr(miri, ignore = "runs the compiler")]
#[test]
fn mistakes_are_explained_and_their_twins_compile() {
    let mistakes = mistakes();
    assert!(!mistakes.is_empty(), "no cases under ui/");
    for mistake in &mistakes {
        let twin = twin(mistake);
        assert!(twin.exists(), "{} has no passing twin {}", mistake.display(), twin.display());
        one_error(mistake);
    }

    let version = rustc_version();
    if !version.starts_with(TOOLCHAIN) {
        eprintln!(
            "skipped: the expected texts are those of {TOOLCHAIN}x, and this is {}",
            version.trim()
        );
        return;
    }
    // Apart, so that the mistakes are checked in one go, without being built.
    let cases = trybuild::TestCases::new();
    for mistake in &mistakes {
        cases.compile_fail(mistake);
    }
    drop(cases);
    trybuild::TestCases::new().pass(twins(&mistakes));
}

/// Writes a program that has each twin as a module, and runs their `main`s. To build and link each
/// for itself would take most of the time of all tests.
fn twins(mistakes: &[PathBuf]) -> PathBuf {
    let mut modules = String::new();
    let mut calls = String::new();
    for mistake in mistakes {
        let name = mistake.strip_prefix("ui").unwrap().with_extension("");
        let name = name.to_str().unwrap().replace(['/', '\\', '-'], "_");
        let text = fs::read_to_string(twin(mistake)).unwrap();
        write!(modules, "mod {name} {{\n{text}\npub(crate) fn run() {{ main() }}\n}}\n").unwrap();
        writeln!(calls, "    println!(\"{name}\");\n    {name}::run();").unwrap();
    }
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("twins.rs");
    fs::write(&program, format!("{modules}fn main() {{\n{calls}}}\n")).unwrap();
    program
}

/// Files with more than one mistake, and those where the compiler reports the same more than once:
/// at the argument or the function, and at the type that follows from it; for `Send` and for `Sync`;
/// or, of an attribute that is not imported, in words of its own.
const SEVERAL: [&str; 7] = [
    "containers/mixed-flavours.rs",
    "finalize/boxed-local.rs",
    "methods/weak-fn-no-slot.rs",
    "option/attribute-for-derive.rs",
    "option/several.rs",
    "pointer/no-slot.rs",
    "proxy/several.rs",
];

/// One mistake gives one error, and its text is the same on every machine.
fn one_error(mistake: &Path) {
    let Ok(text) = fs::read_to_string(mistake.with_extension("stderr")) else { return };
    let errors = text.lines().filter(|line| line.starts_with("error")).count();
    let several = SEVERAL.iter().any(|file| mistake.ends_with(file));
    assert_eq!(errors > 1, several, "{} errors in {}:\n{text}", errors, mistake.display());
    assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "a path of this machine:\n{text}");
    // The compiler names a closure by its path, and words what it says by the length of that.
    assert!(!text.contains("{closure@"), "a path of this machine:\n{text}");
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Every file under `ui/` that is not a twin, in order.
fn mistakes() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for family in entries(Path::new("ui")) {
        for file in entries(&family) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".rs") && !name.ends_with("-ok.rs") {
                found.push(file);
            }
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

fn twin(mistake: &Path) -> PathBuf {
    let name = mistake.file_stem().unwrap_or_default().to_string_lossy();
    mistake.with_file_name(format!("{name}-ok.rs"))
}
