//! Programs on finalizers, and on what else is registered with their objects.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weakref_fuzz::{
    harness,
    world::{self, program::OnFinalizers},
};

fuzz_target!(init: harness::install(), |program: OnFinalizers| world::run(&program.0));
