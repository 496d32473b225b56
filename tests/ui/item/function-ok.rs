use std::sync::Arc;

use weakref_core::{Slotted, WeakRef};

pub fn hear() {}

fn main() {
    let function: Arc<Slotted<fn()>> = Arc::new(Slotted::new(hear));
    let weak = WeakRef::new(&function);
    weak.with(|hear| hear());
}
