use weakref_core::weakrefable;

#[weakrefable]
struct Line(u8, #[cfg(any())] str);

fn main() {}
