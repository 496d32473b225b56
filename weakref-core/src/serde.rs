//! serde: a slot is nothing, a `Slotted` is its value, and a container what lives in it.
//!
//! Containers cannot be read back: they would own nothing of what was read, and be empty at once.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    ser::{SerializeMap as _, SerializeSeq as _},
};

use crate::{
    Flavor, PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, Slotted, WeakKeyMap, WeakSet, WeakSlot,
    WeakValueMap, WeakWeakMap, Weakrefable,
};

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

/// Writes a map of pairs; of an owner, what it owns.
macro_rules! write_map {
    ($serializer:ident, $pairs:expr, |$key:ident, $value:ident| $shown:expr) => {{
        let pairs = $pairs;
        let mut map = $serializer.serialize_map(Some(pairs.len()))?;
        for ($key, $value) in pairs {
            let (key, value) = $shown;
            map.serialize_entry(key, value)?;
        }
        map.end()
    }};
}

impl<K, V, S> Serialize for WeakValueMap<K, V, S>
where
    K: Serialize + Clone,
    V: ?Sized + Weakrefable + Serialize,
{
    /// Writes the entries that live at this moment.
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        write_map!(serializer, self.iter(), |key, value| (&key, &*value))
    }
}

macro_rules! containers {
    ($Key:ident, $Pair:ident, $Set:ident $(, $S:ident)?) => {
        impl<K, V $(, $S)?> Serialize for $Key<K, V $(, $S)?>
        where
            K: ?Sized + Weakrefable + Serialize,
            V: Serialize + Clone,
        {
            /// Writes the entries that live at this moment.
            fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                write_map!(serializer, self.iter(), |key, value| (&*key, &value))
            }
        }

        impl<K, V $(, $S)?> Serialize for $Pair<K, V $(, $S)?>
        where
            K: ?Sized + Weakrefable + Serialize,
            V: ?Sized + Weakrefable<Flavor = K::Flavor> + Serialize,
        {
            /// Writes the entries that live at this moment.
            fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                write_map!(serializer, self.iter(), |key, value| (&*key, &*value))
            }
        }

        impl<T: ?Sized + Weakrefable + Serialize $(, $S)?> Serialize for $Set<T $(, $S)?> {
            /// Writes a sequence of the elements that live at this moment.
            fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                let elements = self.iter();
                let mut sequence = serializer.serialize_seq(Some(elements.len()))?;
                for element in elements {
                    sequence.serialize_element(&*element)?;
                }
                sequence.end()
            }
        }
    };
}
containers! { WeakKeyMap, WeakWeakMap, WeakSet, S }
containers! { PtrWeakKeyMap, PtrWeakWeakMap, PtrWeakSet }
