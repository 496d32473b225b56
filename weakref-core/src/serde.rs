//! serde: a slot is nothing, and a `Slotted` is its value.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Flavor, Slotted, WeakSlot};

impl<F: Flavor> Serialize for WeakSlot<F> {
    /// Writes a unit. `#[weakrefable]` skips the field altogether, and so can you with
    /// `#[serde(skip)]`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, F: Flavor> Deserialize<'de> for WeakSlot<F> {
    /// Returns an empty slot.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self::new())
    }
}

impl<T: Serialize + ?Sized, F: Flavor> Serialize for Slotted<T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(self, serializer)
    }
}

impl<'de, T: Deserialize<'de>, F: Flavor> Deserialize<'de> for Slotted<T, F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}
