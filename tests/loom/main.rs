//! Two threads at the same objects and maps, through every order in which they can meet.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p weakref-tests --test loom --release`
#![cfg(loom)]

mod containers;
mod deaths;
mod factories;
mod finalizers;
mod methods;
mod queue;
mod references;

use std::sync::{Arc, atomic::Ordering};

use loom::{model::Builder, thread};
use weakref_core::{Slotted, WeakValueMap};

type Value = Slotted<u32>;
type Map = WeakValueMap<Key, Value, Alike>;

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

/// All keys are in one shard.
#[derive(Default, Clone)]
struct Alike;

impl std::hash::BuildHasher for Alike {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self
    }
}

impl std::hash::Hasher for Alike {
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        7
    }
}

/// A key that is counted.
#[derive(Clone)]
struct Key(u32, #[allow(dead_code)] Arc<()>);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Key {}

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl std::borrow::Borrow<u32> for Key {
    fn borrow(&self) -> &u32 {
        &self.0
    }
}

/// A map, and the count of its keys.
struct Stage {
    map: Map,
    keys: Arc<()>,
}

impl Stage {
    fn new() -> Arc<Self> {
        Arc::new(Self { map: Map::default(), keys: Arc::default() })
    }

    fn insert(&self, key: u32, value: &Arc<Value>) -> Option<Arc<Value>> {
        self.map.insert(Key(key, Arc::clone(&self.keys)), value)
    }

    fn keys(&self) -> usize {
        Arc::strong_count(&self.keys) - 1
    }

    #[track_caller]
    fn assert_empty(&self) {
        assert_eq!((self.map.len(), self.keys()), (0, 0));
    }
}

fn value(number: u32) -> Arc<Value> {
    Arc::new(Slotted::new(number))
}
