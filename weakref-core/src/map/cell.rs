//! The key in an entry, with its hash: at home, or lent out to a visitor (see `lease.rs`).
//!
//! As an enum beside the hash and the place, this would take eight bytes more for most keys, a
//! third of an entry; and the size of the table is what large maps wait for. So the tag is one bit of
//! the place.
#![allow(unsafe_code)]

use std::mem::{ManuallyDrop, forget};

/// A key in a chunk of its shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) chunk: u32,
    pub(super) index: u32,
}

pub(crate) struct KeyCell<K> {
    hash: u32,
    /// The entry's place in the slot of its referent; and `LENT`.
    tagged: u32,
    key: Key<K>,
}

/// `lent` if the cell has the bit, else `home`.
union Key<K> {
    home: ManuallyDrop<K>,
    lent: Place,
}

const LENT: u32 = 1 << 31;

/// A place that no slot gives out.
pub(super) const NOWHERE: u32 = LENT - 1;

impl<K> KeyCell<K> {
    pub(crate) fn new(hash: u32, place_in_slot: u32, key: K) -> Self {
        debug_assert!(place_in_slot < LENT, "the slot gives out fewer");
        Self { hash, tagged: place_in_slot, key: Key { home: ManuallyDrop::new(key) } }
    }

    #[inline]
    pub(crate) fn hash(&self) -> u32 {
        self.hash
    }

    pub(crate) fn place_in_slot(&self) -> u32 {
        self.tagged & !LENT
    }

    /// Returns the key, or where it is.
    #[inline]
    pub(crate) fn get(&self) -> Result<&K, Place> {
        if self.tagged & LENT == 0 {
            // SAFETY: without the bit, it is `home`.
            Ok(unsafe { &self.key.home })
        } else {
            // SAFETY: with the bit, it is `lent`.
            Err(unsafe { self.key.lent })
        }
    }

    /// Takes the key out for `place`. If it is lent already, returns where it is.
    pub(crate) fn lend(&mut self, place: Place) -> Result<K, Place> {
        self.get()?;
        self.tagged |= LENT;
        let home = std::mem::replace(&mut self.key, Key { lent: place });
        // SAFETY: the bit was not set, so this was `home`; now it is out of the cell.
        Ok(ManuallyDrop::into_inner(unsafe { home.home }))
    }

    /// Puts a key back that has been lent.
    pub(crate) fn bring_home(&mut self, key: K) {
        debug_assert!(self.get().is_err(), "a key comes home where it was lent");
        self.key = Key { home: ManuallyDrop::new(key) };
        self.tagged &= !LENT;
    }

    pub(crate) fn is_at(&self, place: Place) -> bool {
        self.get().err() == Some(place)
    }

    /// Returns the key, or where it is.
    pub(crate) fn into_key(mut self) -> Result<K, Place> {
        let key = self.lend(Place { chunk: 0, index: 0 });
        // What is in it is a place now.
        forget(self);
        key
    }

    /// Exchanges the keys, and leaves the places in the slots as they are.
    pub(crate) fn swap_keys(&mut self, other: &mut Self) {
        std::mem::swap(self, other);
        let place = other.place_in_slot();
        other.tagged = other.tagged & LENT | self.place_in_slot();
        self.tagged = self.tagged & LENT | place;
    }
}

impl<K> Drop for KeyCell<K> {
    fn drop(&mut self) {
        if self.tagged & LENT == 0 {
            // SAFETY: without the bit, it is `home`, and it is not used again.
            unsafe { ManuallyDrop::drop(&mut self.key.home) }
        }
    }
}
