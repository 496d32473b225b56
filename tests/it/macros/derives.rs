//! The derives of std, above and below: none of them is to notice the slot.

// The slot in a key changes, and neither its hash nor its order do.
#![allow(clippy::mutable_key_type)]

use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable, new, weakref_count, weakrefable};

#[weakrefable]
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Named {
    id: u8,
    name: String,
}

#[weakrefable(local)]
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Tuple(u8, String);

#[weakrefable(local)]
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Unit;

#[derive(Weakrefable, Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Declared {
    slot: WeakSlot<Local>,
    id: u8,
}

#[derive(Debug, PartialEq, Eq)]
#[weakrefable]
#[derive(Clone, Default, PartialOrd, Ord, Hash)]
struct Between {
    id: u8,
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What the derives say of two equal values must not change when one of them is referenced.
fn same<T: Clone + PartialEq + Ord + Hash>(referenced: &T, other: &T) {
    assert!(referenced == other);
    assert!(referenced <= other && other <= referenced);
    assert_eq!(referenced.cmp(other), Ordering::Equal);
    assert_eq!(referenced.partial_cmp(other), Some(Ordering::Equal));
    assert_eq!(hash_of(referenced), hash_of(other));
}

#[test]
fn the_slot_is_not_compared_nor_hashed() {
    let named = Arc::new(new!(Named { id: 1, name: "a".into() }));
    let _weak = WeakRef::with_callback(&named, |_| ());
    same(&*named, &new!(Named { id: 1, name: "a".into() }));
    let tuple = Rc::new(new!(Tuple(1, "a".into())));
    let _weak = WeakRef::with_callback(&tuple, |_| ());
    same(&*tuple, &new!(Tuple(1, "a".into())));
    let unit = Rc::new(new!(Unit));
    let _weak = WeakRef::with_callback(&unit, |_| ());
    same(&*unit, &new!(Unit));
    let declared = Rc::new(Declared { slot: WeakSlot::new(), id: 1 });
    let _weak = WeakRef::with_callback(&declared, |_| ());
    same(&*declared, &Declared { slot: WeakSlot::new(), id: 1 });
}

#[test]
fn the_other_fields_are_compared_as_without_it() {
    let named = |id, name: &str| new!(Named { id, name: name.into() });
    assert!(named(1, "b") < named(2, "a") && named(1, "a") < named(1, "b"));
    assert!(named(1, "a") != named(1, "b"));
    let tuple = |id, name: &str| new!(Tuple(id, name.into()));
    assert!(tuple(1, "b") < tuple(2, "a") && tuple(1, "a") < tuple(1, "b"));
    let declared = |id| Declared { slot: WeakSlot::new(), id };
    assert!(declared(1) < declared(2));

    // As the fields alone hash.
    assert_eq!(hash_of(&named(1, "a")), hash_of(&(1_u8, "a")));
    assert_eq!(hash_of(&tuple(1, "a")), hash_of(&(1_u8, "a")));
    assert_eq!(hash_of(&declared(1)), hash_of(&1_u8));

    let set: HashSet<Named> = [named(1, "a"), named(1, "a"), named(2, "a")].into();
    assert_eq!(set.len(), 2);
    let set: BTreeSet<Tuple> = [tuple(1, "a"), tuple(1, "a"), tuple(2, "a")].into();
    assert_eq!(set.len(), 2);
}

#[test]
fn a_clone_has_no_references_and_a_life_of_its_own() {
    let named = Arc::new(new!(Named { id: 1, name: "a".into() }));
    let weak = WeakRef::with_callback(&named, |_| ());
    let clone = Arc::new((*named).clone());
    assert_eq!((weakref_count(&named), weakref_count(&clone)), (1, 0));
    assert_eq!((clone.id, &*clone.name), (1, "a"));
    drop(clone);
    assert!(!weak.is_dead());

    let tuple = Rc::new(new!(Tuple(1, "a".into())));
    let weak = WeakRef::with_callback(&tuple, |_| ());
    let mut clone = (*tuple).clone();
    clone.clone_from(&tuple);
    let clone = Rc::new(clone);
    assert_eq!((weakref_count(&tuple), weakref_count(&clone)), (1, 0));
    drop(tuple);
    assert!(weak.is_dead());
    assert_eq!(clone.0, 1);
}

#[test]
fn defaults_are_those_of_the_other_fields() {
    assert_eq!(Named::default(), new!(Named { id: 0, name: String::new() }));
    assert_eq!(Tuple::default(), new!(Tuple(0, String::new())));
    assert_eq!(Unit::default(), new!(Unit));
    assert_eq!(Between::default().id, 0);
    let value = Arc::new(Named::default());
    assert!(!WeakRef::new(&value).is_dead());
}

#[test]
fn debug_shows_how_many_references_there_are() {
    let named = Arc::new(new!(Named { id: 1, name: "a".into() }));
    let before = format!("{named:?}");
    assert!(before.starts_with("Named {") && before.contains("id: 1, name: \"a\""), "{before}");
    let _weak = WeakRef::with_callback(&named, |_| ());
    let after = format!("{named:?}");
    assert_ne!(before, after);
    assert_eq!(before.replace('0', "1"), after);
}

#[test]
fn a_derive_above_does_not_see_the_slot() {
    let between = Arc::new(new!(Between { id: 1 }));
    let _weak = WeakRef::with_callback(&between, |_| ());
    assert_eq!(format!("{between:?}"), "Between { id: 1 }");
    same(&*between, &new!(Between { id: 1 }));
    assert_eq!(weakref_count(&Arc::new((*between).clone())), 0);
}
