use std::rc::Rc;

use weakref_core::{Local, PtrWeakWeakMap, Slotted};

fn main() {
    let twins: PtrWeakWeakMap<Slotted<f32, Local>, Slotted<f32, Local>> = PtrWeakWeakMap::new();
    let one = Rc::new(Slotted::new(1.5));
    twins.insert(&one, &one);
}
