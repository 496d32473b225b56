use std::sync::Arc;

use weakref_core::WeakRef;

fn main() {
    let name = Arc::new(String::from("dawn"));
    let _weak = WeakRef::new(&name);
}
