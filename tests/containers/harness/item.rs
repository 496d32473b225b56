//! The objects that the containers of the tests hold.

use std::{
    cell::RefCell,
    fmt,
    hash::{Hash, Hasher},
    rc::Rc,
};

use weakref_core::{WeakSlot, Weakrefable, weakref_count};
use weakref_tests::{AtDrop, Key, Tracked};

use super::super::{Action, Here, Ptr};

/// A key, a value or an element. It equals others of its name, and does what the hooks of its
/// [`Key`] say when it is compared, hashed or dropped. [`Leaks`](weakref_tests::Leaks) counts it.
#[derive(Weakrefable)]
#[weakref(on_drop = Item::run_on_drop)]
#[allow(dead_code)] // the fields that are there to be dropped
pub(crate) struct Item {
    key: Key,
    /// Tells items of one name apart.
    pub(crate) number: usize,
    on_drop: Option<Action>,
    field: Option<AtDrop<Action>>,
    tracked: Tracked,
    slot: WeakSlot<Here>,
}

pub(crate) type Owner = Ptr<Item>;

impl Item {
    pub(crate) fn new(name: u32, number: usize) -> Self {
        let (tracked, slot) = (Tracked::default(), WeakSlot::new());
        Self { key: Key(name), number, on_drop: None, field: None, tracked, slot }
    }

    pub(crate) fn name(&self) -> u32 {
        self.key.0
    }

    fn run_on_drop(&mut self) {
        if let Some(act) = self.on_drop.take() {
            act();
        }
    }
}

impl Default for Item {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Item {}

impl Hash for Item {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item {}", self.name())
    }
}

/// Returns the only owner of a new item.
pub(crate) fn item(name: u32) -> Owner {
    Ptr::new(Item::new(name, 0))
}

/// Returns the only owners of new items.
pub(crate) fn items(names: impl IntoIterator<Item = u32>) -> Vec<Owner> {
    names.into_iter().map(item).collect()
}

/// Returns an item whose `on_drop` calls `act`.
pub(crate) fn item_with_on_drop(name: u32, act: Action) -> Owner {
    let mut item = Item::new(name, 0);
    item.on_drop = Some(act);
    Ptr::new(item)
}

/// Returns an item of which a field calls `act` when it is dropped, after the item's name.
pub(crate) fn item_with_field(name: u32, act: Action) -> Owner {
    let mut item = Item::new(name, 0);
    item.field = Some(AtDrop(Some(act)));
    Ptr::new(item)
}

/// Takes an item out of its pointer. To all weak pointers it is dead then, but its drop is still to
/// come.
#[track_caller]
pub(crate) fn move_out(owner: Owner) -> Item {
    Ptr::try_unwrap(owner).expect("the only owner")
}

/// Returns the names of some items, sorted.
pub(crate) fn names(items: impl IntoIterator<Item = Owner>) -> Vec<u32> {
    let mut names: Vec<_> = items.into_iter().map(|item| item.name()).collect();
    names.sort_unstable();
    names
}

/// Returns how many registrations each has.
pub(crate) fn counts<'a>(items: impl IntoIterator<Item = &'a Owner>) -> Vec<usize> {
    items.into_iter().map(weakref_count).collect()
}

/// Returns the addresses of some items, sorted.
pub(crate) fn addresses<'a>(items: impl IntoIterator<Item = &'a Owner>) -> Vec<usize> {
    let mut all: Vec<_> = items.into_iter().map(address).collect();
    all.sort_unstable();
    all
}

pub(crate) fn address(item: &Owner) -> usize {
    Ptr::as_ptr(item).addr()
}

thread_local! {
    static ACT: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Ends the effect of [`on_act`].
#[must_use]
pub(crate) struct ActUntil;

impl Drop for ActUntil {
    fn drop(&mut self) {
        drop(ACT.take());
    }
}

/// Has [`act`] do something in this thread. By this detour, the action of an item that can be sent
/// may be about a container of which that is not known.
pub(crate) fn on_act(what: impl Fn() + 'static) -> ActUntil {
    ACT.set(Some(Rc::new(what)));
    ActUntil
}

pub(crate) fn act() {
    let act = ACT.with_borrow(Clone::clone);
    if let Some(act) = act {
        act();
    }
}
