//! Keys: what they find, and that a stale one finds nothing.

use std::collections::HashSet;

use weakref_core::{ListKey, WeakList};

use super::{Obj, owner};

type List = WeakList<Obj<u32>>;

/// Asserts that nothing is found by the key.
#[track_caller]
fn assert_stale(list: &List, key: ListKey) {
    let stranger = owner(0);
    let before: Vec<_> = list.iter().collect();
    assert!(list.get(key).is_none() && !list.contains_key(key));
    assert!(list.remove(key).is_none());
    assert!(list.insert_before(key, &stranger).is_none());
    assert!(list.insert_after(key, &stranger).is_none());
    assert!(list.iter().eq(before), "something was changed by a stale key");
}

#[test]
fn a_key_finds_its_element_wherever_it_is() {
    let owners = [1, 2, 3, 1].map(owner);
    let list = List::new();
    let keys = owners.each_ref().map(|owner| list.push(owner));
    for (key, owner) in keys.iter().zip(&owners) {
        assert_eq!(list.get(*key).as_ref(), Some(owner));
        assert!(list.contains_key(*key));
    }
    assert_eq!(list.remove(keys[1]).as_ref(), Some(&owners[1]));
    assert_stale(&list, keys[1]);
    assert_eq!(list.get(keys[2]).as_ref(), Some(&owners[2]));
}

#[test]
fn a_key_is_stale_after_every_way_to_leave() {
    let list = List::new();
    let leave: [fn(&List, ListKey); 8] = [
        |list, key| _ = list.remove(key),
        |list, key| _ = list.remove_object(&*list.get(key).unwrap()),
        |list, _| _ = list.pop_front(),
        |list, _| _ = list.pop_back(),
        |list, _| list.clear(),
        |list, _| _ = list.drain(),
        |list, _| list.retain(|_| false),
        |list, key| weakref_core::clear_weakrefs(&list.get(key).unwrap()),
    ];
    for leave in leave {
        let object = owner(1);
        let key = list.push(&object);
        leave(&list, key);
        assert!(list.is_empty());
        assert_stale(&list, key);
        let next = list.push(&object);
        assert_ne!(next, key);
        assert_stale(&list, key);
        drop(object);
        assert_stale(&list, next);
    }
}

#[test]
fn no_key_is_used_twice() {
    let list = List::new();
    let mut keys = HashSet::new();
    for round in 0..50 {
        // Up to a size at which the list gives its memory back.
        let owners: Vec<_> = (0..round * 4).map(owner).collect();
        let new: Vec<_> = owners.iter().map(|owner| list.push(owner)).collect();
        for key in new {
            assert!(keys.insert(key), "{key:?} has been used before");
        }
        if round % 3 == 0 {
            list.clear();
        }
        drop(owners);
        assert!(list.is_empty());
    }
    let object = owner(1);
    list.push(&object);
    for key in keys {
        assert!(list.get(key).is_none());
    }
}

#[test]
fn a_key_of_a_dead_element_is_stale() {
    let list = List::new();
    let [one, two] = [1, 2].map(owner);
    let keys = [list.push(&one), list.push(&two)];
    drop(one);
    assert_stale(&list, keys[0]);
    assert!(list.get(keys[1]).is_some());
}

#[test]
fn a_key_means_nothing_to_an_empty_list() {
    let list = List::new();
    let object = owner(1);
    let key = list.push(&object);
    assert_stale(&List::new(), key);
}

#[test]
fn a_key_and_a_list_are_one_word() {
    assert_eq!(size_of::<ListKey>(), 8);
    assert_eq!(size_of::<Option<ListKey>>(), 8);
    assert_eq!(size_of::<List>(), size_of::<usize>());
}
