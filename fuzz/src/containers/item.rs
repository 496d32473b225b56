//! The objects in the containers.

use std::{
    borrow::Borrow,
    cell::Cell,
    hash::{Hash, Hasher},
    ops::Deref,
};

use weakref_core::{WeakSlot, Weakrefable};

use super::{Here, Ptr};
use crate::containers::program::{Point, fire, fire_in_drop};

thread_local! {
    static THERE: Cell<usize> = const { Cell::new(0) };
}

/// The number of objects that have not been dropped.
pub fn there() -> usize {
    THERE.get()
}

/// A key, a value or an element. Equal to others of its name.
#[derive(Debug, Weakrefable)]
#[weakref(on_drop = Self::end)]
pub struct Item {
    pub name: u32,
    pub number: usize,
    slot: WeakSlot<Here>,
    _field: Field,
}

#[derive(Debug)]
struct Field;

impl Drop for Field {
    fn drop(&mut self) {
        THERE.set(THERE.get() - 1);
        fire_in_drop(Point::FieldDrop);
    }
}

pub type Owner = Ptr<Item>;
pub type Pair = (Owner, Owner);

impl Item {
    pub fn new(name: u32, number: usize) -> Self {
        THERE.set(THERE.get() + 1);
        Self { name, number, slot: WeakSlot::new(), _field: Field }
    }

    // What `on_drop` calls has this signature.
    #[allow(clippy::unused_self)]
    fn end(&mut self) {
        fire_in_drop(Point::OnDrop);
    }
}

impl Clone for Item {
    fn clone(&self) -> Self {
        Self::new(self.name, self.number)
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        fire(Point::Eq);
        self.name == other.name
    }
}

impl Eq for Item {}

impl Hash for Item {
    fn hash<H: Hasher>(&self, state: &mut H) {
        fire(Point::Hash);
        self.name.hash(state);
    }
}

/// A key or value that a container owns.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Held(Owner);

impl Held {
    pub fn new(owner: &Owner) -> Self {
        Self(owner.clone())
    }
}

impl Borrow<Item> for Held {
    fn borrow(&self) -> &Item {
        self
    }
}

/// How what a container gives becomes an owner.
///
/// A [`Held`] is dropped here and not by the caller, as that can panic, and what the caller is
/// returning would not be dropped then.
pub trait IntoOwner {
    fn into_owner(self) -> Owner;
}

impl IntoOwner for Owner {
    fn into_owner(self) -> Owner {
        self
    }
}

impl IntoOwner for &Owner {
    fn into_owner(self) -> Owner {
        self.clone()
    }
}

impl IntoOwner for Held {
    fn into_owner(self) -> Owner {
        let owner = self.0.clone();
        drop(self);
        owner
    }
}

impl IntoOwner for &Held {
    fn into_owner(self) -> Owner {
        self.0.clone()
    }
}

impl IntoOwner for &mut Held {
    fn into_owner(self) -> Owner {
        self.0.clone()
    }
}

impl Deref for Held {
    type Target = Item;

    fn deref(&self) -> &Item {
        &self.0
    }
}

impl Clone for Held {
    fn clone(&self) -> Self {
        fire(Point::Clone);
        Self(self.0.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        fire_in_drop(Point::HeldDrop);
    }
}
