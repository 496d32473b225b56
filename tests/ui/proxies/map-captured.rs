//! A part must come from the object: what the closure has captured can be gone before the guard.

use std::sync::Arc;

use weakref_core::{Proxy, Slotted, reference::ProxyGuard};

type Object = Slotted<&'static u8>;

fn foreign<'p, 'v>(
    guard: ProxyGuard<'p, Object, &'v u8>,
    text: &'v str,
) -> ProxyGuard<'p, Object, str> {
    ProxyGuard::map(guard, move |_: &&'v u8| text)
}

fn main() {
    let owner = Arc::new(Slotted::new(&7_u8));
    let proxy = Proxy::new(&owner);
    let dangling = {
        let text = String::from("on the heap");
        foreign(ProxyGuard::map(proxy.get(), |object: &Object| -> &&u8 { &**object }), &text)
    };
    println!("{}", &*dangling);
}
