use std::ops::Mul;
use std::sync::Arc;

use weakref_core::{Proxy, new, reference::Operand, weakrefable};

#[weakrefable]
struct Price(u64);

struct Pieces(u64);

impl Operand for Pieces {}

impl Mul<Pieces> for &Price {
    type Output = u64;

    fn mul(self, pieces: Pieces) -> u64 {
        self.0 * pieces.0
    }
}

fn main() {
    let owner = Arc::new(new!(Price(250)));
    let proxy = Proxy::new(&owner);
    assert_eq!(&proxy * Pieces(3), 750);
}
