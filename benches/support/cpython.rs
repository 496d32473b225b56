//! The same operations in `CPython`, as a scale. No target depends on them.

use std::{
    env,
    io::ErrorKind,
    process::{Command, Stdio},
};

/// Runs `cpython.py` with the arguments of this process, if there is a Python. Returns false if
/// that fails.
pub fn note(test: bool) -> bool {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/cpython.py");
    let filters = env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let status = Command::new("python3")
        .arg(script)
        .args(test.then_some("--test"))
        .args(filters)
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) => status.success(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("\nthere is no python3 here: without the figures of CPython");
            true
        }
        Err(_) => false,
    }
}
