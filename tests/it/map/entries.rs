//! Entries, and what takes several of them out.

use std::{cell::Cell, hash::RandomState};

use weakref_core::{
    Slotted, WeakValueMap,
    map::{Entry, OccupiedEntry},
    weakref_count,
};

use super::*;

type Texts = WeakValueMap<&'static str, Slotted<u32, Here>>;

fn number(number: u32) -> Ptr<Slotted<u32, Here>> {
    Ptr::new(Slotted::new(number))
}

#[test]
fn b243_or_insert_returns_what_is_there_or_puts_it_there() {
    let (map, [one, two]) = (Texts::new(), [1, 2].map(number));
    assert!(Ptr::ptr_eq(&map.entry("a").or_insert(one.clone()), &one));
    assert!(Ptr::ptr_eq(&map.entry("a").or_insert(two.clone()), &one));
    drop(one);
    assert!(Ptr::ptr_eq(&map.entry("a").or_insert(two.clone()), &two), "a dead one is absent");
    assert_eq!(map.len(), 1);
    assert_eq!(weakref_count(&two), 1);
}

#[test]
fn b245_what_or_insert_returns_lives() {
    let map = Texts::new();
    let value = map.entry("a").or_insert(number(7));
    assert_eq!(map.len(), 1);
    assert_eq!(**value, 7);
    drop(value);
    assert!(map.is_empty());
}

#[test]
fn or_insert_with_key_is_given_the_key_once() {
    let (map, calls) = (Texts::new(), Cell::new(0));
    let make = |key: &&str| {
        calls.set(calls.get() + 1);
        number(u32::try_from(key.len()).unwrap())
    };
    let value = map.entry("four").or_insert_with_key(make);
    let same = map.entry("four").or_insert_with_key(make);
    assert!(Ptr::ptr_eq(&value, &same));
    assert_eq!((**value, calls.get()), (4, 1));
}

#[test]
fn or_default() {
    let map = Texts::new();
    assert_eq!(**map.entry("a").or_default(), 0);
    assert!(map.is_empty());
}

#[test]
fn and_modify_shows_what_is_there() {
    let (map, value, seen) = (Texts::new(), number(7), Cell::new(0));
    let see = |owner: &Ptr<Slotted<u32, Here>>| seen.set(***owner);
    let kept = map.entry("a").and_modify(see).or_insert(value.clone());
    assert_eq!(seen.get(), 0);
    map.entry("a").and_modify(see).or_insert(number(8));
    assert_eq!(seen.get(), 7);
    assert!(Ptr::ptr_eq(&kept, &value));
}

fn occupied<'a>(map: &'a Texts, key: &'static str) -> OccupiedEntry<'a, Texts> {
    match map.entry(key) {
        Entry::Occupied(entry) => entry,
        Entry::Vacant(entry) => panic!("nothing under {}", entry.key()),
    }
}

#[test]
fn an_occupied_entry_keeps_its_value() {
    let map = Texts::new();
    let entry = map.entry("a").insert_entry(number(7));
    assert_eq!((*entry.key(), ***entry.get(), map.len()), ("a", 7, 1));
    drop(entry);
    assert!(map.is_empty());
}

#[test]
fn an_occupied_entry_changes_and_removes() {
    let (map, [one, two]) = (Texts::new(), [1, 2].map(number));
    map.insert("a", &one);
    assert_eq!(occupied(&map, "a").insert(two.clone()), Some(one.clone()));
    assert_eq!(weakref_count(&one), 0);
    assert_eq!(occupied(&map, "a").remove_entry(), Some(("a", two.clone())));
    assert!(map.is_empty());
    assert_eq!(weakref_count(&two), 0);
}

#[test]
fn an_occupied_entry_removes_itself_and_no_other() {
    let (map, [one, two]) = (Texts::new(), [1, 2].map(number));
    map.insert("a", &one);
    let entry = occupied(&map, "a");
    map.insert("a", &two);
    assert_eq!(entry.remove(), None);
    assert_eq!(map.get("a"), Some(two.clone()));
    let entry = occupied(&map, "a");
    map.clear();
    assert_eq!(entry.remove(), None);
}

