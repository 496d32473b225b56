//! Calls through a proxy.
// Functions stand where they are used.
#![allow(
    clippy::items_after_statements,
    clippy::many_single_char_names,
    clippy::too_many_arguments,
    clippy::trivially_copy_pass_by_ref
)]

use weakref_core::{
    Proxy, Slotted, WeakRef, WeakSlot, Weakrefable,
    error::ReferenceError,
    reference::{Callable, CallableProxy},
};
use weakref_tests::{Log, panic_of};

use super::{Callable as AnyFunction, DEAD, Here, Obj, Ptr, owner, panics};

#[test]
fn b161_every_arity() {
    let f = owner(|| 1_u64);
    assert_eq!(Proxy::new(&f).call(()), 1);
    let f = owner(|a: u64| 1 + a);
    assert_eq!(Proxy::new(&f).call((2,)), 3);
    let f = owner(|a: u64, b: u64| 1 + a + b);
    assert_eq!(Proxy::new(&f).call((2, 4)), 7);
    let f = owner(|a: u64, b: u64, c: u64| 1 + a + b + c);
    assert_eq!(Proxy::new(&f).call((2, 4, 8)), 15);
    let f = owner(|a: u64, b: u64, c: u64, d: u64| 1 + a + b + c + d);
    assert_eq!(Proxy::new(&f).call((2, 4, 8, 16)), 31);
    let f = owner(|a: u64, b: u64, c: u64, d: u64, e: u64| 1 + a + b + c + d + e);
    assert_eq!(Proxy::new(&f).call((2, 4, 8, 16, 32)), 63);
    let f = owner(|a: u64, b: u64, c: u64, d: u64, e: u64, f: u64| 1 + a + b + c + d + e + f);
    assert_eq!(Proxy::new(&f).call((2, 4, 8, 16, 32, 64)), 127);
    fn seven(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64) -> u64 {
        1 + a + b + c + d + e + f + g
    }
    let f = owner(seven);
    assert_eq!(Proxy::new(&f).call((2, 4, 8, 16, 32, 64, 128)), 255);
    fn eight(a: u8, b: u16, c: u32, d: u64, e: &u64, f: char, g: Option<u64>, h: [u64; 1]) -> u64 {
        1 + u64::from(a) + u64::from(b) + u64::from(c) + d + e + u64::from(f) + g.unwrap() + h[0]
    }
    let f = owner(eight);
    let args = || (2, 4, 8, 16, &32, '\u{40}', Some(128), [256]);
    assert_eq!(Proxy::new(&f).call(args()), 511, "of any types");
    assert_eq!(Proxy::new(&f).try_call(args()), Ok(511));
}

#[test]
fn functions_of_every_kind() {
    let pointer = owner(u64::count_ones as fn(u64) -> u32);
    assert_eq!(Proxy::new(&pointer).call((7,)), 3);
    let captured = String::from("!");
    let capturing = owner(move |text: &str| text.to_owned() + &captured);
    assert_eq!(Proxy::new(&capturing).call(("text",)), "text!");
    let boxed: Ptr<Obj<Box<dyn Fn() -> u32>>> = owner(Box::new(|| 7));
    assert_eq!(Proxy::new(&boxed).call(()), 7);
}

#[test]
fn unsized_ones() {
    let function: Ptr<Obj<AnyFunction>> = Ptr::new(Slotted::new(|| 7));
    let proxy: CallableProxy<AnyFunction, Here> = Proxy::new(&function);
    assert_eq!((proxy.call(()), proxy.try_call(())), (7, Ok(7)));
    let clone = proxy.clone();
    drop(function);
    assert_eq!(clone.try_call(()), Err(ReferenceError));

    type Borrows = dyn Fn(&str, &mut Vec<String>) -> usize;
    let function: Ptr<Obj<Borrows>> = Ptr::new(Slotted::new(|text: &str, all: &mut Vec<_>| {
        all.push(text.to_owned());
        all.len()
    }));
    let (proxy, mut all) = (CallableProxy::<Borrows, Here>::new(&function), Vec::new());
    {
        let short = String::from("short");
        assert_eq!(proxy.call((&*short, &mut all)), 1);
    }
    assert_eq!(proxy.call(("another", &mut all)), 2);
    assert_eq!(all, ["short", "another"]);
}

