//! Objects in an `Arc`, compared by identity.

use std::{
    sync::{Arc as Ptr, Weak},
    thread,
};

use weakref_core::{
    PtrWeakKeyMap as KeyMap, PtrWeakSet as Set, PtrWeakWeakMap as PairMap, Shared as Here,
};

// The other three have it too, with their names.
#[allow(clippy::duplicate_mod)]
#[path = "machine.rs"]
mod machine;

use machine::Obj;
pub(crate) use machine::run;

type MethodFn = dyn Fn(&Obj) -> u32 + Send + Sync;
type FinalizerFn = Box<dyn FnOnce() -> u32 + Send>;

const BY_IDENTITY: bool = true;

/// Returns the element that equals the object, which is added, after `body`, if there is none.
fn get_or_add(set: &Set<Obj>, owner: &Ptr<Obj>, body: impl FnOnce()) -> Ptr<Obj> {
    set.get(&**owner).unwrap_or_else(|| {
        body();
        set.get_or_insert(owner)
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
