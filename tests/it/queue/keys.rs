//! What goes into a queue, and when.

use weakref_core::{
    DeathQueue, WeakRef, clear_weakrefs, clear_weakrefs_silently, weakref_count, weakrefs,
};
use weakref_tests::{Log, Unraisables, panic_of};

use super::{Callable, Here, Obj, Ptr, Shelf, owner, queue};

#[test]
fn keys_arrive_in_the_order_of_the_deaths() {
    let queue = queue();
    let objects = [0, 1, 2, 3].map(owner);
    let watches = [0, 1, 2, 3].map(|key| queue.watch(&objects[key], key));
    assert!(queue.is_empty());
    assert_eq!(queue.try_recv(), None);

    let [zero, one, two, three] = objects;
    drop(two);
    drop(zero);
    assert!(!queue.is_empty());
    assert_eq!(queue.len(), 2);
    assert_eq!(queue.try_recv(), Some(2));
    drop(three);
    assert_eq!(queue.try_recv(), Some(0));
    drop(one);
    assert_eq!(queue.len(), 2);
    assert_eq!((queue.try_recv(), queue.try_recv(), queue.try_recv()), (Some(3), Some(1), None));
    assert!(queue.is_empty());
    drop(watches);
}

#[test]
fn a_long_row_of_deaths_keeps_its_order_however_it_is_fetched() {
    let queue = queue();
    let mut seen = Vec::new();
    for number in 0..1_000 {
        queue.watch(&owner(()), number).forget();
        match number % 7 {
            0 => seen.extend(queue.try_recv()),
            3 => seen.extend(queue.drain().take(2)),
            _ => {}
        }
    }
    assert!(seen.len() < 500);
    assert_eq!(queue.len(), 1_000 - seen.len());
    seen.extend(queue.drain());
    assert!(seen.into_iter().eq(0..1_000));
}

#[test]
fn several_keys_of_one_object_are_newest_first_among_its_callbacks() {
    let queue = queue();
    let log = Log::default();
    let object = owner(());
    let mut watches = vec![queue.watch(&object, 1)];
    let looks = log.clone();
    let weak = WeakRef::with_callback(&object, move |_| looks.note("callback"));
    watches.extend([2, 3].map(|key| queue.watch(&object, key)));
    drop(object);
    assert_eq!(log.take(), ["callback"]);
    assert!(queue.drain().eq([3, 2, 1]));
    drop((watches, weak));
}

#[test]
fn an_object_of_an_object_comes_after_it() {
    let queue = queue();
    let inner = owner(7);
    let inner_watch = queue.watch(&inner, "inner");
    let outer = owner(inner);
    let outer_watch = queue.watch(&outer, "outer");
    drop(outer);
    assert!(queue.drain().eq(["outer", "inner"]));
    drop((inner_watch, outer_watch));
}

#[test]
fn cancelling_and_dropping_take_the_key_back() {
    let queue = queue();
    let log = Log::default();
    let object = owner(());
    queue.watch(&object, log.drop("cancelled")).cancel();
    assert_eq!(log.take(), ["cancelled"], "at once");
    drop(queue.watch(&object, log.drop("dropped")));
    assert_eq!(log.take(), ["dropped"]);
    assert_eq!(weakref_count(&object), 0);
    drop(object);
    assert!(queue.is_empty());
}

#[test]
fn a_watch_that_is_dropped_after_the_death_leaves_the_key() {
    let queue = queue();
    let log = Log::default();
    let object = owner(());
    let watch = queue.watch(&object, log.drop("key"));
    drop(object);
    watch.cancel();
    assert_eq!(queue.len(), 1);
    assert!(log.take().is_empty());
    drop(queue.try_recv());
    assert_eq!(log.take(), ["key"]);
}

#[test]
fn a_forgotten_watch_stands_and_leaves_nothing() {
    let queue = queue();
    let log = Log::default();
    let object = owner(());
    queue.watch(&object, log.drop("forgotten")).forget();
    assert_eq!(weakref_count(&object), 1);
    // What others do to the object does not take it back.
    drop(weakrefs(&object));
    drop(object);
    assert!(log.take().is_empty(), "the key is in the queue");
    drop(queue.try_recv().unwrap());
    assert_eq!(log.take(), ["forgotten"]);
    assert!(queue.is_empty());
}

#[test]
fn forgetting_after_the_death_is_nothing() {
    let queue = queue();
    let object = owner(());
    let watch = queue.watch(&object, 1);
    drop(object);
    watch.forget();
    assert!(queue.drain().eq([1]));
}

