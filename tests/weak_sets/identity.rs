//! By identity: objects that need no `Eq`, may be equal, and may be seen through any trait.

use weakref_core::{ByAddress, Slotted, clear_weakrefs};

use super::*;

/// Something that can be said of an item.
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
fn the_hasher_is_the_address() {
    let (set, map) = (PtrWeakSet::<Item>::new(), PtrWeakWeakMap::<Item, Item>::new());
    assert_eq!((set.hasher(), map.hasher()), (&ByAddress, &ByAddress));
    assert_eq!(format!("{:?}", set.hasher()), "ByAddress");
}

#[test]
fn equal_objects_are_two() {
    let (set, twins) = (PtrWeakSet::new(), [item(1), item(1)]);
    assert!(set.insert(&twins[0]) && !set.contains(&twins[1]));
    assert!(set.replace(&twins[1]).is_none());
    assert_is(&set, &twins);
    assert!(Ptr::ptr_eq(&set.get_or_insert(&twins[1]), &twins[1]));
    assert!(set.remove(&twins[0]) && !set.remove(&twins[0]));
    assert_is(&set, &twins[1..]);
    let other = PtrWeakSet::from([twins[0].clone()]);
    assert!(set != other && set.is_disjoint(&other) && (&set | &other).len() == 2);

    let (map, value) = (PtrWeakWeakMap::new(), item(5));
    map.insert(&twins[0], &value);
    assert!(map.get(&twins[1]).is_none() && map.insert(&twins[1], &value).is_none());
    assert_eq!((map.len(), weakref_count(&value)), (2, 2));
}

#[test]
fn neither_eq_nor_hash_is_asked() {
    let _until = [on(Call::KeyEq, oops), on(Call::KeyHash, oops)];
    let keys = items(0..20);
    let set: PtrWeakSet<Item> = keys.iter().cloned().collect();
    let map: PtrWeakWeakMap<Item, Item> =
        keys.iter().map(|key| (key.clone(), keys[0].clone())).collect();
    assert_is(&set, &keys);
    assert!(set == set.clone() && (&set & &set).len() == 20);
    assert!(keys.iter().all(|key| map.contains_key(key) && map.remove(key).is_some()));
    drop(keys);
    assert!(set.is_empty());
}

#[test]
fn asked_by_owner_or_by_reference() {
    let (one, two) = (item(1), item(2));
    let set = PtrWeakSet::from([one.clone()]);
    assert!(set.contains(&one) && set.contains(&*one));
    assert!(Ptr::ptr_eq(&set.get(&one).unwrap(), &set.get(&*one).unwrap()));
    assert!(set.get(&two).is_none() && set.take(&two).is_none() && !set.remove(&*two));
    assert!(set.take(&one).is_some() && set.is_empty());
    let map = PtrWeakWeakMap::from([(one.clone(), two.clone())]);
    assert!(map.get(&one).is_some() && map.get(&*one).is_some() && map.get_key(&one).is_some());
    assert!(map.get_key_value(&one).is_some() && map.get_both(&*one).is_some());
    assert!(!map.contains_key(&two) && map.remove_entry(&two).is_none());
    assert!(Ptr::ptr_eq(&map.remove(&one).unwrap(), &two));
}

#[test]
fn trait_objects_of_different_types() {
    let (cat, dog) = (Cat::owner(), Dog::owner());
    let pets: [Ptr<dyn Named>; 2] = [cat.clone(), dog.clone()];
    let set: PtrWeakSet<dyn Named> = pets.iter().cloned().collect();
    let map = PtrWeakWeakMap::<dyn Named, dyn Named>::from([(pets[0].clone(), pets[1].clone())]);
    let mut names: Vec<_> = set.iter().map(|pet| pet.name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["cat", "dog"]);
    assert_eq!(map.get(&pets[0]).unwrap().name(), "dog");
    drop((pets, dog));
    assert_eq!((set.len(), map.len()), (1, 0));
    assert_eq!(weakref_count(&cat), 1);
    drop(cat);
    assert!(set.is_empty());
}

#[test]
fn one_object_through_two_vtables_is_one() {
    let cat = Cat::owner();
    let direct: Ptr<dyn Named> = cat.clone();
    let loud: Ptr<dyn Loud> = cat.clone();
    assert_eq!(loud.shout(), "CAT");
    let upcast: Ptr<dyn Named> = loud;
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

        let (map, value) = (PtrWeakWeakMap::<dyn Named, dyn Named>::new(), Dog::owner());
        let value: Ptr<dyn Named> = value;
        map.insert(one, &value);
        assert!(map.insert(other, &value).is_some());
        assert_eq!((map.len(), weakref_count(&value)), (1, 1));
        assert!(map.replace_key(other, other).is_some());
        clear_weakrefs(one);
        assert_eq!((map.len(), weakref_count(other)), (0, 0));
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

#[test]
fn an_address_that_is_used_again_is_another_object() {
    let set = PtrWeakSet::new();
    let map = PtrWeakWeakMap::new();
    let value = item(1);
    for number in 0..1000 {
        // Very likely where the one before has stood.
        let next = item(number);
        assert!(!set.contains(&next) && !map.contains_key(&next));
        assert!(set.insert(&next) && map.insert(&next, &value).is_none());
        assert_eq!((set.len(), map.len(), weakref_count(&value)), (1, 1, 1));
    }
    assert!(set.is_empty() && map.is_empty() && weakref_count(&value) == 0);
}
