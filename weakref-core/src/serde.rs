//! Implementations for serde: a slot is not data, a `Slotted` is serialized as its value, and a
//! container as the entries that are alive.
//!
//! Containers are not `Deserialize`: nobody would own the objects that are read, so the container
//! would be empty at once.

use std::{marker::PhantomData, ops::Deref};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    ser::{SerializeMap as _, SerializeSeq as _, SerializeTuple as _},
};

use crate::{
    __private::{SlotSetByNewMacro, TupleByFeatureSerde, UnitByFeatureSerde},
    Flavor, Slotted, WeakList, WeakSlot, WeakValueMap, Weakrefable,
    map::{KeyMap, PairMap},
    set::ObjectSet,
};

/// Implemented for no slot: makes the compiler say how to skip a slot.
#[diagnostic::on_unimplemented(
    message = "a slot is no data, so serde can neither write nor read it",
    label = "this type has a slot that serde does not skip",
    note = "write `#[serde(skip)]` on the field of type `WeakSlot`, or \
            `#[weakrefable(slot(serde(skip)))]` (`skip, default` in a struct with \
            `#[serde(default)]`)"
)]
pub trait Data {}

/// Stands for the slots of a flavour in the bounds below. With the slot itself, the compiler's
/// error would be about `Serialize`.
#[allow(missing_debug_implementations)]
pub struct Slots<F>(PhantomData<F>);

/// Never applies: a declared slot must be skipped, or it would be written.
#[doc(hidden)]
impl<F: Flavor> Serialize for WeakSlot<F>
where
    Slots<F>: Data,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

/// Never applies: a declared slot must be skipped, or it would be required when reading.
#[doc(hidden)]
impl<'de, F: Flavor> Deserialize<'de> for WeakSlot<F>
where
    Slots<F>: Data,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self::new())
    }
}

/// Never applies: the hidden slot is skipped, unless the user's attributes for it say otherwise.
impl<F: Flavor> Serialize for SlotSetByNewMacro<F>
where
    Slots<F>: Data,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

/// Never applies, as above.
impl<'de, F: Flavor> Deserialize<'de> for SlotSetByNewMacro<F>
where
    Slots<F>: Data,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self::new())
    }
}

impl<F: Flavor> Serialize for SlotSetByNewMacro<F, UnitByFeatureSerde> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, F: Flavor> Deserialize<'de> for SlotSetByNewMacro<F, UnitByFeatureSerde> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self::new())
    }
}

impl<F: Flavor> Serialize for SlotSetByNewMacro<F, TupleByFeatureSerde> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_tuple(0)?.end()
    }
}

impl<'de, F: Flavor> Deserialize<'de> for SlotSetByNewMacro<F, TupleByFeatureSerde> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <[(); 0]>::deserialize(deserializer).map(|[]| Self::new())
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

/// Writes pairs as a map. A strong pointer is written as its object.
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
    /// Writes the entries that are alive.
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        write_map!(serializer, self.iter(), |key, value| (&key, &*value))
    }
}

impl<K, V, C> Serialize for KeyMap<K, V, C>
where
    K: ?Sized + Weakrefable + Serialize,
    V: Serialize + Clone,
{
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        write_map!(serializer, self.iter(), |key, value| (&*key, &value))
    }
}

impl<K, V, C> Serialize for PairMap<K, V, C>
where
    K: ?Sized + Weakrefable + Serialize,
    V: ?Sized + Weakrefable<Flavor = K::Flavor> + Serialize,
{
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        write_map!(serializer, self.iter(), |key, value| (&*key, &*value))
    }
}

/// Writes strong pointers as a sequence of their objects.
fn write_sequence<Z, P>(
    serializer: Z,
    owners: impl ExactSizeIterator<Item = P>,
) -> Result<Z::Ok, Z::Error>
where
    Z: Serializer,
    P: Deref<Target: Serialize>,
{
    let mut sequence = serializer.serialize_seq(Some(owners.len()))?;
    for owner in owners {
        sequence.serialize_element(&*owner)?;
    }
    sequence.end()
}

impl<T: ?Sized + Weakrefable + Serialize, C> Serialize for ObjectSet<T, C> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        write_sequence(serializer, self.iter())
    }
}

impl<T: ?Sized + Weakrefable + Serialize> Serialize for WeakList<T> {
    /// Writes the elements that are alive, from the first to the last.
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        write_sequence(serializer, self.iter())
    }
}
