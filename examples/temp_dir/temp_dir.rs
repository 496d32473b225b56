//! A directory that is removed with its object. This is the file about `weakref_core`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use weakref_core::{Finalizer, finalize_on, weakrefable};

/// A temporary directory: the class `TempDir` of Python's weakref documentation.
///
/// The directory is removed, with its content, when the object is dropped, when
/// [`remove`](Self::remove) is called, or when the program ends, whichever comes first. A `Drop`
/// would do for the first of the three. But an object in a static is never dropped, nor is one that
/// is alive in `process::exit`.
///
/// The object may live wherever a Rust value lives: on the stack, in a field, in an `Arc`.
#[weakrefable]
pub(crate) struct TempDir {
    path: PathBuf,
    /// `None` for a moment in the constructor, as the finalizer needs the object that it is a field
    /// of.
    finalizer: Option<Finalizer<Self, Box<dyn FnOnce() + Send>>>,
}

impl TempDir {
    /// Creates a directory of an unused name, which nobody else may look into.
    pub(crate) fn new_in(parent: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("temp_dir-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        // That crate would remove the directory too. With `keep`, its part ends here.
        let path = builder.tempdir_in(parent)?.keep();

        let mut dir = weakref_core::new!(TempDir { path, finalizer: None });

        // The function cannot reach the object any more when it runs, so it captures what it needs.
        // It also has no caller to return an error to.
        let path = dir.path.clone();
        let remove = move || match fs::remove_dir_all(&path) {
            Ok(()) => println!("the finalizer has removed it"),
            Err(error) => eprintln!("temp_dir: {}", cannot_remove(&path, &error)),
        };
        dir.finalizer = Some(finalize_on(&dir, Box::new(remove)));
        Ok(dir)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the directory now, if that has not been done yet.
    ///
    /// `Finalizer::call` would be shorter. This detaches the finalizer and does the work itself, as
    /// it can return an error.
    pub(crate) fn remove(&self) -> io::Result<()> {
        let Some(_function) = self.finalizer.as_ref().and_then(Finalizer::detach) else {
            return Ok(());
        };
        fs::remove_dir_all(&self.path)
            .map_err(|error| io::Error::new(error.kind(), cannot_remove(&self.path, &error)))
    }

    /// Whether the directory has been removed. Another directory of that name does not count.
    pub(crate) fn removed(&self) -> bool {
        !self.finalizer.as_ref().is_some_and(Finalizer::is_alive)
    }
}

fn cannot_remove(path: &Path, error: &io::Error) -> String {
    format!("cannot remove {}: {error}", path.display())
}
