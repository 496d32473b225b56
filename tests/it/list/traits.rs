//! Conversions, and the other traits.

use std::panic::{RefUnwindSafe, UnwindSafe};

use weakref_core::{Local, Shared, Slotted, WeakList, weakref_count};
use weakref_tests::implements;

use super::{Obj, Ptr, owner};

type List = WeakList<Obj<u32>>;

#[test]
fn lists_are_made_of_owners() {
    let owners = [1, 2, 3].map(owner);
    let mut list = List::from(owners.clone());
    assert!(list.iter().eq(owners.clone()));
    list.extend(owners.clone());
    assert_eq!(list.len(), 6);
    let collected: List = owners.iter().cloned().chain([owner(4)]).collect();
    assert!(collected.iter().eq(owners), "the only owner of 4 was dropped");
    assert!(List::default().is_empty());
}

#[test]
fn a_clone_has_the_same_elements_and_is_another_list() {
    let owners = [1, 2, 1].map(owner);
    let list = List::from(owners.clone());
    let clone = list.clone();
    assert!(clone.iter().eq(owners.clone()));
    list.clear();
    assert!(clone.iter().eq(owners.clone()));
    assert_eq!(owners.each_ref().map(weakref_count), [1; 3]);
    drop(clone);
    assert_eq!(owners.each_ref().map(weakref_count), [0; 3]);
}

#[test]
fn a_list_is_consumed() {
    let owners = [1, 2].map(owner);
    let list = List::from(owners.clone());
    let all = list.into_iter();
    assert_eq!(owners.each_ref().map(weakref_count), [0; 2]);
    assert!(all.eq(owners));
}

#[test]
fn a_list_is_formatted_in_order() {
    let owners = [2, 1].map(owner);
    let list = List::from(owners.clone());
    let expected = format!("{:?}", owners.each_ref());
    assert_eq!(format!("{list:?}"), expected);
    assert_eq!(format!("{:?}", list.iter()), expected);
    drop(owners);
    assert_eq!(format!("{list:?}"), "[]");
}

#[test]
fn a_list_is_serialised_in_order_without_the_dead() {
    let [one, two, moved] = [1, 2, 3].map(owner);
    let mut list = List::from([two.clone(), one.clone(), moved.clone(), two.clone()]);
    let text = |list: &List| serde_json::to_string(list).unwrap();
    assert_eq!(text(&list), "[2,1,3,2]");
    let value = Ptr::try_unwrap(moved).unwrap();
    list.extend([owner(4), one]);
    assert_eq!((list.len(), &*text(&list)), (3, "[2,2]"));
    drop((two, value));
    assert_eq!((text(&list), text(&List::new())), ("[]".to_owned(), "[]".to_owned()));
}

#[test]
fn a_list_goes_where_its_owners_may_go() {
    assert!(implements!(WeakList<Slotted<u8, Shared>>: Send + Sync));
    assert!(implements!(WeakList<Slotted<dyn Fn() + Send + Sync, Shared>>: Send + Sync));
    assert!(!implements!(WeakList<Slotted<u8, Local>>: Send));
    assert!(!implements!(WeakList<Slotted<u8, Local>>: Sync));
    assert!(!implements!(WeakList<Slotted<std::cell::Cell<u8>, Shared>>: Sync));
    assert!(!implements!(WeakList<Slotted<std::cell::Cell<u8>, Shared>>: Send));
    assert!(implements!(List: UnwindSafe + RefUnwindSafe));
}
