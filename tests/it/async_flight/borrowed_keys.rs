//! Calls with a borrowed key, of which the map makes its own.

use std::{
    cell::Cell,
    future::{Future, pending, poll_fn, ready as at_once},
    task::Poll,
};

use weakref_core::WeakValueMap;
use weakref_tests::{Task, block_on};

use super::{
    Obj, Ptr,
    factory::{Call, ready},
    owner,
};

thread_local! {
    static MADE: Cell<u32> = const { Cell::new(0) };
}

/// A key that counts how often it is made of a borrowed one.
#[derive(PartialEq, Eq, Hash)]
struct Name(String);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        MADE.set(MADE.get() + 1);
        Self(name.into())
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

type Map = WeakValueMap<Name, Obj<u32>>;

/// Returns a future that must not be polled.
fn unpolled<T>() -> impl Future<Output = T> {
    poll_fn(|_| unreachable!("the value is there, or another call makes it"))
}

/// Returns a call to be polled by hand.
fn task<'a, T>(call: impl Future<Output = T> + 'a) -> Call<'a, T> {
    Task::new(Box::pin(call))
}

#[test]
fn a_hit_makes_no_key_and_polls_no_future() {
    let map = Map::new();
    MADE.set(0);
    let first = block_on(map.get_or_insert_with_ref_async("a", at_once(owner(1))));
    assert_eq!(MADE.get(), 1);
    let same = block_on(map.get_or_insert_with_ref_async("a", unpolled()));
    let tried = block_on(map.get_or_try_insert_with_ref_async("a", unpolled::<Result<_, ()>>()));
    assert_eq!(MADE.get(), 1);
    assert!(Ptr::ptr_eq(&first, &same) && Ptr::ptr_eq(&first, &tried.unwrap()));
    assert!(Ptr::ptr_eq(&first, &map.get("a").unwrap()));
    drop((first, same));
    assert!(map.is_empty());
}

#[test]
fn nothing_is_searched_before_the_first_poll() {
    let map = Map::new();
    MADE.set(0);
    let mut call = task(map.get_or_insert_with_ref_async("a", pending()));
    assert_eq!(MADE.get(), 0);
    let value = owner(1);
    map.insert(Name("a".into()), &value);
    assert!(Ptr::ptr_eq(&ready(&mut call), &value));
    assert_eq!(MADE.get(), 0);
}

#[test]
fn calls_with_borrowed_and_owned_keys_join_one_flight() {
    let map = Map::new();
    let value = owner(1);
    let gate = Cell::new(false);
    let make = || async {
        poll_fn(|_| if gate.get() { Poll::Ready(()) } else { Poll::Pending }).await;
        value.clone()
    };
    let mut first = task(map.get_or_insert_with_ref_async("a", make()));
    let mut second = task(map.get_or_insert_with_async(Name("a".into()), unpolled()));
    let mut third = task(map.get_or_try_insert_with_ref_async("a", unpolled::<Result<_, ()>>()));
    assert!(first.poll().is_pending() && second.poll().is_pending() && third.poll().is_pending());
    gate.set(true);
    assert!(Ptr::ptr_eq(&ready(&mut first), &value));
    assert!(Ptr::ptr_eq(&ready(&mut second), &value));
    assert!(Ptr::ptr_eq(&ready(&mut third).unwrap(), &value));
}

#[test]
fn a_failure_inserts_nothing() {
    let map = Map::new();
    let failed = block_on(map.get_or_try_insert_with_ref_async("a", at_once(Err("fails"))));
    assert_eq!(failed, Err("fails"));
    assert_eq!(map.len(), 0);
    let made = block_on(map.get_or_try_insert_with_ref_async("a", at_once(Ok::<_, ()>(owner(2)))));
    assert_eq!(**made.unwrap(), 2);
}
