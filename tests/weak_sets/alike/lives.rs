//! Sets: whose life is longer, the set's or its elements'.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use weakref_core::{WeakRef, clear_weakrefs, clear_weakrefs_silently, finalize};

use super::*;

#[test]
fn b380_elements_that_outlive_the_set() {
    let (set, items) = set_of(0..30);
    let other = Set::clone(&set);
    drop(set);
    assert_eq!(counts(&items), [1; 30], "its registrations went with it");
    drop(other);
    assert_eq!(counts(&items), [0; 30]);
    drop(items);
}

/// A set in a place from which a callback can take it.
type Shelf = Ptr<Mutex<Option<Ptr<Set>>>>;

#[test]
fn b380_a_set_dropped_by_the_death_of_its_element() {
    type Place = fn(Shelf) -> (Ptr<Item>, Option<WeakRef<Item>>);
    let in_a_callback: Place = |shelf| {
        let doomed = item(1);
        let watch =
            WeakRef::with_callback(&doomed, move |_| drop_value(shelf.lock().unwrap().take()));
        (doomed, Some(watch))
    };
    let in_on_drop: Place =
        |shelf| (acting(1, Box::new(move || drop_value(shelf.lock().unwrap().take()))), None);
    let in_a_field: Place =
        |shelf| (acting_late(1, Box::new(move || drop_value(shelf.lock().unwrap().take()))), None);
    for place in [in_a_callback, in_on_drop, in_a_field] {
        // The callback is older than the set's registration, or newer.
        for again in [false, true] {
            let (set, items) = set_of(10..14);
            let shelf = Shelf::default();
            let (doomed, watch) = place(Ptr::clone(&shelf));
            set.insert(&doomed);
            let newer = again.then(|| {
                let shelf = Ptr::clone(&shelf);
                WeakRef::with_callback(&doomed, move |_| drop(shelf.lock().unwrap().take()))
            });
            *shelf.lock().unwrap() = Some(Ptr::new(set));
            drop(doomed);
            assert!(shelf.lock().unwrap().is_none());
            assert_eq!(counts(&items), [0; 4]);
            drop((watch, newer));
        }
    }
}

#[test]
fn b379_an_element_removed_by_hand_before_the_set_hears_of_its_death() {
    let (set, mut items) = set_of(0..5);
    let set = Ptr::new(set);
    let doomed = items.pop().unwrap();
    let inner = Ptr::clone(&set);
    let lens = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&lens);
    // The newest, so it runs first.
    let _watch = WeakRef::with_callback(&doomed, move |_| {
        let mut notes = notes.lock().unwrap();
        notes.push(inner.len());
        assert!(!inner.remove(&Item::new(4)), "the dead cannot be found");
        inner.clear();
        notes.push(inner.len());
    });
    drop(doomed);
    assert_eq!(*lens.lock().unwrap(), [5, 0]);
    assert_eq!(counts(&items), [0; 4]);
    set.update(items.iter().cloned());
    assert_is(&*set, &items);
}

#[test]
fn b382_pop_in_a_callback_skips_the_dying() {
    let (set, mut items) = set_of(0..5);
    let set = Ptr::new(set);
    let doomed = items.pop().unwrap();
    let inner = Ptr::clone(&set);
    let popped = Arc::new(Mutex::new(Vec::new()));
    let shelf = Arc::clone(&popped);
    let _watch = WeakRef::with_callback(&doomed, move |_| {
        let all = std::iter::from_fn(|| inner.pop()).map(|item| item.number());
        shelf.lock().unwrap().extend(all);
    });
    drop(doomed);
    let mut popped = popped.lock().unwrap().clone();
    popped.sort_unstable();
    assert_eq!(popped, [0, 1, 2, 3]);
    assert_eq!(counts(&items), [0; 4]);
    assert_is(&*set, []);
}

#[test]
fn b384_finalizers_that_call_each_other_may_use_the_set() {
    let (set, items) = set_of(0..6);
    let set = Ptr::new(set);
    let (one, two) = (Ptr::clone(&set), Ptr::clone(&set));
    let (first, second) = (Ptr::as_ptr(&items[0]).addr(), Ptr::as_ptr(&items[1]).addr());
    let take = |set: &Set, place| set.retain(|item| Ptr::as_ptr(item).addr() != place);
    let last = finalize(&items[5], move || take(&two, second));
    let outer = last.clone();
    let dying = finalize(&items[4], move || {
        take(&one, first);
        outer.call();
        outer.call();
    });
    let mut items = items;
    drop(items.remove(4));
    assert!(!dying.is_alive() && !last.is_alive());
    drop(items.remove(4));
    assert_is(&*set, &items[2..]);
}

