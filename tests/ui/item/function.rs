use weakref_core::weakrefable;

#[weakrefable]
pub const fn hear() {}

fn main() {}
