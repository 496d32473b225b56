use std::sync::Arc;

use weakref_core::{Shared, Slotted, Weakrefable, weakref_count};

trait Listener: Weakrefable<Flavor = Shared> {
    fn hear(&self);
}

trait Plain {
    fn hear(&self);
}

fn count(listener: &Arc<dyn Listener>, plain: &Arc<Slotted<dyn Plain>>) -> usize {
    weakref_count(listener) + weakref_count(plain)
}

fn main() {}
