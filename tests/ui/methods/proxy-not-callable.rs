use std::sync::Arc;

use weakref_core::{Proxy, new, weakrefable};

#[weakrefable]
struct Adder {
    amount: i32,
}

fn main() {
    let adder = Arc::new(new!(Adder { amount: 2 }));
    Proxy::new(&adder).call((5,));
}
