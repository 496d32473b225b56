//! Objects that leave their pointer, look dead without being so, or die while somebody looks.

use std::sync::Mutex;

use weakref_core::{
    PtrWeakKeyMap, RemovalCause, WeakKeyMap, WeakSet, WeakWeakMap, clear_weakrefs, weakref_count,
};

use super::{
    Ptr,
    adapters::{Container, Item, Log, Owner},
};

/// What is in a container with two equal keys, the first of which has left its pointer.
struct Moved {
    first: Item,
    second: Owner,
    /// Those of both.
    values: [Owner; 2],
}

fn after_a_move<C: Container>(container: &C) -> Moved {
    let [first, second] = [1, 2].map(|number| Item::new(7, number));
    let values = [3, 4].map(|number| Item::new(8, number));
    container.insert(&first, &values[0]);
    let first = Ptr::try_unwrap(first).expect("the only owner");
    assert!(container.insert(&second, &values[1]).is_none(), "the first one is not found any more");
    Moved { first, second, values }
}

#[test]
fn a_death_beside_an_equal_key_that_was_moved_out() {
    let map = WeakKeyMap::<Item, Owner>::default();
    let Moved { first, second, values } = after_a_move(&map);
    let values = values.map(|value| Ptr::downgrade(&value));
    drop(second);
    // Nothing tells the dead one from what has left its pointer: each takes one of the two entries.
    assert_eq!(map.len(), 1);
    let owned = || values.iter().filter(|value| value.upgrade().is_some()).count();
    assert_eq!(owned(), 1);
    drop(first);
    assert_eq!(map.len(), 0);
    assert_eq!(owned(), 0);
}

/// A clear removes the entry of the key that it means.
fn a_clear_beside_a_moved_key<C: Container>() {
    let (container, log) = (C::default(), Log::default());
    container.listen(&log);
    let Moved { second, .. } = &after_a_move(&container);
    clear_weakrefs(second);
    assert!(!container.contains(second), "it looks dead to the container");
    let told = std::mem::take(&mut *log.lock().unwrap());
    let told: Vec<_> = told.into_iter().filter_map(|(key, _)| key.upgrade()).collect();
    assert!(told.len() == 1 && Ptr::ptr_eq(&told[0], second), "it is told of");
}

/// Afterwards, nothing stays when all objects are gone.
fn a_clear_beside_a_moved_key_leaves_nothing<C: Container>() {
    let container = C::default();
    let Moved { first, second, values } = after_a_move(&container);
    clear_weakrefs(&second);
    drop(first);
    assert_eq!((container.len(), weakref_count(&second)), (0, 0));
    drop((second, values));
    assert_eq!(container.len(), 0, "an entry is left without a registration");
}

macro_rules! clears {
    ($($kind:ident: $Container:ty;)*) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn a_clear_beside_an_equal_key_that_was_moved_out() {
                a_clear_beside_a_moved_key::<$Container>();
            }

            #[test]
            fn a_clear_beside_an_equal_key_that_was_moved_out_leaves_nothing() {
                a_clear_beside_a_moved_key_leaves_nothing::<$Container>();
            }
        }
    )*};
}

clears! {
    key_maps: WeakKeyMap<Item, Owner>;
    weak_weak_maps: WeakWeakMap<Item, Item>;
    sets: WeakSet<Item>;
}

/// Drops the last owner of a key while a closure has its value. Returns whether the entry was gone at
/// once.
macro_rules! key_dies_in {
    ($Map:ty, $with:ident) => {{
        let map = <$Map>::default();
        let [key, value] = [1, 2].map(|number| Item::new(7, number));
        map.insert(&key, value.clone());
        let owner = Mutex::new(Some(key));
        let asked = Item::new(7, 3);
        let gone = map.$with(&*asked, |value| {
            assert_eq!(value.number, 2);
            drop(owner.lock().unwrap().take());
            map.is_empty()
        });
        assert_eq!((map.len(), Ptr::strong_count(&value)), (0, 1), "both are gone afterwards");
        gone
    }};
}

#[test]
fn a_key_that_dies_while_its_value_is_looked_at() {
    assert_eq!(key_dies_in!(WeakKeyMap<Item, Owner>, with), Some(true));
}

#[test]
fn a_key_that_dies_while_its_value_is_changed() {
    assert_eq!(key_dies_in!(WeakKeyMap<Item, Owner>, with_mut), Some(true));
}

#[test]
fn a_key_and_a_value_that_are_one_object() {
    for dies in [true, false] {
        let map = WeakWeakMap::<Item, Item>::default();
        let log = Log::default();
        map.listen(&log);
        let both = Item::new(7, 1);
        map.insert(&both, &both);
        assert_eq!((map.len(), weakref_count(&both)), (1, 2));
        if dies {
            drop(both);
        } else {
            clear_weakrefs(&both);
            assert_eq!(weakref_count(&both), 1, "that of the log");
        }
        assert_eq!(map.len(), 0);
        let told: Vec<_> = log.lock().unwrap().iter().map(|(_, cause)| *cause).collect();
        assert_eq!(told, [RemovalCause::Died], "it is told of once");
    }
}

#[test]
fn a_key_that_is_the_value_of_another() {
    let map = WeakWeakMap::<Item, Item>::default();
    let [one, two, three] = [1, 2, 3].map(|number| Item::new(number, 1));
    map.insert(&one, &two);
    map.insert(&two, &three);
    map.insert(&three, &one);
    drop(two);
    assert_eq!((map.len(), weakref_count(&one), weakref_count(&three)), (1, 1, 1));
    assert!(map.get(&*three).is_some_and(|value| Ptr::ptr_eq(&value, &one)));
    drop(one);
    assert_eq!((map.len(), weakref_count(&three)), (0, 0));
}

/// `map |= &map` changes nothing: Python's `d |= d` works as well.
#[test]
fn b359_a_map_updated_with_itself() {
    let map = WeakKeyMap::<Item, Owner>::default();
    let [key, value] = [1, 2].map(|number| Item::new(7, number));
    map.insert(&key, value.clone());
    map.or_assign(&map);
    assert!(map.get(&*key).is_some_and(|there| Ptr::ptr_eq(&there, &value)));

    let map = PtrWeakKeyMap::<Item, Owner>::default();
    map.insert(&key, value.clone());
    map.or_assign(&map);
    assert!(map.get(&key).is_some_and(|there| Ptr::ptr_eq(&there, &value)));
}
