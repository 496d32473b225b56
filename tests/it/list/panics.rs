//! Panics of closures, and of objects that are dropped.

use weakref_core::WeakList;
use weakref_tests::{Log, NotesDrop, OOPS, Unraisables, oops, panic_of};

use super::{Obj, Ptr, Shelf, owner};

type List = WeakList<Obj<u32>>;

/// Notes that it drops, and panics.
struct Panics {
    message: &'static str,
    _note: NotesDrop,
}

impl Drop for Panics {
    fn drop(&mut self) {
        panic!("{}", self.message);
    }
}

#[test]
fn a_closure_that_panics_leaves_the_list_whole() {
    let owners = [1, 2, 3].map(owner);
    let list: List = owners.iter().cloned().collect();
    let mut shown = 0;
    assert_eq!(
        panic_of(|| list.for_each(|number| {
            shown += 1;
            if ***number == 2 {
                oops(());
            }
        })),
        OOPS
    );
    assert_eq!(shown, 2);
    assert_eq!(
        panic_of(|| list.retain(|number| {
            if ***number == 2 {
                oops(());
            }
            false
        })),
        OOPS
    );
    assert_eq!(list.iter().map(|number| **number).collect::<Vec<_>>(), [2, 3]);
    list.push(&owners[0]);
    assert_eq!(list.len(), 3);
    assert!(owners.each_ref().map(Ptr::strong_count) == [1; 3], "a walk has kept owners");
}

#[test]
fn an_object_whose_drop_panics_leaves_the_list() {
    let log = Log::default();
    let list = WeakList::new();
    let object = owner(Panics { message: "dropped", _note: log.drop("note") });
    list.push(&object);
    assert_eq!(panic_of(|| drop(object)), "dropped");
    assert!(list.is_empty());
    assert_eq!(log.take(), ["note"]);
}

#[test]
fn an_object_that_dies_as_a_panic_unwinds_leaves_the_list() {
    let list = List::new();
    let object = owner(1);
    list.push(&object);
    assert_eq!(
        panic_of(|| {
            let _dies = object;
            oops(());
        }),
        OOPS
    );
    assert!(list.is_empty());
}

/// The walk has the last owner of an object whose drop panics.
#[test]
fn an_object_panics_that_is_dropped_by_a_walk() {
    let log = Log::default();
    let list = WeakList::new();
    let object = owner(Panics { message: "dropped", _note: log.drop("note") });
    list.push(&object);
    let shelf = Shelf::new([object]);
    assert_eq!(panic_of(|| list.retain(|_| !shelf.take().is_empty())), "dropped");
    assert!(list.is_empty());
    assert_eq!(log.take(), ["note"]);
}

#[test]
fn a_removal_in_a_callback_that_panics() {
    let unraisables = Unraisables::listen();
    let list = Ptr::new(List::new());
    let [one, two] = [1, 2].map(owner);
    list.push(&one);
    let key = list.push(&two);
    let weak = weakref_core::WeakRef::with_callback(&one, {
        let list = list.clone();
        move |_: &weakref_core::WeakRef<_>| {
            list.remove(key);
            oops(());
        }
    });
    drop(one);
    assert_eq!(unraisables.messages(), [OOPS]);
    assert!(list.is_empty());
    drop(weak);
}

#[test]
fn an_iterator_that_panics_leaves_what_it_has_given() {
    let owners = [1, 2, 3].map(owner);
    let mut list = List::new();
    let message = panic_of(|| {
        list.extend(owners.iter().cloned().inspect(|number| {
            if ***number == 3 {
                oops(());
            }
        }));
    });
    assert_eq!(message, OOPS);
    assert_eq!(list.len(), 2);
}
