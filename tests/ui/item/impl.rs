use weakref_core::weakrefable;

struct Ear;

#[weakrefable]
impl Ear {
    fn hear(&self) {}
}

fn main() {}
