//! Containers that compare by address: of objects that need no `Eq`, may be equal, and may be seen
//! through any trait.

use weakref_core::{
    PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, Slotted, WeakSlot, Weakrefable, clear_weakrefs,
    map::ByAddress, weakref_count,
};
use weakref_tests::{Call, on, oops};

use super::{
    Here, Ptr, Usable,
    harness::{Container, PtrKeyMap, PtrPairMap, PtrSet, assert_is, item, operations},
};

for_kinds! {
    by_address:
    b266_equal_objects_are_different_keys
    neither_eq_nor_hash_is_called
    an_address_that_is_used_again_is_another_object
}

fn b266_equal_objects_are_different_keys<C: Container>() {
    let (it, [one, two]) = (C::default(), [C::pair(1), C::pair(1)]);
    assert!(it.insert(&one.0, &one.1).is_none());
    assert!(it.get(&two.0).is_none() && !it.contains(&two.0) && it.remove(&two.0).is_none());
    assert!(it.replace(&two.0, &two.1).is_none());
    assert_is(&it, [&one, &two]);
    assert!(it.or_insert(&two.0, &one.1).is_some_and(|there| Ptr::ptr_eq(&there, &two.1)));
    let other = C::collect_from(vec![one.clone()]);
    assert!(it != other && other.is_within(&it) && it.or(&other).len() == 2);
    drop(one);
    assert_is(&it, [&two]);
    assert!(it.remove(&two.0).is_some() && it.is_empty());
}

fn neither_eq_nor_hash_is_called<C: Container>() {
    let _until = [on(Call::KeyEq, oops), on(Call::KeyHash, oops)];
    let pairs = C::new_pairs(20);
    for operation in operations::<C>() {
        let (it, empty) = (C::collect_from(pairs.clone()), C::default());
        for pair in [&pairs[3], &C::pair(3)] {
            // Maps of the same keys compare the values.
            if operation.name != "==" {
                (operation.run)(&it, pair);
            }
        }
        assert!(it != empty || it.is_empty());
    }
}

fn an_address_that_is_used_again_is_another_object<C: Container>() {
    let (it, value) = (C::default(), item(1));
    for number in 0..1000 {
        // Very likely where the one before has stood.
        let next = item(number);
        assert!(!it.contains(&next));
        assert!(it.insert(&next, if C::IS_SET { &next } else { &value }).is_none());
        assert_eq!(it.len(), 1);
    }
    assert!(it.is_empty() && weakref_count(&value) == 0);
}

#[test]
fn the_hasher_is_the_address() {
    let (set, pairs, map) = (PtrSet::new(), PtrPairMap::new(), PtrKeyMap::new());
    assert_eq!([set.hasher(), pairs.hasher(), map.hasher()], [&ByAddress; 3]);
    assert_eq!(format!("{:?}", set.hasher()), "ByAddress");
}

#[test]
fn asked_by_an_owner_or_by_a_reference() {
    let (one, two) = (item(1), item(2));
    let other_owner = one.clone();
    let set = PtrWeakSet::from([one.clone()]);
    assert!(set.contains(&one) && set.contains(&*one) && set.contains(&other_owner));
    assert!(Ptr::ptr_eq(&set.get(&one).unwrap(), &set.get(&*one).unwrap()));
    assert!(set.take(&two).is_none() && !set.remove(&*two) && set.take(&one).is_some());
    let map = PtrWeakWeakMap::from([(one.clone(), two.clone())]);
    assert!(map.get(&one).is_some() && map.get(&*one).is_some() && map.get_key(&one).is_some());
    assert!(map.get_key_value(&one).is_some() && map.get_both(&*one).is_some());
    assert!(map.remove_entry(&two).is_none() && map.remove(&one).is_some());
    let map = PtrWeakKeyMap::from([(one.clone(), 1)]);
    assert_eq!((map.get(&one), map.get(&other_owner), map.get(&*one)), (Some(1), Some(1), Some(1)));
    assert!(map.contains_key(&*one) && map.get_both(&one).is_some());
    assert_eq!(map.with(&one, |value| *value), map.with_mut(&one, |value| *value));
    assert!(map.get_key(&one).is_some() && map.get_key_value(&one).is_some());
    assert_eq!((map.remove_entry(&one).map(|pair| pair.1), map.remove(&one)), (Some(1), None));
}

#[test]
fn keys_need_neither_eq_nor_hash_nor_a_size() {
    let [nan, same, zero] = [f64::NAN, f64::NAN, 0.0].map(|x| Ptr::new(Slotted::<_, Here>::new(x)));
    let map = PtrWeakKeyMap::from([(nan.clone(), 1), (same.clone(), 2), (zero.clone(), 3)]);
    assert_eq!((map.get(&nan), map.get(&*same)), (Some(1), Some(2)));
    drop(nan);
    assert_eq!((map.len(), map.get(&zero)), (2, Some(3)));
    let [one, two] = [(), ()].map(|()| Ptr::new(Slotted::<_, Here>::new(())));
    let map = PtrWeakKeyMap::from([(one.clone(), 1), (two.clone(), 2)]);
    assert_eq!((map.get(&one), map.get(&two)), (Some(1), Some(2)));
    drop(two);
    assert_eq!((map.len(), map.get(&one)), (1, Some(1)));
    let list: Ptr<Slotted<[u32], Here>> = Ptr::new(Slotted::<_, Here>::new([1, 2, 3]));
    let map = PtrWeakKeyMap::from([(list.clone(), 6)]);
    assert_eq!((map.get(&list), map.keys().next().unwrap().len()), (Some(6), 3));
    drop(list);
    assert!(map.is_empty());
}

