//! Equality and hash of weak methods.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use weakref_core::{
    Slotted, WeakMethod, WeakRef,
    error::ReferenceError,
    method::{ByWeak, Owned, OwnedEq},
};
use weakref_tests::implements;

use super::{DEAD, Function, Obj, Ptr, owner, panics};

type Text = Obj<String>;
type Pointer = fn(&Text) -> usize;
type ByPointer = WeakMethod<Text, Pointer, OwnedEq>;

fn text() -> Ptr<Text> {
    owner("text".to_owned())
}

fn len(text: &Text) -> usize {
    text.len()
}

fn capacity(text: &Text) -> usize {
    text.capacity()
}

fn function() -> Ptr<Function> {
    Ptr::new(Slotted::new(|text: &Text, _: &str| text.to_string()))
}

#[test]
fn b174_equal_objects_and_the_same_function() {
    let [text, equal] = [(); 2].map(|()| text());
    let other = owner("other".to_owned());
    let method = WeakMethod::new(&text, len);
    assert_eq!(method, WeakMethod::new(&text, len));
    assert_eq!(method, WeakMethod::new(&equal, len), "by the object's own equality");
    assert_ne!(method, WeakMethod::new(&other, len));
    assert!(!method.is_same_method(&WeakMethod::new(&text, len)));

    let comparing = |text, function: Pointer| ByPointer::comparing(text, function);
    // A function can have another address each time that it becomes a pointer.
    let [len, capacity]: [Pointer; 2] = [len, capacity];
    assert_eq!(comparing(&text, len), comparing(&equal, len));
    assert_ne!(comparing(&text, len), comparing(&text, capacity), "functions of one type");
    assert_ne!(comparing(&text, len), comparing(&other, len));

    let functions = [(); 2].map(|()| function());
    let weakly = |text, number: usize| WeakMethod::with_weak_fn(text, &functions[number]);
    assert_eq!(weakly(&text, 0), weakly(&equal, 0));
    assert_ne!(weakly(&text, 0), weakly(&text, 1));
    assert_ne!(weakly(&text, 0), weakly(&other, 0));
}

#[test]
fn functions_of_two_types_are_two() {
    let text = text();
    assert_ne!(WeakMethod::new(&text, len), WeakMethod::new(&text, capacity));
    let closure = || WeakMethod::new(&text, |text: &Text| text.len());
    assert_eq!(closure(), closure(), "the same closure");
    let same_again = WeakMethod::new(&text, |text: &Text| text.len());
    assert_ne!(closure(), same_again);
    assert_ne!(closure(), WeakMethod::new(&text, len));
}

/// Two kinds of method can have a function of one type.
#[test]
fn equality_goes_both_ways() {
    let text = text();
    let owned = WeakMethod::new(&text, len as Pointer);
    let compared = ByPointer::comparing(&text, len);
    assert_ne!(owned, compared, "pointers that are owned are not compared");
    assert_ne!(compared, owned);
    let (item, pointer) = (WeakMethod::new(&text, len), ByPointer::comparing(&text, len));
    assert_ne!(item, pointer);
    assert_ne!(pointer, item);
    let function = function();
    let weakly = WeakMethod::with_weak_fn(&text, &function);
    assert_ne!(weakly, pointer);
    assert_ne!(pointer, weakly);
    assert_ne!(weakly, item);
    assert_ne!(item, weakly);
}

#[test]
fn what_cannot_be_compared_is_the_same_in_clones_only() {
    let text = text();
    let capturing = |n: usize| WeakMethod::new(&text, move |text: &Text| text.len() + n);
    let method = capturing(1);
    assert_ne!(method, capturing(1));
    assert_eq!(method, method.clone());
    let pointer = || WeakMethod::new(&text, len as Pointer);
    assert_ne!(pointer(), pointer());
    let method = pointer();
    assert_eq!(method, method.clone());
}

#[test]
fn the_object_decides_also_about_clones() {
    let object = owner(f64::NAN);
    let method = WeakMethod::new(&object, |_: &Obj<f64>| ());
    assert_ne!(method, method.clone(), "as with `WeakRef`: {:?}", WeakRef::new(&object));
    assert_ne!(WeakRef::new(&object), WeakRef::new(&object));
    assert!(method.is_same_method(&method.clone()));
    drop(object);
    assert_eq!(method, method.clone(), "dead, and the same");
}

