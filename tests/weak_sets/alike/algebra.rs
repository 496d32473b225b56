//! Sets: what two of them make together.

use super::*;

/// Two sets with the numbers 2 and 3 in common, and all five items.
fn two() -> (Set, Set, Vec<Ptr<Item>>) {
    let items = items(0..5);
    let (left, right) = (&items[..4], &items[2..]);
    (left.iter().cloned().collect(), right.iter().cloned().collect(), items)
}

#[track_caller]
fn assert_numbers(found: impl IntoIterator<Item = Ptr<Item>>, expected: &[u32]) {
    assert_eq!(numbers(found), expected);
}

#[test]
fn b309_union() {
    let (left, right, items) = two();
    let both = left.union(&right);
    assert_eq!(both.len(), 5);
    assert_eq!(places(&both.collect::<Vec<_>>()), places(&items));
    assert_is(&(&left | &right), &items);
    let order: Vec<_> = left.union(&right).map(|item| item.number()).collect();
    assert_eq!(order[4], 4, "those of the left one first");
    assert_is(&(&left | &Set::new()), &items[..4]);
    assert_is(&(&Set::new() | &left), &items[..4]);
    assert_is(&left, &items[..4]);
    assert_is(&right, &items[2..]);
}

#[test]
fn b310_intersection() {
    let (left, right, items) = two();
    assert_numbers(left.intersection(&right), &[2, 3]);
    assert_eq!(left.intersection(&right).len(), 2);
    assert_is(&(&left & &right), &items[2..4]);
    assert_is(&(&left & &Set::new()), []);
    assert_is(&(&Set::new() & &left), []);
    assert_is(&left, &items[..4]);
}

#[test]
fn b311_difference() {
    let (left, right, items) = two();
    assert_numbers(left.difference(&right), &[0, 1]);
    assert_numbers(right.difference(&left), &[4]);
    assert_is(&(&left - &right), &items[..2]);
    assert_is(&(&left - &left), []);
    assert_is(&(&left - &Set::new()), &items[..4]);
}

#[test]
fn b312_symmetric_difference() {
    let (left, right, items) = two();
    assert_numbers(left.symmetric_difference(&right), &[0, 1, 4]);
    assert_is(&(&left ^ &right), [&items[0], &items[1], &items[4]]);
    assert_is(&(&left ^ &left), []);
    assert_is(&(&Set::new() ^ &left), &items[..4]);
}

#[test]
fn b313_disjoint_or_not() {
    let (left, right, items) = two();
    assert!(!left.is_disjoint(&right) && !right.is_disjoint(&left));
    let others = Set::from([items[4].clone()]);
    assert!(left.is_disjoint(&others) && others.is_disjoint(&left));
    assert!(left.is_disjoint(&Set::new()) && Set::<Item>::new().is_disjoint(&Set::new()));
    assert!(!left.is_disjoint(&left));
}

#[test]
fn b314_b315_subsets_and_supersets() {
    let (left, right, items) = two();
    let part = Set::from([items[2].clone(), items[3].clone()]);
    let empty = Set::new();
    //              sub    super  proper sub/super
    let cases = [
        (&part, &left, (true, false, true, false)),
        (&left, &part, (false, true, false, true)),
        (&left, &left, (true, true, false, false)),
        (&left, &right, (false, false, false, false)),
        (&empty, &left, (true, false, true, false)),
        (&left, &empty, (false, true, false, true)),
        (&empty, &empty, (true, true, false, false)),
    ];
    for (one, other, expected) in cases {
        let found = (
            one.is_subset(other),
            one.is_superset(other),
            one.is_proper_subset(other),
            one.is_proper_superset(other),
        );
        assert_eq!(found, expected, "{one:?} and {other:?}");
    }
    // The same size, and something in common.
    assert!(!Set::from([items[0].clone(), items[1].clone()]).is_subset(&part));
}

#[test]
fn subsets_follow_the_deaths() {
    let (left, right, mut items) = two();
    assert!(!right.is_subset(&left));
    drop(items.pop());
    assert!(right.is_subset(&left) && right.is_proper_subset(&left) && right != left);
    items.drain(..2);
    assert!(left.is_subset(&right) && !left.is_proper_subset(&right) && right == left);
    items.clear();
    assert!(left == right && left.is_disjoint(&right));
}

#[test]
fn b316_equality_is_of_the_living() {
    let (left, right, mut items) = two();
    assert_eq!(left, left.clone());
    assert_ne!(left, right);
    assert_ne!(right, left);
    assert!(Set::<Item>::new() == Set::new() && left != Set::new() && Set::new() != left);
    let fewer = Set::from([items[0].clone(), items[1].clone()]);
    assert_ne!(fewer, left);
    assert_ne!(left, fewer);
    drop(items.drain(2..));
    assert_eq!(fewer, left);
    assert_eq!(left, fewer);
    // Dead, and still there.
    let moved = Ptr::try_unwrap(items.pop().unwrap()).ok().unwrap();
    assert_eq!((left.len(), fewer.len()), (2, 2));
    assert!(left == Set::from([items[0].clone()]));
    drop(moved);
}

#[test]
fn b318_b319_either_can_be_the_left_one() {
    let (left, right, items) = two();
    assert_is(&(&right | &left), &items);
    assert_is(&(&right & &left), &items[2..4]);
    assert_is(&(&right - &left), &items[4..]);
    assert_is(&(&right ^ &left), [&items[0], &items[1], &items[4]]);
    assert_numbers(right.union(&left), &[0, 1, 2, 3, 4]);
    assert_numbers(right.symmetric_difference(&left), &[0, 1, 4]);
}

