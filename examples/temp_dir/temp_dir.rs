//! A directory that goes away with its object. This is the file about `weakref_core`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use weakref_core::{Finalizer, finalize_on, weakrefable};

/// A temporary directory: the class `TempDir` of Python's weakref documentation.
///
/// It goes away, with what is in it, when the object dies, when [`remove`](Self::remove) is called, or
/// when the program ends, whichever is first. A `Drop` would do for the first of the three, but what is
/// in a static is never dropped, nor what is alive in `process::exit`.
///
/// It may live wherever a Rust value lives: on the stack, in a field, in an `Arc`.
#[weakrefable]
pub(crate) struct TempDir {
    path: PathBuf,
    /// Not there for a moment in the constructor, as it is about the object that it stands in.
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

        // The function cannot reach the object any more when it runs, so it brings along what it
        // needs to know. It also has nobody to return an error to.
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

    /// Removes the directory now, if nobody has done so yet.
    ///
    /// `Finalizer::call` would be shorter. This takes the function back and does the work itself, as
    /// here there is somebody to return an error to.
    pub(crate) fn remove(&self) -> io::Result<()> {
        let Some(_function) = self.finalizer.as_ref().and_then(Finalizer::detach) else {
            return Ok(());
        };
        fs::remove_dir_all(&self.path)
            .map_err(|error| io::Error::new(error.kind(), cannot_remove(&self.path, &error)))
    }

    /// Tells whether it has been removed; and stays so, whoever makes a directory of that name.
    pub(crate) fn removed(&self) -> bool {
        !self.finalizer.as_ref().is_some_and(Finalizer::is_alive)
    }
}

fn cannot_remove(path: &Path, error: &io::Error) -> String {
    format!("cannot remove {}: {error}", path.display())
}