#[test]
fn a_watch_is_counted_and_never_listed() {
    let queue = queue();
    let object = owner(());
    let watch = queue.watch(&object, 1);
    assert_eq!((weakref_count(&object), weakrefs(&object).len()), (1, 0));
    let weak = WeakRef::with_callback(&object, |_| ());
    assert_eq!((weakref_count(&object), weakrefs(&object).len()), (2, 1));
    assert!(weakrefs(&object)[0].is_same_reference(&weak));
    queue.watch(&object, 2).forget();
    assert_eq!((weakref_count(&object), weakrefs(&object).len()), (3, 1));
    let plain = WeakRef::new(&object);
    assert_eq!((weakref_count(&object), weakrefs(&object).len()), (4, 2));
    // The list has been cloned and dropped, and cancelled nothing.
    drop(object);
    assert!(queue.drain().eq([2, 1]));
    drop((watch, weak, plain));
}

#[test]
fn whether_the_key_goes_in_is_settled_before_the_first_callback() {
    let queue = queue();
    let shelf = Shelf::new([]);
    let object = owner(());
    shelf.put(queue.watch(&object, 1));
    let taken = shelf.clone();
    let weak = WeakRef::with_callback(&object, move |_| drop(taken.take()));
    drop(object);
    assert!(queue.drain().eq([1]));
    drop((weak, shelf));
}

#[test]
fn a_queue_that_is_dropped_early_makes_deaths_silent() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let (kept, forgotten, dead) = (owner(()), owner(()), owner(()));
    let queue = queue();
    let watch = queue.watch(&kept, log.drop("kept"));
    queue.watch(&forgotten, log.drop("forgotten")).forget();
    queue.watch(&dead, log.drop("dead")).forget();
    drop(dead);
    drop(queue);
    assert_eq!(log.take(), ["dead"], "with the queue");
    drop(forgotten);
    assert_eq!(log.take(), ["forgotten"], "at the death");
    drop(kept);
    assert_eq!(log.take(), ["kept"], "at the death");
    drop(watch);
    assert!(unraisables.take().is_empty());
}

#[test]
fn a_trait_object_can_be_watched_and_an_unsized_watch_kept() {
    let queue = queue();
    let function: Ptr<Obj<Callable>> = Ptr::new(Obj::new(|| 7));
    let watch = queue.watch(&function, "function");
    assert_eq!(function(), 7);
    drop(function);
    assert!(queue.drain().eq(["function"]));
    drop(watch);
}

#[test]
fn a_watch_survives_the_unsizing_of_the_owner() {
    let queue = queue();
    let sized = Ptr::new(Obj::new(|| 7));
    let watch = queue.watch(&sized, "sized");
    let function: Ptr<Obj<Callable>> = sized;
    assert_eq!((weakref_count(&function), weakrefs(&function).len()), (1, 0));
    drop(function);
    assert!(queue.drain().eq(["sized"]));
    drop(watch);
}

#[test]
fn clearing_is_a_death_and_silent_clearing_is_none() {
    let queue = queue();
    let log = Log::default();
    let object = owner(());
    let watch = queue.watch(&object, log.drop("cleared"));
    queue.watch(&object, log.drop("cleared too")).forget();
    clear_weakrefs(&object);
    assert_eq!(queue.len(), 2);
    drop(object);
    assert_eq!(queue.drain().count(), 2);
    assert_eq!(log.take(), ["cleared too", "cleared"]);
    drop(watch);

    let object = owner(());
    let watch = queue.watch(&object, log.drop("kept"));
    queue.watch(&object, log.drop("forgotten")).forget();
    clear_weakrefs_silently(&object);
    assert_eq!(log.take(), ["forgotten"]);
    drop(object);
    assert!(queue.is_empty());
    watch.forget();
    assert_eq!(log.take(), ["kept"]);
}

#[test]
fn a_value_that_leaves_its_pointer_dies_where_it_is_dropped() {
    let queue = queue();
    let log = Log::default();
    let object = owner(1);
    queue.watch(&object, log.drop("forgotten")).forget();
    let watch = queue.watch(&object, log.drop("kept"));
    let dropped = queue.watch(&object, log.drop("dropped"));
    let value = Ptr::try_unwrap(object).unwrap();
    assert!(queue.is_empty());
    drop(dropped);
    assert_eq!(log.take(), ["dropped"]);
    drop(value);
    assert_eq!(queue.drain().count(), 2);
    assert_eq!(log.take(), ["kept", "forgotten"]);
    drop(watch);
}

