use std::ops::Shr;
use std::sync::Arc;

use weakref_core::{Proxy, new, weakrefable};

#[weakrefable]
struct Names(Vec<String>);

impl<'a> Shr<usize> for &'a Names {
    type Output = &'a str;

    fn shr(self, place: usize) -> Self::Output {
        &self.0[place]
    }
}

fn main() {
    let owner = Arc::new(new!(Names(vec!["ann".into()])));
    let proxy = Proxy::new(&owner);
    assert_eq!(&proxy >> 0, "ann");
}
