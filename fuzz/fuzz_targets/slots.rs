//! Programs on references with callbacks, and on the slots of objects that die, move and swap.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weakref_fuzz::{
    harness,
    world::{self, program::OnSlots},
};

fuzz_target!(init: harness::install(), |program: OnSlots| world::run(&program.0));
