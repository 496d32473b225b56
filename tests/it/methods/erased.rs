//! Methods of different objects, with different functions, in one collection.

use weakref_core::{
    Slotted, WeakMethod,
    method::{ErasedWeakMethod, OwnedEq},
    reference::WeakReferenceKind,
    weakref_count,
};
use weakref_tests::Log;

use super::{Boxed, Function, Obj, Ptr, owner};

type Text = Obj<String>;

/// Borrowed by the methods, for as short as a call.
struct Event {
    id: u32,
    seen_by: Vec<String>,
}

type Listener = Box<dyn for<'a> ErasedWeakMethod<(&'a mut Event, &'a str), Output = usize>>;

/// Publishes an event that lives no longer than this call.
fn publish(listeners: &[Listener]) -> (Vec<Option<usize>>, Vec<String>) {
    let (mut event, place) = (Event { id: 7, seen_by: Vec::new() }, String::from("here"));
    let results =
        listeners.iter().map(|listener| listener.try_call((&mut event, &place)).ok()).collect();
    (results, event.seen_by)
}

fn hear(text: &Text, event: &mut Event, place: &str) -> usize {
    event.seen_by.push(format!("{} {place}", **text));
    event.seen_by.len()
}

#[test]
fn different_methods_are_called_in_order() {
    let (text, number) = (owner("ann".to_owned()), owner(3_u32));
    let function: Ptr<Function> =
        Ptr::new(Slotted::new(|text: &Text, word: &str| format!("{}{word}", **text)));
    let add = 10;
    let listeners: Vec<Listener> = vec![
        Box::new(WeakMethod::new(&text, hear)),
        Box::new(WeakMethod::new(&number, move |number: &Obj<u32>, event: &mut Event, _: &str| {
            event.seen_by.push((**number + event.id + add).to_string());
            0
        })),
    ];
    let seen = ["ann here", "20"].map(ToString::to_string);
    assert_eq!(publish(&listeners), (vec![Some(1), Some(0)], seen.to_vec()));
    drop(text);
    assert_eq!(publish(&listeners), (vec![None, Some(0)], seen[1..].to_vec()));

    let text = owner("bob".to_owned());
    let weakly: Box<dyn for<'a> ErasedWeakMethod<(&'a str,), Output = String>> =
        Box::new(WeakMethod::with_weak_fn(&text, &function));
    assert_eq!(weakly.try_call((&String::from("!"),)).as_deref(), Ok("bob!"));
    drop(function);
    assert!(weakly.is_dead() && weakly.try_call(("!",)).is_err());
}

#[test]
fn dead_ones_are_found_without_a_call() {
    let texts = ["a", "b", "c"].map(|text| owner(text.to_owned()));
    let [a, b, c] = texts;
    let mut methods: Vec<Boxed<(), usize>> = [&a, &b, &c]
        .map(|text| Box::new(WeakMethod::new(text, |text: &Text| text.len())) as _)
        .into();
    drop(b);
    methods.retain(|method| !method.is_dead());
    assert_eq!(methods.len(), 2);
    assert!(methods.iter().all(|method| method.try_call(()) == Ok(1)));
    assert_eq!((Ptr::strong_count(&a), weakref_count(&c)), (1, 1));
}

type Seven = (u32, u32, u32, u32, u32, u32, u32);

#[test]
fn every_number_of_arguments() {
    let one = owner(1_u32);
    let zero: Boxed<(), u32> = Box::new(WeakMethod::new(&one, |one: &Obj<u32>| **one));
    let seven: Boxed<Seven, u32> =
        Box::new(WeakMethod::new(&one, |one: &Obj<u32>, a, b, c, d, e, f, g| {
            **one + a + b + c + d + e + f + g
        }));
    assert_eq!(zero.try_call(()), Ok(1));
    assert_eq!(seven.try_call((2, 4, 8, 16, 32, 64, 128)), Ok(255));
}

#[test]
fn they_remain_weak_references_of_their_kind() {
    fn len(text: &Text) -> usize {
        text.len()
    }
    let text = owner("text".to_owned());
    let function: fn(&Text) -> usize = len;
    let method = WeakMethod::<_, _, OwnedEq>::comparing(&text, function);
    let written = format!("{method:?}");
    let method: Boxed<(), usize> = Box::new(method);
    assert_eq!((method.kind(), method.weakref_count()), (WeakReferenceKind::Method, 1));
    assert_eq!(format!("{method:?}"), written);
    drop(text);
    assert!(method.is_dead() && format!("{method:?}").contains("dead"));
}

#[test]
fn the_callback_goes_with_the_box() {
    let log = Log::default();
    let object = owner(7);
    let watch = |what: &'static str| -> Boxed<()> {
        let calls = log.clone();
        let callback = move |_: &WeakMethod<_, _>| calls.note(what);
        Box::new(WeakMethod::with_callback(&object, |_: &Obj<i32>| (), callback))
    };
    let (kept, dropped) = (watch("kept"), watch("dropped"));
    drop(dropped);
    drop(object);
    assert_eq!(log.take(), ["kept"]);
    assert!(kept.try_call(()).is_err());
}
