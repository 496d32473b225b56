//! `WeakSet::get_or_insert_with`: an interner's factory.

use weakref_core::Slotted;

use super::*;

#[test]
fn words_are_interned() {
    let words = WeakSet::<Slotted<String, Here>>::new();
    let made = std::cell::Cell::new(0);
    let intern = |word: &str| {
        words.get_or_insert_with(word, |word| {
            made.set(made.get() + 1);
            Ptr::new(Slotted::new(word.to_owned()))
        })
    };
    let text = "a rose is a rose is a rose";
    let interned: Vec<_> = text.split(' ').map(intern).collect();
    assert_eq!((made.get(), words.len()), (3, 3));
    for (one, other) in interned.iter().zip(&interned[3..]) {
        assert!(Ptr::ptr_eq(one, other) || **one != **other);
    }
    assert!(Ptr::ptr_eq(&interned[0], &interned[3]) && **interned[1] == "rose");
    drop(interned);
    assert!(words.is_empty());
    drop(intern("rose"));
    assert_eq!((made.get(), words.len()), (4, 0));
}

#[test]
fn what_the_factory_made_must_be_what_was_wanted() {
    let Stage { it: set, keys, .. } = OneShard::stage(3);
    let tally = Tally::default();
    for wrong in [1, 100] {
        let message = panic_of(|| set.get_or_insert_with(&7, |_| counted(wrong, &tally)));
        assert!(message.contains("is not what was wanted"), "{message}");
        let result =
            caught(|| set.get_or_try_insert_with(&7, |_| Ok::<_, ()>(counted(wrong, &tally))));
        assert!(result.unwrap_err().contains("is not what was wanted"));
        assert_eq!(tally.count(), 0);
        assert_is(&*set, &keys);
    }
    // The next one may try.
    let made = set.get_or_insert_with(&7, |wanted| item(*wanted));
    assert_is(&*set, keys.iter().chain([&made]));
}

#[test]
fn what_hashes_otherwise_is_not_what_was_wanted() {
    /// Its `Borrow` does not keep its promise.
    #[derive(PartialEq, Eq)]
    struct Odd(u32);
    impl Hash for Odd {
        fn hash<H: Hasher>(&self, state: &mut H) {
            (self.0 + 1).hash(state);
        }
    }
    #[derive(PartialEq, Eq, Hash)]
    struct Plain(u32);
    impl Borrow<Plain> for Slotted<Odd, Here> {
        fn borrow(&self) -> &Plain {
            &Plain(7)
        }
    }
    let set = WeakSet::<Slotted<Odd, Here>>::new();
    let message =
        panic_of(|| set.get_or_insert_with(&Plain(7), |_| Ptr::new(Slotted::new(Odd(7)))));
    assert!(message.contains("is not what was wanted"), "{message}");
    assert!(set.is_empty());
}

#[test]
fn a_factory_that_fails_leaves_nothing() {
    let Stage { it: set, keys, .. } = OneShard::stage(3);
    for _ in 0..3 {
        assert_eq!(set.get_or_try_insert_with(&7, |_| Err("no")), Err("no"));
        assert_eq!(panic_of(|| set.get_or_insert_with(&7, |_| panic!("{OOPS}"))), OOPS);
        assert_is(&*set, &keys);
    }
    let made = set.get_or_try_insert_with(&7, |wanted| Ok::<_, ()>(item(*wanted))).unwrap();
    assert_is(&*set, keys.iter().chain([&made]));
    let found = set.get_or_try_insert_with(&7, |_| Err(())).unwrap();
    assert!(Ptr::ptr_eq(&found, &made));
}

#[test]
fn a_factory_that_asks_for_the_same_word() {
    let (set, tally) = (OneShard::default(), Tally::default());
    let inner = std::cell::RefCell::new(None);
    let outer = set.get_or_insert_with(&1, |wanted| {
        *inner.borrow_mut() = Some(set.get_or_insert_with(wanted, |wanted| item(*wanted)));
        counted(*wanted, &tally)
    });
    let inner = inner.into_inner().unwrap();
    assert!(Ptr::ptr_eq(&outer, &inner), "what is there already wins");
    assert_eq!(tally.count(), 0, "the one made is dropped");
    drop(outer);
    assert_is(&set, [&inner]);
    drop(inner);
    // If the inner one is gone again, the outer one's stands.
    let outer = set.get_or_insert_with(&1, |wanted| {
        drop(set.get_or_insert_with(wanted, |wanted| item(*wanted)));
        counted(*wanted, &tally)
    });
    assert_eq!(tally.count(), 1);
    assert_is(&set, [&outer]);
}

#[test]
fn a_factory_that_adds_an_equal_element() {
    let (set, meanwhile) = (OneShard::default(), item(1));
    let found = set.get_or_insert_with(&1, |_| {
        assert!(set.insert(&meanwhile));
        item(1)
    });
    assert!(Ptr::ptr_eq(&found, &meanwhile));
    drop(found);
    assert_is(&set, [&meanwhile]);
    assert_eq!(weakref_count(&meanwhile), 1);
}

#[test]
fn a_factory_that_asks_for_another_word_of_the_same_hash() {
    fn make(set: &OneShard, number: u32, kept: &std::cell::RefCell<Vec<Ptr<Item>>>) -> Ptr<Item> {
        set.get_or_insert_with(&number, |_| {
            if number > 0 {
                let below = make(set, number - 1, kept);
                kept.borrow_mut().push(below);
            }
            item(number)
        })
    }
    let (set, kept) = (OneShard::default(), std::cell::RefCell::default());
    let last = make(&set, 20, &kept);
    let mut all = kept.into_inner();
    all.push(last);
    assert_is(&set, &all);
    drop(all);
    assert_is(&set, []);
}

#[test]
fn a_factory_may_use_the_set_for_others() {
    for (name, operation) in OneShard::operations() {
        for number in [2, 100] {
            let Stage { it: set, keys, .. } = OneShard::stage(5);
            let probe = item(number);
            let made = set.get_or_insert_with(&7, |_| {
                operation(&set, &probe);
                item(7)
            });
            assert!(Ptr::ptr_eq(&set.get(&7).unwrap(), &made), "{name}");
            assert_whole(&*set, keys.iter().chain([&probe, &made]));
            drop((keys, probe, made));
            assert_is(&*set, []);
        }
    }
}

#[test]
fn an_element_out_of_its_pointer_counts_as_absent() {
    let set = OneShard::default();
    let one = item(1);
    set.insert(&one);
    let moved = Ptr::try_unwrap(one).ok().unwrap();
    let made = set.get_or_insert_with(&1, |wanted| item(*wanted));
    drop(moved);
    assert_is(&set, [&made]);
}

#[test]
fn a_factory_may_return_what_is_there() {
    let (set, one) = (OneShard::default(), item(1));
    // The element itself, which the set got meanwhile.
    let found = set.get_or_insert_with(&1, |_| set.get_or_insert(&one));
    assert!(Ptr::ptr_eq(&found, &one));
    assert_eq!(weakref_count(&one), 1);
    drop(found);
    assert_is(&set, [&one]);
}
