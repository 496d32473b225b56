//! A hasher with which all keys collide.

use std::hash::{BuildHasherDefault, Hasher};

/// Gives all keys the same hash: so they share a shard, and every search calls `Eq` for
/// every entry that it comes to.
pub type SameHash = BuildHasherDefault<SameHasher>;

/// What [`SameHash`] makes.
#[derive(Debug, Default)]
pub struct SameHasher;

impl Hasher for SameHasher {
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        7
    }
}
