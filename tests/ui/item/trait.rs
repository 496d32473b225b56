use weakref_core::weakrefable;

#[weakrefable]
pub trait Listener {
    fn hear(&self);
}

fn main() {}
