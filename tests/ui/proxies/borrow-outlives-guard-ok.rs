use std::sync::Arc;

use weakref_core::{Proxy, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(String::from("text")));
    let proxy = Proxy::new(&owner);
    let guard = proxy.get();
    let text = guard.as_str();
    drop(owner);
    assert_eq!(text, "text");
}
