//! Objects that do something when they die, in containers that hold them weakly.

use weakref_core::WeakRef;

use super::{super::Action, Container, Item, Owner, item, item_with_field, item_with_on_drop};

/// The name of the objects that die.
pub(crate) const DOOMED: u32 = 9;

/// Returns an object that calls `act` when it dies, and the callback that does so.
pub(crate) type Dying = fn(Action) -> (Owner, Option<WeakRef<Item>>);

pub(crate) const IN_ON_DROP: Dying = |act| (item_with_on_drop(DOOMED, act), None);
pub(crate) const IN_A_FIELD: Dying = |act| (item_with_field(DOOMED, act), None);
pub(crate) const IN_A_CALLBACK: Dying = |act| {
    let doomed = item(DOOMED);
    let watch = WeakRef::with_callback(&doomed, |_| act());
    (doomed, Some(watch))
};

pub(crate) const DYING: [Dying; 3] = [IN_ON_DROP, IN_A_FIELD, IN_A_CALLBACK];

/// Inserts an object where the container holds it weakly: as a value, if it is not a key that is
/// wanted. Returns the other half.
pub(crate) fn insert_weakly<C: Container>(it: &C, object: &Owner, as_key: bool) -> Owner {
    if C::IS_SET || as_key {
        let other = item(109);
        it.insert(object, if C::IS_SET { object } else { &other });
        other
    } else {
        let other = item(DOOMED);
        it.insert(&other, object);
        other
    }
}

/// In which halves an entry can hold an object weakly.
pub(crate) fn weak_places<C: Container>() -> Vec<bool> {
    [true, false]
        .into_iter()
        .filter(|as_key| if *as_key { C::WEAK_KEYS } else { C::WEAK_VALUES })
        .collect()
}
