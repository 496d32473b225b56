use std::rc::Rc;

use weakref_core::{Local, Slotted, WeakWeakMap};

fn main() {
    let twins: WeakWeakMap<Slotted<f32, Local>, Slotted<f32, Local>> = WeakWeakMap::new();
    let one = Rc::new(Slotted::new(1.5));
    twins.insert(&one, &one);
}
