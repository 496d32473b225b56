//! What all kinds of weak references have in common.

use weakref_core::{
    KeyedRef, Proxy, Slotted, WeakMethod, WeakRef, WeakReference, clear_weakrefs,
    method::ByWeak,
    reference::{ProxyType, WeakReferenceKind},
    weakref_count,
};

use super::{Function, Obj, Ptr, owner};

type Text = Obj<String>;

fn text() -> Ptr<Text> {
    owner("text".to_owned())
}

/// One of each kind, without callbacks where that can be.
fn all(text: &Ptr<Text>) -> Vec<Box<dyn WeakReference>> {
    vec![
        Box::new(WeakRef::new(text)),
        Box::new(KeyedRef::new(text, "key", |_| ())),
        Box::new(Proxy::new(text)),
        Box::new(WeakMethod::new(text, |text: &Text| text.len())),
    ]
}

/// One of each kind, with a callback.
fn all_with_callback(text: &Ptr<Text>) -> Vec<Box<dyn WeakReference>> {
    vec![
        Box::new(WeakRef::with_callback(text, |_| ())),
        Box::new(KeyedRef::new(text, "key", |_| ())),
        Box::new(Proxy::with_callback(text, |_: &Proxy<_>| ())),
        Box::new(WeakMethod::with_callback(
            text,
            |text: &Text| text.len(),
            |_: &WeakMethod<_, _>| (),
        )),
    ]
}

const KINDS: [WeakReferenceKind; 4] = [
    WeakReferenceKind::Ref,
    WeakReferenceKind::Keyed,
    WeakReferenceKind::Proxy,
    WeakReferenceKind::Method,
];

#[test]
fn b167_b386_each_says_what_it_is() {
    let text = text();
    for (weak, kind) in
        all(&text).iter().chain(&all_with_callback(&text)).zip([KINDS, KINDS].concat())
    {
        assert_eq!(weak.kind(), kind);
        assert!(!weak.is_dead(), "{kind:?}");
    }
    drop(text);
    for (weak, kind) in all(&self::text()).iter().zip(KINDS) {
        assert_eq!(weak.kind(), kind, "also when it is dead");
    }
}

#[test]
fn b395_whether_it_is_dead() {
    let text = text();
    let all: Vec<_> = all(&text).into_iter().chain(all_with_callback(&text)).collect();
    assert!(all.iter().all(|weak| !weak.is_dead()));
    let second = text.clone();
    drop(text);
    assert!(all.iter().all(|weak| !weak.is_dead()));
    assert_eq!(Ptr::strong_count(&second), 1);
    drop(second);
    assert!(all.iter().all(|weak| weak.is_dead()));
}

#[test]
fn how_many_there_are() {
    let text = text();
    let plain = all(&text);
    assert_eq!(weakref_count(&text), 2, "the keyed one, and the rest");
    assert!(plain.iter().all(|weak| weak.weakref_count() == 2));
    let called = all_with_callback(&text);
    assert_eq!(weakref_count(&text), 6);
    assert!(plain.iter().chain(&called).all(|weak| weak.weakref_count() == 6));
    assert_eq!(Ptr::strong_count(&text), 1);
    drop(plain);
    assert!(called.iter().all(|weak| weak.weakref_count() == 4));
    drop(text);
    assert!(called.iter().all(|weak| weak.weakref_count() == 0));
}

#[test]
fn what_was_cleared_is_dead_and_counts_nothing() {
    let text = text();
    let called = all_with_callback(&text);
    clear_weakrefs(&text);
    assert!(called.iter().all(|weak| weak.is_dead() && weak.weakref_count() == 0));
}

#[test]
fn a_method_is_dead_with_its_function() {
    let text = text();
    let function: Ptr<Function> = Ptr::new(Slotted::new(|text: &Text, _: &str| text.to_string()));
    let method: WeakMethod<Text, Function, ByWeak> = WeakMethod::with_weak_fn(&text, &function);
    let any: &dyn WeakReference = &method;
    assert_eq!((any.is_dead(), any.weakref_count()), (false, 1));
    drop(function);
    assert_eq!((any.is_dead(), any.weakref_count()), (true, 1), "the object's, which lives");
    drop(text);
    assert_eq!((any.is_dead(), any.weakref_count()), (true, 0));
}

#[test]
fn proxies_of_every_kind() {
    fn dead(proxies: &[&dyn ProxyType]) -> Vec<bool> {
        proxies.iter().map(|proxy| proxy.is_dead()).collect()
    }
    let (text, callable) = (text(), owner(|| 7));
    let (proxy, call) = (Proxy::new(&text), Proxy::new(&callable));
    assert_eq!(dead(&[&proxy, &call]), [false, false]);
    drop(callable);
    assert_eq!(dead(&[&proxy, &call]), [false, true]);
    assert_eq!([proxy.kind(), call.kind()], [WeakReferenceKind::Proxy; 2]);
}