/// Something that can be said of an object.
trait Named: Weakrefable<Flavor = Here> + Usable {
    fn name(&self) -> &'static str;
}

/// Its vtable serves as that of a `Named` too, and is not the one that a `Named` has of its own.
trait Loud: Named {
    fn shout(&self) -> String {
        self.name().to_uppercase()
    }
}

macro_rules! named {
    ($($Type:ident $name:literal)*) => {$(
        /// It has neither `Eq` nor `Hash`.
        #[derive(Weakrefable)]
        struct $Type(WeakSlot<Here>);

        impl Named for $Type {
            fn name(&self) -> &'static str {
                $name
            }
        }

        impl Loud for $Type {}

        impl $Type {
            fn owner() -> Ptr<Self> {
                Ptr::new(Self(WeakSlot::new()))
            }
        }
    )*};
}
named! { Cat "cat" Dog "dog" }

#[test]
fn trait_objects_of_different_types() {
    let (cat, dog) = (Cat::owner(), Dog::owner());
    let pets: [Ptr<dyn Named>; 2] = [cat.clone(), dog.clone()];
    let set: PtrWeakSet<dyn Named> = pets.iter().cloned().collect();
    let pairs = PtrWeakWeakMap::<dyn Named, dyn Named>::from([(pets[0].clone(), pets[1].clone())]);
    let map = PtrWeakKeyMap::<dyn Named, u8>::from([(pets[0].clone(), 1), (pets[1].clone(), 2)]);
    let mut names: Vec<_> = set.iter().map(|pet| pet.name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["cat", "dog"]);
    assert_eq!(pairs.get(&pets[0]).unwrap().name(), "dog");
    // By itself, as a method of the object has it.
    assert_eq!(map.get(&*cat as &dyn Named), Some(1));
    drop((pets, dog));
    assert_eq!((set.len(), pairs.len(), map.len(), weakref_count(&cat)), (1, 0, 1, 2));
    drop(cat);
    assert!(set.is_empty() && map.is_empty());
}

#[test]
fn one_object_through_two_vtables_is_one() {
    let cat = Cat::owner();
    let direct: Ptr<dyn Named> = cat.clone();
    let loud: Ptr<dyn Loud> = cat.clone();
    assert_eq!(loud.shout(), "CAT");
    // An upcast to the first supertrait keeps the vtable of the subtrait.
    let upcast: Ptr<dyn Named> = loud;
    #[allow(ambiguous_wide_pointer_comparisons)]
    let same_vtable = std::ptr::eq(&raw const *direct, &raw const *upcast);
    assert!(!same_vtable, "there are two vtables to show this with");
    for (one, other) in [(&direct, &upcast), (&upcast, &direct)] {
        let set = PtrWeakSet::<dyn Named>::new();
        assert!(set.insert(one) && !set.insert(other));
        assert!(set.contains(one) && set.contains(other) && set.contains(&**other));
        assert!(set.get(other).is_some() && set.replace(other).is_some());
        assert_eq!((set.len(), weakref_count(&cat)), (1, 1));
        set.retain(|_| true);
        assert_eq!(set.extract_if(|_| true).count(), 1);
        set.insert(one);
        let twin = PtrWeakSet::<dyn Named>::from([other.clone()]);
        assert!(set == twin && set.is_subset(&twin) && !set.is_disjoint(&twin));
        assert_eq!(((&set & &twin).len(), (&set ^ &twin).len()), (1, 0));
        assert!(set.take(other).is_some() && set.is_empty());
        drop(twin);

        let (map, value) = (PtrWeakWeakMap::<dyn Named, dyn Named>::new(), Dog::owner());
        let value: Ptr<dyn Named> = value;
        map.insert(one, &value);
        assert!(map.insert(other, &value).is_some());
        assert_eq!((map.len(), weakref_count(&value)), (1, 1));
        assert!(map.replace_key(other, other).is_some());
        clear_weakrefs(one);
        assert_eq!((map.len(), weakref_count(other)), (0, 0));

        let map = PtrWeakKeyMap::<dyn Named, u32>::new();
        assert_eq!(
            (map.insert(one, 1), map.get(other), map.get(&**other)),
            (None, Some(1), Some(1))
        );
        assert_eq!((map.insert(other, 2), map.replace_key(other, 3)), (Some(1), Some(2)));
        assert_eq!((map.len(), weakref_count(&cat)), (1, 1));
        assert_eq!(map.get_or_insert_with(one, || unreachable!()), 3);
        assert_eq!(map.entry(one).or_insert(9).remove(), Some(3));
    }
}

#[test]
fn values_of_other_types_than_keys() {
    let (key, value) = (Cat::owner(), Ptr::new(Slotted::<f64, Here>::new(1.5)));
    let map = PtrWeakWeakMap::from([(key.clone(), value.clone())]);
    assert!(map.get(&key).is_some_and(|found| Ptr::ptr_eq(&found, &value)));
    drop(value);
    assert!(map.is_empty() && weakref_count(&key) == 0);
}