#[test]
fn b321_update_in_place() {
    let (mut left, right, items) = two();
    left |= &right;
    assert_is(&left, &items);
    let (mut left, right, items) = two();
    left.update(&right);
    assert_is(&left, &items);
    left.extend(&Set::from([items[0].clone()]));
    assert_is(&left, &items);
    assert_is(&right, &items[2..]);
    assert_eq!(counts(&items), [1, 1, 2, 2, 2]);
}

#[test]
fn intersection_in_place() {
    let (mut left, right, items) = two();
    left &= &right;
    assert_is(&left, &items[2..4]);
    assert_eq!(counts(&items), [0, 0, 2, 2, 1]);
    let (left, right, items) = two();
    left.intersection_update(&right);
    assert_is(&left, &items[2..4]);
    left.intersection_update(&Set::new());
    assert_is(&left, []);
}

#[test]
fn b323_difference_in_place() {
    let (mut left, right, items) = two();
    left -= &right;
    assert_is(&left, &items[..2]);
    assert_eq!(counts(&items), [1, 1, 1, 1, 1]);
    let (left, right, items) = two();
    left.difference_update(&Set::new());
    assert_is(&left, &items[..4]);
    left.difference_update(&right);
    assert_is(&left, &items[..2]);
}

#[test]
fn b324_symmetric_difference_in_place() {
    let (mut left, right, items) = two();
    left ^= &right;
    assert_is(&left, [&items[0], &items[1], &items[4]]);
    assert_eq!(counts(&items), [1, 1, 1, 1, 2]);
    let (left, right, items) = two();
    left.symmetric_difference_update(&right);
    assert_is(&left, [&items[0], &items[1], &items[4]]);
    let mut items = items;
    drop(items.pop());
    assert_is(&left, &items[..2]);
}

#[test]
fn assigning_to_a_reference() {
    let (left, right, items) = two();
    let mut set = &left;
    set |= &right;
    assert_is(set, &items);
    set -= &right;
    assert_is(set, &items[..2]);
    set ^= &right;
    assert_is(set, &items);
    set &= &right;
    assert_is(set, &items[2..]);
    assert_is(&left, &items[2..]);
}

#[test]
fn a_set_and_itself() {
    let (set, items) = set_of(0..20);
    let mut left = &set;
    left |= &set;
    assert_is(&set, &items);
    left &= &set;
    assert_is(&set, &items);
    left -= &set;
    assert_is(&set, []);
    set.update(items.iter().cloned());
    left = &set;
    left ^= &set;
    assert_is(&set, []);
    set.update(items.iter().cloned());
    set.update(&set);
    set.intersection_update(&set);
    assert_is(&set, &items);
    assert_eq!(counts(&items), [1; 20]);
    set.symmetric_difference_update(&set);
    assert_is(&set, []);
    set.update(items.iter().cloned());
    set.difference_update(&set);
    assert_is(&set, []);
    assert_eq!(counts(&items), [0; 20]);
}

#[test]
fn a_set_and_itself_by_the_operators_that_make_a_new_one() {
    let (set, items) = set_of(0..20);
    assert_is(&(&set | &set), &items);
    assert_is(&(&set & &set), &items);
    assert_is(&(&set - &set), []);
    assert_is(&(&set ^ &set), []);
    assert!(set.is_subset(&set) && set.is_superset(&set) && set == set);
    assert!(!set.is_proper_subset(&set) && !set.is_proper_superset(&set));
    assert_eq!(counts(&items), [1; 20], "what was made has taken its registrations back");
}

#[test]
fn b361_results_stay_weak() {
    let (left, right, items) = two();
    let results = [&left | &right, &left & &right, &left - &right, &left ^ &right];
    let sizes = results.iter().map(Set::len);
    assert_eq!(sizes.collect::<Vec<_>>(), [5, 2, 2, 3]);
    drop(items);
    assert!(results.iter().all(Set::is_empty) && left.is_empty() && right.is_empty());
}

#[test]
fn results_are_independent() {
    let (left, right, items) = two();
    let both = &left | &right;
    left.clear();
    right.remove(&*items[4]);
    assert_is(&both, &items);
    both.clear();
    assert_is(&right, &items[2..4]);
}

#[test]
fn iterators_of_two_sets_own_what_they_give() {
    let (left, right, items) = two();
    let iters = [
        left.union(&right),
        left.intersection(&right),
        left.difference(&right),
        left.symmetric_difference(&right),
    ];
    drop(items);
    assert_eq!((left.len(), right.len()), (4, 3));
    let numbers = iters.map(numbers);
    assert_eq!(numbers[0], [0, 1, 2, 3, 4]);
    assert_eq!(
        (&*numbers[1], &*numbers[2], &*numbers[3]),
        (&[2, 3][..], &[0, 1][..], &[0, 1, 4][..])
    );
    assert!(left.is_empty() && right.is_empty());
}

#[test]
fn the_dead_take_no_part() {
    let (left, right, mut items) = two();
    let moved = Ptr::try_unwrap(items.remove(2)).ok().unwrap();
    assert_numbers(left.union(&right), &[0, 1, 3, 4]);
    assert_numbers(left.intersection(&right), &[3]);
    assert_numbers(left.difference(&right), &[0, 1]);
    assert_numbers(left.symmetric_difference(&right), &[0, 1, 4]);
    left.symmetric_difference_update(&right);
    assert_numbers(&left, &[0, 1, 4]);
    drop(moved);
    assert_is(&left, [&items[0], &items[1], &items[3]]);
    assert_is(&right, &items[2..]);
}
