//! What a weak method can be made of, and what its calls give.
// Functions stand where they are used.
#![allow(
    clippy::items_after_statements,
    clippy::many_single_char_names,
    clippy::too_many_arguments,
    clippy::trivially_copy_pass_by_ref
)]

use weakref_core::{
    Slotted, WeakMethod, WeakRef, Weakrefable,
    error::ReferenceError,
    method::{ByWeak, OwnedEq},
};
use weakref_tests::assert_panics;

use super::{DEAD, Function, Here, Obj, Ptr, Weak, owner, panics};

type Text = Obj<String>;

fn text() -> Ptr<Text> {
    owner("text".to_owned())
}

fn join(text: &Text, other: &str) -> String {
    format!("{}{other}", **text)
}

fn join_backwards(text: &Text, other: &str) -> String {
    format!("{other}{}", **text)
}

fn joining() -> Ptr<Function> {
    Ptr::new(Slotted::new(join))
}

#[test]
fn functions_of_every_kind() {
    let text = text();
    assert_eq!(WeakMethod::new(&text, join).call(("s",)), "texts");
    assert_eq!(WeakMethod::new(&text, |text: &Text| text.len()).call(()), 4);
    let captured = String::from("!");
    let method = WeakMethod::new(&text, move |text: &Text, n: usize| text.repeat(n) + &captured);
    assert_eq!(method.call((2,)), "texttext!");
    assert_eq!(method.call((0,)), "!", "any number of times");
    let pointer: fn(&Text, &str) -> String = join_backwards;
    assert_eq!(WeakMethod::new(&text, pointer).call(("s",)), "stext");
    let compared: WeakMethod<_, fn(&Text, &str) -> String, OwnedEq> =
        WeakMethod::comparing(&text, join_backwards);
    assert_eq!(compared.try_call(("s",)).unwrap(), "stext");
    let boxed: Box<dyn Fn(&Text) -> usize> = Box::new(|text| text.len());
    assert_eq!(WeakMethod::new(&text, boxed).call(()), 4);
    let borrowed = &|text: &Text| text.len();
    assert_eq!(WeakMethod::new(&text, borrowed).call(()), 4, "of a function that outlives it");
}

#[test]
fn every_arity() {
    let object = owner(1_u64);
    type N = Obj<u64>;
    assert_eq!(WeakMethod::new(&object, |n: &N| **n).call(()), 1);
    assert_eq!(WeakMethod::new(&object, |n: &N, a: u64| **n + a).call((2,)), 3);
    assert_eq!(WeakMethod::new(&object, |n: &N, a, b: u64| **n + a + b).call((2, 4)), 7);
    let three = |n: &N, a: u64, b: u64, c: u64| **n + a + b + c;
    assert_eq!(WeakMethod::new(&object, three).call((2, 4, 8)), 15);
    let four = |n: &N, a: u64, b: u64, c: u64, d: u64| **n + a + b + c + d;
    assert_eq!(WeakMethod::new(&object, four).call((2, 4, 8, 16)), 31);
    let five = |n: &N, a: u64, b: u64, c: u64, d: u64, e: u64| **n + a + b + c + d + e;
    assert_eq!(WeakMethod::new(&object, five).call((2, 4, 8, 16, 32)), 63);
    let six = |n: &N, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64| **n + a + b + c + d + e + f;
    assert_eq!(WeakMethod::new(&object, six).call((2, 4, 8, 16, 32, 64)), 127);
    fn seven(n: &N, a: u8, b: u16, c: u32, d: u64, e: &u64, f: char, g: Option<u64>) -> u64 {
        **n + u64::from(a) + u64::from(b) + u64::from(c) + d + e + u64::from(f) + g.unwrap()
    }
    let method = WeakMethod::new(&object, seven);
    assert_eq!(method.call((2, 4, 8, 16, &32, '\u{40}', Some(128))), 255, "of any types");
    assert_eq!(method.try_call((2, 4, 8, 16, &32, '\u{40}', Some(128))), Ok(255));
}

#[test]
fn arguments_may_be_borrowed_moved_and_returned() {
    let text = text();
    let method = WeakMethod::new(&text, join);
    {
        let short = String::from(" for a moment");
        assert_eq!(method.call((&*short,)), "text for a moment");
    }
    assert_eq!(method.call(("",)), "text", "the method is not bound to what it was given before");

    fn fill(text: &Text, all: &mut Vec<String>) {
        all.push(text.to_string());
    }
    let (method, mut all) = (WeakMethod::new(&text, fill), Vec::new());
    method.call((&mut all,));
    method.call((&mut all,));
    assert_eq!(all, ["text", "text"]);

    fn longer<'a>(text: &Text, other: &'a str) -> Option<&'a str> {
        (other.len() > text.len()).then_some(other)
    }
    let word = String::from("longer");
    assert_eq!(WeakMethod::new(&text, longer).call((&*word,)), Some("longer"));

    let moved = WeakMethod::new(&text, |_: &Text, argument: Box<str>| argument);
    assert_eq!(&*moved.call(("moved".into(),)), "moved");
}

trait Listener: Weakrefable<Flavor = Here> {
    fn hear(&self, word: &str) -> String;
}

impl Listener for Text {
    fn hear(&self, word: &str) -> String {
        format!("{} hears {word}", **self)
    }
}

