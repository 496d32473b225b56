use std::sync::Arc;

use weakref_core::{Proxy, new, reference::Callable, weakrefable};

#[weakrefable]
struct Adder {
    amount: i32,
}

impl Callable<(i32,)> for Adder {
    type Output = i32;

    fn call(&self, (number,): (i32,)) -> i32 {
        number + self.amount
    }
}

fn main() {
    let adder = Arc::new(new!(Adder { amount: 2 }));
    assert_eq!(Proxy::new(&adder).call((5,)), 7);
}
