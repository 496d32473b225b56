//! Objects in an `Rc`, compared by identity.

use std::rc::{Rc as Ptr, Weak};

use weakref_core::{
    Local as Here, PtrWeakKeyMap as KeyMap, PtrWeakSet as Set, PtrWeakWeakMap as PairMap,
};

// The other three have it too, with their names.
#[allow(clippy::duplicate_mod)]
#[path = "machine.rs"]
mod machine;

use machine::Obj;
pub(crate) use machine::run;

type MethodFn = dyn Fn(&Obj) -> u32;
type FinalizerFn = Box<dyn FnOnce() -> u32>;

const BY_IDENTITY: bool = true;

/// Returns the element that equals the object, which is added, after `body`, if there is none.
fn get_or_add(set: &Set<Obj>, owner: &Ptr<Obj>, body: impl FnOnce()) -> Ptr<Obj> {
    set.get(&**owner).unwrap_or_else(|| {
        body();
        set.get_or_insert(owner)
    })
}

/// Calls `f` for each thread, one after the other.
fn in_threads<R>(threads: u32, f: impl Fn(u32) -> R) -> Vec<R> {
    (0..threads).map(f).collect()
}
