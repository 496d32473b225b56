//! Sets of objects that are equal and not the same, and sets whose hashers differ.

use super::*;

/// Two sets of different hashers with the numbers 2 and 3 in common, but no object.
fn two() -> (Set, OneShard, Vec<Ptr<Item>>, Vec<Ptr<Item>>) {
    let (left, right) = (items(0..4), items(2..5));
    (left.iter().cloned().collect(), right.iter().cloned().collect(), left, right)
}

#[track_caller]
fn assert_places<'a>(
    found: impl IntoIterator<Item = Ptr<Item>>,
    expected: impl IntoIterator<Item = &'a Ptr<Item>>,
) {
    assert_eq!(places(&found.into_iter().collect::<Vec<_>>()), places(expected));
}

#[test]
fn b309_in_a_union_the_left_ones_objects_win() {
    let (left, right, mine, theirs) = two();
    assert_places(left.union(&right), mine.iter().chain(&theirs[2..]));
    assert_places(right.union(&left), theirs.iter().chain(&mine[..2]));
    let twin: Set = theirs.iter().cloned().collect();
    assert_is(&(&left | &twin), mine.iter().chain(&theirs[2..]));
}

#[test]
fn b310_in_an_intersection_they_are_the_left_ones_too() {
    let (left, right, mine, theirs) = two();
    assert_places(left.intersection(&right), &mine[2..]);
    assert_places(right.intersection(&left), &theirs[..2]);
    let twin: Set = theirs.iter().cloned().collect();
    assert_is(&(&left & &twin), &mine[2..]);
}

#[test]
fn b311_b312_differences_go_by_equality() {
    let (left, right, mine, theirs) = two();
    assert_places(left.difference(&right), &mine[..2]);
    assert_places(right.difference(&left), &theirs[2..]);
    assert_places(left.symmetric_difference(&right), mine[..2].iter().chain(&theirs[2..]));
    let twin: Set = theirs.iter().cloned().collect();
    assert_is(&(&left - &twin), &mine[..2]);
    assert_is(&(&left ^ &twin), mine[..2].iter().chain(&theirs[2..]));
}

#[test]
fn b313_b314_b315_b316_comparisons_across_hashers() {
    let (left, right, mine, _theirs) = two();
    let twin: Set<AllAlike> = mine.iter().map(|mine| item(mine.number())).collect();
    assert!(twin.is_empty(), "nobody owned them");
    let owners = items(0..4);
    let twin: Set<AllAlike> = owners.iter().cloned().collect();
    assert_eq!(left, twin);
    assert_eq!(twin, left);
    assert_ne!(left, right);
    assert_ne!(right, left);
    assert!(left.is_subset(&twin) && left.is_superset(&twin));
    assert!(!left.is_proper_subset(&twin) && !twin.is_proper_superset(&left));
    assert!(!left.is_disjoint(&right) && !left.is_subset(&right));
    twin.remove(&0);
    assert!(left != twin && twin.is_proper_subset(&left) && left.is_proper_superset(&twin));
}

#[test]
fn b321_b323_b324_in_place_across_hashers() {
    let (left, right, mine, theirs) = two();
    let mut set = left.clone();
    set |= &right;
    assert_is(&set, mine.iter().chain(&theirs[2..]));
    let mut set = left.clone();
    set &= &right;
    assert_is(&set, &mine[2..]);
    let mut set = left.clone();
    set -= &right;
    assert_is(&set, &mine[..2]);
    let mut set = left.clone();
    set ^= &right;
    assert_is(&set, mine[..2].iter().chain(&theirs[2..]));
    let mut set = &left;
    set &= &right;
    set |= &right;
    assert_is(set, mine[2..].iter().chain(&theirs[2..]));
    set -= &right;
    set ^= &right;
    assert_is(&left, &theirs);
    set.update(&right);
    set.intersection_update(&right);
    set.difference_update(&right);
    set.symmetric_difference_update(&right);
    assert_is(&left, &theirs);
    assert_is(&right, &theirs);
}

#[test]
fn the_set_that_an_operator_makes_has_the_left_ones_hasher() {
    #[derive(Clone, Default)]
    struct Marked(u64);
    impl BuildHasher for Marked {
        type Hasher = Marked;
        fn build_hasher(&self) -> Self {
            self.clone()
        }
    }
    impl Hasher for Marked {
        fn write(&mut self, bytes: &[u8]) {
            self.0 += bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        }
        fn finish(&self) -> u64 {
            self.0
        }
    }
    let owners = items(0..3);
    let [left, right] = [Set::with_hasher(Marked(10)), Set::with_hasher(Marked(20))];
    left.update(owners[..2].iter().cloned());
    right.update(owners[1..].iter().cloned());
    for made in [&left | &right, &left & &right, &left - &right, &left ^ &right, left.clone()] {
        assert_eq!(made.hasher().0, 10);
        made.check();
    }
    assert_is(&(&left | &right), &owners);
}