#[test]
fn objects_may_be_trait_objects() {
    let text = text();
    let listener: Ptr<dyn Listener> = text.clone();
    let method = WeakMethod::new(&listener, <dyn Listener>::hear);
    assert_eq!(method.call(("a word",)), "text hears a word");
    let closure = WeakMethod::new(&listener, |listener: &(dyn Listener + 'static), n: usize| {
        listener.hear("a word").repeat(n)
    });
    assert_eq!(closure.call((1,)), "text hears a word");
    drop((text, listener));
    assert!(method.is_dead() && closure.is_dead());
    assert_eq!(method.try_call(("a word",)), Err(ReferenceError));
}

#[test]
fn functions_may_be_unsized() {
    let (text, join) = (text(), joining());
    let method: WeakMethod<Text, Function, ByWeak> = WeakMethod::with_weak_fn(&text, &join);
    let short = String::from("s");
    assert_eq!(method.call((&*short,)), "texts");
    drop(short);
    assert_eq!(method.upgrade().unwrap().call(("!",)), "text!");

    // What they are made of may differ, and so may the flavours.
    let other: Ptr<Function> = Ptr::new(Slotted::new(join_backwards));
    let mut method = method;
    assert_eq!(method.call(("s",)), "texts");
    method = WeakMethod::with_weak_fn(&text, &other);
    assert_eq!(method.call(("s",)), "stext");
    let local = std::rc::Rc::new(Slotted::<_, weakref_core::Local>::new(|text: &Text| text.len()));
    assert_eq!(WeakMethod::with_weak_fn(&text, &local).call(()), 4);
}

#[test]
fn b166_b170_dead_as_soon_as_the_object_dies() {
    let text = text();
    let method = WeakMethod::new(&text, join);
    assert!(!method.is_dead() && method.upgrade().is_some());
    let second = text.clone();
    drop(text);
    assert_eq!(method.try_call(("s",)).unwrap(), "texts", "there is an owner left");
    drop(second);
    assert!(method.is_dead() && method.upgrade().is_none());
    assert_eq!(method.try_call(("s",)), Err(ReferenceError));
}

#[test]
fn b171_dead_as_soon_as_the_function_dies() {
    let (text, join) = (text(), joining());
    let method = WeakMethod::with_weak_fn(&text, &join);
    drop(join);
    assert!(method.is_dead() && method.upgrade().is_none());
    assert_eq!(method.try_call(("s",)), Err(ReferenceError));
    assert_eq!(Ptr::strong_count(&text), 1);
    drop(text);
    assert!(method.is_dead());

    let (text, join) = (self::text(), joining());
    let method = WeakMethod::with_weak_fn(&text, &join);
    drop(text);
    assert!(method.is_dead() && method.upgrade().is_none());
    assert_eq!(method.try_call(("s",)), Err(ReferenceError));
    assert_eq!(Ptr::strong_count(&join), 1, "a call of the dead lets go of the function");
    drop(join);
    assert!(method.is_dead());
}

#[test]
fn a_call_keeps_the_object_and_the_function() {
    let text = text();
    let held = std::cell::RefCell::new(Some(text.clone()));
    let function = |_: &Text, held: &std::cell::RefCell<Option<Ptr<Text>>>| {
        let weak = WeakRef::new(held.borrow().as_ref().unwrap());
        held.take();
        weak.is_dead()
    };
    let method = WeakMethod::new(&text, function);
    drop(text);
    assert!(!method.call((&held,)), "the call itself is the last owner");
    assert!(method.is_dead());

    let text = self::text();
    type Takes = Obj<fn(&Text, &std::cell::Cell<Option<Ptr<Text>>>) -> usize>;
    let takes: Ptr<Takes> = owner(|text, _| text.len());
    let method = WeakMethod::with_weak_fn(&text, &takes);
    assert_eq!(method.call((&std::cell::Cell::new(None),)), 4);
    assert_eq!((Ptr::strong_count(&text), Ptr::strong_count(&takes)), (1, 1));
}

#[test]
fn the_dead_panic_where_they_are_called() {
    let (text, join_weakly) = (text(), joining());
    let by_object = WeakMethod::new(&text, join);
    let by_function = WeakMethod::with_weak_fn(&text, &join_weakly);
    drop(join_weakly);
    let here = line!() + 1;
    assert_eq!(panics(|| by_function.call(("s",))), (DEAD.to_owned(), here));
    drop(text);
    let here = line!() + 1;
    assert_eq!(panics(|| by_object.call(("s",))), (DEAD.to_owned(), here));
    let here = line!() + 1;
    assert_eq!(panics(|| by_function.call(("s",))), (DEAD.to_owned(), here));
}

#[test]
fn a_panic_in_the_function_comes_through() {
    let text = text();
    let method = WeakMethod::new(&text, |text: &Text| assert_eq!(text.len(), 5, "on purpose"));
    for _ in 0..2 {
        assert_panics("on purpose", || method.call(()));
        assert_panics("on purpose", || method.try_call(()));
    }
    assert!(!method.is_dead());
    assert_eq!(Ptr::strong_count(&text), 1);
}

/// A method can call itself, through its object.
#[test]
fn calls_may_nest() {
    struct Counter {
        down: Weak<Obj<Counter>>,
    }
    fn down(counter: &Obj<Counter>, from: u32) -> u32 {
        let Some(next) = from.checked_sub(1) else { return 0 };
        let me = counter.down.upgrade().unwrap();
        1 + WeakMethod::new(&me, down).call((next,))
    }
    let counter =
        Ptr::new_cyclic(|weak: &Weak<Obj<Counter>>| Obj::new(Counter { down: weak.clone() }));
    assert_eq!(WeakMethod::new(&counter, down).call((100,)), 100);
}
