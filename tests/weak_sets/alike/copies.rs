//! Sets: copies, and how they look.

use super::*;

#[test]
fn b348_b349_a_clone_is_another_set_of_the_same_objects() {
    let (set, items) = set_of(0..30);
    let clone = Set::clone(&set);
    assert_is(&clone, &items);
    assert_eq!(counts(&items), [2; 30]);
    clone.remove(&*items[0]);
    set.remove(&*items[1]);
    assert_is(&set, items.iter().filter(|item| item.number() != 1));
    assert_is(&clone, items.iter().filter(|item| item.number() != 0));
    drop(set);
    assert_is(&clone, items.iter().filter(|item| item.number() != 0));
    drop(items);
    assert_is(&clone, []);
}

#[test]
fn b351_a_clone_has_the_same_elements_and_not_copies_of_them() {
    let (set, items) = set_of(0..3);
    let clone = Set::clone(&set);
    assert_eq!(places(&clone.iter().collect::<Vec<_>>()), places(&items));
    assert!(set == clone);
}

#[test]
fn b352_a_clone_made_while_elements_die() {
    let (set, mut items) = set_of(0..10);
    let moved = Ptr::try_unwrap(items.remove(4)).ok().unwrap();
    let clones: Vec<_> = set
        .iter()
        .map(|_| {
            drop(items.pop());
            Set::clone(&set)
        })
        .collect();
    // The iterator has kept those that it was still to give.
    assert!(clones.windows(2).all(|two| two[1].is_subset(&two[0])));
    assert!(clones.iter().all(Set::is_empty) && set.len() == 1);
    drop(moved);
    assert!(set.is_empty());
}

#[test]
fn b356_b359_operators_leave_their_operands_alone_or_change_the_left_one() {
    let (mut left, items) = set_of(0..4);
    let (right, others) = set_of(10..12);
    let both = &left | &right;
    assert_is(&left, &items);
    left |= &right;
    assert_is(&right, &others);
    assert!(left == both);
    let all: Vec<_> = items.iter().chain(&others).cloned().collect();
    assert_is(&left, &all);
    assert_eq!(counts(&all), [2, 2, 2, 2, 3, 3]);
}

#[test]
fn b361_a_clone_stays_weak() {
    let (set, items) = set_of(0..3);
    let clone = set.clone();
    drop(items);
    assert!(set.is_empty() && clone.is_empty());
}

#[test]
fn b304_the_text_form_shows_the_living() {
    let set = Set::new();
    assert_eq!(format!("{set:?}"), "{}");
    let (one, two) = (item(1), item(2));
    set.insert(&one);
    assert_eq!(format!("{set:?}"), "{Item 1}");
    assert_eq!(format!("{set:#?}"), "{\n    Item 1,\n}");
    set.insert(&two);
    let text = format!("{set:?}");
    assert!(text == "{Item 1, Item 2}" || text == "{Item 2, Item 1}", "{text}");
    let moved = Ptr::try_unwrap(one).ok().unwrap();
    assert_eq!(format!("{set:?}"), "{Item 2}");
    drop(moved);
}
