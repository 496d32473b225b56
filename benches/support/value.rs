//! The values: ours carry a slot, the others a `u64` in its place.

use std::{
    borrow::Borrow,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    rc::Rc,
    sync::Arc,
};

use weak_table::traits::WeakElement;
use weakref_core::{Local, WeakSlot, Weakrefable};

/// Lives in an `Rc`, has a slot.
#[derive(Debug, Default, Weakrefable)]
pub struct LocalItem {
    slot: WeakSlot<Local>,
    /// What it is about.
    pub data: u64,
}

/// Lives in an `Arc`, has a slot.
#[derive(Debug, Default, Weakrefable)]
pub struct SharedItem {
    slot: WeakSlot,
    /// What it is about.
    pub data: u64,
}

impl LocalItem {
    /// Returns an owner of a new one.
    pub fn owner(data: u64) -> Rc<Self> {
        Rc::new(Self { slot: WeakSlot::new(), data })
    }
}

impl SharedItem {
    /// Returns an owner of a new one.
    pub fn owner(data: u64) -> Arc<Self> {
        Arc::new(Self { slot: WeakSlot::new(), data })
    }
}

/// Has no slot. The `u64` is what a hand-written owner needs to know to remove itself: its key.
#[derive(Debug, Default)]
pub struct Plain {
    /// Stands in the place of the slot.
    pub key: u64,
    /// What it is about.
    pub data: u64,
}

/// Two are equal if they are about the same, and any is found by that alone.
macro_rules! known_by_data {
    ($($Item:ident)*) => {$(
        impl PartialEq for $Item {
            fn eq(&self, other: &Self) -> bool {
                self.data == other.data
            }
        }

        impl Eq for $Item {}

        impl Hash for $Item {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.data.hash(state);
            }
        }

        impl Borrow<u64> for $Item {
            fn borrow(&self) -> &u64 {
                &self.data
            }
        }
    )*};
}
known_by_data! { LocalItem SharedItem Plain }

/// A pointer that owns one of the values.
pub trait Own: Deref + Clone + fmt::Debug + 'static {
    /// Returns an owner of a new value.
    fn own(data: u64) -> Self;

    /// Reads the value.
    fn data(&self) -> u64;
}

macro_rules! own {
    ($($Pointer:ident<$Item:ident> |$number:ident| $new:expr;)*) => {$(
        impl Own for $Pointer<$Item> {
            fn own($number: u64) -> Self {
                $new
            }

            fn data(&self) -> u64 {
                self.data
            }
        }
    )*};
}
own! {
    Rc<LocalItem> |data| LocalItem::owner(data);
    Arc<SharedItem> |data| SharedItem::owner(data);
    Rc<Plain> |data| Self::new(Plain { key: data, data });
    Arc<Plain> |data| Self::new(Plain { key: data, data });
}

/// `Rc<Plain>` or `Arc<Plain>`, with the std's weak pointer to it.
pub trait Owner: Own<Target = Plain> {
    /// The weak pointer, by the names that weak-table gives to `downgrade` and `upgrade`.
    type Weak: WeakElement<Strong = Self> + fmt::Debug;
}

impl Owner for Rc<Plain> {
    type Weak = std::rc::Weak<Plain>;
}

impl Owner for Arc<Plain> {
    type Weak = std::sync::Weak<Plain>;
}
