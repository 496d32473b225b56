//! Proxies, guards and iterators in several threads, which only `Shared` has.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use weakref_core::{
    Local, Proxy, Slotted, WeakSlot, Weakrefable,
    error::ReferenceError,
    reference::{ProxyGuard, ProxyIter},
};
use weakref_tests::{implements, panic_of, rounds};

/// Asserts that `f` panics as a dead proxy does.
#[track_caller]
fn assert_raises<R>(f: impl FnOnce() -> R) {
    assert_eq!(panic_of(f), ReferenceError.to_string());
}

#[derive(Weakrefable)]
struct Letters(&'static str, #[weakref] WeakSlot);

impl<'a> IntoIterator for &'a Letters {
    type Item = char;
    type IntoIter = std::str::Chars<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.chars()
    }
}

/// Its iterator must not leave the thread, though it could itself.
#[derive(Weakrefable)]
struct Bound(WeakSlot);

impl IntoIterator for &Bound {
    type Item = u8;
    type IntoIter = BoundIter;

    fn into_iter(self) -> BoundIter {
        BoundIter(Rc::default())
    }
}

struct BoundIter(Rc<Cell<u8>>);

impl Iterator for BoundIter {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.0.get().checked_sub(1)
    }
}

/// Its iterator can go, it cannot.
#[derive(Weakrefable)]
struct Here(Cell<u8>, #[weakref] WeakSlot);

impl IntoIterator for &Here {
    type Item = u8;
    type IntoIter = std::option::IntoIter<u8>;

    fn into_iter(self) -> Self::IntoIter {
        Some(self.0.get()).into_iter()
    }
}

#[test]
fn what_may_go_to_another_thread() {
    assert!(implements!(Proxy<Letters>: Send + Sync));
    assert!(implements!(ProxyGuard<'static, Letters>: Send + Sync));
    assert!(implements!(ProxyGuard<'static, Letters, str>: Send + Sync));
    assert!(implements!(ProxyIter<'static, Letters>: Send + Sync));
    assert!(!implements!(ProxyIter<'static, Bound>: Send));
    assert!(!implements!(ProxyIter<'static, Bound>: Sync));

    assert!(!implements!(Proxy<Here>: Send));
    assert!(!implements!(ProxyGuard<'static, Here>: Send));
    assert!(!implements!(ProxyGuard<'static, Letters, Cell<u8>>: Send));
    assert!(!implements!(ProxyGuard<'static, Letters, Cell<u8>>: Sync));
    assert!(!implements!(ProxyIter<'static, Here>: Send));
    assert!(!implements!(ProxyIter<'static, Here>: Sync));

    assert!(!implements!(Proxy<Slotted<u8, Local>>: Send));
    assert!(!implements!(ProxyGuard<'static, Slotted<u8, Local>>: Send));
    assert!(!implements!(ProxyGuard<'static, Slotted<u8, Local>>: Sync));
}

#[test]
fn a_guard_and_an_iterator_in_another_thread() {
    let letters = Arc::new(Letters("abc", WeakSlot::new()));
    let p = Proxy::new(&letters);
    let (guard, mut iter) = (p.get(), p.into_iter());
    assert_eq!(iter.next(), Some('a'));
    thread::scope(|scope| {
        scope.spawn(move || assert_eq!(guard.0, "abc"));
        scope.spawn(move || assert_eq!(iter.collect::<String>(), "bc"));
        let p = &p;
        scope.spawn(move || assert_eq!(p.get().0.len(), 3));
    });
    assert_eq!(Arc::strong_count(&letters), 1);
}

#[derive(Weakrefable)]
struct Counted(AtomicUsize, #[weakref] WeakSlot);

impl std::ops::Add<usize> for &Counted {
    type Output = usize;

    fn add(self, right: usize) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed);
        right
    }
}

/// A use either has the object to its end, or raises.
#[test]
fn an_object_that_dies_while_it_is_used() {
    for _ in 0..rounds(200) {
        let counted = Arc::new(Counted(0.into(), WeakSlot::new()));
        let p = Proxy::new(&counted);
        let called = Arc::new(AtomicUsize::new(0));
        let in_callback = Arc::clone(&called);
        let _watch = Proxy::with_callback(&counted, move |proxy: &Proxy<Counted>| {
            assert_raises(|| proxy + 1);
            in_callback.fetch_add(1, Ordering::Relaxed);
        });
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !p.is_dead() {
                        let done = p.try_with(|counted| counted + 1);
                        assert!(done == Ok(1) || done == Err(ReferenceError));
                    }
                });
            }
            scope.spawn(move || drop(counted));
        });
        assert_eq!(called.load(Ordering::Relaxed), 1);
        assert_raises(|| &p + 1);
    }
}
