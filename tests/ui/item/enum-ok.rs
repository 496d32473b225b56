use std::sync::Arc;

use weakref_core::{Slotted, WeakRef};

enum Shape {
    Dot,
    Circle(f64),
}

fn main() {
    let value: Arc<Slotted<Shape>> = Arc::new(Slotted::new(Shape::Dot));
    let _weak = WeakRef::new(&value);
}
