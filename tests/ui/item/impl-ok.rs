use weakref_core::weakrefable;

#[weakrefable]
struct Ear;

impl Ear {
    fn hear(&self) {}
}

fn main() {}
