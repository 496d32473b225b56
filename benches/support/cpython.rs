//! The same operations in `CPython`, as a scale.

use std::{
    io::ErrorKind,
    process::{Command, Stdio},
};

use crate::options::Options;

/// Runs `cpython.py` with the names that were asked for, if there is a Python. Returns false if
/// that fails.
pub fn note(options: &Options) -> bool {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/cpython.py");
    let status = Command::new("python3")
        .arg(script)
        .args(options.test.then_some("--test"))
        .args(options.filters())
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
