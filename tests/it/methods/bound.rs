//! The bound method, which is made anew each time.

use weakref_core::{Slotted, WeakMethod, clear_weakrefs, method::OwnedEq};
use weakref_tests::Log;

use super::{Function, Obj, Ptr, owner};

type Text = Obj<String>;

fn len(text: &Text) -> usize {
    text.len()
}

#[test]
fn it_keeps_the_object() {
    let log = Log::default();
    let object = owner(log.drop("dropped"));
    let method = WeakMethod::new(&object, |_: &Obj<_>| 7);
    let bound = method.upgrade().unwrap();
    assert!(Ptr::ptr_eq(bound.object(), &object));
    drop(object);
    assert_eq!(log.take(), [""; 0]);
    assert!(!method.is_dead());
    assert_eq!((bound.call(()), bound.call(())), (7, 7));
    drop(bound);
    assert_eq!(log.take(), ["dropped"]);
    assert!(method.is_dead());
}

#[test]
fn it_keeps_the_function() {
    let log = Log::default();
    let (text, note) = (owner("text".to_owned()), log.drop("function dropped"));
    let function: Ptr<Function> = Ptr::new(Slotted::new(move |text: &Text, more: &str| {
        let _keep = &note;
        format!("{}{more}", **text)
    }));
    let method = WeakMethod::with_weak_fn(&text, &function);
    let bound = method.upgrade().unwrap();
    drop((text, function));
    assert_eq!(bound.call(("s",)), "texts");
    assert_eq!(log.take(), [""; 0]);
    drop(bound);
    assert_eq!(log.take(), ["function dropped"]);
    assert!(method.is_dead());
}

#[test]
fn b166_two_calls_give_equal_ones() {
    let (text, equal) = (owner("text".to_owned()), owner("text".to_owned()));
    let method = WeakMethod::new(&text, len);
    assert_eq!(method.upgrade().unwrap(), method.upgrade().unwrap());
    let (one, two) = (method.upgrade().unwrap(), method.upgrade().unwrap());
    assert_eq!(Ptr::strong_count(&text), 3, "and distinct: each is an owner");
    assert_eq!(one, two);
    drop((one, two));
    // By identity of the object, unlike the weak ones.
    let (again, other) = (WeakMethod::new(&text, len), WeakMethod::new(&equal, len));
    assert_eq!(method.upgrade(), again.upgrade());
    assert_ne!(method.upgrade(), other.upgrade());
    assert_eq!(method, other);
}

#[test]
fn the_function_is_compared_as_the_method_compares_it() {
    let text = owner("text".to_owned());
    let compared =
        |function| WeakMethod::<_, fn(&Text) -> usize, OwnedEq>::comparing(&text, function);
    // A function can have another address each time that it becomes a pointer.
    let len: fn(&Text) -> usize = len;
    let (one, same, other) = (compared(len), compared(len), compared(|text| text.len() + 1));
    assert_eq!(one.upgrade(), same.upgrade());
    assert_ne!(one.upgrade(), other.upgrade());

    let capturing = |n: usize| WeakMethod::new(&text, move |text: &Text| text.len() + n);
    let (one, same) = (capturing(1), capturing(1));
    assert_ne!(one.upgrade(), same.upgrade(), "what is captured cannot be compared");
    assert_eq!(one.upgrade(), one.clone().upgrade());

    let functions: [Ptr<Function>; 2] =
        [(); 2].map(|()| Ptr::new(Slotted::new(|text: &Text, _: &str| text.to_string())) as _);
    let weakly = |number: usize| WeakMethod::with_weak_fn(&text, &functions[number]);
    assert_eq!(weakly(0).upgrade(), weakly(0).upgrade());
    assert_ne!(weakly(0).upgrade(), weakly(1).upgrade());
}

#[test]
fn the_last_owner_tells_of_the_death() {
    let log = Log::default();
    let object = owner(1);
    let (calls, method) = (log.clone(), WeakMethod::new(&object, |_: &Obj<i32>| ()));
    let watched = WeakMethod::with_callback(
        &object,
        |_: &Obj<i32>| (),
        move |_: &WeakMethod<_, _>| calls.note("called"),
    );
    let bound = method.upgrade().unwrap();
    drop(object);
    assert_eq!(log.take(), [""; 0]);
    drop(bound);
    assert_eq!(log.take(), ["called"]);
    drop(watched);
}

#[test]
fn it_outlives_a_clear() {
    let log = Log::default();
    let text = owner("text".to_owned());
    let calls = log.clone();
    let method = WeakMethod::with_callback(&text, len, move |method: &WeakMethod<_, _>| {
        calls.note(method.is_dead());
    });
    let bound = method.upgrade().unwrap();
    clear_weakrefs(&text);
    assert_eq!(log.take(), ["true"]);
    assert!(method.is_dead() && method.upgrade().is_none());
    assert_eq!(bound.call(()), 4);
}

/// Neither the object nor the function has a `Debug`.
#[test]
fn debug_calls_nothing() {
    struct Silent;
    let object = owner(Silent);
    let method = WeakMethod::new(&object, |_: &Obj<Silent>| unreachable!());
    let written = format!("{method:?}");
    let address = format!("{:p}", Ptr::as_ptr(&object));
    assert!(written.starts_with("WeakMethod("), "{written}");
    for part in ["debug_calls_nothing", "closure", "Silent", &address, "alive"] {
        assert!(written.contains(part), "{part} in {written}");
    }
    let bound = format!("{:?}", method.upgrade().unwrap());
    assert!(bound.starts_with("BoundMethod("), "{bound}");
    for part in ["debug_calls_nothing", "closure", "Silent", &address] {
        assert!(bound.contains(part), "{part} in {bound}");
    }
    drop(object);
    let written = format!("{method:?}");
    assert!(written.contains("dead") && !written.contains(&address), "{written}");

    let (text, function) = (owner("text".to_owned()), owner(len));
    let method = WeakMethod::with_weak_fn(&text, &function);
    drop(function);
    let written = format!("{method:?}");
    assert!(written.ends_with(", dead)") && !written.contains("alive"), "{written}");
}
