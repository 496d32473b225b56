//! A value that outlives the proxy can be returned in place of a part.

use std::sync::Arc;

use weakref_core::{Proxy, Slotted, reference::ProxyGuard};

type Object = Slotted<&'static u8>;

fn foreign<'p, 'v: 'p>(
    guard: ProxyGuard<'p, Object, &'v u8>,
    text: &'v str,
) -> ProxyGuard<'p, Object, str> {
    ProxyGuard::map(guard, move |_: &&'v u8| text)
}

fn main() {
    let owner = Arc::new(Slotted::new(&7_u8));
    let text = String::from("on the heap");
    let proxy = Proxy::new(&owner);
    let guard = foreign(ProxyGuard::map(proxy.get(), |object: &Object| -> &&u8 { &**object }), &text);
    assert_eq!(&*guard, "on the heap");
}
