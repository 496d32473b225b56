//! Containers that are filled from references to owners, in generic code, and from arrays and
//! vectors.

use std::hash::Hash;

use weakref_core::{
    PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, StrongOf, WeakKeyMap, WeakList, WeakSet,
    WeakValueMap, WeakWeakMap, Weakrefable, flavor::Stored,
};

use super::{
    Ptr,
    harness::{Container, Item, Owner, Pair, assert_is, item, registrations, weak_half},
};

for_kinds! {
    all:
    references_to_owners_fill_a_container
    insert_strong_inserts
}

fn references_to_owners_fill_a_container<C: Container>() {
    let pairs = C::new_pairs(9);
    let counts = || pairs.iter().map(|pair| Ptr::strong_count(weak_half::<C>(pair)));
    let before: Vec<_> = counts().collect();
    let mut it = C::collect_from_refs(&pairs[..3]);
    assert_is(&it, &pairs[..3]);
    it.extend_from_refs(&pairs[2..6]);
    it.update_from_refs(&pairs[5..]);
    assert_is(&it, &pairs);
    assert!(counts().eq(before), "no owner is kept");
    assert_eq!(registrations::<C>(&pairs), 9 * C::weak_count());
    drop(pairs);
    assert_is(&it, []);
}

fn insert_strong_inserts<C: Container>() {
    let (it, pair, other) = (C::default(), C::pair(1), C::pair(2));
    assert!(it.insert_strong(&pair.0, &pair.1).is_none());
    assert!(it.insert_strong(&other.0, &other.1).is_none());
    assert!(it.insert_strong(&pair.0, &pair.1).is_some_and(|it| Ptr::ptr_eq(&it, &pair.1)));
    assert_is(&it, [&pair, &other]);
    assert_eq!(registrations::<C>([&pair]), C::weak_count());
}

/// Code that knows of its objects only that they can be weakly referenced.
#[test]
fn generic_code_inserts_what_it_has_found() {
    type Both<T> = (WeakValueMap<u32, T>, WeakWeakMap<T, T>);

    fn fill<T>(objects: &[StrongOf<T>]) -> (WeakSet<T>, WeakKeyMap<T, u32>, Both<T>)
    where
        T: Weakrefable + Stored<T::Flavor> + Eq + Hash,
        u32: Stored<T::Flavor>,
    {
        let (set, keys) = (WeakSet::new(), WeakKeyMap::new());
        let (values, pairs) = (WeakValueMap::new(), WeakWeakMap::new());
        for (number, object) in (0..).zip(objects) {
            assert!(set.insert_strong(object));
            assert!(keys.insert_strong(object, number).is_none());
            assert!(values.insert_strong(number, object).is_none());
            assert!(pairs.insert_strong(object, object).is_none());
        }
        (set, keys, (values, pairs))
    }

    let objects = [1, 2, 3].map(item);
    let (set, keys, (values, pairs)) = fill::<Item>(&objects);
    assert_eq!((set.len(), keys.len(), values.len(), pairs.len()), (3, 3, 3, 3));
    assert_eq!(keys.get(&*objects[1]), Some(1));
    assert!(values.get(&2).is_some_and(|third| Ptr::ptr_eq(&third, &objects[2])));
    drop(objects);
    assert!(set.is_empty() && keys.is_empty() && values.is_empty() && pairs.is_empty());
}

/// Each of them from an array and a vector, of owners and of references.
#[test]
fn arrays_and_vectors() {
    macro_rules! assert_from {
        ($Container:ident, |$pair:ident| $owners:expr, $references:expr) => {
            let pairs: [Pair; 4] = [1, 2, 3, 4].map(|name| (item(name), item(name + 100)));
            let owners = || pairs.each_ref().map(|$pair| $owners);
            let references = || pairs.each_ref().map(|$pair| $references);
            let all = [
                $Container::from(owners()),
                $Container::from(references()),
                $Container::from(Vec::from(owners())),
                $Container::from(Vec::from(references())),
            ];
            assert!(all.iter().all(|one| one.len() == 4), stringify!($Container));
            drop(pairs);
            assert!(all.iter().all(|one| one.is_empty()), stringify!($Container));
        };
    }
    fn cloned((key, value): &Pair) -> (Owner, Owner) {
        (key.clone(), value.clone())
    }
    assert_from!(WeakValueMap, |pair| (pair.0.name(), pair.1.clone()), (pair.0.name(), &pair.1));
    assert_from!(WeakKeyMap, |pair| (pair.0.clone(), 7), (&pair.0, 7));
    assert_from!(PtrWeakKeyMap, |pair| (pair.0.clone(), 7), (&pair.0, 7));
    assert_from!(WeakWeakMap, |pair| cloned(pair), (&pair.0, &pair.1));
    assert_from!(PtrWeakWeakMap, |pair| cloned(pair), (&pair.0, &pair.1));
    assert_from!(WeakSet, |pair| pair.0.clone(), &pair.0);
    assert_from!(PtrWeakSet, |pair| pair.0.clone(), &pair.0);
    assert_from!(WeakList, |pair| pair.0.clone(), &pair.0);
}