/// Panics as it drops, if it is told to.
struct Panics(Option<&'static str>);

impl Drop for Panics {
    fn drop(&mut self) {
        if let Some(message) = self.0 {
            panic!("{message}");
        }
    }
}

#[test]
fn a_key_that_panics_as_it_drops() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let queue: DeathQueue<_, Here> = queue();
    let object = owner(());
    let key = |message, name| (Panics(message), log.drop(name));

    // Where it is taken back, the panic is that of the drop.
    let watch = queue.watch(&object, key(Some("taken back"), "one"));
    assert_eq!(panic_of(|| watch.cancel()), "taken back");
    assert_eq!(log.take(), ["one"]);
    assert_eq!(weakref_count(&object), 0);

    // In a queue that is dropped, it keeps no other from being dropped.
    for (message, name) in [(None, "two"), (Some("in the queue"), "three"), (None, "four")] {
        queue.watch(&owner(()), key(message, name)).forget();
    }
    queue.watch(&object, key(Some("at a silent death"), "five")).forget();
    drop(queue);
    assert_eq!(log.take(), ["two", "three", "four"]);
    let weak = WeakRef::with_callback(&object, log.call("callback"));
    let older = log.clone();
    drop(object);
    assert_eq!(older.take(), ["callback", "five"]);
    let seen = unraisables.take();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen[0].starts_with("in the queue in ") && seen[0].contains("Panics"), "{seen:?}");
    assert!(seen[1].starts_with("at a silent death in ") && seen[1].contains("Panics"), "{seen:?}");
    drop(weak);
}

/// Uses the queue as it drops.
struct Returns(Option<(Ptr<DeathQueue<Returns, Here>>, Log)>);

impl Drop for Returns {
    fn drop(&mut self) {
        if let Some((queue, log)) = self.0.take() {
            queue.watch(&owner(()), Returns(None)).forget();
            let other = owner(());
            let watch = queue.watch(&other, Returns(None));
            let len = queue.len();
            log.note(format!("{} of {len}", queue.drain().count()));
            drop((watch, other));
        }
    }
}

#[test]
fn a_key_that_comes_back_to_the_queue_as_it_drops() {
    let queue = Ptr::new(queue());
    let log = Log::default();
    let key = || Returns(Some((queue.clone(), log.clone())));
    queue.watch(&owner(()), key()).forget();
    drop(queue.try_recv());
    assert_eq!(log.take(), ["1 of 1"]);
    assert!(queue.is_empty(), "the watch has been dropped first");
    queue.watch(&owner(()), key()).cancel();
    assert_eq!(log.take(), ["1 of 1"]);
    assert!(queue.is_empty());
}

#[test]
fn deaths_while_receiving() {
    let queue = queue();
    let shelf = Shelf::new((0..10).map(|number| {
        let object = owner(());
        queue.watch(&object, number).forget();
        object
    }));
    let first = owner(());
    queue.watch(&first, 100).forget();
    drop(first);
    let mut seen = Vec::new();
    for key in queue.drain() {
        seen.push(key);
        drop(shelf.take());
    }
    assert_eq!(seen, [100, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn a_drain_ends_for_good_and_leaves_what_it_has_not_reached() {
    let queue = queue();
    for key in 0..3 {
        queue.watch(&owner(()), key).forget();
    }
    let mut drain = queue.drain();
    assert_eq!(drain.next(), Some(0));
    drop(drain);
    assert_eq!(queue.len(), 2);
    let mut drain = queue.drain();
    assert_eq!((drain.next(), drain.next(), drain.next()), (Some(1), Some(2), None));
    queue.watch(&owner(()), 3).forget();
    assert_eq!(drain.next(), None);
    assert_eq!(format!("{drain:?}"), "Drain(None)");
    assert_eq!(format!("{:?}", queue.drain()), "Drain(Some(DeathQueue(1)))");
}

#[test]
fn debug_says_how_many_and_nothing_of_the_keys() {
    struct NoDebug;

    let queue = queue();
    assert_eq!(format!("{queue:?}"), "DeathQueue(0)");
    let object = owner(());
    let watch = queue.watch(&object, NoDebug);
    let name = format!("{watch:?}");
    assert!(name.starts_with("Watch(WeakRef(") && name.contains(" at 0x"), "{name}");
    drop(object);
    assert_eq!(format!("{queue:?}"), "DeathQueue(1)");
    assert!(format!("{watch:?}").ends_with(", dead))"));
}

#[test]
fn slow_a_chain_of_deaths_is_no_recursion() {
    let queue: DeathQueue<u32, Here> = queue();
    let mut first = owner(());
    let mut refs = Vec::new();
    for number in 0..10_000 {
        let next = std::mem::replace(&mut first, owner(()));
        queue.watch(&next, number).forget();
        refs.push(WeakRef::with_callback(&first, move |_: &WeakRef<_>| drop(next)));
    }
    drop(first);
    assert!(queue.drain().eq((0..10_000).rev()));
}
