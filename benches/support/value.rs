//! The values: ours carry a slot, the others a `u64` in its place.

use std::{fmt, ops::Deref, rc::Rc, sync::Arc};

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

/// `Rc<Plain>` or `Arc<Plain>`, with the std's weak pointer to it.
pub trait Owner: Deref<Target = Plain> + fmt::Debug + 'static {
    /// The weak pointer, by the names that weak-table gives to `downgrade` and `upgrade`.
    type Weak: WeakElement<Strong = Self> + fmt::Debug;

    /// Returns an owner of a new value.
    fn own(data: u64) -> Self;
}

impl Owner for Rc<Plain> {
    type Weak = std::rc::Weak<Plain>;

    fn own(data: u64) -> Self {
        Self::new(Plain { key: data, data })
    }
}

impl Owner for Arc<Plain> {
    type Weak = std::sync::Weak<Plain>;

    fn own(data: u64) -> Self {
        Self::new(Plain { key: data, data })
    }
}
