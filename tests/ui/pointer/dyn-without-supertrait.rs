use std::sync::Arc;

use weakref_core::weakref_count;

trait Listener {
    fn hear(&self);
}

fn count(listener: &Arc<dyn Listener>) -> usize {
    weakref_count(listener)
}

fn main() {}
