//! Containers as a whole: made of pairs, updated, joined, compared, cloned and shown.

use std::{
    cell::Cell,
    hash::{BuildHasher, Hash, RandomState},
};

use weakref_core::Slotted;
use weakref_tests::{Call, Leaks, OOPS, implements, on, panic_of};

use super::{
    Here, Ptr,
    harness::{
        Container, Filled, FixedHasher, KeyMap, Pair, PairMap, PtrKeyMap, PtrPairMap, PtrSet,
        SameHash, Set, ValueMap, assert_is, assert_unregistered, filled, item, items,
        move_out_weak_half, registrations,
    },
};

for_kinds! {
    all:
    b250_b253_b279_b297_b298_made_of_pairs_and_updated
    b297_what_dies_in_the_middle_of_an_update_never_appears
    b256_b286_b316_equality_is_of_what_lives
    submaps_and_subsets_follow_the_deaths
    b348_b349_b351_a_clone_is_independent
    b352_a_clone_made_while_entries_die
    b356_b357_b359_b361_joined_and_updated_in_place
    b359_a_container_updated_with_itself
    b258_b286_b304_the_text_form_shows_what_lives
}
for_kinds! { maps: values_are_compared_by_their_own_equality }

fn b250_b253_b279_b297_b298_made_of_pairs_and_updated<C: Container>() {
    let leaks = Leaks::watch();
    let pairs = C::new_pairs(8);
    let [a, b, c] = [0, 1, 2].map(|n: usize| pairs[n].clone());
    let mut it = C::from_array([a.clone(), b, a, c, C::pair(50)]);
    assert_is(&it, &pairs[..3]);
    it.extend(vec![pairs[3].clone(), C::pair(51)]);
    it.extend(Vec::new());
    assert_is(&it, &pairs[..4]);
    it.update(vec![pairs[4].clone(), C::pair(52), pairs[0].clone()]);
    it.update(Vec::new());
    assert_is(&it, &pairs[..5]);
    it.update_from(&C::collect_from(pairs[4..6].to_vec()));
    it.update_from(&C::default());
    it.update_from(&it);
    assert_is(&it, &pairs[..6]);
    let collected = C::collect_from(vec![pairs[6].clone(), C::pair(53), pairs[7].clone()]);
    assert_is(&collected, &pairs[6..]);
    assert_eq!(registrations::<C>(&pairs), 8 * C::weak_count());
    drop((it, collected));
    assert_unregistered::<C>(&pairs);
    drop(pairs);
    leaks.assert_none();
}

fn b297_what_dies_in_the_middle_of_an_update_never_appears<C: Container>() {
    let it = C::default();
    let mut lens = Vec::new();
    for name in 0..10 {
        it.update(vec![C::pair(name)]);
        lens.push(it.len());
    }
    assert_eq!(lens, [0; 10]);
    assert_is(&it, []);
}

/// Compares in both directions.
#[allow(clippy::eq_op)]
#[track_caller]
fn are_equal<C: Container>(one: &C, other: &C) -> bool {
    assert_eq!(one == other, other == one);
    one == other
}

fn b256_b286_b316_equality_is_of_what_lives<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(4);
    let fewer = C::collect_from(pairs[..2].to_vec());
    assert!(*it == C::clone(&it) && *it == C::collect_from(pairs.clone()));
    assert!(!are_equal(&*it, &fewer) && !are_equal(&*it, &C::default()));
    assert!(C::default() == C::default());
    assert!(C::collect_from(pairs[1..3].to_vec()) != fewer);
    pairs.truncate(3);
    assert!(!are_equal(&*it, &fewer));
    // Dead, and still there.
    let moved = move_out_weak_half::<C>(pairs.pop().unwrap());
    assert_eq!((it.len(), fewer.len()), (3, 2));
    assert!(are_equal(&*it, &fewer));
    drop((moved, pairs));
    assert!(*it == C::default() && *it == fewer);
}

fn submaps_and_subsets_follow_the_deaths<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(4);
    let [some, none] = [C::collect_from(pairs[1..3].to_vec()), C::default()];
    let other = C::collect_from(pairs[2..].to_vec());
    let within = |one: &C, two: &C| {
        assert!(!one.is_within(two) || one.has_keys_within(two));
        one.is_within(two)
    };
    assert!(within(&some, &it) && !within(&it, &some) && within(&it, &it));
    assert!(within(&none, &some) && !within(&some, &none) && within(&none, &none));
    assert!(!within(&some, &other) && !within(&other, &some));
    assert!(!it.has_keys_within(&some) && some.has_keys_within(&it));
    if !C::IS_SET {
        // Other objects as values: they are told apart by their numbers.
        let new = Ptr::new(super::harness::Item::new(101, 1));
        let old = some.insert(&pairs[1].0, &new).unwrap();
        assert!(!within(&some, &it) && some.has_keys_within(&it));
        some.insert(&pairs[1].0, &old);
    }
    pairs.truncate(3);
    pairs.remove(0);
    assert!(within(&it, &some) && within(&other, &some) && *it == some);
    drop(pairs);
    assert!(within(&it, &none));
}

