use weakref_core::weakrefable;

#[weakrefable]
mod ears {
    pub struct Ear;
}

fn main() {}
