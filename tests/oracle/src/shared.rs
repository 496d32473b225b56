//! Objects in an `Arc`, compared by equality.

use std::{
    sync::{Arc as Ptr, Weak},
    thread,
};

use weakref_core::{Shared as Here, WeakKeyMap as KeyMap, WeakSet as Set, WeakWeakMap as PairMap};

// The other three have it too, with their names.
#[allow(clippy::duplicate_mod)]
#[path = "machine.rs"]
mod machine;

use machine::Obj;
pub(crate) use machine::run;

type MethodFn = dyn Fn(&Obj) -> u32 + Send + Sync;
type FinalizerFn = Box<dyn FnOnce() -> u32 + Send>;

const BY_IDENTITY: bool = false;

/// Returns the element that equals the object, which is added, after `body`, if there is none.
fn get_or_add(set: &Set<Obj>, owner: &Ptr<Obj>, body: impl FnOnce()) -> Ptr<Obj> {
    set.get_or_insert_with(&**owner, |_| {
        body();
        owner.clone()
    })
}

/// Calls `f` in each of so many threads.
fn in_threads<R: Send>(threads: u32, f: impl Fn(u32) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let f = &f;
        let all: Vec<_> = (0..threads).map(|n| scope.spawn(move || f(n))).collect();
        all.into_iter().map(|thread| thread.join().expect("a thread that panics not")).collect()
    })
}