#[test]
fn what_is_returned_may_borrow_from_the_arguments() {
    fn first(text: &str) -> &str {
        text.split(' ').next().unwrap()
    }
    let (function, text) = (owner(first), String::from("two words"));
    assert_eq!(Proxy::new(&function).call((&*text,)), "two");
}

/// As by a `__call__`: with several kinds of arguments, where Python looks at what it is given.
#[derive(Weakrefable)]
struct Adder {
    amount: i32,
    slot: WeakSlot<Here>,
}

impl Callable<(i32,)> for Adder {
    type Output = i32;

    fn call(&self, (number,): (i32,)) -> i32 {
        number + self.amount
    }
}

impl<'a> Callable<(&'a str,)> for Adder {
    type Output = (&'a str, i32);

    fn call(&self, (text,): (&'a str,)) -> (&'a str, i32) {
        (text, self.amount)
    }
}

#[test]
fn types_of_the_users_own() {
    let adder = Ptr::new(Adder { amount: 2, slot: WeakSlot::new() });
    let proxy = Proxy::new(&adder);
    assert_eq!(proxy.call((5,)), 7);
    let text = String::from("text");
    assert_eq!(proxy.call((&*text,)), ("text", 2));
    drop(adder);
    assert_eq!(proxy.try_call((5,)), Err(ReferenceError));

    // Trait objects, too.
    let listener: Ptr<dyn Listener> = Ptr::new(Adder { amount: 2, slot: WeakSlot::new() });
    assert_eq!(Proxy::new(&listener).call((5,)), 7);
}

trait Listener: Weakrefable<Flavor = Here> + Callable<(i32,), Output = i32> {}

impl Listener for Adder {}

#[test]
fn b163_the_dead_panic_where_they_are_called() {
    let function = owner(|| 7);
    let proxy = Proxy::new(&function);
    drop(function);
    let here = line!() + 1;
    assert_eq!(panics(|| proxy.call(())), (DEAD.to_owned(), here));
    assert_eq!(proxy.try_call(()), Err(ReferenceError));
    assert!(proxy.is_dead());
}

#[test]
fn a_call_may_end_the_last_owner() {
    let log = Log::default();
    let note = log.drop("function dropped");
    let calls = log.clone();
    let shelf = super::Shelf::new([]);
    let inside = shelf.clone();
    let function: Ptr<Obj<Box<dyn Fn()>>> = owner(Box::new(move || {
        let _keep = &note;
        // The owner that was on the shelf.
        drop(inside.take());
        calls.note("called");
    }));
    let proxy = Proxy::new(&function);
    shelf.put(function);
    proxy.call(());
    assert_eq!(log.take(), ["called", "function dropped"]);
    assert!(proxy.is_dead());
}

#[test]
fn a_panic_comes_through() {
    let function = owner(|text: &str| panic!("{text}"));
    let proxy = Proxy::new(&function);
    assert_eq!(panic_of(|| -> () { proxy.call(("on purpose",)) }), "on purpose");
    assert_eq!(Ptr::strong_count(&function), 1);
}

/// There is one kind of proxy, so one of a function can do what others can.
#[test]
fn b165_a_callable_one_can_do_what_proxies_can() {
    let log = Log::default();
    let adder = Ptr::new(Adder { amount: 2, slot: WeakSlot::new() });
    let calls = log.clone();
    let proxy = Proxy::with_callback(&adder, move |proxy: &Proxy<Adder>| {
        calls.note(proxy.try_call((5,)).is_err());
    });
    assert_eq!((proxy.call((5,)), proxy.get().amount), (7, 2));
    assert_eq!(proxy.with(|adder| adder.call((1,))), 3);
    assert!(Proxy::from(WeakRef::new(&adder)).call((5,)) == 7);
    drop(adder);
    assert_eq!(log.take(), ["true"]);
    assert!(proxy.downgrade().is_dead());
}
