//! Two threads at the same objects and maps, through every order in which they can meet.
//!
//! `RUSTFLAGS="--cfg weakref_loom" cargo test -p weakref-tests --test loom --features loom --release`
#![cfg(weakref_loom)]

mod containers;
mod deaths;
mod factories;
mod finalizers;
mod growth;
mod list;
mod methods;
mod queue;
mod references;

use std::sync::{Arc, atomic::Ordering};

use loom::{model::Builder, thread};
use weakref_core::{Slotted, WeakValueMap};
use weakref_tests::{Counted, SameHash, Tally};

type Value = Slotted<u32>;
type Map = WeakValueMap<Counted<u32>, Value, SameHash>;

/// Runs `f` in every order with at most so many switches of threads where none is needed.
fn check(preemptions: usize, f: impl Fn() + Sync + Send + 'static) {
    let mut model = Builder::new();
    model.preemption_bound = Some(preemptions);
    model.max_branches = 10_000;
    model.check(f);
}

/// What loom sees of std's `Arc`s, which it does not know: threads that touch the same of these
/// depend on each other, so it tries both orders of what stands beside.
#[derive(Clone)]
struct Meeting(loom::sync::Arc<loom::sync::atomic::AtomicUsize>);

impl Meeting {
    fn new() -> Self {
        Self(loom::sync::Arc::new(loom::sync::atomic::AtomicUsize::new(0)))
    }

    fn touch(&self) {
        // Orders nothing that a program could see.
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs `f` in another thread, beside what this one does between its touches.
    fn spawn<R: 'static>(&self, f: impl FnOnce() -> R + 'static) -> thread::JoinHandle<R> {
        let meeting = self.clone();
        thread::spawn(move || {
            meeting.touch();
            let result = f();
            meeting.touch();
            result
        })
    }

    /// Runs `f` between two touches.
    fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        self.touch();
        let result = f();
        self.touch();
        result
    }
}

/// A map, and the count of its keys.
struct Stage {
    map: Map,
    keys: Tally,
}

impl Stage {
    fn new() -> Arc<Self> {
        let map = Map::default();
        // Loom does not know the map's atomics before they are used.
        assert!(map.get(&0).is_none());
        Arc::new(Self { map, keys: Tally::default() })
    }

    /// A key that is counted as long as it exists.
    fn key(&self, number: u32) -> Counted<u32> {
        Counted(number, self.keys.token())
    }

    fn insert(&self, key: u32, value: &Arc<Value>) -> Option<Arc<Value>> {
        self.map.insert(self.key(key), value)
    }

    fn keys(&self) -> usize {
        self.keys.count()
    }

    #[track_caller]
    fn assert_empty(&self) {
        assert_eq!((self.map.len(), self.keys()), (0, 0));
    }
}

fn value(number: u32) -> Arc<Value> {
    Arc::new(Slotted::new(number))
}
