use weakref_core::weakrefable;

struct Ear;

impl Ear {
    #[weakrefable]
    fn hear(&self) {}
}

fn main() {}
