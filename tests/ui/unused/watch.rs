//! A watch is cancelled when it is dropped.
#![deny(unused_must_use)]

use std::sync::Arc;

use weakref_core::{DeathQueue, Slotted};

fn main() {
    let dead = DeathQueue::new();
    dead.watch(&Arc::new(Slotted::new(7)), "never received");
}
