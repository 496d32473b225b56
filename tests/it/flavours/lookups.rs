//! Looking up, interning and removing by what is equivalent to a key.

use std::{
    cell::{Cell, RefCell},
    hash::{Hash, Hasher},
};

use weakref_core::{
    Equivalent, RemovalCause, WeakKeyMap, WeakSet, WeakValueMap, WeakWeakMap, clear_weakrefs,
};

use super::{Obj, Ptr, Shelf, owner};

/// A key of two parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Name(String, u32);

/// The same, borrowed.
#[derive(Hash)]
struct NameRef<'a>(&'a str, u32);

impl Equivalent<Name> for NameRef<'_> {
    fn equivalent(&self, key: &Name) -> bool {
        self.0 == key.0 && self.1 == key.1
    }
}

impl Equivalent<Obj<Name>> for NameRef<'_> {
    fn equivalent(&self, key: &Obj<Name>) -> bool {
        self.equivalent(&**key)
    }
}

thread_local! {
    static MADE: Cell<u32> = const { Cell::new(0) };
}

impl From<&NameRef<'_>> for Name {
    fn from(NameRef(text, number): &NameRef<'_>) -> Self {
        MADE.set(MADE.get() + 1);
        Self((*text).to_owned(), *number)
    }
}

fn name(text: &str, number: u32) -> Name {
    Name(text.to_owned(), number)
}

#[test]
fn an_equivalent_of_two_borrowed_parts_finds_an_owned_key() {
    let value = owner("value");
    let values = WeakValueMap::from([(name("a", 1), value.clone())]);
    assert_eq!(values.get(&NameRef("a", 1)), Some(value.clone()));
    assert!(values.contains_key(&NameRef("a", 1)) && !values.contains_key(&NameRef("a", 2)));
    assert_eq!(values.get_key_value(&NameRef("a", 1)), Some((name("a", 1), value.clone())));
    assert_eq!(values.remove_entry(&NameRef("a", 1)), Some((name("a", 1), value.clone())));

    let key = owner(name("a", 1));
    let keys = WeakKeyMap::from([(key.clone(), 7)]);
    assert_eq!(keys.get(&NameRef("a", 1)), Some(7));
    assert_eq!(keys.remove(&NameRef("a", 1)), Some(7));
    let pairs = WeakWeakMap::from([(key.clone(), value.clone())]);
    assert_eq!(pairs.get(&NameRef("a", 1)), Some(value));
    let set = WeakSet::from([key.clone()]);
    assert_eq!(set.get(&NameRef("a", 1)), Some(key));
    assert!(!set.contains(&NameRef("b", 1)));
}

#[test]
fn a_hit_makes_no_key() {
    let map = WeakValueMap::<Name, Obj<u32>>::new();
    MADE.set(0);
    let first = map.get_or_insert_with_ref(&NameRef("a", 1), || owner(1));
    assert_eq!(MADE.get(), 1);
    let same = map.get_or_insert_with_ref(&NameRef("a", 1), || unreachable!());
    let tried = map.get_or_try_insert_with_ref(&NameRef("a", 1), || Err("not called"));
    assert_eq!(MADE.get(), 1);
    assert!(Ptr::ptr_eq(&first, &same) && Ptr::ptr_eq(&first, &tried.unwrap()));
    assert_eq!(map.get_or_try_insert_with_ref(&NameRef("b", 2), || Err("fails")), Err("fails"));
    assert_eq!(map.len(), 1);
    drop((first, same));
    let again = map.get_or_insert_with_ref(&NameRef("a", 1), || owner(2));
    assert_eq!(**again, 2, "the value under the key had been dropped");
}

/// A value that counts how often it is hashed, and if so asked, uses [`SET`] when it is dropped.
struct Noisy(u32, bool);

thread_local! {
    static HASHED: Cell<u32> = const { Cell::new(0) };
    static SET: RefCell<Option<Ptr<WeakSet<Obj<Noisy>>>>> = const { RefCell::new(None) };
}

impl PartialEq for Noisy {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Noisy {}

impl Hash for Noisy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        HASHED.set(HASHED.get() + 1);
        self.0.hash(state);
    }
}

impl Drop for Noisy {
    fn drop(&mut self) {
        if self.1 {
            let set = SET.with_borrow(Clone::clone).expect("the test has set it");
            assert_eq!(set.intern(Obj::new(Self(self.0, false))).0, self.0);
            assert!(!set.insert(&set.get(&Obj::new(Self(self.0, false))).expect("it is owned")));
        }
    }
}

