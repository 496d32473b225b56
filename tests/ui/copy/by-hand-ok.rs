use std::sync::Arc;

use weakref_core::{Slotted, WeakRef};

#[derive(Clone, Copy)]
struct Point {
    x: u32,
}

fn main() {
    let point: Arc<Slotted<Point>> = Arc::new(Slotted::new(Point { x: 1 }));
    let weak = WeakRef::new(&point);
    assert_eq!(weak.with(|point| point.x), Some(1));
}