#[test]
fn a_vacant_entry_inserts_whatever_is_there_by_then() {
    let (map, [one, two]) = (Texts::new(), [1, 2].map(number));
    let Entry::Vacant(entry) = map.entry("a") else { panic!("nothing was inserted") };
    map.insert("a", &one);
    assert!(Ptr::ptr_eq(&entry.insert(two.clone()), &two));
    assert_eq!(map.get("a"), Some(two));
    let Entry::Vacant(entry) = map.entry("b") else { panic!("nothing was inserted") };
    assert_eq!((*entry.key(), entry.into_key()), ("b", "b"));
    assert!(!map.contains_key("b"));
}

#[test]
fn b248_pop_takes_living_entries_until_there_is_none() {
    let (map, mut actors) = cast::<RandomState>(100);
    actors.truncate(60);
    let mut popped: Vec<_> = std::iter::from_fn(|| map.pop()).collect();
    popped.sort_by_key(|(key, _)| key.0);
    assert!(popped.iter().map(|(key, actor)| (key.0, actor)).eq(pairs(&actors)));
    assert_is(&map, []);
    assert!(popped.iter().all(|(_, actor)| weakref_count(actor) == 0));
}

#[test]
fn b382_pop_at_a_death_passes_over_the_dying() {
    let (map, mut actors) = cast::<RandomState>(2);
    let (seen, own) = (Rc::new(RefCell::new(Vec::new())), Ptr::clone(&map));
    let notes = Rc::clone(&seen);
    // Dropped with its entry, so the other is there alone.
    let until = once(Call::KeyDrop, move |_| {
        let popped = std::iter::from_fn(|| own.pop()).map(|(key, _)| key.0);
        notes.borrow_mut().extend(popped);
    });
    drop(actors.remove(0));
    drop(until);
    assert_eq!(*seen.borrow(), [1]);
    assert_is(&map, []);
}

#[test]
fn drain_takes_all_with_their_registrations() {
    let (map, mut actors) = cast::<RandomState>(10);
    actors.truncate(7);
    let drained = map.drain();
    assert_eq!(drained.len(), 7);
    assert!(map.is_empty());
    let mut drained: Vec<_> = drained.collect();
    drained.sort_by_key(|(key, _)| key.0);
    assert!(drained.iter().map(|(key, actor)| (key.0, actor)).eq(pairs(&actors)));
    assert!(actors.iter().all(|actor| weakref_count(actor) == 0));
    drop(drained);
    assert_ends_empty(&map, actors);
}

#[test]
fn keys_that_a_visitor_looks_at_are_cloned_for_who_takes_the_entry() {
    let (map, actors) = cast::<AllAlike>(4);
    map.for_each(|key, _| {
        if key.0 == 0 {
            assert_eq!(map.pop().map(|(key, _)| key.0).into_iter().count(), 1);
            assert_eq!(map.drain().len(), 3);
        }
    });
    assert_ends_empty(&map, actors);
}

#[test]
fn extract_if_goes_no_further_than_it_is_asked() {
    let (map, actors) = cast::<RandomState>(10);
    let asked = Cell::new(0);
    let mut some = map.extract_if(|key, actor| {
        asked.set(asked.get() + 1);
        assert_eq!(key.0, actor.number);
        true
    });
    assert_eq!(asked.get(), 0);
    let first = some.next().map(|(key, _)| key.0);
    assert_eq!((asked.get(), map.len()), (1, 9));
    drop(some);
    assert_is(&map, pairs(&actors).filter(|pair| Some(pair.0) != first));
}

#[test]
fn what_extract_if_picks_may_have_been_replaced() {
    let (map, actors) = cast::<RandomState>(1);
    let other = actor(0);
    let picked = map.extract_if(|key, _| map.insert(Key(key.0), &other).is_some());
    assert_eq!(picked.count(), 0);
    assert_is(&map, [(0, &other)]);
    drop(actors);
}

