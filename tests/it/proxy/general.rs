//! What a proxy is, whatever its object can do.

use std::cell::RefCell;
use weakref_core::{
    Proxy, WeakRef, WeakReference, Weakrefable, error::ReferenceError,
    reference::WeakReferenceKind, weakref_count, weakrefs,
};
use weakref_tests::{Log, Unraisables, implements, panic_of};

use super::super::{assert_raises, panic_place};
use super::{Here, Num, Obj, Ptr, Shelf, owner};
use crate::support::assert_same;

#[test]
fn b106_it_stands_for_its_object() {
    let a = Num::owner(1, &Log::default());
    let p = Proxy::new(&a);
    p.with(|number| number.set(2));
    assert_eq!(a.value(), 2);
    a.set(3);
    assert_eq!(p.get().value(), 3);
    assert_eq!(p.try_get().unwrap().value(), 3);
    assert_eq!(p.try_with(Num::value), Ok(3));
    assert!(std::ptr::eq(&raw const *p.get(), Ptr::as_ptr(&a)));
    // No owner is left behind.
    assert_eq!(Ptr::strong_count(&a), 1);
}

#[test]
fn b108_any_use_of_a_dead_one_raises() {
    let a = Num::owner(1, &Log::default());
    let p = Proxy::new(&a);
    drop(a);
    assert_raises(|| p.get().value());
    assert_raises(|| p.with(|_| unreachable!("called")));
    assert_eq!(p.try_get().unwrap_err(), ReferenceError);
    let text = owner(String::from("ann"));
    let p = Proxy::new(&text);
    drop(text);
    assert_raises(|| p.cloned());
    assert_eq!(panic_place(|| p.get()), (file!().into(), line!()));
    assert_eq!(panic_place(|| p.cloned()), (file!().into(), line!()));
}

#[test]
fn b109_no_silent_default() {
    let p = Proxy::new(&owner(1));
    assert_eq!(p.try_with(|_| unreachable!("called")), Err::<(), _>(ReferenceError));
    assert_eq!(
        p.try_with(|number| Some(**number)).map_err(|error| error.to_string()),
        Err("weakly-referenced object no longer exists".into())
    );
}

#[test]
fn b110_what_works_on_a_dead_one() {
    let a = owner(1);
    let (p, q) = (Proxy::new(&a), Proxy::new(&owner(1)));
    drop(a);
    assert!(p.is_dead() && format!("{p:?}").contains("dead"));
    assert!(p.is_same_reference(&p) && p.is_same_reference(&p.clone()) && !p.is_same_reference(&q));
    assert_eq!((p.kind(), p.weakref_count()), (WeakReferenceKind::Proxy, 0));
    assert!(p.downgrade().is_dead() && Proxy::from(p.downgrade()).is_same_reference(&p));
}

#[test]
fn asking_whether_it_is_dead_makes_no_owner() {
    let a = owner(1);
    let p = Proxy::new(&a);
    let _guard = p.get();
    drop(a);
    assert!(!p.is_dead());
    let text = format!("{p:?}");
    assert!(!text.contains("dead"));
}

#[test]
fn b117_its_callback_is_not_seen_through_it() {
    struct Has;
    impl Has {
        #[allow(clippy::unused_self)]
        fn has_callback(&self) -> &'static str {
            "the object's"
        }
    }

    let a = owner(Has);
    let p = Proxy::with_callback(&a, |_: &Proxy<_>| ());
    assert_eq!(p.get().has_callback(), "the object's");
    assert!(p.downgrade().has_callback());
    assert!(!Proxy::new(&a).downgrade().has_callback());
}

#[test]
fn b119_an_owner_taken_through_a_proxy_is_one() {
    let a = Num::owner(1, &Log::default());
    let p = Proxy::new(&a);
    let method = {
        let a = p.downgrade().upgrade().unwrap();
        move || a.value()
    };
    drop(a);
    assert_eq!((method(), p.is_dead()), (1, false));
    drop(method);
    assert!(p.is_dead());
}

#[test]
fn b120_a_clone_of_the_proxy_and_one_of_the_object() {
    let a = owner(vec![1, 2]);
    let p = Proxy::new(&a);
    assert!(p.clone().is_same_reference(&p));
    let copy: Obj<Vec<i32>> = p.cloned();
    drop(a);
    assert_eq!(*copy, [1, 2]);
    assert!(p.clone().is_dead());
}

