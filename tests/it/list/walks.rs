//! What a walk shows while its closure uses the list.

use weakref_core::WeakList;

use super::{Obj, Ptr, Shelf, owner};

type List = WeakList<Obj<u32>>;

fn numbers(list: &List) -> Vec<u32> {
    list.iter().map(|number| **number).collect()
}

/// Walks in both ways, with a new list of 0, 1, 2, 3 for each. Calls `f` with the number that is
/// shown, the list, and the owners. Asserts what is shown, and what is in the list afterwards.
#[track_caller]
fn assert_shown(
    mut f: impl FnMut(u32, &List, &mut Vec<Ptr<Obj<u32>>>),
    shown: &[u32],
    afterwards: &[u32],
) {
    type Visit<'a> = &'a mut dyn FnMut(&Ptr<Obj<u32>>);
    let walks: [fn(&List, Visit<'_>); 2] = [
        |list, visit| list.for_each(visit),
        |list, visit| {
            list.retain(|number| {
                visit(number);
                true
            });
        },
    ];
    for walk in walks {
        let mut owners: Vec<_> = (0..4).map(owner).collect();
        let list: List = owners.iter().cloned().collect();
        let mut seen = Vec::new();
        walk(&list, &mut |number| {
            seen.push(***number);
            f(***number, &list, &mut owners);
        });
        assert_eq!(seen, shown);
        assert_eq!(numbers(&list), afterwards);
    }
}

#[test]
fn what_is_pushed_meanwhile_is_not_shown() {
    assert_shown(
        |number, list, owners| {
            let new = owner(number + 10);
            list.push(&new);
            list.push_front(&new);
            owners.push(new);
        },
        &[0, 1, 2, 3],
        &[13, 12, 11, 10, 0, 1, 2, 3, 10, 11, 12, 13],
    );
}

#[test]
fn what_was_removed_before_its_turn_is_not_shown() {
    assert_shown(
        |number, list, owners| {
            if number == 1 {
                assert_eq!(list.remove_object(&owners[2]), 1);
            }
        },
        &[0, 1, 3],
        &[0, 1, 3],
    );
}

#[test]
fn what_was_removed_and_inserted_again_is_not_shown_twice() {
    assert_shown(
        |_, list, owners| {
            let last = list.pop_back().unwrap();
            list.push(&last);
            assert_eq!(owners.len(), 4);
        },
        &[0, 1, 2],
        &[0, 1, 2, 3],
    );
}

#[test]
fn what_is_shown_may_be_removed() {
    assert_shown(
        |number, list, owners| {
            assert_eq!(list.remove_object(&owners[number as usize]), 1);
        },
        &[0, 1, 2, 3],
        &[],
    );
}

#[test]
fn a_list_that_is_cleared_meanwhile_shows_no_more() {
    assert_shown(
        |number, list, _| {
            if number == 1 {
                list.clear();
            }
        },
        &[0, 1],
        &[],
    );
}

#[test]
fn an_object_whose_weak_references_are_cleared_is_not_shown() {
    assert_shown(
        |number, list, owners| {
            if number == 0 {
                weakref_core::clear_weakrefs(&owners[1]);
                assert!(!list.contains(&owners[1]));
            }
        },
        &[0, 2, 3],
        &[0, 2, 3],
    );
}

#[test]
fn an_owner_that_is_dropped_meanwhile_is_not_the_last_before_its_turn() {
    assert_shown(
        |number, list, owners| {
            if number == 1 {
                // 0 has been shown, 1 is being shown, 2 is still to be shown.
                owners.drain(..3);
                assert!(numbers(list).ends_with(&[1, 2, 3]));
            }
        },
        &[0, 1, 2, 3],
        &[3],
    );
}

/// `for_each` has a way of its own for a list with one element.
#[test]
fn the_only_element_is_shown_whatever_the_closure_does() {
    type Use = fn(&List, &Ptr<Obj<u32>>, &mut Option<Ptr<Obj<u32>>>);
    let uses: [(Use, usize); 6] = [
        (|_, _, _| {}, 1),
        (|list, shown, _| assert_eq!(list.remove_object(shown), 1), 0),
        (|list, _, _| list.clear(), 0),
        (|list, shown, _| assert!(list.get(list.push(shown)).is_some()), 2),
        (|list, _, _| list.for_each(|number| assert_eq!(***number, 7)), 1),
        (|list, _, kept| assert!(kept.take().is_some() && list.len() == 1), 0),
    ];
    for (number, (r#use, left)) in uses.into_iter().enumerate() {
        let mut kept = Some(owner(7));
        let list: List = kept.iter().cloned().collect();
        let mut seen = 0;
        list.for_each(|shown| {
            seen += ***shown;
            r#use(&list, shown, &mut kept);
        });
        assert_eq!((seen, list.len()), (7, left), "use {number}");
    }
}

#[test]
fn the_only_element_is_not_shown_when_it_is_dead() {
    let list = List::new();
    let only = owner(7);
    list.push(&only);
    drop(only);
    list.for_each(|number| panic!("{} was shown", ***number));

    // One that was moved out of its pointer: it is dead, and has not been dropped.
    let moved = owner(8);
    list.push(&moved);
    let moved = Ptr::try_unwrap(moved).unwrap_or_else(|_| panic!("there is another owner"));
    list.for_each(|number| panic!("{} was shown", ***number));
    drop(moved);
    assert!(list.is_empty());
}

#[test]
fn retain_lets_each_go_when_it_has_been_shown() {
    let owners: Vec<_> = (0..4).map(owner).collect();
    let list: List = owners.iter().cloned().collect();
    let owners = Shelf::new(owners);
    let mut lengths = Vec::new();
    list.retain(|_| {
        drop(owners.take());
        lengths.push(list.len());
        true
    });
    assert_eq!(lengths, [4, 3, 2, 1]);
    assert!(list.is_empty());
}

#[test]
fn walks_nest() {
    let owners = [1, 2, 3].map(owner);
    let list: List = owners.iter().cloned().collect();
    let mut pairs = Vec::new();
    list.for_each(|one| {
        list.retain(|other| {
            pairs.push((***one, ***other));
            true
        });
    });
    let expected: Vec<_> = (1..4).flat_map(|one| (1..4).map(move |two| (one, two))).collect();
    assert_eq!(pairs, expected);
}

#[test]
fn retain_keeps_what_it_is_told_to() {
    let owners: Vec<_> = (0..10).map(owner).collect();
    let list: List = owners.iter().cloned().collect();
    list.retain(|number| ***number % 3 == 0);
    assert_eq!(numbers(&list), [0, 3, 6, 9]);
    list.retain(|number| {
        // What the closure has removed itself is not there to be removed again.
        list.remove_object(number);
        list.push(number);
        ***number == 3
    });
    assert_eq!(numbers(&list), [0, 3, 6, 9], "only keys that are current remove");
}

#[test]
fn a_snapshot_is_what_there_was() {
    let owners = [1, 2, 3].map(owner);
    let list: List = owners.iter().cloned().collect();
    let mut all = list.iter();
    list.clear();
    drop(owners);
    assert_eq!(all.len(), 3);
    assert_eq!(all.next_back().map(|number| **number), Some(3));
    assert_eq!((&list).into_iter().count(), 0);
    assert_eq!(all.map(|number| **number).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn the_list_goes_with_an_object_that_owns_it() {
    struct Holder {
        list: Ptr<WeakList<Obj<u32>>>,
    }

    let object = owner(1);
    let list = Ptr::new(List::from([object.clone()]));
    let holder = owner(Holder { list });
    let snapshot = holder.list.iter();
    drop(holder);
    assert_eq!(weakref_core::weakref_count(&object), 0, "the list is gone");
    assert!(snapshot.eq([object]));
}
