//! Who keeps the object, and for how long.

use weakref_core::{
    Slotted, WeakRef, Weakrefable, clear_weakrefs, weak_fn, weak_fn_or, weakref_count,
};
use weakref_tests::{Log, caught, oops};

use super::{Here, Obj, Ptr, Shelf, Usable, owner};

#[test]
fn the_closure_keeps_nothing() {
    let log = Log::default();
    let object = owner(log.drop("object"));
    let call = weak_fn!(&object, |_| 7);
    assert_eq!((Ptr::strong_count(&object), weakref_count(&object)), (1, 1));
    assert_eq!(call(), Some(7));
    assert_eq!(Ptr::strong_count(&object), 1);
    drop(object);
    assert_eq!(log.take(), ["object"]);
    assert_eq!((call(), call()), (None, None));
}

#[test]
fn a_call_keeps_the_object_until_its_end() {
    let log = Log::default();
    let shelf = Shelf::new([owner(log.drop("object"))]);
    let [object] = shelf.take().try_into().ok().unwrap();
    let (inside, calls) = (shelf.clone(), log.clone());
    let call = weak_fn_or!(&object, "dead", move |_, text: &str| {
        drop(inside.take());
        calls.note(text);
        "alive"
    });
    shelf.put(object);
    assert_eq!(call("body"), "alive");
    assert_eq!(log.take(), ["body", "object"]);
    assert_eq!(call("body"), "dead");
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn the_object_is_dropped_before_a_call_returns() {
    let log = Log::default();
    let shelf = Shelf::new([]);
    let object = owner(log.drop("object"));
    let (inside, calls) = (shelf.clone(), log.clone());
    let call = weak_fn!(&object, move |_| {
        drop(inside.take());
        calls.drop("result")
    });
    shelf.put(object);
    drop(call());
    assert_eq!(log.take(), ["object", "result"]);
}

#[test]
fn the_last_call_tells_of_the_death() {
    let log = Log::default();
    let shelf = Shelf::new([]);
    let object = owner(7);
    let inside = shelf.clone();
    let call = weak_fn!(&object, move |object| {
        drop(inside.take());
        **object
    });
    let again = call.clone();
    let calls = log.clone();
    let watch = WeakRef::with_callback(&object, move |_| calls.note(format!("{:?}", again())));
    shelf.put(object);
    assert_eq!(call(), Some(7));
    assert_eq!(log.take(), ["None"], "dead within its own callbacks");
    drop(watch);
}

#[test]
fn a_call_may_call_itself() {
    type Calls = Shelf<Box<dyn Fn(u32) -> Option<u32>>>;
    let shelf = Calls::new([]);
    let object = owner(100);
    let inside = shelf.clone();
    let call = weak_fn!(&object, move |object, depth: u32| {
        let [again] = inside.take().try_into().ok().unwrap();
        let deeper = if depth == 0 { Some(0) } else { again(depth - 1) };
        inside.put(again);
        deeper.unwrap() + **object
    });
    let clone = weak_fn!(&object, |object, _: u32| **object);
    shelf.put(Box::new(clone));
    assert_eq!(call(1), Some(200));
    assert_eq!(call(0), Some(100));
    drop(shelf.take());
}

#[test]
fn what_it_owns_goes_with_it() {
    let log = Log::default();
    let object = owner(7);
    let captured = log.drop("captured");
    let call = weak_fn!(&object, |_| _ = &captured);
    drop(object);
    assert!(call().is_none());
    assert_eq!(log.take(), [""; 0]);
    drop(call);
    assert_eq!(log.take(), ["captured"]);
}

#[test]
fn a_clone_calls_the_same_object() {
    let object = owner(7);
    let call = weak_fn!(&object, |object, more: i32| **object + more);
    let clone = call.clone();
    drop(call);
    assert_eq!(clone(1), Some(8));
    drop(object);
    assert_eq!(clone(1), None);
}

#[test]
fn a_panic_of_the_body_is_the_callers_and_loses_nothing() {
    let log = Log::default();
    let object = owner(log.drop("object"));
    let call = weak_fn!(&object, |_, panics: bool| if panics {
        oops(());
    });
    assert!(caught(|| call(true)).is_err());
    assert_eq!(Ptr::strong_count(&object), 1);
    assert_eq!(call(false), Some(()));
    drop(object);
    assert_eq!(log.take(), ["object"]);
}

#[test]
fn an_object_that_is_moved_out_or_cleared_is_not_called() {
    let [object, cleared] = [1, 2].map(owner);
    let calls = [&object, &cleared].map(|owner| weak_fn!(owner, |object: &Obj<i32>| **object));
    let value = Ptr::try_unwrap(object).unwrap();
    assert_eq!(calls[0](), None);
    drop(value);
    clear_weakrefs(&cleared);
    assert_eq!(calls[1](), Some(2), "a reference without callback is not registered");
}

trait Greets: Weakrefable<Flavor = Here> {
    fn greet(&self, name: &str) -> String;
}

impl Greets for Obj<&str> {
    fn greet(&self, name: &str) -> String {
        format!("{} {name}", **self)
    }
}

#[test]
fn objects_without_a_size() {
    let greets: Ptr<dyn Greets> = owner("hello");
    let greet = weak_fn!(&greets, |greets, name: &str| greets.greet(name));
    assert_eq!(greet("ann").as_deref(), Some("hello ann"));
    let function: Ptr<Obj<dyn Fn(u8) -> u8>> = Ptr::new(Slotted::new(|number| number + 1));
    let call = weak_fn!(&function, |function, number: u8| function(number));
    assert_eq!(call(6), Some(7));
    drop((greets, function));
    assert_eq!((greet("ann"), call(6)), (None, None));
}

#[test]
fn it_goes_where_its_object_and_what_it_owns_may_go() {
    fn goes(_: &(impl Usable + 'static)) {}
    let object = owner(String::new());
    let more = String::from("more");
    goes(&weak_fn!(&object, |object| object.len() + more.len()));
    goes(&weak_fn_or!(&object, 0, |object, text: &str| object.len() + text.len()));
}
