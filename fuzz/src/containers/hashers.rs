//! How keys are hashed: as by std, or all alike.

use std::{
    cell::Cell,
    hash::{BuildHasher, DefaultHasher, Hasher},
};

thread_local! {
    static ALIKE: Cell<bool> = const { Cell::new(false) };
}

/// Says whether all keys hash alike in the maps that are made from here on. Then they share a
/// shard, and every search asks `Eq` about every entry it meets.
pub fn hash_alike(alike: bool) {
    ALIKE.set(alike);
}

/// Hashes as std does, but the same in each run; or all alike.
#[derive(Debug, Clone)]
pub struct Hashing {
    alike: bool,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { alike: ALIKE.get() }
    }
}

impl BuildHasher for Hashing {
    type Hasher = Hashed;

    fn build_hasher(&self) -> Hashed {
        Hashed { alike: self.alike, hasher: DefaultHasher::new() }
    }
}

/// What [`Hashing`] makes.
#[derive(Debug)]
pub struct Hashed {
    alike: bool,
    hasher: DefaultHasher,
}

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        self.hasher.write(bytes);
    }

    fn finish(&self) -> u64 {
        if self.alike { 7 } else { self.hasher.finish() }
    }
}