#[test]
fn b250_update_takes_pairs_and_maps() {
    let [one, two] = [1, 2].map(number);
    let (map, other) = (Texts::new(), Texts::from([("a", one.clone()), ("b", one.clone())]));
    map.update([("a", two.clone())]);
    map.update(&other);
    map.update(None::<(&str, Ptr<Slotted<u32, Here>>)>);
    assert_eq!(map, other);
    assert_eq!(weakref_count(&two), 0);
}

#[test]
fn b356_b359_or_of_maps_lets_the_right_side_win() {
    let [one, two] = [1, 2].map(number);
    let left = Texts::from([("a", one.clone()), ("b", one.clone())]);
    let right = Texts::from([("b", two.clone()), ("c", two.clone())]);
    let both = &left | &right;
    let expected = [("a", one.clone()), ("b", two.clone()), ("c", two.clone())];
    assert_eq!(both, Texts::from(expected));
    assert_eq!(left.len(), 2);
    let mut left = left;
    left |= &right;
    assert_eq!(left, both);
    let mut same = &left;
    same |= &left;
    assert_eq!(left, both);
    drop((one, two));
    assert!(both.is_empty() && left.is_empty() && right.is_empty(), "b361: they stay weak");
}

#[test]
fn b256_submaps_and_equality() {
    let [one, two] = [1, 2].map(number);
    let small = Texts::from([("a", one.clone())]);
    let great = Texts::from([("a", number(1)), ("a", one.clone()), ("b", two.clone())]);
    let other = Texts::from([("a", two.clone())]);
    assert!(small.is_submap(&great) && !great.is_submap(&small) && !small.is_submap(&other));
    assert!(small.domain_is_subset(&other) && !great.domain_is_subset(&other));
    assert!(small.is_submap_with(&other, |mine, theirs| ***mine < ***theirs));
    assert!(Texts::new().is_submap(&small));
    let alike: WeakValueMap<_, _, AllAlike> = [("a", one.clone())].into_iter().collect();
    assert_eq!(small, alike, "whatever the hasher");
    assert!(small.is_submap(&alike) && small != other);
}

#[test]
fn replace_key_is_the_other_rule_about_equal_keys() {
    let (map, log) = (Map::<RandomState>::default(), log_key_drops());
    let actor = actor(1);
    map.insert(Key(1), &actor);
    assert_eq!(*log.0.borrow(), [0_u32; 0]);
    assert_eq!(map.replace_key(Key(1), &actor), Some(actor.clone()));
    assert_eq!(*log.0.borrow(), [1], "one of the two keys goes");
    assert_eq!((map.len(), weakref_count(&actor)), (1, 1));
}

#[test]
fn replace_key_keeps_the_new_one() {
    let words: [Ptr<str>; 2] = ["key".into(), "key".into()];
    let (one, two) = (number(1), number(2));
    let text = |index: usize| OwnKey(words[index].to_string(), index);
    let map: WeakValueMap<OwnKey, Slotted<u32, Here>> = WeakValueMap::new();
    map.insert(text(0), &one);
    map.insert(text(1), &two);
    assert_eq!(map.keys().next().unwrap().1, 0, "b239: the first key stays");
    map.replace_key(text(1), &one);
    assert_eq!(map.keys().next().unwrap().1, 1);
    assert_eq!((weakref_count(&one), weakref_count(&two)), (1, 0));
    drop(one);
    assert!(map.is_empty());
}

/// A key that tells which of equal ones it is.
#[derive(Debug, Clone)]
struct OwnKey(String, usize);

impl PartialEq for OwnKey {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for OwnKey {}

impl std::hash::Hash for OwnKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[test]
fn room_that_cannot_be_had_is_an_error() {
    let (map, actors) = cast::<RandomState>(3);
    assert!(map.try_reserve(usize::MAX / 2).is_err());
    assert!(map.try_reserve(1000).is_ok());
    assert!(map.capacity() >= 1003);
    map.shrink_to(100);
    assert!((100..1000).contains(&map.capacity()));
    assert_ends_empty(&map, actors);
}
