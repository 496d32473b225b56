use weakref_core::weakrefable;

#[weakrefable]
struct Buffer<T: ?Sized>(u32, T);

fn main() {}
