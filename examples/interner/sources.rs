//! Which files to read.

use std::{
    env,
    error::Error,
    io,
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::MetadataCommand;
use walkdir::{DirEntry, WalkDir};

/// Returns the folders of all packages that this repository depends on, wherever cargo keeps them.
pub(crate) fn dependencies() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let cannot_find =
        |error: &dyn Error| format!("cannot find the dependencies of this repository: {error}");
    // Packages for other platforms only have not been downloaded.
    let platform = host().map_err(|error| cannot_find(&error))?;
    let options = ["--offline", "--filter-platform", &platform];
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .other_options(options.map(String::from))
        .exec()
        .map_err(|error| cannot_find(&error))?;
    // Those without a source are the repository's own.
    let packages = metadata.packages.iter().filter(|package| package.source.is_some());
    let folders = packages.filter_map(|package| package.manifest_path.parent());
    Ok(folders.map(|folder| folder.to_path_buf().into()).collect())
}

/// Asks cargo what it calls this platform.
fn host() -> io::Result<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let said = Command::new(cargo).arg("-vV").output()?.stdout;
    let said = String::from_utf8_lossy(&said);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| io::Error::other("cargo does not name its platform"))
}

/// Returns the files in these folders, and those that are named themselves, each once and in the
/// order of their names. Hidden files, links, and caches such as cargo's `target` are left out.
/// With `ending`, only files with that ending are returned.
pub(crate) fn files(paths: &[PathBuf], ending: Option<&str>) -> Result<Vec<PathBuf>, String> {
    let has_ending =
        |path: &Path| ending.is_none_or(|ending| path.extension().is_some_and(|its| its == ending));
    let mut files = Vec::new();
    for path in paths {
        // So that a file is the same by any path that leads to it.
        let path = path.canonicalize().map_err(|error| cannot_read(path, &error))?;
        for entry in WalkDir::new(&path).into_iter().filter_entry(is_wanted) {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(&path).to_owned();
                cannot_read(&path, &error.into())
            })?;
            if entry.file_type().is_file() && (entry.depth() == 0 || has_ending(entry.path())) {
                files.push(entry.into_path());
            }
        }
    }
    if files.is_empty() {
        let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let ending = ending.map(|ending| format!(" with the ending {ending}")).unwrap_or_default();
        return Err(format!("no files{ending} in {}", paths.join(", ")));
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn is_wanted(entry: &DirEntry) -> bool {
    // A path that the user has named is read even if it is hidden.
    entry.depth() == 0
        || !(entry.file_name().as_encoded_bytes().starts_with(b".")
            || entry.path().join("CACHEDIR.TAG").exists())
}

pub(crate) fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}
