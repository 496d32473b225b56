use std::sync::Arc;

use weakref_core::{Proxy, new, weakrefable};

#[weakrefable]
struct Countdown(u32);

impl IntoIterator for &Countdown {
    type Item = u32;
    type IntoIter = std::ops::Range<u32>;

    fn into_iter(self) -> Self::IntoIter {
        0..self.0
    }
}

fn main() {
    let owner = Arc::new(new!(Countdown(3)));
    let proxy = Proxy::new(&owner);
    let mut numbers = (&proxy).into_iter();
    drop(proxy);
    assert_eq!(numbers.next(), Some(0));
}
