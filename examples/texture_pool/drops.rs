//! Where textures are dropped, for the table.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread::{self, ThreadId},
};

/// Counts drops in the thread that made this, and in others.
///
/// The counters are relaxed: they guard no other data, and are read after the threads have ended.
#[derive(Clone)]
pub(crate) struct Drops(Arc<Counters>);

struct Counters {
    home: ThreadId,
    here: AtomicUsize,
    elsewhere: AtomicUsize,
}

impl Default for Drops {
    fn default() -> Self {
        let home = thread::current().id();
        Self(Arc::new(Counters { home, here: AtomicUsize::new(0), elsewhere: AtomicUsize::new(0) }))
    }
}

impl Drops {
    /// Returns something that is counted when it is dropped.
    pub(crate) fn note(&self) -> NotesDrop {
        NotesDrop(self.clone())
    }

    pub(crate) fn here(&self) -> usize {
        self.0.here.load(Relaxed)
    }

    pub(crate) fn elsewhere(&self) -> usize {
        self.0.elsewhere.load(Relaxed)
    }
}

pub(crate) struct NotesDrop(Drops);

impl Drop for NotesDrop {
    fn drop(&mut self) {
        let Counters { home, here, elsewhere } = &*self.0.0;
        let counter = if thread::current().id() == *home { here } else { elsewhere };
        counter.fetch_add(1, Relaxed);
    }
}
