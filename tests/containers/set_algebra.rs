//! Sets: what two of them make together.

use std::hash::BuildHasher;

use weakref_tests::{Call, OOPS, caught, on};

use super::harness::{
    Container, Filled, Owner, Pair, SET_OPERATIONS, SameHash, Set, SetOperation, addresses,
    assert_is, counts, filled, item, items, move_out_weak_half, registrations,
};

for_kinds! { sets: what_a_set_takes_in_lives_as_long_as_what_it_returns }
for_kinds! {
    sets:
    b309_to_b312_and_b318_b319_the_elements_of_two_sets
    b321_b323_b324_in_place
    b313_to_b315_disjoint_sets_subsets_and_supersets
    a_set_and_itself
    b361_results_stay_weak_and_are_independent
    the_dead_take_no_part
}

/// Two sets with the elements 2 and 3 in common, and all five elements.
fn two<C: Container>() -> ([C; 2], Vec<Pair>) {
    let pairs = C::new_pairs(5);
    ([&pairs[..4], &pairs[2..]].map(|pairs| C::collect_from(pairs.to_vec())), pairs)
}

/// Returns what a set of elements 0 to 3 and one of 2 to 4 make together: of all five elements.
fn expected(operation: SetOperation, pairs: &[Pair]) -> Vec<Pair> {
    let names: &[usize] = match operation {
        SetOperation::Union => &[0, 1, 2, 3, 4],
        SetOperation::Intersection => &[2, 3],
        SetOperation::Difference => &[0, 1],
        SetOperation::SymmetricDifference => &[0, 1, 4],
    };
    names.iter().map(|name| pairs[*name].clone()).collect()
}

#[track_caller]
fn assert_elements<'a>(found: &[Owner], expected: impl IntoIterator<Item = &'a Pair>) {
    assert_eq!(addresses(found), addresses(expected.into_iter().map(|pair| &pair.0)));
}

fn b309_to_b312_and_b318_b319_the_elements_of_two_sets<C: Container>() {
    let ([left, right], pairs) = two::<C>();
    for operation in SET_OPERATIONS {
        let (elements, set) = left.combined(&right, operation).unwrap();
        let expected = expected(operation, &pairs);
        assert_elements(&elements, &expected);
        assert_is(&set, &expected);
        // Either can be the left one; only of a difference it matters which.
        let (elements, set) = right.combined(&left, operation).unwrap();
        let expected = match operation {
            SetOperation::Difference => pairs[4..].to_vec(),
            _ => expected,
        };
        assert_elements(&elements, &expected);
        assert_is(&set, &expected);
        let ((with_none, _), (of_none, _)) = (
            left.combined(&C::default(), operation).unwrap(),
            C::default().combined(&left, operation).unwrap(),
        );
        let all = &pairs[..4];
        let both = matches!(operation, SetOperation::Union | SetOperation::SymmetricDifference);
        let is_difference = matches!(operation, SetOperation::Difference);
        assert_elements(&with_none, if both || is_difference { all } else { &[] });
        assert_elements(&of_none, if both { all } else { &[] });
    }
    let union = left.combined(&right, SetOperation::Union).unwrap().0;
    assert_eq!(union[4].name(), 4, "those of the left one first");
    assert_is(&left, &pairs[..4]);
    assert_is(&right, &pairs[2..]);
}

fn b321_b323_b324_in_place<C: Container>() {
    for operation in SET_OPERATIONS {
        let ([left, right], pairs) = two::<C>();
        left.combine(&right, operation);
        let expected = expected(operation, &pairs);
        assert_is(&left, &expected);
        assert_is(&right, &pairs[2..]);
        assert_eq!(registrations::<C>(&pairs), expected.len() + 3);
        left.combine(&C::default(), operation);
        match operation {
            SetOperation::Intersection => assert_is(&left, []),
            _ => assert_is(&left, &expected),
        }
    }
}

