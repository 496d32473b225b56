use std::ops::Add;
use std::sync::Arc;

use weakref_core::{Proxy, new, weakrefable};

#[weakrefable]
struct Meters(i64);

impl Add<i64> for &Meters {
    type Output = i64;

    fn add(self, other: i64) -> i64 {
        self.0 + other
    }
}

fn main() {
    let owner = Arc::new(new!(Meters(5)));
    let proxy = Proxy::new(&owner);
    assert_eq!(&proxy + 1, 6);
}
