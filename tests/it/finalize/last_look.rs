//! Finalizers that see the object once more.

use weakref_core::{
    Finalizer, WeakRef, WeakSlot, Weakrefable, clear_weakrefs, clear_weakrefs_silently, finalize,
    finalize_on, finalize_with, finalizer::WithObject, weakref_count,
};
use weakref_tests::{Log, NotesDrop, Unraisables, panic_of};

use super::{Boxed, Here, Lock, Obj, Ptr, Shelf, Usable, borrow, note, owner};

/// Notes what it sees of an object.
fn see<T: ToString>(log: &Log) -> impl FnOnce(Option<&T>) + Send + 'static + use<T> {
    let log = log.clone();
    move |object| log.note(object.map_or_else(|| "nothing".to_string(), ToString::to_string))
}

/// A type with fields that note their drops, around the slot.
#[derive(Weakrefable)]
#[weakref(on_drop = Self::close)]
struct Page<T: ToString + 'static> {
    _first: NotesDrop,
    text: T,
    slot: WeakSlot<Here>,
    log: Log,
}

impl<T: ToString + 'static> Page<T> {
    fn new(log: &Log, text: T) -> Self {
        Self { _first: log.drop("field"), text, slot: WeakSlot::new(), log: log.clone() }
    }

    fn close(&mut self) {
        self.log.note("on_drop");
    }
}

impl<T: ToString + 'static> std::fmt::Display for Page<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text.to_string())
    }
}

#[test]
fn it_sees_the_object_before_on_drop_and_before_the_fields() {
    let log = Log::default();
    let page = Ptr::new(Page::new(&log, 7));
    finalize_with(&page, see(&log));
    drop(page);
    assert_eq!(log.take(), ["7", "on_drop", "field"]);

    let page = Ptr::new(Page::new(&log, String::from("text")));
    finalize_with(&page, see(&log));
    drop(page);
    assert_eq!(log.take(), ["text", "on_drop", "field"]);
}

#[test]
fn it_sees_the_value_of_a_slotted_before_that_is_dropped() {
    let log = Log::default();
    let object = owner((7, log.drop("value")));
    let seen = log.clone();
    finalize_with(&object, move |object: Option<&Obj<(i32, NotesDrop)>>| {
        seen.note(object.unwrap().0);
    });
    drop(object);
    assert_eq!(log.take(), ["7", "value"]);
}

#[test]
fn it_has_its_place_in_the_sequence() {
    let log = Log::default();
    let object = owner(7);
    finalize(&object, note(&log, "oldest"));
    finalize_with(&object, see(&log));
    let weak = WeakRef::with_callback(&object, log.call("callback"));
    finalize_with(&object, see(&log));
    finalize_on(&*object, note(&log, "newest"));
    assert_eq!(weakref_count(&object), 5);
    drop(object);
    assert_eq!(log.take(), ["newest", "7", "callback", "7", "oldest"]);
    drop(weak);
}

#[test]
fn it_sees_what_was_written_last() {
    let log = Log::default();
    let object = owner(Lock::new(1));
    let seen = log.clone();
    finalize_with(&object, move |object: Option<&Obj<Lock<i32>>>| {
        seen.note(format!("{:?}", **object.unwrap()));
    });
    let last = Lock::new(2);
    let expected = format!("{last:?}");
    std::mem::swap(&mut *borrow(&object), &mut *borrow(&last));
    drop(object);
    assert_eq!(log.take(), [expected]);
}

#[test]
fn there_is_no_strong_pointer_to_it() {
    let object = owner(7);
    let shelf = Shelf::new([WeakRef::new(&object)]);
    let (weaks, results) = (shelf.clone(), Shelf::new([]));
    let result = results.clone();
    finalize_with(&object, move |object: Option<&Obj<i32>>| {
        for weak in weaks.take() {
            result.put((object.map(|object| **object), weak.upgrade().is_some(), weak.is_dead()));
        }
    });
    drop(object);
    assert_eq!(results.take(), [(Some(7), false, true)]);
}