fn b313_to_b315_disjoint_sets_subsets_and_supersets<C: Container>() {
    let ([left, right], mut pairs) = two::<C>();
    let [part, other] = [&pairs[2..4], &pairs[4..]].map(|pairs| C::collect_from(pairs.to_vec()));
    let empty = C::default();
    //              is a subset, and a proper one; disjoint
    let cases = [
        (&part, &left, (true, true, false)),
        (&left, &part, (false, false, false)),
        (&left, &left, (true, false, false)),
        (&left, &right, (false, false, false)),
        (&left, &other, (false, false, true)),
        (&empty, &left, (true, true, true)),
        (&left, &empty, (false, false, true)),
        (&empty, &empty, (true, false, true)),
    ];
    for (one, two, expected) in cases {
        // `is_superset`, `is_subset`, and `is_disjoint` with `is_proper_subset`.
        let [is_disjoint, is_proper, contains] = one.compared(two).unwrap();
        assert_eq!(is_proper, contains);
        assert_eq!(one.is_within(two), one.has_keys_within(two));
        assert_eq!((one.is_within(two), is_proper, is_disjoint), expected, "{one:?} and {two:?}");
    }
    // They follow the deaths.
    pairs.pop();
    assert!(right.is_within(&left) && right.compared(&left) == Some([false, true, true]));
    pairs.drain(..2);
    assert!(left.is_within(&right) && left.compared(&right) == Some([false, false, false]));
    pairs.clear();
    assert!(left == right && left.compared(&right) == Some([true, false, false]));
}

fn a_set_and_itself<C: Container>() {
    for operation in SET_OPERATIONS {
        let Filled { it, pairs } = filled::<C>(20);
        let all: &[Pair] = match operation {
            SetOperation::Union | SetOperation::Intersection => &pairs,
            SetOperation::Difference | SetOperation::SymmetricDifference => &[],
        };
        let (elements, set) = it.combined(&it, operation).unwrap();
        assert_elements(&elements, all);
        assert_is(&set, all);
        drop((elements, set));
        assert_eq!(registrations::<C>(&pairs), 20);
        it.combine(&it, operation);
        assert_is(&*it, all);
        assert_eq!(registrations::<C>(&pairs), all.len());
    }
}

fn b361_results_stay_weak_and_are_independent<C: Container>() {
    let ([left, right], pairs) = two::<C>();
    let results = SET_OPERATIONS.map(|operation| left.combined(&right, operation).unwrap().1);
    let elements = SET_OPERATIONS.map(|operation| left.combined(&right, operation).unwrap().0);
    left.clear();
    right.remove(&pairs[4].0);
    for (operation, result) in SET_OPERATIONS.into_iter().zip(&results) {
        assert_is(result, &expected(operation, &pairs));
    }
    drop(pairs);
    assert_eq!((results[0].len(), right.len()), (5, 2), "the iterators own what they give");
    drop(elements);
    assert!(results.iter().all(C::is_empty) && right.is_empty());
}

fn the_dead_take_no_part<C: Container>() {
    let ([left, right], mut pairs) = two::<C>();
    let moved = move_out_weak_half::<C>(pairs.remove(2));
    for operation in SET_OPERATIONS {
        let found = left.combined(&right, operation).unwrap().0;
        let names: Vec<_> = super::harness::names(found);
        let expected: &[u32] = match operation {
            SetOperation::Union => &[0, 1, 3, 4],
            SetOperation::Intersection => &[3],
            SetOperation::Difference => &[0, 1],
            SetOperation::SymmetricDifference => &[0, 1, 4],
        };
        assert_eq!(names, expected, "{operation:?}");
    }
    left.combine(&right, SetOperation::SymmetricDifference);
    drop(moved);
    assert_is(&left, [&pairs[0], &pairs[1], &pairs[3]]);
    assert_is(&right, &pairs[2..]);
}

fn what_a_set_takes_in_lives_as_long_as_what_it_returns<C: Container>() {
    let it = C::default();
    let element = C::pair(2);
    for _ in 0..2 {
        assert_elements(&[it.or_insert(&element.0, &element.1).unwrap()], [&element]);
        assert_eq!(counts([&element.0]), [1]);
    }
    drop(element);
    let temporary = item(1);
    let returned = it.or_insert(&temporary, &temporary).unwrap();
    drop(temporary);
    assert_is(&it, [&(returned.clone(), returned)]);
    assert_is(&it, []);
}

/// Two sets of different hashers with the names 2 and 3 in common, but no object.
fn two_of_equal_elements() -> (Set, Set<SameHash>, Vec<Owner>, Vec<Owner>) {
    let (left, right) = (items(0..4), items(2..5));
    (left.iter().cloned().collect(), right.iter().cloned().collect(), left, right)
}

