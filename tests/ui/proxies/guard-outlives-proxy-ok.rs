use std::sync::Arc;

use weakref_core::{Proxy, Slotted, reference::ProxyGuard};

fn main() {
    let owner = Arc::new(Slotted::new(String::from("text")));
    let proxy = Proxy::new(&owner);
    let guard = ProxyGuard::into_owner(proxy.get());
    drop(proxy);
    assert_eq!(guard.as_str(), "text");
}
