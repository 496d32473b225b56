use weakref_core::weakrefable;

#[weakrefable]
const HEAR: fn() = || ();

fn main() {}