#[test]
fn b175_the_dead_are_equal_if_they_are_the_same() {
    let (text, second) = (text(), text());
    let [one, two] = [(); 2].map(|()| WeakMethod::new(&text, len));
    let (alive, clone) = (WeakMethod::new(&second, len), one.clone());
    assert_eq!(one, two);
    drop(text);
    assert_ne!(one, two, "of one dead object");
    assert_eq!(one, clone);
    assert!(one.is_same_method(&clone) && !one.is_same_method(&two));
    assert_ne!(one, alive);
    assert_ne!(alive, one);

    let (text, function) = (self::text(), function());
    let [one, two] = [(); 2].map(|()| WeakMethod::with_weak_fn(&text, &function));
    assert_eq!(one, two);
    drop(function);
    assert_ne!(one, two, "the object lives");
    assert_eq!(one, one.clone());
}

/// There is no such comparison to be made.
#[test]
fn b176_b177_nothing_else_can_be_compared_to_it() {
    type Method = WeakMethod<Text, fn(&Text) -> usize, Owned>;
    assert!(!implements!(Method: PartialEq<WeakRef<Text>>));
    assert!(!implements!(WeakRef<Text>: PartialEq<Method>));
    assert!(!implements!(Method: PartialEq<Text>));
    assert!(!implements!(Method: PartialOrd));
    assert!(implements!(Method: PartialEq<WeakMethod<Text, Function, ByWeak>>));
    assert!(implements!(Method: Eq) && implements!(Method: Hash) && implements!(Method: Clone));
    assert!(!implements!(WeakMethod<Obj<f64>, fn(), Owned>: Eq));
    assert!(!implements!(WeakMethod<Obj<f64>, fn(), Owned>: Hash));
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn b178_the_hash_is_that_of_the_object() {
    let (text, function) = (text(), function());
    let (one, two) = (WeakMethod::new(&text, len), WeakMethod::new(&text, capacity));
    assert_ne!(one, two);
    assert_eq!(hash(&one), hash(&two));
    assert_eq!(hash(&one), hash(&WeakRef::new(&text)));
    let weakly = WeakMethod::with_weak_fn(&text, &function);
    assert_eq!(one.try_hash(), weakly.try_hash());

    let before = hash(&one);
    let (asked, never_asked) = (one.clone(), WeakMethod::new(&text, len));
    drop(text);
    assert_eq!((hash(&one), hash(&asked)), (before, before));
    assert_eq!(never_asked.try_hash(), Err(ReferenceError));
    let mut hasher = DefaultHasher::new();
    let here = line!() + 1;
    assert_eq!(panics(|| never_asked.hash(&mut hasher)), (DEAD.to_owned(), here));
}

/// The function has no part in it, and the object lives.
#[test]
fn the_hash_can_be_asked_for_after_the_functions_death() {
    let (text, function) = (text(), function());
    let weakly = WeakMethod::with_weak_fn(&text, &function);
    drop(function);
    assert_eq!(weakly.try_hash(), WeakRef::new(&text).try_hash());
}

#[test]
#[allow(clippy::mutable_key_type)]
fn methods_are_keys() {
    let (one, two) = (text(), owner("other".to_owned()));
    let pointers: [Pointer; 2] = [len, capacity];
    let all =
        [&one, &two].map(|text| pointers.map(|function| ByPointer::comparing(text, function)));
    let set: HashSet<_> = all.iter().flatten().cloned().collect();
    assert_eq!(set.len(), 4);
    assert!(set.contains(&ByPointer::comparing(&text(), pointers[0])));
    let map: HashMap<_, _> = set.iter().cloned().zip(0..).collect();
    drop(one);
    let living = map.keys().filter(|method| !method.is_dead()).count();
    assert_eq!((living, map.len()), (2, 4));
    assert!(map.keys().all(|method| map.contains_key(method)), "by the kept hash");
    assert!(!map.contains_key(&ByPointer::comparing(&text(), pointers[0])), "that one is dead");
    drop(two);
}

#[test]
fn b178_clones_of_a_method_with_a_callback_share_the_hash() {
    let (text, function) = (text(), function());
    let method = WeakMethod::with_callback(&text, len, |_: &WeakMethod<_, _>| ());
    let weakly =
        WeakMethod::with_weak_fn_and_callback(&text, &function, |_: &WeakMethod<_, _, ByWeak>| ());
    let plain = WeakMethod::new(&text, len);
    let (before, of_weakly, of_plain) = (method.clone(), weakly.clone(), plain.clone());
    let asked = (HashSet::from([method]), HashSet::from([weakly]), HashSet::from([plain.clone()]));
    drop(text);
    assert!(asked.0.contains(&before) && asked.1.contains(&of_weakly));
    // Without a callback, each keeps its own.
    assert!(of_plain.is_same_method(&plain));
    assert_eq!(of_plain.try_hash(), Err(ReferenceError));
}
