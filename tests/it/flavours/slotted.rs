//! `Slotted`: like the value in it, and weakly referenceable.

use std::{
    borrow::{Borrow, BorrowMut},
    cmp::Ordering,
    collections::{BTreeSet, HashSet},
    hash::{BuildHasher, RandomState},
};

use weakref_core::{WeakRef, WeakSlot, Weakrefable, weakref_count};
use weakref_tests::{Log, implements};

use super::{Callable, Here, Lock, Obj, Ptr, owner};

trait Shape {
    fn area(&self) -> u32;
    fn grow(&mut self);
}

struct Square(u32);

impl Shape for Square {
    fn area(&self) -> u32 {
        self.0 * self.0
    }

    fn grow(&mut self) {
        self.0 += 1;
    }
}

#[test]
fn derefs_to_the_value() {
    let mut text = Obj::new(String::from("te"));
    text.push_str("xt");
    assert_eq!(text.len(), 4);
    assert_eq!(*text, "text");
    let by_ref: &String = text.as_ref();
    let by_borrow: &String = text.borrow();
    assert!(std::ptr::eq(by_ref, by_borrow) && std::ptr::eq(by_ref, &raw const *text));
    AsMut::<String>::as_mut(&mut text).push('s');
    BorrowMut::<String>::borrow_mut(&mut text).push('!');
    assert_eq!(text.into_inner(), "texts!");
}

#[test]
fn is_made_of_the_value() {
    assert_eq!(*Obj::from(7), 7);
    let converted: Obj<String> = String::from("text").into();
    assert_eq!(*converted, "text");
    assert_eq!(*Obj::<String>::default(), "");
    let constant = const { Obj::new(7) };
    assert_eq!(constant.into_inner(), 7);
}

#[test]
fn prints_as_the_value() {
    let text = Obj::new("te\"xt");
    assert_eq!(format!("{text} {text:?} {text:>6}"), "te\"xt \"te\\\"xt\"  te\"xt");
    assert_eq!(format!("{:#?}", Obj::new(Some(7))), format!("{:#?}", Some(7)));
    assert_eq!(format!("{:5.1}|{:?}", Obj::new(1.25), Obj::new(1.25)), "  1.2|1.25");
    assert!(!implements!(Obj<Vec<u8>>: std::fmt::Display));
}

#[test]
fn compares_as_the_value() {
    let [one, same, two] = [1, 1, 2].map(Obj::new);
    assert!(one == same && one != two);
    assert!(one < two && two >= same && one <= same);
    assert_eq!(one.cmp(&two), Ordering::Less);
    assert_eq!(Obj::new(f64::NAN).partial_cmp(&Obj::new(1.0)), None);
    assert!(Obj::new(f64::NAN) != Obj::new(f64::NAN));
    assert!(implements!(Obj<i32>: Ord) && !implements!(Obj<f64>: Ord));
    assert!(!implements!(Obj<f64>: Eq) && !implements!(Obj<f64>: std::hash::Hash));
    assert_eq!(BTreeSet::from([2, 1, 2].map(Obj::new)).len(), 2);
}

/// `Borrow` promises it, and so a set of them is asked by the value.
#[test]
#[allow(clippy::mutable_key_type)]
fn hashes_as_the_value() {
    let state = RandomState::new();
    assert_eq!(state.hash_one(Obj::new(7)), state.hash_one(7));
    let set = HashSet::from([String::from("a"), String::from("b")].map(Obj::new));
    assert!(set.contains(&String::from("a")) && !set.contains(&String::from("c")));
}

#[test]
fn a_clone_has_a_slot_of_its_own() {
    let object = owner(String::from("text"));
    let weak = WeakRef::with_callback(&object, |_| ());
    let copy = Ptr::new(Obj::clone(&object));
    assert!(copy == object && weakref_count(&copy) == 0 && weakref_count(&object) == 1);
    assert!(!implements!(Obj<i32>: Copy));
    drop(weak);
}

