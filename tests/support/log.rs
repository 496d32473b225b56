//! Notes of what has happened.

use std::sync::{Arc, Mutex};

use weakref_core::{WeakRef, Weakrefable};

/// What has happened, in order: words, or whatever says it best. Every clone is the same log, and
/// may be in any thread.
#[derive(Debug)]
pub struct Log<T = String>(Arc<Mutex<Vec<T>>>);

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Log<T> {
    /// Adds a thing as it is.
    pub fn put(&self, thing: T) {
        self.0.lock().unwrap().push(thing);
    }

    /// Returns all there is since the last call.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

// A reference would be a burden on every call.
#[allow(clippy::needless_pass_by_value)]
impl Log {
    /// Adds what `what` is in words.
    pub fn note(&self, what: impl ToString) {
        self.put(what.to_string());
    }

    /// Returns a callback that notes `what`.
    pub fn call<T: ?Sized + Weakrefable, W: ToString>(
        &self,
        what: W,
    ) -> impl FnOnce(&WeakRef<T>) + Send + 'static + use<T, W> {
        let (log, what) = (self.clone(), what.to_string());
        move |_: &WeakRef<T>| log.note(what)
    }

    /// Returns a value that notes `what` when it drops.
    pub fn drop(&self, what: impl ToString) -> NotesDrop {
        NotesDrop { log: self.clone(), what: what.to_string() }
    }
}

/// What [`Log::drop`] returns.
#[derive(Debug)]
pub struct NotesDrop {
    log: Log,
    what: String,
}

impl Drop for NotesDrop {
    fn drop(&mut self) {
        self.log.note(&self.what);
    }
}