#[test]
fn a_call_sees_the_living_object_and_so_does_clearing() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize_with(&object, |object: Option<&Obj<i32>>| object.map(|seen| **seen));
    assert_eq!(finalizer.call(), Some(Some(7)));
    assert_eq!(finalizer.call(), None);
    assert_eq!((Ptr::strong_count(&object), Ptr::weak_count(&object)), (1, 0));

    finalize_with(&object, see(&log));
    clear_weakrefs(&object);
    assert_eq!(log.take(), ["7"]);
    assert_eq!((Ptr::strong_count(&object), Ptr::weak_count(&object)), (1, 0));

    // As of every finalizer: it stays alive, but not registered.
    let finalizer = finalize_with(&object, see(&log));
    clear_weakrefs_silently(&object);
    assert!(log.take().is_empty() && finalizer.is_alive());
    finalizer.call();
    assert_eq!(log.take(), ["7"]);
    let finalizer = finalize_with(&object, see(&log));
    clear_weakrefs_silently(&object);
    drop(object);
    assert!(log.take().is_empty() && finalizer.is_alive());
    finalizer.call();
    assert_eq!(log.take(), ["nothing"]);
}

/// While the function runs, the call keeps the object: it is dropped when the function returns.
#[test]
fn a_call_keeps_the_object_until_the_function_returns() {
    let log = Log::default();
    let object = owner(log.drop("value"));
    let shelf = Shelf::new([]);
    let (owners, seen) = (shelf.clone(), log.clone());
    let finalizer = finalize_with(&object, move |object: Option<&Obj<NotesDrop>>| {
        drop(owners.take());
        assert!(object.is_some());
        seen.note("seen");
    });
    shelf.put(object);
    assert!(finalizer.call().is_some());
    assert_eq!(log.take(), ["seen", "value"]);
}

#[test]
fn it_is_detached_guarded_peeked_and_boxed() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize_with(&object, see(&log));
    assert_eq!(finalizer.peek(|object, _| ***object.unwrap()), Some(7));
    let (owner, WithObject(function)) = finalizer.detach().unwrap();
    function(owner.as_deref());
    assert_eq!(log.take(), ["7"]);
    drop(owner);

    drop(finalize_with(&object, see(&log)).guard());
    let boxed: Vec<Boxed> = vec![
        Box::new(finalize_with(&object, see(&log))),
        Box::new(finalize(&object, note(&log, "unseen"))),
    ];
    assert!(boxed[0].call() && !boxed[0].is_alive());
    assert_eq!(log.take(), ["7"]);
    drop(object);
    assert_eq!(log.take(), ["unseen"]);
}

#[test]
fn a_peek_that_ends_before_its_turn_hides_nothing() {
    let log = Log::default();
    let object = owner(log.drop("value"));
    let shelf = Shelf::new([]);
    let seen = log.clone();
    let finalizer = finalize_with(&object, move |object: Option<&Obj<NotesDrop>>| {
        seen.note(object.is_some());
    });
    let (handles, inner) = (shelf.clone(), log.clone());
    finalize(&object, move || {
        for handle in handles.take() {
            let handle: Finalizer<_, _> = handle;
            handle.peek(|object, _| inner.note(object.is_some()));
        }
    });
    shelf.put(finalizer);
    drop(object);
    assert_eq!(log.take(), ["false", "true", "value"]);
}

#[test]
fn before_its_turn_a_call_finds_no_object() {
    let log = Log::default();
    let object = owner(7);
    let finalizer = finalize_with(&object, see(&log));
    let inner = log.clone();
    finalize(&object, move || {
        inner.note("newer");
        finalizer.call();
    });
    drop(object);
    assert_eq!(log.take(), ["newer", "nothing"]);
}