fn values_are_compared_by_their_own_equality<C: Container>() {
    let (key, [one, same, other]) = (item(1), [item(10), item(10), item(20)]);
    let of = |value: &_| C::collect_from(vec![(key.clone(), Ptr::clone(value))]);
    assert!(of(&one) == of(&same), "equal values, not the same ones");
    assert!(of(&one) != of(&other) && of(&one).has_keys_within(&of(&other)));
}

fn b348_b349_b351_a_clone_is_independent<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(30);
    let clone = C::clone(&it);
    assert_is(&clone, &pairs);
    assert_eq!(registrations::<C>(&pairs), 2 * 30 * C::weak_count());
    clone.remove(&pairs[0].0);
    it.remove(&pairs[1].0);
    let extra = C::pair(50);
    clone.insert(&extra.0, &extra.1);
    assert_is(&*it, pairs.iter().filter(|pair| pair.0.name() != 1));
    pairs.truncate(10);
    drop(it);
    assert_is(&clone, pairs[1..].iter().chain([&extra]));
    drop((pairs, extra));
    assert_is(&clone, []);
}

fn b352_a_clone_made_while_entries_die<C: Container>() {
    let Filled { it, mut pairs } = filled::<C>(10);
    let moved = move_out_weak_half::<C>(pairs.remove(4));
    let clones: Vec<_> = it
        .pairs()
        .into_iter()
        .map(|_| {
            drop(pairs.pop());
            C::clone(&it)
        })
        .collect();
    // The iterator has kept those that it was still to give.
    assert!(clones.windows(2).all(|two| two[1].is_within(&two[0])));
    assert!(clones.iter().all(C::is_empty) && it.len() == 1);
    drop(moved);
    assert!(it.is_empty());
}

fn b356_b357_b359_b361_joined_and_updated_in_place<C: Container>() {
    let pairs = C::new_pairs(3);
    let mut other = C::pair(1);
    other.0 = pairs[1].0.clone();
    if C::IS_SET {
        other.1 = other.0.clone();
    }
    let left = C::collect_from(pairs[..2].to_vec());
    let right = C::collect_from(vec![other.clone(), pairs[2].clone()]);
    let right_wins = [&pairs[0], &other, &pairs[2]];
    let both = left.or(&right);
    assert_is(&both, right_wins);
    assert_is(&right.or(&left), &pairs);
    assert_is(&left, &pairs[..2]);
    assert_is(&left.or(&C::default()), &pairs[..2]);
    assert_is(&C::default().or(&left), &pairs[..2]);
    left.or_assign(&right);
    assert_is(&left, right_wins);
    assert_is(&right, right_wins.into_iter().skip(1));
    both.clear();
    assert_is(&left, right_wins);
    let clone = left.clone();
    drop((pairs, other));
    assert!(left.is_empty() && right.is_empty() && clone.is_empty(), "they stay weak");
}

fn b359_a_container_updated_with_itself<C: Container>() {
    let filled = filled::<C>(20);
    filled.it.or_assign(&filled.it);
    filled.assert_untouched();
    assert_is(&filled.it.or(&filled.it), &filled.pairs);
    filled.it.update_from(&filled.it);
    filled.assert_untouched();
    filled.assert_ends_empty();
}

fn b258_b286_b304_the_text_form_shows_what_lives<C: Container>() {
    let it = C::default();
    assert_eq!(format!("{it:?}"), "{}");
    let [one, two] = [1, 2].map(C::pair);
    it.insert(&one.0, &one.1);
    let (text, lines) = (format!("{it:?}"), format!("{it:#?}"));
    if C::IS_SET {
        assert_eq!((text.as_str(), lines.as_str()), ("{Item 1}", "{\n    Item 1,\n}"));
    } else {
        assert_eq!(text, "{Item 1: Item 101}");
        assert_eq!(lines, "{\n    Item 1: Item 101,\n}");
    }
    it.insert(&two.0, &two.1);
    let text = format!("{it:?}");
    assert!(text.contains("Item 1") && text.contains(", ") && text.contains("Item 2"), "{text}");
    let moved = move_out_weak_half::<C>(one);
    assert!(!format!("{it:?}").contains("Item 1:") && !format!("{it:?}").contains(", "));
    drop((moved, two));
    assert_eq!(format!("{it:?}"), "{}");
}

#[test]
fn b301_containers_have_no_hash() {
    macro_rules! assert_traits {
        ($($Container:ty)*) => {$(
            assert!(!implements!($Container: Hash));
            assert!(implements!($Container: Eq + Clone + Default + std::fmt::Debug));
        )*};
    }
    assert_traits! { ValueMap KeyMap PtrKeyMap PairMap PtrPairMap Set PtrSet }
}

#[test]
fn equality_of_values_that_equal_nothing() {
    let (key, nan) = (item(1), Ptr::new(Slotted::<f64, Here>::new(f64::NAN)));
    let map = weakref_core::WeakKeyMap::from([(key.clone(), f64::NAN)]);
    assert!(map != map.clone() && !map.is_submap(&map));
    let map = weakref_core::WeakWeakMap::from([(key.clone(), nan.clone())]);
    assert!(map != map.clone());
    let map = weakref_core::WeakValueMap::from([("nan", nan.clone())]);
    assert!(map != map.clone());
}

