use weakref_core::weakrefable;

#[weakrefable]
struct Line(u8, #[cfg(all())] str);

fn main() {}
