use std::sync::Arc;

use weakref_core::{Slotted, WeakRef};

fn main() {
    let name: Arc<Slotted<String>> = Arc::new(Slotted::new(String::from("dawn")));
    let _weak = WeakRef::new(&name);
}