#[test]
fn a_panicking_iterator_in_extend_keeps_what_came_before() {
    let [one, two] = [1, 2].map(item);
    let objects = [Some(one.clone()), None, Some(two.clone())];
    let objects = || objects.clone().into_iter().map(|it| it.unwrap_or_else(|| panic!("{OOPS}")));
    let (mut map, set) = (<ValueMap>::default(), Set::<SameHash>::default());
    let extend = || Extend::extend(&mut map, objects().map(|it| (it.clone(), it)));
    assert_eq!(panic_of(extend), OOPS);
    assert_eq!(panic_of(|| set.update(objects())), OOPS);
    assert_is(&map, [&(one.clone(), one.clone())]);
    assert_is(&set, [&(one.clone(), one.clone())]);
}

/// The hashers of two containers may differ, and that of the result is the left one's.
macro_rules! hashers {
    ($($test:ident: $Kind:ident, |$one:ident, $two:ident| [$($is_within:expr),*];)*) => {$(
        #[test]
        fn $test() {
            fn of<S: BuildHasher + Default + Clone + 'static>(pairs: &[Pair]) -> $Kind<S> {
                Container::collect_from(pairs.to_vec())
            }
            let pairs = $Kind::<RandomState>::new_pairs(20);
            let ($one, $two) = (of::<RandomState>(&pairs), of::<SameHash>(&pairs));
            let three = of::<FixedHasher>(&pairs[..10]);
            assert!($one == $two && $two == $one && $one != three && three != $one);
            $(assert!($is_within);)*
            $two.remove(&*pairs[3].0);
            assert!($one != $two && $two != $one);
            let mut left = &three;
            left |= &$one;
            assert!(three == $one);
            left |= &$two;
            assert_is(&three, &pairs);
            let state = $one.hasher().clone();
            for made in [&$one | &of::<RandomState>(&pairs), $one.clone()] {
                assert_eq!(made.hasher().hash_one(5), state.hash_one(5));
            }
            let sized = $Kind::<_>::with_capacity_and_hasher(100, FixedHasher::default());
            assert!(sized.capacity() >= 100 && Container::is_empty(&sized));
            let made = $Kind::<_>::with_hasher(state.clone());
            assert_eq!((made.capacity(), made.hasher().hash_one(7)), (0, state.hash_one(7)));
            Container::insert(&made, &pairs[0].0, &pairs[0].1);
            assert_is(&made, &pairs[..1]);
        }
    )*};
}

hashers! {
    value_maps_of_several_hashers: ValueMap, |one, two| [
        one.is_submap(&two), two.is_submap(&one), two.domain_is_subset(&one),
        one.is_submap_with(&two, |mine, theirs| mine == theirs)
    ];
    key_maps_of_several_hashers: KeyMap, |one, two| [
        one.is_submap(&two), two.is_submap(&one), two.domain_is_subset(&one),
        one.is_submap_with(&two, |mine, theirs| mine == theirs)
    ];
    pair_maps_of_several_hashers: PairMap, |one, two| [
        one.is_submap(&two), two.is_submap(&one), two.domain_is_subset(&one),
        one.is_submap_with(&two, |mine, theirs| mine == theirs)
    ];
    sets_of_several_hashers: Set, |one, two| [
        one.is_subset(&two), two.is_superset(&one), !one.is_proper_subset(&two),
        !one.is_disjoint(&two)
    ];
}

#[test]
fn is_submap_with_gives_this_ones_value_first() {
    let keys = items(0..4);
    let of = |keys: &[_], add| -> weakref_core::WeakKeyMap<_, u32> {
        keys.iter().map(|key: &Ptr<super::harness::Item>| (key.clone(), key.name() + add)).collect()
    };
    let (small, large, asked) = (of(&keys[1..3], 0), of(&keys, 1), Cell::new(0));
    assert!(small.is_submap_with(&large, |mine, theirs| {
        asked.set(asked.get() + 1);
        *mine + 1 == *theirs
    }));
    assert_eq!(asked.get(), 2);
    assert!(!small.is_submap_with(&large, |mine, _| *mine == 1));
    assert!(!large.is_submap_with(&small, |_, _| true));
    // The closure may use both.
    assert!(small.is_submap_with(&large, |mine, _| {
        large.remove(&*keys[0]);
        small.get(&*keys[1]) == Some(1) && *mine >= 1
    }));
    assert_eq!((small.len(), large.len()), (2, 3));
}

/// The visit of a clone owns what it has yet to see.
#[test]
fn b352_entries_that_die_as_keys_are_cloned() {
    use weakref_tests::Key;
    let values = items(0..6);
    let map: weakref_core::WeakValueMap<Key, _, SameHash> =
        values.iter().map(|value| (Key(value.name()), value.clone())).collect();
    let owners = std::cell::RefCell::new(values);
    let _until = on(Call::KeyClone, move |_| drop(owners.borrow_mut().pop()));
    assert!(map.clone().is_empty() && map.is_empty());
}
