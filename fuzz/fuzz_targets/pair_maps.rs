//! Programs on `WeakWeakMap`s and `PtrWeakWeakMap`s.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weakref_core::{PtrWeakWeakMap, WeakWeakMap};
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
        0 => local::run::<WeakWeakMap<rc::Item, rc::Item, Hashing>>(&program),
        1 => local::run::<PtrWeakWeakMap<rc::Item, rc::Item>>(&program),
        2 => shared::run::<WeakWeakMap<arc::Item, arc::Item, Hashing>>(&program),
        _ => shared::run::<PtrWeakWeakMap<arc::Item, arc::Item>>(&program),
    }
});
