//! Sets: which of two equal objects is the element, and what a set can be asked for.

use std::hash::{BuildHasherDefault, DefaultHasher};

use weakref_core::Slotted;

use super::*;

type Text = Slotted<String, Here>;

fn text(text: &str) -> Ptr<Text> {
    Ptr::new(Slotted::new(text.to_owned()))
}

#[test]
fn sets_with_a_hasher() {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let sets = [Set::with_hasher(hasher.clone()), Set::with_capacity_and_hasher(100, hasher)];
    let one = item(1);
    for set in &sets {
        assert!(set.is_empty());
        assert_eq!(
            set.hasher().hash_one(7),
            BuildHasherDefault::<DefaultHasher>::default().hash_one(7)
        );
        set.insert(&one);
        assert_is(set, [&one]);
    }
    assert!(sets[1].capacity() >= 100);
    let by_default: Set<AllAlike> = Set::default();
    assert_eq!(by_default.hasher().hash_one("any"), 7);
}

#[test]
fn b290_a_set_is_asked_for_what_an_element_can_be_borrowed_as() {
    let word = text("word");
    let set = WeakSet::from([word.clone()]);
    assert!(set.contains("word") && set.contains(&*word) && set.contains(&"word".to_owned()));
    assert!(!set.contains("other") && set.get("other").is_none());
    assert!(Ptr::ptr_eq(&set.get("word").unwrap(), &word));
    assert!(Ptr::ptr_eq(&set.take("word").unwrap(), &word) && !set.remove("word"));
    set.insert(&word);
    assert!(set.remove("word"));
    assert_eq!(weakref_count(&word), 0);
}

#[test]
fn b291_an_equal_element_keeps_the_first_object() {
    let set = Set::<RandomState>::new();
    let [first, second] = [item(1), item(1)];
    assert!(set.insert(&first) && !set.insert(&second));
    assert!(Ptr::ptr_eq(&set.get(&*second).unwrap(), &first));
    assert_eq!(counts([&first, &second]), [1, 0]);
    set.update([second.clone()]);
    assert!(Ptr::ptr_eq(&set.get_or_insert(&second), &first));
    assert_is(&set, [&first]);
    // It goes with the first, though the second lives.
    drop(first);
    assert!(!set.contains(&*second));
    assert!(set.insert(&second));
    assert_is(&set, [&second]);
}

#[test]
fn the_death_of_an_equal_object_that_is_not_the_element() {
    let set = Set::<AllAlike>::default();
    let [first, second] = [item(1), item(1)];
    set.insert(&first);
    set.insert(&second);
    drop(second);
    assert_is(&set, [&first]);
}

#[test]
fn replace_puts_the_new_object_there() {
    let set = Set::<RandomState>::new();
    let [first, second] = [item(1), item(1)];
    assert!(set.replace(&first).is_none());
    assert!(Ptr::ptr_eq(&set.replace(&second).unwrap(), &first));
    assert_eq!(counts([&first, &second]), [0, 1]);
    assert_is(&set, [&second]);
    drop(first);
    assert_is(&set, [&second]);
    drop(second);
    assert_is(&set, []);
}

#[test]
fn replace_gives_the_last_owner_of_the_old_element() {
    let set = Set::<RandomState>::new();
    let tally = Tally::default();
    let (first, second) = (counted(1, &tally), item(1));
    set.insert(&first);
    let iter = set.iter();
    drop(first);
    let old = set.replace(&second).unwrap();
    drop(iter);
    assert_eq!(tally.count(), 1);
    drop(old);
    assert_eq!(tally.count(), 0);
    assert_is(&set, [&second]);
}

#[test]
fn remove_and_take_by_an_equal_object() {
    let (set, first, other) = (Set::<RandomState>::new(), item(1), item(1));
    set.insert(&first);
    assert!(set.remove(&*other));
    set.insert(&first);
    assert!(Ptr::ptr_eq(&set.take(&*other).unwrap(), &first));
    assert_eq!(counts([&first, &other]), [0, 0]);
    assert_is(&set, []);
}

#[test]
fn elements_whose_hashes_collide() {
    let Stage { it: set, mut keys, .. } = Set::<AllAlike>::stage(200);
    let mut chance = weakref_tests::Numbers(4711);
    while !keys.is_empty() {
        let gone = keys.swap_remove(chance.below(keys.len()));
        if gone.number() % 3 == 0 {
            assert!(set.remove(&gone.key));
        }
        let number = gone.number();
        drop(gone);
        assert!(!set.contains(&number));
        if keys.len() % 20 == 0 {
            assert_is(&*set, &keys);
        }
    }
}

#[test]
fn b285_a_death_asks_neither_eq_nor_hash() {
    let Stage { it: set, keys, .. } = Set::<AllAlike>::stage(20);
    let map: Map<AllAlike> = keys.iter().map(|key| (key.clone(), keys[0].clone())).collect();
    let _until = [on(Call::KeyEq, oops), on(Call::KeyHash, oops)];
    drop(keys);
    assert!(set.is_empty() && map.is_empty());
}

#[test]
fn growing_asks_no_hash() {
    let Stage { it: set, keys, .. } = Set::<RandomState>::stage(100);
    let until = on(Call::KeyHash, oops);
    set.reserve(10_000);
    set.shrink_to_fit();
    drop(until);
    assert_is(&*set, &keys);
}