#[test]
fn b079_b080_b123_listed_and_counted_with_references() {
    let a = owner(1);
    let p = Proxy::new(&a);
    // All that have no callback are one reference.
    assert!(p.is_same_reference(&Proxy::new(&a)) && p.downgrade().is_same_reference(&WeakRef::new(&a)));
    assert_eq!((weakref_count(&a), p.weakref_count()), (1, 1));
    assert_same(&weakrefs(&a), &[&p.downgrade()]);
    let weak = WeakRef::new(&a);
    assert_eq!(weakref_count(&a), 1, "also when there are both kinds");

    let q = Proxy::with_callback(&a, |_: &Proxy<_>| ());
    let called = WeakRef::with_callback(&a, |_| ());
    assert!(!q.is_same_reference(&p) && q.is_same_reference(&q.clone()));
    assert_eq!(weakref_count(&a), 3);
    assert_same(&weakrefs(&a), &[&weak, &called, &q.downgrade()]);
    // The kept one is the same reference, whatever came in between.
    assert!(WeakRef::new(&a).is_same_reference(&weak) && Proxy::new(&a).is_same_reference(&p));

    drop(q);
    drop((p, weak));
    assert_eq!(weakref_count(&a), 1);
}

#[test]
fn b037_the_callback_gets_the_dead_proxy() {
    let seen = Shelf::new([]);
    let a = owner(1);
    let before = Proxy::new(&a);
    let (shelf, plain) = (seen.clone(), before.clone());
    let p = Proxy::with_callback(&a, move |proxy: &Proxy<Obj<i32>>| {
        assert!(proxy.is_dead() && plain.is_dead());
        assert_raises(|| proxy.get().to_string());
        shelf.put(proxy.clone());
    });
    assert_eq!(p, 1);
    drop(a);
    let seen = seen.take();
    assert!(seen.len() == 1 && seen[0].is_same_reference(&p) && !seen[0].is_same_reference(&before));
}

#[test]
fn its_callback_is_cancelled_with_it() {
    let log = Log::default();
    let a = owner(1);
    let call = |what: &'static str| {
        let log = log.clone();
        move |_: &Proxy<_>| log.note(what)
    };
    let first = Proxy::with_callback(&a, call("first"));
    let second = Proxy::with_callback(&a, call("second"));
    drop(Proxy::with_callback(&a, call("dropped")));
    let kept = Proxy::with_callback(&a, call("kept by its reference")).downgrade();
    let detached = Proxy::with_callback(&a, call("detached"));
    detached.downgrade().detach();
    drop(first.clone());
    drop(a);
    assert_eq!(log.take(), ["kept by its reference", "second", "first"]);
    assert!(second.is_dead() && kept.is_dead());
}

#[test]
fn a_panic_in_its_callback_goes_to_the_hook() {
    let unraisables = Unraisables::listen();
    let a = owner(1);
    let _p = Proxy::with_callback(&a, |proxy: &Proxy<Obj<i32>>| {
        let _ = proxy + 1;
    });
    drop(a);
    let seen = unraisables.take();
    assert!(seen.len() == 1 && seen[0].starts_with(&ReferenceError.to_string()), "{seen:?}");
}

#[test]
fn b165_a_proxy_of_a_trait_object() {
    trait Speaks: Weakrefable<Flavor = Here> {
        fn speak(&self) -> String;
    }

    impl Speaks for Num {
        fn speak(&self) -> String {
            self.value().to_string()
        }
    }

    let a: Ptr<dyn Speaks> = Num::owner(1, &Log::default());
    let p: Proxy<dyn Speaks> = Proxy::new(&a);
    assert_eq!(p.get().speak(), "1");
    assert_eq!(p.with(Speaks::speak), "1");
    drop(a);
    assert_raises(|| p.get().speak());

    let slice: Ptr<Obj<[i32]>> = owner([1, 2, 3]);
    assert_eq!(Proxy::new(&slice).get().len(), 3);
    assert!(Proxy::new(&slice) == [1, 2, 3]);
}

/// What Python forwards by methods is a method here too.
#[test]
fn b150_to_b154_by_methods() {
    let list = owner(RefCell::new(vec![1, 2, 3]));
    let p = Proxy::new(&list);
    let with = |f: &dyn Fn(&mut Vec<i32>) -> usize| p.with(|list| f(&mut (**list).borrow_mut()));
    assert_eq!(with(&|list| list.len()), 3);
    with(&|list| std::mem::replace(&mut list[1], 5).try_into().unwrap());
    with(&|list| list.remove(0).try_into().unwrap());
    assert_eq!(*(**list).borrow(), [5, 3]);
    assert_eq!(with(&|list| list.contains(&5).into()), 1);
    drop(list);
    assert_raises(|| with(&|list| list.len()));
}

#[test]
fn a_panic_inside_with_leaves_no_owner() {
    let a = owner(1);
    let p = Proxy::new(&a);
    assert_eq!(panic_of(|| p.with(|_| panic!("inside"))), "inside");
    assert_eq!(Ptr::strong_count(&a), 1);
}

#[test]
fn it_is_as_large_as_a_reference() {
    assert_eq!(size_of::<Proxy<Num>>(), size_of::<WeakRef<Num>>());
    assert!(implements!(Proxy<Num>: Clone + std::fmt::Debug + From<WeakRef<Num>>));
}
