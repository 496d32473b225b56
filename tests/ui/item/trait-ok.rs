use weakref_core::{Shared, Weakrefable, weakrefable};

pub trait Listener: Weakrefable<Flavor = Shared> {
    fn hear(&self);
}

#[weakrefable]
struct Ear;

impl Listener for Ear {
    fn hear(&self) {}
}

fn main() {}
