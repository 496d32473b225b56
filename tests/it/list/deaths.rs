//! Deaths, and what user code does in the middle of them.

use std::sync::OnceLock;

use weakref_core::{
    ListKey, WeakList, WeakRef, clear_weakrefs, clear_weakrefs_silently, weakref_count,
};
use weakref_tests::Log;

use super::{Obj, Ptr, Shelf, owner};

type List<T> = WeakList<Obj<T>>;

type Kept = Shelf<Ptr<Obj<u32>>>;

#[test]
fn an_element_has_left_when_an_older_callback_is_called() {
    let list = Ptr::new(List::new());
    let log = Log::default();
    let object = owner(1);
    let look = |name: &'static str| {
        let (list, log) = (list.clone(), log.clone());
        move |_: &WeakRef<Obj<u32>>| {
            log.note(format!("{name}: {} {:?}", list.len(), list.iter().count()));
        }
    };
    let older = WeakRef::with_callback(&object, look("older"));
    let key = list.push(&object);
    let newer = WeakRef::with_callback(&object, look("newer"));
    drop(object);
    assert_eq!(log.take(), ["newer: 1 0", "older: 0 0"]);
    assert!(!list.contains_key(key));
    drop((older, newer));
}

/// Has `then` use the list in the middle of the death of an element, whose key it is given. What it
/// puts on the shelf stays alive. Returns what is left.
#[track_caller]
fn in_a_death(then: fn(&List<u32>, ListKey, &Kept)) -> Vec<u32> {
    let (list, shelf) = (Ptr::new(List::new()), Shelf::new([]));
    let others = [1, 3].map(owner);
    let object = owner(2);
    list.push(&others[0]);
    let key = list.push(&object);
    list.push(&others[1]);
    let weak = WeakRef::with_callback(&object, {
        let (list, shelf) = (list.clone(), shelf.clone());
        move |_: &WeakRef<_>| then(&list, key, &shelf)
    });
    drop(object);
    drop(weak);
    assert_eq!(list.len(), list.iter().count(), "the dead element has left");
    list.iter().map(|number| **number).collect()
}

#[test]
fn a_dying_element_is_not_found() {
    let left = in_a_death(|list, key, _| {
        assert_eq!(list.len(), 3, "its registration comes later");
        assert!(list.get(key).is_none() && !list.contains_key(key));
        assert!(list.iter().map(|number| **number).eq([1, 3]));
        let mut shown = Vec::new();
        list.for_each(|number| shown.push(***number));
        assert_eq!(shown, [1, 3]);
    });
    assert_eq!(left, [1, 3]);
}

#[test]
fn a_dying_element_is_removed() {
    let left = in_a_death(|list, key, _| {
        assert!(list.remove(key).is_none());
        assert_eq!(list.len(), 2);
        assert!(list.remove(key).is_none());
    });
    assert_eq!(left, [1, 3]);
}

#[test]
fn a_dying_element_is_swept() {
    let left = in_a_death(|list, _, _| {
        list.retain(|number| ***number != 3);
        assert_eq!(list.len(), 1);
    });
    assert_eq!(left, [1]);
}

#[test]
fn a_dying_element_is_passed_over_by_pops() {
    let left = in_a_death(|list, _, _| {
        assert_eq!(list.pop_back().map(|number| **number), Some(3));
        assert_eq!(list.pop_back().map(|number| **number), Some(1));
        assert_eq!(list.len(), 0);
    });
    assert!(left.is_empty());
}

#[test]
fn a_list_is_cleared_in_a_death() {
    let left = in_a_death(|list, _, _| list.clear());
    assert!(left.is_empty());
}

/// The entry of the dying element is still expected, so the new ones do not take it.
#[test]
fn elements_are_inserted_around_a_dying_one() {
    let left = in_a_death(|list, key, shelf| {
        let [before, after, last] = [10, 11, 12].map(owner);
        list.insert_before(key, &before).unwrap();
        list.insert_after(key, &after).unwrap();
        list.remove(key);
        list.push(&last);
        for one in [before, after, last] {
            shelf.put(one);
        }
    });
    assert_eq!(left, [1, 10, 11, 3, 12]);
}

#[test]
fn a_list_is_dropped_in_the_death_of_its_element() {
    let [object, other] = [1, 2].map(owner);
    let list = Shelf::new([List::from([object.clone(), other.clone()])]);
    let weak = WeakRef::with_callback(&object, {
        let list = list.clone();
        move |_: &WeakRef<_>| drop(list.take())
    });
    drop(object);
    assert_eq!(weakref_count(&other), 0, "the list is gone");
    drop(weak);
}

#[test]
fn an_object_owns_the_list_that_it_is_in() {
    struct Member {
        list: OnceLock<Ptr<List<Member>>>,
    }

    let list = Ptr::new(List::new());
    let [one, two] = [(), ()].map(|()| owner(Member { list: OnceLock::new() }));
    list.push(&one);
    list.push(&two);
    assert!(one.list.set(list.clone()).is_ok());
    drop(list);
    assert_eq!(weakref_count(&two), 1);
    drop(one);
    assert_eq!(weakref_count(&two), 0, "the list is gone");
}

#[test]
fn a_death_drops_owners_of_other_elements() {
    struct Chain(#[allow(dead_code)] Option<Ptr<Obj<Chain>>>);

    let list = List::new();
    let mut chain = None;
    for _ in 0..10 {
        let link = owner(Chain(chain.take()));
        list.push(&link);
        chain = Some(link);
    }
    assert_eq!(list.len(), 10);
    drop(chain);
    assert!(list.is_empty());
}

#[test]
fn cleared_objects_leave_and_can_come_back() {
    for clear in [clear_weakrefs, clear_weakrefs_silently] {
        let list = List::new();
        let [one, two] = [1, 2].map(owner);
        let keys = [&one, &two, &one].map(|owner| list.push(owner));
        clear(&one);
        assert!(list.iter().eq([two.clone()]));
        assert_eq!(list.len(), 1);
        assert!(list.get(keys[0]).is_none() && list.get(keys[2]).is_none());
        list.push(&one);
        assert!(list.iter().eq([two.clone(), one.clone()]));
        drop(one);
        assert_eq!(list.len(), 1);
        drop(two);
        assert!(list.is_empty());
    }
}

#[test]
fn a_callback_of_a_clear_inserts_again() {
    let list = Ptr::new(List::new());
    let object = owner(1);
    let again = Shelf::new([object.clone()]);
    list.push(&object);
    let weak = WeakRef::with_callback(&object, {
        let list = list.clone();
        move |_: &WeakRef<_>| {
            assert!(list.is_empty(), "entries leave before callbacks run");
            for object in again.take() {
                list.push(&object);
            }
        }
    });
    clear_weakrefs(&object);
    assert!(list.iter().eq([object.clone()]));
    drop(object);
    assert!(list.is_empty());
    drop(weak);
}

#[test]
fn an_owner_that_is_only_lent_leaves_nothing() {
    let list = List::new();
    let key = list.push(&owner(1));
    assert!(list.is_empty() && list.get(key).is_none());
}
