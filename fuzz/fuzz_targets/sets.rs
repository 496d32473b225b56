//! Programs on `WeakSet`s and `PtrWeakSet`s.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weakref_core::{PtrWeakSet, WeakSet};
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
        0 => local::run::<WeakSet<rc::Item, Hashing>>(&program),
        1 => local::run::<PtrWeakSet<rc::Item>>(&program),
        2 => shared::run::<WeakSet<arc::Item, Hashing>>(&program),
        _ => shared::run::<PtrWeakSet<arc::Item>>(&program),
    }
});
