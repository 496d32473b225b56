//! Sets: every method that is about one element, and about the room for them.

use super::*;

#[test]
fn b298_a_new_set_is_empty() {
    for set in [Set::new(), Set::default(), Set::with_capacity(0)] {
        assert_eq!((set.len(), set.capacity()), (0, 0));
        assert!(set.is_empty() && set.pop().is_none() && set.iter().next().is_none());
        assert_is(&set, []);
    }
    let roomy: Set = Set::with_capacity(100);
    assert!(roomy.capacity() >= 100);
    assert_is(&roomy, []);
}

#[test]
fn b289_elements_are_not_owned_and_vanish() {
    let (set, mut items) = set_of(0..50);
    assert_eq!(counts(&items), [1; 50]);
    assert!(items.iter().all(|item| Ptr::strong_count(item) == 1));
    while let Some(item) = items.pop() {
        assert_is(&set, items.iter().chain([&item]));
        drop(item);
        assert_is(&set, &items);
    }
}

#[test]
fn b290_what_is_a_member() {
    let (set, items) = set_of(0..10);
    let strangers = super::items(10..20);
    assert!(items.iter().all(|item| set.contains(&**item)));
    assert!(strangers.iter().all(|item| !set.contains(&**item) && set.get(&**item).is_none()));
    for item in &items {
        assert!(Ptr::ptr_eq(&set.get(&**item).unwrap(), item));
    }
    assert!(counts(&items).iter().all(|count| *count == 1), "to ask registers nothing");
    assert_eq!(counts(&strangers), [0; 10]);
}

#[test]
fn insert_says_whether_it_is_new() {
    let (set, one) = (Set::new(), item(1));
    assert!(set.insert(&one));
    assert!(!set.insert(&one));
    assert_eq!(weakref_count(&one), 1);
    assert_is(&set, [&one]);
    set.remove(&*one);
    assert!(set.insert(&one), "it is new again");
    assert_is(&set, [&one]);
}

#[test]
fn b293_remove_says_whether_it_was_there() {
    let (set, items) = set_of(0..5);
    assert!(set.remove(&*items[2]));
    assert!(!set.remove(&*items[2]));
    assert!(!set.remove(&*item(7)));
    assert_eq!(counts(&items), [1, 1, 0, 1, 1]);
    assert_is(&set, items.iter().filter(|item| item.number() != 2));
}

#[test]
fn take_gives_the_element() {
    let (set, items) = set_of(0..5);
    assert!(Ptr::ptr_eq(&set.take(&*items[3]).unwrap(), &items[3]));
    assert!(set.take(&*items[3]).is_none());
    assert_eq!((weakref_count(&items[3]), Ptr::strong_count(&items[3])), (0, 1));
    assert_is(&set, items.iter().filter(|item| item.number() != 3));
}

#[test]
fn b295_pop_gives_each_element_once() {
    let (set, items) = set_of(0..40);
    let mut popped = Vec::new();
    while let Some(item) = set.pop() {
        assert_eq!(weakref_count(&item), 0);
        popped.push(item);
        assert_eq!(set.len(), 40 - popped.len());
    }
    assert_eq!(places(&popped), places(&items));
    assert_is(&set, []);
}

#[test]
fn b295_pop_skips_the_dead() {
    let (set, mut items) = set_of(0..10);
    // Out of their pointers, so dead, but not dropped.
    let moved: Vec<_> = items.drain(..8).map(|item| Ptr::try_unwrap(item).ok().unwrap()).collect();
    assert_eq!(set.len(), 10);
    let popped = [set.pop().unwrap(), set.pop().unwrap()];
    assert_eq!(places(&popped), places(&items));
    assert!(set.pop().is_none());
    assert_eq!(set.len(), 8, "they are there until they are dropped");
    drop(moved);
    assert_is(&set, []);
}

#[test]
fn b296_clear_empties() {
    let (set, items) = set_of(0..20);
    set.clear();
    assert_eq!(counts(&items), [0; 20]);
    assert_is(&set, []);
    set.insert(&items[4]);
    assert_is(&set, [&items[4]]);
}

#[test]
fn b297_update_adds_all_that_somebody_owns() {
    let (mut set, items) = set_of(0..5);
    let more = super::items(5..8);
    set.update(more.iter().cloned().chain([item(100), items[0].clone()]));
    assert_is(&set, items.iter().chain(&more));
    let other = item(9);
    set.extend([other.clone(), item(101)]);
    assert_is(&set, items.iter().chain(&more).chain([&other]));
    set.update(&Set::from([other.clone()]));
    set.update(Vec::<Ptr<Item>>::new());
    assert_eq!(set.len(), 9);
}

