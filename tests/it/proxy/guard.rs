//! `ProxyGuard`: an owner for as long as it is held.

use weakref_core::{Proxy, reference::ProxyGuard};
use weakref_tests::{Log, caught, implements};

use super::{Num, Obj, Ptr, owner};

#[test]
fn a_guard_keeps_the_object() {
    let log = Log::default();
    let a = owner(log.drop("dropped"));
    let p = Proxy::new(&a);
    let (one, other) = (p.get(), p.get());
    drop(a);
    drop(one);
    assert!(!p.is_dead() && log.take().is_empty());
    drop(other);
    assert!(p.is_dead());
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn a_guard_of_a_part_keeps_the_whole() {
    let log = Log::default();
    let a = owner((String::from("ann"), log.drop("dropped")));
    let p = Proxy::new(&a);
    let name: ProxyGuard<'_, _, str> =
        ProxyGuard::map(ProxyGuard::map(p.get(), |pair| &pair.0), |name| &name[1..]);
    drop(a);
    assert_eq!(&*name, "nn");
    let (text, debug) = (format!("{name:>4}"), format!("{name:?}"));
    assert_eq!((text.as_str(), debug.as_str()), ("  nn", "\"nn\""));
    assert!(log.take().is_empty());
    // Its owner is one of the whole.
    let a: Ptr<Obj<_>> = ProxyGuard::into_owner(name);
    assert_eq!(a.0, "ann");
    drop(a);
    assert_eq!(log.take(), ["dropped"]);
}

#[test]
fn a_guard_of_what_is_not_in_the_object() {
    let a = owner(1);
    let p = Proxy::new(&a);
    let text: ProxyGuard<'_, _, str> = ProxyGuard::map(p.get(), |_| "static");
    drop(a);
    assert_eq!(&*text, "static");
}

#[test]
fn a_panic_in_map_gives_the_owner_back() {
    let a = owner(1);
    let p = Proxy::new(&a);
    let map = || drop(ProxyGuard::map(p.get(), |_| -> &i32 { panic!("inside") }));
    assert!(caught(map).is_err());
    assert_eq!(Ptr::strong_count(&a), 1);
}

#[test]
fn into_owner_is_the_owner_that_the_guard_was() {
    let a = owner(1);
    let p = Proxy::new(&a);
    let guard = p.get();
    assert_eq!(Ptr::strong_count(&a), 2);
    let b = ProxyGuard::into_owner(guard);
    assert!(Ptr::ptr_eq(&a, &b) && Ptr::strong_count(&a) == 2);
}

#[test]
fn guards_are_compared_and_written_as_what_they_show() {
    let (a, b) = (owner(1), owner(2));
    let (p, q) = (Proxy::new(&a), Proxy::new(&b));
    assert!(p.get() == p.get() && p.get() != q.get() && p.get() < q.get());
    assert_eq!(p.get().max(q.get()), q.get());
    assert_eq!([p.get(), q.get()].iter().min(), Some(&p.get()));
    assert_eq!(format!("{} {:?} {:03}", p.get(), p.get(), q.get()), "1 1 002");
    assert!(implements!(ProxyGuard<'static, Num>: std::ops::Deref<Target = Num>));
    assert!(!implements!(ProxyGuard<'static, Num>: Clone));
}
