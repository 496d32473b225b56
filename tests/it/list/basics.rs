//! Order, size, and both ends.

use weakref_core::{WeakList, Weakrefable, weakref_count};

use super::{Here, Obj, Ptr, Usable, owner};

type List = WeakList<Obj<u32>>;

/// Returns owners of these numbers, and a list of them.
fn listed<const N: usize>(numbers: [u32; N]) -> ([Ptr<Obj<u32>>; N], List) {
    let owners = numbers.map(owner);
    let list = owners.iter().cloned().collect();
    (owners, list)
}

#[track_caller]
fn assert_is(list: &List, numbers: &[u32]) {
    assert_eq!(list.iter().map(|number| **number).collect::<Vec<_>>(), numbers);
    assert_eq!(list.iter().rev().map(|n| **n).collect::<Vec<_>>().len(), numbers.len());
    assert_eq!((list.len(), list.is_empty()), (numbers.len(), numbers.is_empty()));
    assert_eq!(list.front().map(|number| **number), numbers.first().copied());
    assert_eq!(list.back().map(|number| **number), numbers.last().copied());
}

#[test]
fn a_new_list_is_empty() {
    let list = List::new();
    assert_is(&list, &[]);
    assert!(list.pop_front().is_none() && list.pop_back().is_none());
    list.clear();
    list.retain(|_| unreachable!());
    list.for_each(|_| unreachable!());
    assert_eq!(list.remove_object(&owner(1)), 0);
    assert!(!list.contains(&owner(1)));
    assert_eq!(list.drain().count(), 0);
}

#[test]
fn elements_are_in_the_order_of_insertion() {
    let (owners, list) = listed([3, 1, 2, 1]);
    assert_is(&list, &[3, 1, 2, 1]);
    let mut shown = Vec::new();
    list.for_each(|number| shown.push(Ptr::as_ptr(number)));
    assert_eq!(shown, owners.each_ref().map(Ptr::as_ptr));
    let mut shown = Vec::new();
    list.retain(|number| {
        shown.push(***number);
        true
    });
    assert_eq!(shown, [3, 1, 2, 1]);
}

#[test]
fn elements_are_inserted_at_both_ends_and_in_between() {
    let [one, two, three, four, five] = [1, 2, 3, 4, 5].map(owner);
    let list = List::new();
    let key = list.push_front(&three);
    let first = list.insert_before(key, &two).unwrap();
    let end = list.insert_after(key, &four).unwrap();
    assert_is(&list, &[2, 3, 4]);
    list.push_front(&one);
    list.push(&five);
    assert_is(&list, &[1, 2, 3, 4, 5]);
    list.insert_after(first, &five);
    list.insert_before(end, &one);
    assert_is(&list, &[1, 2, 5, 3, 1, 4, 5]);
    let back = list.push(&two);
    list.insert_after(back, &three);
    assert_is(&list, &[1, 2, 5, 3, 1, 4, 5, 2, 3]);
}

#[test]
fn both_ends_are_popped() {
    let (_owners, list) = listed([1, 2, 3, 4]);
    assert_eq!(list.pop_front().map(|number| **number), Some(1));
    assert_eq!(list.pop_back().map(|number| **number), Some(4));
    assert_is(&list, &[2, 3]);
    assert_eq!(list.pop_back().map(|number| **number), Some(3));
    assert_eq!(list.pop_back().map(|number| **number), Some(2));
    assert_is(&list, &[]);
    assert!(list.pop_front().is_none());
}

#[test]
fn the_same_object_several_times() {
    let [twice, once] = [7, 8].map(owner);
    let list: List = [&twice, &once, &twice].into_iter().cloned().collect();
    assert_is(&list, &[7, 8, 7]);
    assert_eq!(weakref_count(&twice), 2);
    let key = list.push(&twice);
    assert!(list.remove(key).is_some());
    assert_is(&list, &[7, 8, 7]);
    drop(twice);
    assert_is(&list, &[8]);
}

#[test]
fn an_object_is_known_by_identity() {
    let (owners, list) = listed([5, 5, 5]);
    let stranger = owner(5);
    assert!(list.contains(&owners[1]) && !list.contains(&stranger));
    list.push(&owners[1]);
    assert_eq!(list.remove_object(&stranger), 0);
    assert_eq!(list.remove_object(&owners[1]), 2);
    assert!(!list.contains(&owners[1]));
    assert!(list.iter().eq([owners[0].clone(), owners[2].clone()]));
    assert_eq!(owners.each_ref().map(weakref_count), [1, 0, 1]);
}

#[test]
fn what_leaves_leaves_its_slot() {
    let (owners, list) = listed([1, 2, 3, 4, 5]);
    let key = list.push(&owners[0]);
    list.remove(key);
    list.pop_back();
    list.pop_front();
    list.retain(|number| ***number != 3);
    assert_is(&list, &[2, 4]);
    assert_eq!(owners.each_ref().map(weakref_count), [0, 1, 0, 1, 0]);
    list.clear();
    assert_eq!(owners.each_ref().map(weakref_count), [0; 5]);
    assert_is(&list, &[]);
}

#[test]
fn a_list_goes_before_its_objects() {
    let (owners, list) = listed([1, 2, 3]);
    list.push(&owners[1]);
    drop(list);
    assert_eq!(owners.each_ref().map(weakref_count), [0; 3]);
}

#[test]
fn objects_go_before_their_list() {
    let ([one, two, three], list) = listed([1, 2, 3]);
    drop(two);
    assert_is(&list, &[1, 3]);
    drop(one);
    assert_is(&list, &[3]);
    drop(three);
    assert_is(&list, &[]);
}

trait Named: Weakrefable<Flavor = Here> + Usable {
    fn name(&self) -> String;
}

impl<T: ToString + Usable> Named for Obj<T> {
    fn name(&self) -> String {
        T::to_string(self)
    }
}

#[test]
fn trait_objects_are_elements() {
    let word = owner("word");
    let (named, number): (Ptr<dyn Named>, Ptr<dyn Named>) = (word.clone(), owner(7_u32));
    let list = WeakList::<dyn Named>::from([named.clone(), number.clone()]);
    assert_eq!(list.iter().map(|named| named.name()).collect::<Vec<_>>(), ["word", "7"]);
    assert!(list.contains(&*word) && list.contains(&*number));
    assert_eq!(list.remove_object(&*word), 1);
    drop(number);
    assert!(list.is_empty());
    assert_eq!(weakref_count(&named), 0);
}

#[test]
fn a_long_list() {
    let owners: Vec<_> = (0..1000).map(owner).collect();
    let list: List = owners.iter().cloned().collect();
    let expected: Vec<_> = (0..1000).collect();
    assert_is(&list, &expected);
    let (odd, even): (Vec<_>, Vec<_>) = owners.into_iter().partition(|number| ***number % 2 == 1);
    drop(odd);
    assert_is(&list, &expected.iter().copied().step_by(2).collect::<Vec<_>>());
    drop(even);
    assert_is(&list, &[]);
    let next = owner(1);
    list.push(&next);
    assert_is(&list, &[1]);
}