#[test]
fn equal_values_are_interned_as_one_object() {
    let set = WeakSet::<Obj<Noisy>>::new();
    HASHED.set(0);
    let first = set.intern(Obj::new(Noisy(7, false)));
    assert_eq!(HASHED.get(), 1, "of a miss");
    let second = set.intern(Obj::new(Noisy(7, false)));
    assert_eq!(HASHED.get(), 2, "of a hit");
    assert!(Ptr::ptr_eq(&first, &second));
    let other = set.intern(Obj::new(Noisy(8, false)));
    assert!(!Ptr::ptr_eq(&first, &other));
    assert_eq!(set.len(), 2);
    drop((first, second));
    assert_eq!(set.len(), 1);
    assert_eq!(set.intern(Obj::new(Noisy(7, false))).0, 7);
    assert_eq!(set.len(), 1, "nobody owned the result");
}

#[test]
fn a_value_that_is_interned_in_vain_may_use_the_set_as_it_drops() {
    let set = Ptr::new(WeakSet::new());
    SET.set(Some(set.clone()));
    let first = set.intern(Obj::new(Noisy(7, false)));
    let second = set.intern(Obj::new(Noisy(7, true)));
    assert!(Ptr::ptr_eq(&first, &second));
    assert_eq!(set.len(), 1);
    SET.set(None);
}

#[test]
fn a_weak_reference_to_a_value_is_had_without_an_owner() {
    let (key, value) = (owner(String::from("key")), owner("value"));
    let values = WeakValueMap::from([("key", value.clone())]);
    let pairs = WeakWeakMap::from([(key.clone(), value.clone())]);
    for weak in [values.get_weak("key").unwrap(), pairs.get_weak("key").unwrap()] {
        assert!(weak.refers_to(&value));
        assert_eq!(weak.strong_count(), 1);
    }
    assert!(values.get_weak("other").is_none() && pairs.get_weak("other").is_none());
    // A value that has left its pointer is there no more.
    let Ok(moved) = Ptr::try_unwrap(value) else { unreachable!("it has one owner") };
    assert!(values.get_weak("key").is_none() && pairs.get_weak("key").is_none());
    drop(moved);
}

#[test]
fn an_entry_is_removed_if_its_value_is_as_wanted() {
    let (key, value) = (owner(String::from("key")), owner("value"));
    let heard = Shelf::new([]);

    let values = WeakValueMap::from([("key", value.clone())]);
    let shelf = heard.clone();
    values.on_removal(move |_, cause| shelf.put(cause));
    assert_eq!(values.remove_if("other", |_| unreachable!()), None);
    assert_eq!(values.remove_if("key", |value| value.len() == 3), None);
    assert_eq!(values.remove_if("key", |value| value.len() == 5), Some(value.clone()));
    assert!(values.is_empty());

    let pairs = WeakWeakMap::from([(key.clone(), value.clone())]);
    let shelf = heard.clone();
    pairs.on_removal(move |_, cause| shelf.put(cause));
    assert_eq!(pairs.remove_if("key", |value| value.len() == 3), None);
    assert_eq!(pairs.remove_if("key", |value| value.len() == 5), Some(value));
    assert!(pairs.is_empty());

    let keys = WeakKeyMap::from([(key.clone(), 7)]);
    let shelf = heard.clone();
    keys.on_removal(move |_, cause| shelf.put(cause));
    assert_eq!(keys.remove_if("key", |number| *number > 7), None);
    assert_eq!(keys.remove_if("key", |number| *number == 7), Some(7));
    assert!(keys.is_empty());

    assert_eq!(heard.take(), [RemovalCause::Removed; 3]);
}

#[test]
fn an_entry_that_the_condition_replaces_stays() {
    let (key, [old, new]) = (owner(String::from("key")), [owner("old"), owner("new")]);

    let values = WeakValueMap::from([("key", old.clone())]);
    let replace = |_: &Ptr<Obj<&str>>| {
        assert_eq!(values.insert("key", &new), Some(old.clone()));
        true
    };
    assert_eq!(values.remove_if("key", replace), None);
    assert_eq!(values.get("key"), Some(new.clone()));

    let pairs = WeakWeakMap::from([(key.clone(), old.clone())]);
    let replace = |_: &Ptr<Obj<&str>>| {
        assert_eq!(pairs.insert(&key, &new), Some(old.clone()));
        true
    };
    assert_eq!(pairs.remove_if("key", replace), None);
    assert_eq!(pairs.get("key"), Some(new.clone()));

    // The value is locked against changes meanwhile, but its entry is not.
    let keys = WeakKeyMap::from([(key.clone(), 7)]);
    let replace = |_: &i32| {
        clear_weakrefs(&key);
        keys.insert(&key, 8);
        true
    };
    assert_eq!(keys.remove_if("key", replace), None);
    assert_eq!(keys.get("key"), Some(8));
}