#[test]
fn b306_an_element_that_owns_its_set() {
    for late in [false, true] {
        let set = Ptr::new(Set::new());
        let weak = Ptr::downgrade(&set);
        let inner = Ptr::clone(&set);
        let act: Action = Box::new(move || {
            assert_eq!(inner.len(), 1, "only the other one is left");
            drop(inner);
        });
        let owner = if late { acting_late(1, act) } else { acting(1, act) };
        let other = item(2);
        set.insert(&owner);
        set.insert(&other);
        drop(set);
        assert_eq!(weak.upgrade().unwrap().len(), 2);
        drop(owner);
        assert!(weak.upgrade().is_none());
        assert_eq!(weakref_count(&other), 0);
    }
}

#[test]
fn b306_sets_that_stand_in_each_others_elements() {
    let (left, right) = (Ptr::new(Set::new()), Ptr::new(Set::new()));
    let owning = |set: &Ptr<Set>, number| {
        let set = Ptr::clone(set);
        acting_late(number, Box::new(move || drop(set)))
    };
    let (one, two) = (owning(&left, 1), owning(&right, 2));
    left.insert(&two);
    right.insert(&one);
    let weak = [Ptr::downgrade(&left), Ptr::downgrade(&right)];
    drop((left, right));
    drop(one);
    assert!(weak[0].upgrade().is_none() && weak[1].upgrade().unwrap().is_empty());
    drop(two);
    assert!(weak[1].upgrade().is_none());
}

#[test]
fn clear_weakrefs_takes_the_element_out_of_all_sets() {
    for clear in [clear_weakrefs::<Ptr<Item>>, clear_weakrefs_silently] {
        let (one, items) = set_of(0..5);
        let two = Set::clone(&one);
        clear(&items[2]);
        let left = || items.iter().filter(|item| item.number() != 2);
        assert_is(&one, left());
        assert_is(&two, left());
        assert_eq!(weakref_count(&items[2]), 0);
        // It can come back, and then goes as it dies.
        assert!(one.insert(&items[2]));
        assert_is(&one, &items);
        drop(items);
        assert_is(&one, []);
    }
}

#[test]
fn what_a_callback_of_clear_weakrefs_puts_back_stays() {
    // Newer than the set's registration, and older.
    for newer in [false, true] {
        let set = Ptr::new(Set::new());
        let one = item(1);
        if newer {
            set.insert(&one);
        }
        let (inner, again) = (Ptr::clone(&set), Ptr::downgrade(&one));
        let _watch = WeakRef::with_callback(&one, move |_| {
            assert!(inner.insert(&again.upgrade().unwrap()));
        });
        if !newer {
            set.insert(&one);
        }
        clear_weakrefs(&one);
        assert!(set.contains(&*one));
        assert_is(&*set, [&one]);
    }
}

#[test]
fn what_a_listener_of_clear_weakrefs_puts_back_stays() {
    let set = Ptr::new(Set::new());
    let one = item(1);
    set.insert(&one);
    let inner = Ptr::downgrade(&set);
    let times = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&times);
    set.on_removal(move |weak, _| {
        if let Some(item) = weak.upgrade()
            && count.fetch_add(1, Ordering::Relaxed) == 0
        {
            inner.upgrade().unwrap().insert(&item);
        }
    });
    clear_weakrefs(&one);
    assert_eq!(times.load(Ordering::Relaxed), 1);
    assert!(set.contains(&*one) && set.len() == 1);
    assert_eq!(weakref_count(&one), 1);
    drop(one);
    assert!(set.is_empty());
}

#[test]
fn an_element_out_of_its_pointer_goes_with_its_drop_and_may_live_twice() {
    let set = Set::new();
    let one = item(1);
    set.insert(&one);
    let moved = Ptr::try_unwrap(one).ok().unwrap();
    assert_eq!(set.len(), 1);
    // In a new pointer it is another object, which goes by itself.
    let again = Ptr::new(moved);
    assert!(!set.contains(&*again) && set.insert(&again));
    assert_eq!(set.iter().len(), 1);
    assert!(Ptr::ptr_eq(&set.get(&*again).unwrap(), &again));
    drop(again);
    assert_is(&set, []);
}

#[test]
fn nothing_is_left_of_what_dies() {
    let tally = Tally::default();
    let (one, two) = (Set::new(), Set::new());
    let mut items: Vec<_> = (0..100).map(|number| counted(number, &tally)).collect();
    one.update(items.iter().cloned());
    two.update(items.iter().cloned());
    for dead in 1..=50 {
        drop(items.pop());
        assert_eq!(tally.count(), 100 - dead);
        assert_eq!((one.len(), two.len()), (100 - dead, 100 - dead));
    }
    let both = &one & &two;
    drop(one);
    drop(items);
    assert_eq!(tally.count(), 0);
    assert!(both.is_empty() && two.is_empty());
}

#[test]
fn deaths_inside_deaths() {
    // Each item owns the next one.
    let set = Set::new();
    let mut first: Option<Ptr<Item>> = None;
    for number in 0..50 {
        let next = first.take();
        let act: Action = Box::new(move || drop(next));
        let owner = if number % 2 == 0 { acting(number, act) } else { acting_late(number, act) };
        set.insert(&owner);
        first = Some(owner);
    }
    assert_eq!(set.len(), 50);
    drop(first);
    assert_is(&set, []);
}
