use std::sync::Arc;

use weakref_core::weak_fn;

fn main() {
    let name = Arc::new(String::from("dawn"));
    let len = weak_fn!(&name, |name| name.len());
    assert_eq!(len(), Some(4));
}
