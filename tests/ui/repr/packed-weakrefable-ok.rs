use std::sync::Arc;

use weakref_core::{Slotted, WeakRef};

#[repr(packed(2))]
struct Header {
    kind: u8,
}

fn main() {
    let header: Arc<Slotted<Header>> = Arc::new(Slotted::new(Header { kind: 1 }));
    let weak = WeakRef::new(&header);
    assert_eq!(weak.upgrade().map(|header| header.kind), Some(1));
}
