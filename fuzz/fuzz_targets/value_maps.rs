//! Programs on `WeakValueMap`s.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weakref_core::WeakValueMap;
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
    match program.which(2) {
        0 => local::run::<WeakValueMap<rc::Held, rc::Item, Hashing>>(&program),
        _ => shared::run::<WeakValueMap<arc::Held, arc::Item, Hashing>>(&program),
    }
});
