//! Sets: who is told of elements that leave, and why.

use weakref_core::{RemovalCause, WeakRef, clear_weakrefs, clear_weakrefs_silently};
use weakref_tests::{Log, Unraisables};

use super::*;

/// Has what leaves noted: the cause, and the number if it lives.
fn noted(set: &Set) -> Log {
    let log = Log::default();
    let notes = log.clone();
    set.on_removal(move |weak: &WeakRef<Item>, cause| {
        let number = weak.with(Item::number);
        notes.note(format!("{cause:?} {number:?}"));
    });
    log
}

#[test]
fn each_cause() {
    let (set, mut items) = set_of(0..16);
    let log = noted(&set);
    let told = |what: &str| assert_eq!(log.take(), [what]);
    set.insert(&items[0]);
    drop(items.pop());
    told("Died None");
    clear_weakrefs(&items[14]);
    told("Died Some(14)");
    clear_weakrefs_silently(&items[13]);
    told("Died Some(13)");
    set.remove(&*items[0]);
    told("Removed Some(0)");
    drop(set.take(&*items[1]));
    told("Removed Some(1)");
    set.retain(|item| item.number() != 2);
    told("Removed Some(2)");
    drop(set.extract_if(|item| item.number() == 3).next());
    told("Removed Some(3)");
    set.replace(&items[4]);
    told("Replaced Some(4)");
    let one: Set = Set::from([items[5].clone()]);
    set.difference_update(&one);
    told("Removed Some(5)");
    set.insert(&items[5]);
    set.symmetric_difference_update(&one);
    told("Removed Some(5)");
    let popped = set.pop().unwrap();
    told(&format!("Removed Some({})", popped.number()));
    let rest = Set::clone(&set);
    rest.remove(&*items[6]);
    let was_there = popped.number() != 6;
    set.intersection_update(&rest);
    assert_eq!(log.take(), vec!["Removed Some(6)"; usize::from(was_there)]);
    let left = set.len();
    assert_eq!(set.drain().len(), left);
    let all = log.take();
    assert!(all.len() == left && all.iter().all(|note| note.starts_with("Removed Some")));
    set.insert(&items[8]);
    set.clear();
    assert_eq!(log.take(), ["Cleared Some(8)"]);
}

#[test]
fn listeners_are_told_in_their_order_and_once() {
    let (set, items) = set_of(0..1);
    let log = Log::default();
    for name in ["first", "second"] {
        let log = log.clone();
        set.on_removal(move |_, _| log.note(name));
    }
    drop(items);
    assert_eq!(log.take(), ["first", "second"]);
    set.clear();
    assert!(log.take().is_empty());
}

#[test]
fn who_is_added_later_hears_of_what_leaves_later() {
    let (set, items) = set_of(0..2);
    set.remove(&*items[0]);
    let log = noted(&set);
    assert!(log.take().is_empty());
    drop(items);
    assert_eq!(log.take(), ["Died None"]);
}

#[test]
fn neither_a_clone_nor_the_drop_of_the_set_is_listened_to() {
    let (set, items) = set_of(0..3);
    let log = noted(&set);
    let clone = Set::clone(&set);
    clone.remove(&*items[0]);
    clone.clear();
    assert!(log.take().is_empty());
    drop(set);
    drop(items);
    assert!(log.take().is_empty());
}

#[test]
fn a_listener_may_use_the_set() {
    let (set, mut items) = set_of(0..6);
    let set = Ptr::new(set);
    let inner = Ptr::downgrade(&set);
    set.on_removal(move |weak, cause| {
        let set = inner.upgrade().unwrap();
        assert!(!set.contains(&Item::new(77)));
        match weak.upgrade() {
            // What was removed comes back; what dies takes another one along.
            Some(item) if cause == RemovalCause::Removed => {
                assert!(!set.contains(&*item), "it has left");
                set.insert(&item);
            }
            _ => drop(set.pop()),
        }
    });
    set.remove(&*items[0]);
    assert_eq!(set.len(), 6);
    drop(items.pop());
    // The one that is popped comes back too.
    assert_eq!(set.len(), 5);
    assert_is_quiet(&set, &items);
}

/// As [`assert_is`], without guests, whom listeners would hear of.
#[track_caller]
fn assert_is_quiet(set: &Set, items: &[Ptr<Item>]) {
    assert_eq!(places(&set.iter().collect::<Vec<_>>()), places(items));
}

#[test]
fn a_panic_of_a_listener_goes_to_the_hook() {
    let panics = Unraisables::listen();
    let (set, mut items) = set_of(0..4);
    set.on_removal(|_, _| panic!("{OOPS}"));
    let log = noted(&set);
    assert_eq!(caught(|| drop(items.pop())), Ok(()));
    assert_eq!(caught(|| set.remove(&*items[0])), Ok(true));
    assert_eq!(caught(|| set.clear()), Ok(()));
    let heard = panics.take();
    assert!(heard.len() == 4 && heard.iter().all(|panic| panic.starts_with(OOPS)), "{heard:?}");
    assert_eq!(log.take().len(), 4, "the other listener is told");
    assert_is_quiet(&set, &[]);
}

#[test]
fn a_listener_goes_with_the_set() {
    let tally = Tally::default();
    let token = tally.token();
    let (set, items) = set_of(0..3);
    set.on_removal(move |_, _| drop_value(&token));
    assert_eq!(tally.count(), 1);
    drop(set);
    assert_eq!(tally.count(), 0);
    drop(items);
}