#[test]
fn b297_elements_that_die_in_the_middle_of_an_update_never_appear() {
    let set = Set::new();
    let mut last: Option<Ptr<Item>> = None;
    let mut lens = Vec::new();
    set.update((0..10).map(|number| {
        // The one before goes now: nobody else owns it.
        last = Some(item(number));
        lens.push(set.len());
        last.clone().unwrap()
    }));
    assert_eq!(lens[0], 0);
    assert!(lens[1..].iter().all(|len| *len == 0), "{lens:?}");
    assert_is(&set, [last.as_ref().unwrap()]);
}

#[test]
fn b298_a_set_is_collected_or_made_of_an_array() {
    let items = items(0..3);
    let collected: Set = items.iter().cloned().collect();
    assert_is(&collected, &items);
    let made = Set::from([items[0].clone(), items[1].clone(), items[0].clone()]);
    assert_is(&made, &items[..2]);
    assert_is(&Set::from([item(1), item(2)]), []);
    assert_is(&Set::from_iter([item(1), items[2].clone()]), &items[2..]);
    assert_is(&Set::from(<[Ptr<Item>; 0]>::default()), []);
}

#[test]
fn b301_sets_have_no_hash() {
    assert!(!weakref_tests::implements!(Set: std::hash::Hash));
    assert!(weakref_tests::implements!(Set: Eq + Clone + Default + std::fmt::Debug));
}

#[test]
fn b305_is_empty_follows_the_deaths() {
    let (set, items) = set_of(0..2);
    assert!(!set.is_empty());
    let mut items = items.into_iter();
    items.next();
    assert!(!set.is_empty());
    items.next();
    assert!(set.is_empty());
}

#[test]
fn replacing_an_element_by_itself() {
    let (set, items) = set_of(0..3);
    let new = item(3);
    assert!(set.replace(&new).is_none());
    assert!(Ptr::ptr_eq(&set.replace(&items[1]).unwrap(), &items[1]));
    assert_eq!(counts(items.iter().chain([&new])), [1; 4]);
    assert_is(&set, items.iter().chain([&new]));
}

#[test]
fn get_or_insert_of_the_element_itself() {
    let set = Set::new();
    let one = item(1);
    for _ in 0..2 {
        assert!(Ptr::ptr_eq(&set.get_or_insert(&one), &one));
        assert_eq!((weakref_count(&one), Ptr::strong_count(&one)), (1, 1));
    }
    assert_is(&set, [&one]);
    // What nobody else owns lives as long as what comes back.
    let made = set.get_or_insert(&item(2));
    assert_is(&set, [&one, &made]);
    drop(made);
    assert_is(&set, [&one]);
}

#[test]
fn room_that_is_asked_for_stays() {
    let set: Set = Set::with_capacity(1000);
    let room = set.capacity();
    assert!(room >= 1000);
    set.update(items(0..1000));
    let many = items(0..1000);
    set.update(many.iter().cloned());
    drop(many);
    assert!(set.is_empty() && set.capacity() >= 1000);
    set.clear();
    assert!(set.capacity() >= 1000);
    drop(set.drain());
    assert!(set.capacity() >= 1000);
}

#[test]
fn reserve_and_give_back() {
    let (set, items) = set_of(0..10);
    set.reserve(5000);
    assert!(set.capacity() >= 5000);
    assert_is(&set, &items);
    set.shrink_to(1000);
    assert!((1000..5000).contains(&set.capacity()), "{}", set.capacity());
    set.try_reserve(3000).unwrap();
    assert!(set.capacity() >= 3000);
    assert!(set.try_reserve(usize::MAX).is_err());
    set.shrink_to_fit();
    assert!((10..3000).contains(&set.capacity()));
    assert_is(&set, &items);
    drop(items);
    set.shrink_to_fit();
    assert_eq!(set.capacity(), 0);
}

#[test]
fn room_that_deaths_leave_is_given_back() {
    let (set, items) = set_of(0..50_000);
    assert!(set.capacity() >= 50_000);
    drop(items);
    assert!(set.is_empty() && set.capacity() < 1000, "{}", set.capacity());
}

#[test]
fn one_element_of_many_sets() {
    let sets: Vec<Set> = (0..30).map(|_| Set::new()).collect();
    let shared = item(1);
    assert!(sets.iter().all(|set| set.insert(&shared)));
    assert_eq!(weakref_count(&shared), 30);
    sets[7].remove(&*shared);
    assert_eq!(weakref_count(&shared), 29);
    assert_eq!(sets.iter().filter(|set| set.contains(&*shared)).count(), 29);
    drop(shared);
    assert!(sets.iter().all(Set::is_empty));
}
