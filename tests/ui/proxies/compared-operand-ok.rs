use std::sync::Arc;

use weakref_core::{Proxy, new, weakrefable};

#[weakrefable]
struct Price(u64);

struct Cents(u64);

impl weakref_core::reference::Operand for Cents {}

impl PartialEq<Cents> for Price {
    fn eq(&self, other: &Cents) -> bool {
        self.0 == other.0
    }
}

fn main() {
    let owner = Arc::new(new!(Price(250)));
    let proxy = Proxy::new(&owner);
    assert!(proxy == Cents(250));
}
