//! A map does not own what it inserts.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{Slotted, WeakValueMap};

async fn insert(map: &WeakValueMap<&str, Slotted<i32>>) {
    let _seven = map.get_or_insert_with_async("seven", async { Arc::new(Slotted::new(7)) }).await;
}

fn main() {
    drop(insert(&WeakValueMap::new()));
}
