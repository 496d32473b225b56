//! The callback of a proxy is cancelled when the proxy is dropped.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{Proxy, Slotted};

fn main() {
    let owner = Arc::new(Slotted::new(7));
    Proxy::with_callback(&owner, |_| println!("never called"));
}