#[test]
fn coerces_to_a_trait_object() {
    let log = Log::default();
    let mut square = owner(Square(2));
    Ptr::get_mut(&mut square).unwrap().grow();
    let shape: Ptr<Obj<dyn Shape>> = square;
    assert_eq!(shape.area(), 9);
    let plain = WeakRef::new(&shape);
    let called = WeakRef::with_callback(&owner_of_dyn(), log.call("called"));
    assert_eq!(log.take(), ["called"]);
    assert_eq!(plain.with(|shape| shape.area()), Some(9));
    drop(shape);
    assert!(plain.is_dead() && called.is_dead());
}

fn owner_of_dyn() -> Ptr<Obj<Callable>> {
    owner(|| 7)
}

#[test]
fn coerces_to_a_slice() {
    let numbers: Ptr<Obj<[i32]>> = owner([1, 2, 3]);
    let weak = WeakRef::new(&numbers);
    assert_eq!(weak.with(|numbers| numbers.len()), Some(3));
    assert_eq!(weakref_count(&numbers), 1);
}

#[test]
fn around_a_lock_it_is_used_as_it_stands() {
    let log = Log::default();
    let list = owner(Lock::new(vec![1]));
    let weak = WeakRef::with_callback(&list, log.call("called"));
    push(&list, 2);
    weak.with(|list| push(list, 3)).unwrap();
    let taken = Ptr::try_unwrap(list).ok().unwrap().into_inner();
    assert_eq!(log.take(), ["called"]);
    assert_eq!(inner(&taken), [1, 2, 3]);
}

fn push(list: &Obj<Lock<Vec<i32>>>, number: i32) {
    AsLock::with(&**list, &mut |list| list.push(number));
}

fn inner<T: Clone>(lock: &impl AsLock<T>) -> T {
    let mut found = None;
    lock.with(&mut |value| found = Some(value.clone()));
    found.unwrap()
}

/// What the two locks have in common.
trait AsLock<T> {
    fn with(&self, f: &mut dyn FnMut(&mut T));
}

impl<T> AsLock<T> for std::cell::RefCell<T> {
    fn with(&self, f: &mut dyn FnMut(&mut T)) {
        f(&mut self.borrow_mut());
    }
}

impl<T> AsLock<T> for std::sync::Mutex<T> {
    fn with(&self, f: &mut dyn FnMut(&mut T)) {
        f(&mut self.lock().unwrap());
    }
}

#[test]
fn holds_enums_closures_and_foreign_types() {
    #[derive(Debug, PartialEq)]
    enum State {
        Off,
        On(u8),
    }
    let state = owner(State::On(3));
    assert_eq!(WeakRef::new(&state).with(|state| **state == State::On(3)), Some(true));
    assert_ne!(*state, Obj::new(State::Off));

    let name = String::from("name");
    let length = owner(move || name.len());
    assert_eq!(WeakRef::new(&length).with(|length| length()), Some(4));
}

#[test]
fn a_slot_takes_no_part_in_derives() {
    #[derive(Weakrefable, Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    struct Node {
        slot: WeakSlot<Here>,
        number: u32,
    }

    let node = Ptr::new(Node { slot: WeakSlot::new(), number: 1 });
    let refs = [(); 2].map(|()| WeakRef::with_callback(&node, |_| ()));
    let copy = Ptr::new(Node::clone(&node));
    assert_eq!(weakref_count(&copy), 0);
    assert_eq!(node, copy);
    assert_eq!(node.cmp(&copy), Ordering::Equal);
    let state = RandomState::new();
    assert_eq!(state.hash_one(&node), state.hash_one(&copy));
    assert_eq!(format!("{node:?}"), "Node { slot: WeakSlot(2), number: 1 }");
    assert!(Node::default() < *node);

    // What is overwritten stays the object that it was.
    let mut slot = WeakSlot::<Here>::new();
    slot.clone_from(&copy.slot);
    assert_eq!(slot, node.slot);
    drop(refs);
}
