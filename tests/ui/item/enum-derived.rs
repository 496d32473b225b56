use std::sync::Arc;

use weakref_core::{WeakRef, Weakrefable};

#[derive(Weakrefable)]
enum Shape {
    Dot,
    Circle(f64),
}

fn main() {
    let value = Arc::new(Shape::Dot);
    let _weak = WeakRef::new(&value);
}
