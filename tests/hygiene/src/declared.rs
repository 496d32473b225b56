//! `#[derive(Weakrefable)]`, with a declared slot.

#[allow(unused_imports)]
use crate::decoys::{Default, Drop, Option, SlotField, core, std, weakref_core};
use ::core::clone::Clone;
use ::core::fmt::Debug;
use ::renamed::{Local, WeakSlot, Weakrefable};

/// An alias, which needs a mark.
type Slot = WeakSlot<Local>;

/// A struct with named fields.
#[derive(Clone, Debug, Weakrefable)]
#[weakref(crate = "::renamed")]
#[weakref(on_drop = close)]
pub struct Named<T> {
    /// A field.
    pub this: T,
    slot: WeakSlot,
}

impl<T> Named<T> {
    /// Makes one.
    pub const fn make(this: T) -> Self {
        Self { this, slot: WeakSlot::new() }
    }
}

#[allow(clippy::missing_const_for_fn)]
fn close<T>(named: &mut Named<T>) {
    let _ = &mut named.this;
}

/// A tuple struct.
#[derive(Clone, Debug, Weakrefable)]
#[weakref(crate = "::renamed")]
pub struct Tuple(#[weakref] Slot, pub u32);

impl Tuple {
    /// Makes one.
    #[must_use]
    pub const fn make(id: u32) -> Self {
        Self(Slot::new(), id)
    }
}

/// With an unsized field.
#[derive(Weakrefable)]
#[weakref(crate = ::renamed, drop = "slot")]
#[allow(missing_debug_implementations)]
pub struct Tail<T: ?::core::marker::Sized> {
    slot: WeakSlot,
    /// The value.
    pub tail: T,
}

impl<T> Tail<T> {
    /// Makes one.
    pub const fn make(tail: T) -> Self {
        Self { slot: WeakSlot::new(), tail }
    }
}
