//! Real leaks, as they are found.

use weakref_core::{Census, WeakRef, WeakSlot, Weakrefable, clear_weakrefs};
use weakref_tests::assert_panics;

use super::{Here, Lock, Obj, Ptr, borrow, owner, table};

#[derive(Weakrefable)]
struct Node {
    next: Lock<Option<Ptr<Node>>>,
    slot: WeakSlot<Here>,
}

fn node(nodes: &Census<Node>, name: &'static str) -> Ptr<Node> {
    let node = Ptr::new(Node { next: Lock::new(None), slot: WeakSlot::new() });
    nodes.register_with_label(&node, name);
    node
}

#[test]
fn a_cycle_is_found() {
    let nodes = Census::new();
    let weak = {
        let (one, two, three) = (node(&nodes, "1"), node(&nodes, "2"), node(&nodes, "3"));
        *borrow(&one.next) = Some(two.clone());
        *borrow(&two.next) = Some(one.clone());
        *borrow(&three.next) = Some(one);
        WeakRef::new(&two)
    };
    assert_panics("2 objects are alive", || nodes.assert_empty());
    assert!(table(&nodes.alive())[1].ends_with(" 1, 2"), "{}", nodes.alive());

    // The way out.
    let taken = borrow(&weak.upgrade().unwrap().next).take();
    drop(taken);
    nodes.assert_empty();
}

#[test]
fn a_callback_that_owns_its_object_is_found() {
    let objects = Census::<Obj<i32>>::new();
    let one = owner(1);
    let second = one.clone();
    objects.register(&one);
    let weak = WeakRef::with_callback(&one, move |_: &WeakRef<Obj<i32>>| drop(second));
    drop(one);
    assert_panics("a callback that owns its own object", || objects.assert_empty());

    // The way out: the callback is dropped, and its owner with it.
    weak.detach();
    objects.assert_empty();
}

#[test]
fn a_test_with_a_leak_fails() {
    let nodes = Census::new();
    let mut weak = WeakRef::dead();
    assert_panics("`assert_no_leaks` of a census: 1 object is alive", || {
        nodes.assert_no_leaks(|| {
            let one = node(&nodes, "one");
            *borrow(&one.next) = Some(one.clone());
            weak = WeakRef::new(&one);
        });
    });
    let leaked = weak.upgrade().unwrap();
    drop(borrow(&leaked.next).take());
    // What is cleared is not known any more.
    clear_weakrefs(&leaked);
    nodes.assert_empty();
}
