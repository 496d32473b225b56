//! Something to put into the directory.

use std::{fs, io, path::Path};

/// Writes files, some of them in a directory inside.
pub(crate) fn write(dir: &Path, files: u16) -> io::Result<()> {
    let inner = dir.join("inner");
    fs::create_dir(&inner)?;
    for number in 1..=files {
        let dir = if number % 2 == 0 { &inner } else { dir };
        fs::write(dir.join(format!("{number}.txt")), format!("file {number} of {files}\n"))?;
    }
    Ok(())
}

/// Counts the files there are, in directories inside too.
pub(crate) fn count(dir: &Path) -> io::Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        files += if entry.file_type()?.is_dir() { count(&entry.path())? } else { 1 };
    }
    Ok(files)
}