#[test]
fn what_has_left_its_pointer_is_not_seen() {
    let log = Log::default();
    let page = Ptr::new(Page::new(&log, 7));
    finalize_with(&page, see(&log));
    let value = Ptr::try_unwrap(page).unwrap_or_else(|_| unreachable!());
    assert!(log.take().is_empty());
    drop(value);
    assert_eq!(log.take(), ["nothing", "on_drop", "field"]);

    let object = owner(7);
    finalize_with(&object, see(&log));
    assert_eq!(Ptr::into_inner(object).unwrap().into_inner(), 7);
    assert_eq!(log.take(), ["nothing"]);

    // A shared one is cloned, and stays where it was.
    let mut object = owner(7);
    let same = object.clone();
    finalize_with(&object, see(&log));
    **Ptr::make_mut(&mut object) = 8;
    drop(object);
    assert!(log.take().is_empty());
    drop(same);
    assert_eq!(log.take(), ["7"]);

    // The only one is moved.
    let mut object = owner(7);
    finalize_with(&object, see(&log));
    assert!(Ptr::get_mut(&mut object).is_none());
    **Ptr::make_mut(&mut object) = 8;
    finalize_with(&object, see(&log));
    drop(object);
    assert_eq!(log.take(), ["8", "nothing"]);

    // As the only one, but without a finalizer any more, it is changed in place.
    let mut object = owner(7);
    finalize_with(&object, see(&log)).call();
    **Ptr::get_mut(&mut object).unwrap() = 8;
    finalize_with(&object, see(&log));
    drop(object);
    assert_eq!(log.take(), ["7", "8"]);
}

/// A slot can be given to an object of another type, which is not what the function expects.
#[test]
fn a_slot_that_is_given_away_shows_nothing() {
    #[derive(Weakrefable)]
    struct Other {
        #[allow(dead_code)]
        number: u8,
        slot: WeakSlot<Here>,
    }

    let log = Log::default();
    let page = Ptr::new(Page::new(&log, String::from("text")));
    finalize_with(&page, see(&log));
    let mut value = Ptr::try_unwrap(page).unwrap_or_else(|_| unreachable!());
    let other = Ptr::new(Other { number: 1, slot: std::mem::take(&mut value.slot) });
    drop(value);
    assert_eq!(log.take(), ["on_drop", "field"]);
    drop(other);
    assert_eq!(log.take(), ["nothing"]);
}

/// A moved-out object may be changed to a type with shorter lifetimes, which the function must not
/// see as `'static`.
#[test]
fn a_type_with_a_lifetime() {
    #[derive(Weakrefable)]
    struct Name<'a>(&'a str, WeakSlot<Here>);

    fn shorten<'a>(name: Ptr<Name<'static>>) -> Ptr<Name<'a>> {
        name
    }

    let names = Shelf::new([]);
    let keep = |object: &Ptr<Name<'static>>| {
        let names = names.clone();
        finalize_with(object, move |object: Option<&Name<'static>>| {
            names.put(object.map(|object| object.0));
        });
    };
    let name = Ptr::new(Name("static", WeakSlot::new()));
    keep(&name);
    drop(shorten(name));
    assert_eq!(names.take(), [Some("static")]);

    let name = Ptr::new(Name("static", WeakSlot::new()));
    keep(&name);
    let local = String::from("local");
    let mut name = Ptr::into_inner(shorten(name)).unwrap();
    name.0 = &local;
    drop(name);
    drop(local);
    assert_eq!(names.take(), [None]);
}

#[test]
fn it_sees_the_object_in_a_pointer_that_was_coerced() {
    trait Shape: Usable {}
    impl Shape for (i32, NotesDrop) {}

    trait Named: Weakrefable<Flavor = Here> + Usable {}
    impl Named for Page<u8> {}

    let log = Log::default();
    let object = owner((7, log.drop("value")));
    let seen = log.clone();
    finalize_with(&object, move |object: Option<&Obj<(i32, NotesDrop)>>| {
        seen.note(object.unwrap().0);
    });
    let erased: Ptr<Obj<dyn Shape>> = object;
    finalize(&erased, note(&log, "erased"));
    drop(erased);
    assert_eq!(log.take(), ["erased", "7", "value"]);

    let array = owner([1, 2]);
    finalize_with(&array, {
        let log = log.clone();
        move |array: Option<&Obj<[i32; 2]>>| log.note(array.unwrap()[1])
    });
    let slice: Ptr<Obj<[i32]>> = array;
    drop(slice);
    assert_eq!(log.take(), ["2"]);

    let page = Ptr::new(Page::new(&log, 9_u8));
    finalize_with(&page, see(&log));
    let named: Ptr<dyn Named> = page;
    drop(named);
    assert_eq!(log.take(), ["9", "on_drop", "field"]);
}

