use weakref_core::weakrefable;

#[weakrefable]
#[repr(transparent)]
struct Id(u32);

fn main() {}
