//! Programs on `WeakKeyMap`s and `PtrWeakKeyMap`s.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weakref_core::{PtrWeakKeyMap, WeakKeyMap};
use weakref_fuzz::{
    containers::{
        hashers::Hashing,
        local::{self, item as rc},
        program::Program,
        shared::{self, item as arc},
    },
    harness,
};

fuzz_target!(init: harness::install(), |program: Program| {
    match program.which(4) {
        0 => local::run::<WeakKeyMap<rc::Item, rc::Held, Hashing>>(&program),
        1 => local::run::<PtrWeakKeyMap<rc::Item, rc::Held>>(&program),
        2 => shared::run::<WeakKeyMap<arc::Item, arc::Held, Hashing>>(&program),
        _ => shared::run::<PtrWeakKeyMap<arc::Item, arc::Held>>(&program),
    }
});