/// In the function, the object can be given new finalizers, as in an `on_drop`.
#[test]
fn it_registers_with_the_dying_object() {
    let log = Log::default();
    let object = owner(log.drop("value"));
    let inner = log.clone();
    finalize_with(&object, move |object: Option<&Obj<NotesDrop>>| {
        let object = object.unwrap();
        for number in 0..3 {
            finalize_on(object, note(&inner, number));
        }
        inner.note(weakref_count_of(object));
    });
    drop(object);
    assert_eq!(log.take(), ["3", "2", "1", "0", "value"]);

    let page = Ptr::new(Page::new(&log, 7));
    let inner = log.clone();
    finalize_with(&page, move |page: Option<&Page<i32>>| {
        finalize_on(page.unwrap(), note(&inner, "late"));
    });
    drop(page);
    assert_eq!(log.take(), ["on_drop", "late", "field"]);
}

fn weakref_count_of<T: Weakrefable>(object: &T) -> String {
    format!("{:?}", object.weak_slot()).replace("WeakSlot(", "").replace(')', "")
}

#[test]
fn panics_go_to_the_hook_or_to_the_caller() {
    let unraisables = Unraisables::listen();
    let log = Log::default();
    let page = Ptr::new(Page::new(&log, 7));
    finalize(&page, note(&log, "oldest"));
    finalize_with(&page, |page: Option<&Page<i32>>| panic!("saw {}", page.unwrap()));
    finalize_with(&page, see(&log));
    drop(page);
    assert_eq!(log.take(), ["7", "oldest", "on_drop", "field"]);
    let [seen] = <[_; 1]>::try_from(unraisables.take()).unwrap();
    assert!(seen.starts_with("saw 7 in ") && seen.contains("{{closure}}"), "{seen}");

    let object = owner(7);
    let finalizer = finalize_with(&object, |object: Option<&Obj<i32>>| -> () {
        panic!("saw {}", object.unwrap())
    });
    assert_eq!(panic_of(|| finalizer.call()), "saw 7");
    assert!(!finalizer.is_alive());
    assert_eq!((Ptr::strong_count(&object), Ptr::weak_count(&object)), (1, 0));
}

/// However deep drops are nested in each other: those that do not see their objects are deferred.
#[test]
fn it_is_not_deferred() {
    type Link = Ptr<Obj<u32>>;

    fn chain(length: u32, add: impl Fn(&Link, Option<Link>)) {
        let mut next = None;
        for number in (0..length).rev() {
            let object = owner(number);
            add(&object, next);
            next = Some(object);
        }
        drop(next);
    }

    let log = Log::default();
    for length in [1, 46, 47, 48, 49, 50, 200] {
        let expected: Vec<_> = (0..length).map(|number| number.to_string()).collect();
        // The seeing ones own the next objects.
        chain(length, |object, next| {
            let log = log.clone();
            finalize_with(object, move |object: Option<&Obj<u32>>| {
                log.note(object.unwrap());
                drop(next);
            });
        });
        assert_eq!(log.take(), expected);
        // The others do.
        chain(length, |object, next| {
            finalize(object, move || drop(next));
            finalize_with(object, see(&log));
        });
        assert_eq!(log.take(), expected);
        // Clearing is deferred as well.
        chain(length, |object, next| {
            let log = log.clone();
            finalize(object, move || {
                if let Some(next) = next {
                    finalize_with(&next, see(&log));
                    clear_weakrefs(&next);
                }
            });
        });
        assert_eq!(log.take(), expected[1..]);
    }
}
