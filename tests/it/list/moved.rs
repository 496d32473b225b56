//! Objects that are moved out of their pointers.

use weakref_core::{WeakList, weakref_count};

use super::{Obj, Ptr, owner};

type List = WeakList<Obj<u32>>;

fn move_out(owner: Ptr<Obj<u32>>) -> Obj<u32> {
    Ptr::try_unwrap(owner).expect("it has one owner")
}

#[test]
fn a_moved_object_counts_until_it_is_dropped() {
    let list = List::new();
    let [one, two] = [1, 2].map(owner);
    let key = list.push(&one);
    list.push(&two);
    let moved = move_out(one);
    assert_eq!(list.len(), 2);
    assert!(list.get(key).is_none() && !list.contains_key(key) && !list.contains(&moved));
    assert!(list.iter().eq([two.clone()]));
    drop(moved);
    assert_eq!(list.len(), 1);
    assert!(list.insert_after(key, &two).is_none());
}

#[test]
fn each_moved_object_ends_its_own_element() {
    let list = List::new();
    let objects = [1, 1, 1].map(owner);
    let keys = objects.each_ref().map(|owner| list.push(owner));
    let [one, two, three] = objects.map(move_out);
    let anchor = owner(9);
    drop(two);
    assert_eq!(list.len(), 2);
    assert!(list.insert_after(keys[1], &anchor).is_none());
    assert!(list.insert_after(keys[0], &anchor).is_some(), "the first is still there");
    drop(one);
    assert!(list.insert_after(keys[2], &anchor).is_some(), "the third is still there");
    drop(three);
    assert!(list.iter().eq([anchor.clone(), anchor]));
}

#[test]
fn a_moved_object_is_pushed_again_in_a_new_pointer() {
    let list = List::new();
    let moved = move_out({
        let object = owner(1);
        list.push(&object);
        object
    });
    let object = Ptr::new(moved);
    let key = list.push(&object);
    assert_eq!((list.len(), weakref_count(&object)), (2, 2));
    assert!(list.iter().eq([object.clone()]));
    list.remove(key);
    assert_eq!(list.len(), 1);
    drop(object);
    assert!(list.is_empty());
}

/// Ways to remove an element whose slot cannot be reached, and what is left.
#[test]
fn an_element_that_cannot_be_reached_is_removed() {
    type Remove = fn(&List, weakref_core::ListKey);
    let ways: [(Remove, usize); 6] = [
        (|list, key| assert!(list.remove(key).is_none()), 1),
        (|list, _| list.retain(|_| true), 1),
        (|list, _| list.clear(), 0),
        (|list, _| assert_eq!(list.drain().count(), 1), 0),
        (|list, _| assert!(list.pop_front().is_some()), 0),
        (|list, _| assert!(list.pop_back().is_some()), 1 - 1),
    ];
    for (remove, left) in ways {
        for drops_list_first in [false, true] {
            let list = List::new();
            let [moved, other] = [1, 2].map(owner);
            let key = list.push(&moved);
            list.push(&other);
            // The last one, for `pop_back` to pass over.
            list.push(&moved);
            let moved = move_out(moved);
            remove(&list, key);
            list.retain(|_| true);
            assert_eq!(list.len(), left);
            // Neither takes the place of what is still registered.
            let more = [3, 4, 5].map(owner);
            let keys = more.each_ref().map(|owner| list.push(owner));
            if drops_list_first {
                drop(list);
                assert_eq!(more.each_ref().map(weakref_count), [0; 3]);
                drop(moved);
            } else {
                drop(moved);
                assert_eq!(list.len(), left + 3);
                assert!(
                    keys.iter().zip(&more).all(|(&key, it)| list.get(key).as_ref() == Some(it))
                );
            }
        }
    }
}

#[test]
fn a_list_goes_before_an_object_that_was_moved() {
    let list = List::new();
    let object = owner(1);
    list.push(&object);
    list.push(&object);
    let moved = move_out(object);
    drop(list);
    let again = Ptr::new(moved);
    assert_eq!(weakref_count(&again), 2, "the slot still has its registrations");
    drop(again);
}
