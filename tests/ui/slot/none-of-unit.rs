use weakref_core::Weakrefable;

#[derive(Weakrefable)]
struct Marker;

fn main() {}
