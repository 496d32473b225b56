//! `KeyedRef`: what Python's has, and what its subclasses of `ref` are for.

use std::{
    cell::Cell,
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use weakref_core::{
    KeyedRef, StrongOf, WeakRef, Weakrefable, clear_weakrefs, error::ReferenceError, weakref_count,
    weakrefs,
};
use weakref_tests::{Log, implements};

use super::{Callable, DEAD, Obj, Ptr, Shelf, owner, panics};

type Keyed = KeyedRef<&'static str, Obj<String>>;

fn text() -> Ptr<Obj<String>> {
    owner("text".to_owned())
}

fn forget(_: &Keyed) {}

#[test]
fn b096_b103_it_carries_a_key_that_can_be_replaced() {
    let text = text();
    let mut keyed = KeyedRef::new(&text, "one", forget);
    assert_eq!(*keyed.key(), "one");
    assert_eq!(keyed.set_key("two"), Ok("one"));
    assert_eq!(*keyed.key(), "two");
    drop(text);
    assert_eq!(*keyed.key(), "two", "kept after the death");
    assert_eq!(keyed.set_key("three"), Ok("two"));
    assert_eq!(*keyed.key(), "three");
}

/// Whatever else a subclass would carry: any type can be the key.
#[test]
fn b096_b099_the_key_may_be_anything() {
    #[derive(Default)]
    struct Extra {
        name: String,
        #[allow(dead_code)]
        empty: [(); 9],
    }
    #[repr(align(128))]
    struct Aligned(u8);

    let text = text();
    let mut extra = KeyedRef::new(&text, Extra { name: "name".into(), ..Extra::default() }, |_| ());
    assert_eq!(extra.key().name, "name");
    let before = extra.set_key(Extra::default()).ok().unwrap();
    assert_eq!((before.name, &*extra.key().name), ("name".into(), ""));

    let aligned = KeyedRef::new(&text, Aligned(7), |_| ());
    assert_eq!(std::ptr::from_ref(aligned.key()).addr() % 128, 0);
    assert_eq!(aligned.key().0, 7);
    let unit = KeyedRef::new(&text, (), |_| ());
    assert_eq!(*unit.key(), ());
    let large = KeyedRef::new(&text, [7_u8; 10_000], |_| ());
    assert!(large.key().iter().all(|&byte| byte == 7));

    let object: Ptr<Obj<Callable>> = owner(|| 7);
    let unsized_object = KeyedRef::new(&object, "key", |_| ());
    assert_eq!(unsized_object.upgrade().unwrap()(), 7);
}

#[test]
fn the_callback_finds_the_key_as_it_is_at_the_death() {
    let (log, text) = (Log::default(), text());
    let calls = log.clone();
    let mut keyed = KeyedRef::new(&text, "before", move |dead: &Keyed| {
        assert!(dead.is_dead() && dead.upgrade().is_none());
        calls.note(dead.key());
    });
    keyed.set_key("at the death").unwrap();
    drop(text);
    assert_eq!(log.take(), ["at the death"]);
}

#[test]
fn b101_several_with_different_callbacks_stay_distinct() {
    let (log, text) = (Log::default(), text());
    let all = [1, 2, 3].map(|key| {
        let log = log.clone();
        KeyedRef::new(&text, key, move |dead: &KeyedRef<i32, _>| log.note(dead.key()))
    });
    assert!(
        all[0].is_same_reference(&all[0])
            && !all[0].is_same_reference(&all[1])
            && !all[1].is_same_reference(&all[2])
    );
    assert!(all[0] == all[1] && all[1] == all[2], "equal, as their objects are");
    drop(text);
    assert_eq!(log.take(), ["3", "2", "1"]);
    assert!(all[0] != all[1], "the dead are equal if they are the same");
}

#[test]
fn b104_one_callback_serves_many() {
    type Entry = KeyedRef<u32, Obj<String>>;
    let (log, index) = (Log::default(), Shelf::<Entry>::new([]));
    // Shared by all: it looks into the reference for the key, and takes that one out.
    let (inside, calls) = (index.clone(), log.clone());
    let remove = move |dead: &Entry| {
        let (gone, rest): (Vec<_>, Vec<_>) =
            inside.take().into_iter().partition(|entry| entry.key() == dead.key());
        assert!(gone.len() == 1 && gone[0].is_same_reference(dead));
        for entry in rest {
            inside.put(entry);
        }
        calls.note(dead.key());
    };
    let mut texts: Vec<_> = (0..10).map(|number| Some(owner(number.to_string()))).collect();
    for (key, text) in (0..).zip(texts.iter().flatten()) {
        index.put(KeyedRef::new(text, key, remove.clone()));
    }
    for gone in [3, 0, 9] {
        texts[gone] = None;
        assert_eq!(log.take(), [gone.to_string()]);
    }
    drop(texts);
    assert_eq!(log.take().len(), 7);
    assert!(index.take().is_empty());
}

#[test]
fn b104_the_callback_may_be_a_function() {
    fn say(dead: &KeyedRef<(Log, &'static str), Obj<String>>) {
        let (log, name) = dead.key();
        log.note(name);
    }
    let (log, texts) = (Log::default(), [(); 2].map(|()| text()));
    let keyed = [KeyedRef::new(&texts[0], (log.clone(), "one"), say)];
    let more = KeyedRef::new(&texts[1], (log.clone(), "two"), say);
    drop(texts);
    assert_eq!(log.take(), ["one", "two"]);
    drop((keyed, more));
}

/// What Python's documentation has: the number of calls beside the object, as long as it lives.
struct ExtendedRef<T: Weakrefable> {
    weak: WeakRef<T>,
    calls: Cell<u32>,
}

impl<T: Weakrefable> ExtendedRef<T> {
    fn new(weak: WeakRef<T>) -> Self {
        Self { weak, calls: Cell::new(0) }
    }

    fn call(&self) -> Option<(StrongOf<T>, u32)> {
        let object = self.weak.upgrade()?;
        self.calls.set(self.calls.get() + 1);
        Some((object, self.calls.get()))
    }
}

#[test]
fn b097_b105_a_reference_of_ones_own_counts_its_calls() {
    let text = text();
    let extended = ExtendedRef::new(WeakRef::new(&text));
    for number in 1..=3 {
        let (object, calls) = extended.call().unwrap();
        assert!(Ptr::ptr_eq(&object, &text) && calls == number);
    }
    drop(text);
    assert!(extended.call().is_none() && extended.call().is_none());
    assert_eq!(extended.calls.get(), 3);
}

#[test]
fn b098_how_it_is_called_has_no_influence_on_what_it_equals() {
    let (one, equal) = (text(), text());
    let extended = [&one, &equal].map(|text| ExtendedRef::new(WeakRef::new(text)));
    extended[0].call();
    assert_eq!(extended[0].weak, extended[1].weak);
    assert_eq!(extended[0].weak.try_hash(), extended[1].weak.try_hash());
    assert_eq!(extended[0].calls.get(), 1, "neither is a call");
}

#[test]
fn equality_and_hash_are_those_of_the_object() {
    let (text, equal, other) = (text(), text(), owner("other".to_owned()));
    let (one, two) = (KeyedRef::new(&text, "one", forget), KeyedRef::new(&equal, "two", forget));
    assert_eq!(one, two, "the key takes no part");
    assert_ne!(one, KeyedRef::new(&other, "one", forget));
    let hash = |keyed: &Keyed| {
        let mut hasher = DefaultHasher::new();
        keyed.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash(&one), hash(&two));
    assert_eq!(one.try_hash(), WeakRef::new(&text).try_hash());

    let never_asked = KeyedRef::new(&text, "never asked", forget);
    let before = one.try_hash();
    drop(text);
    assert_eq!(one.try_hash(), before);
    assert_eq!(never_asked.try_hash(), Err(ReferenceError));
    let mut hasher = DefaultHasher::new();
    let here = line!() + 1;
    assert_eq!(panics(|| never_asked.hash(&mut hasher)), (DEAD.to_owned(), here));
    assert!(one == one && one != two && one != never_asked);

    let nan = owner(f64::NAN);
    let keyed = KeyedRef::new(&nan, (), |_| ());
    assert_ne!(keyed, keyed, "the object's own");
}

/// The object's own `!=` is asked, which need not be the opposite of its `==`.
#[test]
#[allow(clippy::partialeq_ne_impl)]
fn its_unequal_is_the_objects_own() {
    struct Both;
    impl PartialEq for Both {
        fn eq(&self, _: &Self) -> bool {
            true
        }
        fn ne(&self, _: &Self) -> bool {
            true
        }
    }
    let object = owner(Both);
    let keyed = KeyedRef::new(&object, (), |_| ());
    assert!(keyed == keyed && keyed != keyed);
}

#[test]
#[allow(clippy::mutable_key_type)]
fn it_is_found_in_a_set_after_the_death() {
    let texts = ["a", "b"].map(|text| owner(text.to_owned()));
    let shelf = Shelf::new([]);
    let set: HashSet<Keyed> = texts
        .iter()
        .map(|text| {
            let shelf = shelf.clone();
            KeyedRef::new(text, "key", move |dead: &Keyed| shelf.put(dead.try_hash()))
        })
        .collect();
    let hash = WeakRef::new(&texts[0]).try_hash();
    let [one, two] = texts;
    drop(one);
    assert_eq!(shelf.take(), [hash], "kept for the callback too");
    assert!(set.iter().all(|keyed| set.contains(keyed)));
    assert_eq!(set.iter().filter(|keyed| keyed.is_dead()).count(), 1);
    drop(two);
}

#[test]
fn upgrade_detach_downgrade() {
    let (log, text) = (Log::default(), text());
    let calls = log.clone();
    let keyed = KeyedRef::new(&text, "key", move |_: &Keyed| calls.note("called"));
    assert!(Ptr::ptr_eq(&keyed.upgrade().unwrap(), &text));
    assert_eq!(Ptr::strong_count(&text), 1);
    let plain = keyed.downgrade();
    assert!(plain.is_same_reference(&WeakRef::new(&text)) && !plain.has_callback());
    keyed.detach();
    keyed.detach();
    assert_eq!(*keyed.key(), "key");
    assert!(keyed.upgrade().is_some());
    drop(text);
    assert_eq!(log.take(), [""; 0]);
    assert!(keyed.is_dead() && keyed.upgrade().is_none() && plain.is_dead());
    assert!(keyed.downgrade().is_dead());
}

#[test]
fn its_drop_cancels_the_callback() {
    let (log, text) = (Log::default(), text());
    let (calls, captured) = (log.clone(), log.drop("callback"));
    let keyed = KeyedRef::new(&text, log.drop("key"), move |_: &KeyedRef<_, _>| {
        let _keep = &captured;
        calls.note("called");
    });
    let plain = keyed.downgrade();
    drop(keyed);
    let mut dropped = log.take();
    dropped.sort_unstable();
    assert_eq!(dropped, ["callback", "key"]);
    assert!(!plain.is_dead());
    drop(text);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn the_key_goes_with_the_reference() {
    let (log, text) = (Log::default(), text());
    let captured = log.drop("callback");
    let calls = log.clone();
    let keyed = KeyedRef::new(&text, log.drop("key"), move |_: &KeyedRef<_, _>| {
        let _keep = &captured;
        calls.note("called");
    });
    drop(text);
    assert_eq!(log.take(), ["called", "callback"], "the callback goes when it has been called");
    drop(keyed);
    assert_eq!(log.take(), ["key"]);
}

#[test]
fn the_callback_may_drop_it() {
    let (log, text) = (Log::default(), text());
    let shelf = Shelf::<KeyedRef<_, _>>::new([]);
    let (inside, calls) = (shelf.clone(), log.clone());
    let key = (log.drop("key"), 7);
    shelf.put(KeyedRef::new(&text, key, move |dead: &KeyedRef<_, _>| {
        assert_eq!(inside.take().len(), 1);
        calls.note(format!("{} called", dead.key().1));
    }));
    drop(text);
    assert_eq!(log.take(), ["7 called", "key"], "it lives until the callback returns");
}

#[test]
fn counted_but_not_listed() {
    let text = text();
    let all = ["one", "two"].map(|key| KeyedRef::new(&text, key, forget));
    assert_eq!(weakref_count(&text), 2);
    assert!(weakrefs(&text).is_empty());
    let plain = all[0].downgrade();
    let called = WeakRef::with_callback(&text, |_| ());
    assert_eq!(weakref_count(&text), 4);
    let listed = weakrefs(&text);
    assert!(
        listed.len() == 2
            && listed[0].is_same_reference(&plain)
            && listed[1].is_same_reference(&called)
    );
    drop(listed);
    drop((all, plain, called));
    assert_eq!((weakref_count(&text), Ptr::weak_count(&text)), (0, 0));
}

#[test]
fn clearing_counts_as_a_death() {
    let (log, text) = (Log::default(), text());
    let calls = log.clone();
    let mut keyed = KeyedRef::new(&text, "key", move |dead: &Keyed| {
        assert!(dead.is_dead());
        calls.note(dead.key());
    });
    clear_weakrefs(&text);
    assert_eq!(log.take(), ["key"]);
    assert!(keyed.is_dead() && keyed.upgrade().is_none());
    assert_eq!(keyed.set_key("new"), Ok("key"));
    drop(text);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn debug_calls_nothing() {
    struct Silent;
    let object = owner(Silent);
    let keyed = KeyedRef::new(&object, Silent, |_| ());
    let written = format!("{keyed:?}");
    let address = format!("{:p}", Ptr::as_ptr(&object));
    assert!(written.starts_with("KeyedRef(") && written.contains(&address), "{written}");
    assert!(written.contains("Silent"), "{written}");
    drop(object);
    let written = format!("{keyed:?}");
    assert!(written.ends_with(", dead)"), "{written}");
}

#[test]
fn a_clone_is_the_same_reference() {
    let (text, log) = (text(), Log::default());
    let called = log.clone();
    let mut keyed = KeyedRef::new(&text, log.drop("key"), move |_| called.note("called"));
    let clone = keyed.clone();
    assert!(keyed.is_same_reference(&clone) && std::ptr::eq(keyed.key(), clone.key()));
    assert!(clone.has_callback() && clone.with(|text| text.len()) == Some(text.len()));
    assert_eq!(weakref_count(&text), 1);

    let refused = keyed.set_key(log.drop("refused"));
    assert!(refused.is_err(), "the clone may be reading the key");
    drop(refused);
    assert_eq!(log.take(), ["refused"]);

    drop(keyed);
    drop(text);
    assert_eq!(log.take(), ["called"], "there was one handle left");
    assert!(clone.is_dead() && !clone.has_callback());
    keyed = clone;
    drop(keyed.set_key(log.drop("new")));
    drop(keyed);
    assert_eq!(log.take(), ["key", "new"]);
}

#[test]
fn it_has_no_order_and_no_default() {
    assert!(!implements!(Keyed: PartialOrd));
    assert!(!implements!(Keyed: Default));
    assert!(implements!(Keyed: Eq) && implements!(Keyed: Hash));
    assert!(!implements!(KeyedRef<(), Obj<f64>>: Eq));
}

#[test]
fn the_plain_reference_has_the_hash_that_was_kept() {
    let text = text();
    let keyed = KeyedRef::new(&text, "key", forget);
    let early = keyed.downgrade();
    let hash = keyed.try_hash();
    let (late, apart) = (keyed.downgrade(), WeakRef::new(&text));
    drop(text);
    assert!(late.is_same_reference(&early) && late.is_same_reference(&apart));
    assert_eq!(late.try_hash(), hash);
    assert_eq!(keyed.downgrade().try_hash(), hash);
    assert_eq!(early.try_hash(), Err(ReferenceError));
}