#[track_caller]
fn assert_found<'a>(
    found: impl IntoIterator<Item = Owner>,
    expected: impl IntoIterator<Item = &'a Owner>,
) {
    assert_eq!(addresses(&found.into_iter().collect::<Vec<_>>()), addresses(expected));
}

#[test]
fn b309_to_b312_of_equal_elements_the_left_ones_are_taken() {
    let (left, right, mine, theirs) = two_of_equal_elements();
    assert_found(left.union(&right), mine.iter().chain(&theirs[2..]));
    assert_found(right.union(&left), theirs.iter().chain(&mine[..2]));
    assert_found(left.intersection(&right), &mine[2..]);
    assert_found(right.intersection(&left), &theirs[..2]);
    assert_found(left.difference(&right), &mine[..2]);
    assert_found(right.difference(&left), &theirs[2..]);
    assert_found(left.symmetric_difference(&right), mine[..2].iter().chain(&theirs[2..]));
    let twin: Set = theirs.iter().cloned().collect();
    assert_found(&(&left | &twin), mine.iter().chain(&theirs[2..]));
    assert_found(&(&left & &twin), &mine[2..]);
    assert_found(&(&left - &twin), &mine[..2]);
    assert_found(&(&left ^ &twin), mine[..2].iter().chain(&theirs[2..]));
}

#[test]
fn what_an_operator_makes_has_the_hasher_of_the_left_one() {
    let [left, right] = [items(0..3), items(1..4)].map(|all| all.into_iter().collect::<Set>());
    for made in [&left | &right, &left & &right, &left - &right, &left ^ &right] {
        assert_eq!(made.hasher().hash_one(5), left.hasher().hash_one(5));
        assert_ne!(made.hasher().hash_one(5), right.hasher().hash_one(5));
    }
}

#[test]
fn b321_b323_b324_in_place_across_hashers() {
    let (left, right, mine, theirs) = two_of_equal_elements();
    let mut set = left.clone();
    set |= &right;
    assert_found(&set, mine.iter().chain(&theirs[2..]));
    let mut set = left.clone();
    set &= &right;
    assert_found(&set, &mine[2..]);
    let mut set = left.clone();
    set -= &right;
    assert_found(&set, &mine[..2]);
    let mut set = left.clone();
    set ^= &right;
    assert_found(&set, mine[..2].iter().chain(&theirs[2..]));
    // By the methods, of a set that is shared.
    left.intersection_update(&right);
    left.update(&right);
    assert_found(&left, mine[2..].iter().chain(&theirs[2..]));
    left.difference_update(&right);
    left.symmetric_difference_update(&right);
    assert_found(&left, &theirs);
    assert_found(&right, &theirs);
}

#[test]
fn a_panicking_eq_in_the_algebra_leaves_both_whole() {
    type OneHash = Set<SameHash>;
    type Act = fn(&OneHash, &OneHash);
    let acts: [Act; 8] = [
        |left, right| drop(left.union(right)),
        |left, right| drop(left & right),
        |left, right| _ = left.is_subset(right),
        |left, right| _ = left == right,
        |mut left, right| left |= right,
        |mut left, right| left &= right,
        |mut left, right| left -= right,
        |mut left, right| left ^= right,
    ];
    for act in acts {
        for skip in 0..8 {
            let (left, right) = (filled::<OneHash>(4), filled::<OneHash>(5));
            right.it.remove(&*item(0));
            let more = std::cell::Cell::new(skip);
            let until = on(Call::KeyEq, move |_| match more.get() {
                0 => panic!("{OOPS}"),
                left => more.set(left - 1),
            });
            let result = caught(|| act(&left.it, &right.it));
            drop(until);
            assert!(skip > 0 || result == Err(OOPS.to_owned()), "{result:?}");
            assert_is(&*left.it, &left.it.pairs());
            assert_is(&*right.it, &right.it.pairs());
            let registered = registrations::<OneHash>(left.pairs.iter().chain(&right.pairs));
            assert_eq!(registered, left.it.len() + right.it.len());
            drop((left.pairs, right.pairs));
            assert_is(&*left.it, []);
            assert_is(&*right.it, []);
        }
    }
}
