//! Replacing the key: when it can be done, and what becomes of the keys.

use weakref_core::{KeyedRef, WeakRef};
use weakref_tests::{Log, NotesDrop};

use super::{Obj, Ptr, Shelf, owner};

type Text = Obj<String>;

fn text() -> Ptr<Text> {
    owner("text".to_owned())
}

/// Inside the callback, its argument looks at the key. A mutable reference to it can be had there by
/// another way only: here, from a shelf.
#[test]
fn not_while_the_callback_runs() {
    let (log, text) = (Log::default(), text());
    let shelf = Shelf::<KeyedRef<String, Text>>::new([]);
    let (inside, calls) = (shelf.clone(), log.clone());
    shelf.put(KeyedRef::new(&text, "before".to_owned(), move |dead: &KeyedRef<String, Text>| {
        let seen = dead.key();
        let [mut same] = inside.take().try_into().ok().unwrap();
        assert!(same.is_same_reference(dead));
        assert_eq!(same.set_key("inside".to_owned()), Err("inside".to_owned()));
        assert_eq!((&**seen, &**same.key()), ("before", "before"));
        inside.put(same);
        calls.note(seen);
    }));
    drop(text);
    assert_eq!(log.take(), ["before"]);
    let [mut keyed] = shelf.take().try_into().ok().unwrap();
    assert_eq!(keyed.set_key("afterwards".to_owned()), Ok("before".to_owned()));
    assert_eq!(keyed.key(), "afterwards");
}

/// Another callback of the same death has nothing to do with it: before its own, and after.
#[test]
fn while_another_callback_runs() {
    for its_own_first in [true, false] {
        let (log, text) = (Log::default(), text());
        let shelf = Shelf::<KeyedRef<&str, Text>>::new([]);
        let (inside, calls) = (shelf.clone(), log.clone());
        let register_other = || {
            WeakRef::with_callback(&text, move |_| {
                let [mut keyed] = inside.take().try_into().ok().unwrap();
                calls.note(format!("{:?}", keyed.set_key("replaced")));
                inside.put(keyed);
            })
        };
        let calls = log.clone();
        let register = || {
            KeyedRef::new(&text, "before", move |dead: &KeyedRef<&str, Text>| {
                calls.note(dead.key());
            })
        };
        // Newest first.
        let other = if its_own_first {
            let other = register_other();
            shelf.put(register());
            other
        } else {
            shelf.put(register());
            register_other()
        };
        drop(text);
        if its_own_first {
            assert_eq!(log.take(), ["before", r#"Ok("before")"#]);
        } else {
            assert_eq!(log.take(), [r#"Ok("before")"#, "replaced"]);
        }
        drop(other);
    }
}

#[test]
fn each_key_is_dropped_once() {
    let (log, text) = (Log::default(), text());
    let mut keyed = KeyedRef::new(&text, log.drop("first"), |_| ());
    drop(keyed.set_key(log.drop("second")));
    assert_eq!(log.take(), ["first"]);
    let before = keyed.set_key(log.drop("third"));
    assert_eq!(log.take(), [""; 0], "it belongs to the caller");
    drop(before);
    assert_eq!(log.take(), ["second"]);
    drop(text);
    assert_eq!(log.take(), [""; 0]);
    drop(keyed);
    assert_eq!(log.take(), ["third"]);
}

/// The drop of the key that is replaced is the caller's: it may do what it likes.
#[test]
fn the_old_key_may_own_the_object() {
    type Key = Option<Ptr<Obj<NotesDrop>>>;
    let log = Log::default();
    let object = owner(log.drop("object"));
    let calls = log.clone();
    let mut keyed =
        KeyedRef::new(&object, Some(object.clone()), move |dead: &KeyedRef<Key, Obj<_>>| {
            calls.note(format!("called, {}", dead.key().is_none()));
        });
    drop(object);
    assert_eq!(log.take(), [""; 0], "its own key keeps it");
    drop(keyed.set_key(None));
    assert_eq!(log.take(), ["called, true", "object"]);
}

/// A shared reference is enough for what has a lock of its own.
#[test]
fn a_key_can_be_changed_in_place() {
    let text = text();
    let mut keyed = KeyedRef::new(&text, Shelf::new([1]), |_| ());
    keyed.key().put(2);
    assert_eq!(keyed.set_key(Shelf::new([])).ok().unwrap().take(), [1, 2]);
}
