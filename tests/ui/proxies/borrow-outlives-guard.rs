use std::sync::Arc;

use weakref_core::{Proxy, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(String::from("text")));
    let proxy = Proxy::new(&owner);
    let text = proxy.get().as_str();
    drop(owner);
    assert_eq!(text, "text");
}
