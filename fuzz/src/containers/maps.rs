//! The maps, as the programs see them.

use std::hash::BuildHasher;

use weakref_core::{
    PtrWeakKeyMap, PtrWeakWeakMap, WeakKeyMap, WeakRef, WeakValueMap, WeakWeakMap,
    map::{Entry, OccupiedEntry},
};

use super::{
    container::{Container, Log, Make, Picks, Told, common, note},
    item::{Held, IntoOwner, Item, Owner, Pair},
};
use crate::containers::program::{Point, fire};

/// A map: what it is asked for, what it is given as a key and as a value, and how what it gives
/// becomes an owner.
macro_rules! map {
    (
        [$($generics:tt)*] $Map:ty,
        |$key:ident| $wanted:expr, $given_key:expr,
        |$value:ident| $given_value:expr,
        |$k:ident, $v:ident|,
        told $told:expr,
        given $given:expr,
        refs $refs:ident,
        $(const $CONST:ident: bool = $is:expr;)*
        change |$map:ident, $changed:ident, $new:ident| $change:expr,
        modify |$shown:pat_param, $newer:ident| $modify:expr
    ) => {
        impl<$($generics)*> Container for $Map {
            $(const $CONST: bool = $is;)*

            common!($told);

            fn insert(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                self.insert($given_key, $given_value).map(|$v| $v.into_owner())
            }

            fn replace(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                self.replace_key($given_key, $given_value).map(|$v| $v.into_owner())
            }

            fn get(&self, $key: &Owner) -> Option<Owner> {
                self.get($wanted).map(|$v| $v.into_owner())
            }

            fn get_pair(&self, $key: &Owner) -> Option<Pair> {
                self.get_key_value($wanted).map(|($k, $v)| ($k.into_owner(), $v.into_owner()))
            }

            fn contains(&self, $key: &Owner) -> bool {
                self.contains_key($wanted)
            }

            fn change(&self, $key: &Owner, $new: &Owner) -> Option<Owner> {
                let ($map, $changed) = (self, $wanted);
                $change
            }

            fn remove(&self, $key: &Owner) -> Option<Owner> {
                self.remove($wanted).map(|$v| $v.into_owner())
            }

            fn remove_pair(&self, $key: &Owner) -> Option<Pair> {
                self.remove_entry($wanted).map(|($k, $v)| ($k.into_owner(), $v.into_owner()))
            }

            fn pop(&self) -> Option<Pair> {
                self.pop().map(|($k, $v)| ($k.into_owner(), $v.into_owner()))
            }

            fn or_insert(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                let make = || {
                    fire(Point::Factory);
                    let $value = $value;
                    owned!($given_value)
                };
                $given(self.entry($given_key).or_insert_with(make))
            }

            fn modify_or_insert(&self, $key: &Owner, $newer: &Owner) -> Option<Owner> {
                let entry = self.entry($given_key).and_modify(|$shown| {
                    fire(Point::Closure);
                    $modify
                });
                let $value = $newer;
                $given(entry.or_insert(owned!($given_value)))
            }

            fn entry_insert(&self, $key: &Owner, $value: &Owner) -> Option<Owner> {
                match self.entry($given_key) {
                    Entry::Occupied(mut entry) => {
                        entry.insert(owned!($given_value)).map(|$v| $v.into_owner())
                    }
                    Entry::Vacant(entry) => {
                        $given(entry.insert(owned!($given_value)));
                        None
                    }
                }
            }

            fn entry_remove(&self, $key: &Owner) -> Option<Owner> {
                match self.entry($given_key) {
                    Entry::Occupied(entry) => entry.remove().map(|$v| $v.into_owner()),
                    Entry::Vacant(_) => None,
                }
            }

            fn get_or_make(&self, $key: &Owner, make: Make<'_>) -> Option<Owner> {
                let make = || {
                    let owner = make().ok_or(())?;
                    let $value = &owner;
                    Ok::<_, ()>(owned!($given_value))
                };
                self.get_or_try_insert_with($given_key, make).ok().map(|$v| $v.into_owner())
            }

            fn pairs(&self) -> Vec<Pair> {
                Container::iter(self).collect()
            }

            fn refs(&self) -> Vec<WeakRef<Item>> {
                self.$refs()
            }

            fn visit(&self, f: &mut dyn FnMut(&Owner, &Owner)) {
                self.for_each(|$k, $v| {
                    let (key, value) = (&$k.into_owner(), &$v.into_owner());
                    f(key, value);
                });
            }

            fn retain(&self, mut keep: Picks<'_>) {
                self.retain(|$k, $v| keep(&$k.into_owner(), &$v.into_owner()));
            }

            fn extract<'a>(&'a self, mut pick: Picks<'a>) -> Box<dyn Iterator<Item = Pair> + 'a> {
                let extracted = self.extract_if(move |$k, $v| pick(&$k.into_owner(), &$v.into_owner()));
                Box::new(extracted.map(|($k, $v)| ($k.into_owner(), $v.into_owner())))
            }

            fn iter(&self) -> Box<dyn Iterator<Item = Pair> + '_> {
                Box::new(self.iter().map(|($k, $v)| ($k.into_owner(), $v.into_owner())))
            }

            fn drain(&self) -> Box<dyn Iterator<Item = Pair> + '_> {
                Box::new(self.drain().map(|($k, $v)| ($k.into_owner(), $v.into_owner())))
            }

            fn dissolve(self) -> Vec<Pair> {
                self.into_iter().map(|($k, $v)| ($k.into_owner(), $v.into_owner())).collect()
            }

            fn update(&self, pairs: Vec<Pair>) {
                self.update(pairs.iter().map(|($key, $value)| {
                    fire(Point::Closure);
                    (owned!($given_key), owned!($given_value))
                }));
            }

            fn is_within(&self, other: &Self) -> bool {
                self.is_submap_with(other, |mine, theirs| {
                    fire(Point::Closure);
                    mine.number == theirs.number
                })
            }

            fn has_keys_within(&self, other: &Self) -> bool {
                self.domain_is_subset(other)
            }
        }
    };
}

/// An owner of what is given by reference, where one by value is asked for.
trait IntoOwned {
    type Owned;
    fn into_owned(self) -> Self::Owned;
}

impl IntoOwned for &Owner {
    type Owned = Owner;
    fn into_owned(self) -> Owner {
        self.clone()
    }
}

impl IntoOwned for Held {
    type Owned = Self;
    fn into_owned(self) -> Self {
        self
    }
}

macro_rules! owned {
    ($given:expr) => {
        IntoOwned::into_owned($given)
    };
}

map! {
    [S: BuildHasher + Default + Clone + 'static] WeakValueMap<Held, Item, S>,
    |key| &**key, Held::new(key),
    |value| value,
    |k, v|,
    told |key: &Held| Told::Owned(key.name),
    given |owner: Owner| Some(owner),
    refs value_refs,
    const WEAK_KEYS: bool = false;
    const WEAK_VALUES: bool = true;
    change |map, key, _new| map.get(key),
    modify |_, value| assert!(value.number > 0)
}

macro_rules! weak_maps {
    ($([$($generics:tt)*] $KeyMap:ty, $WeakMap:ty, $by_address:expr;)*) => {$(
        map! {
            [$($generics)*] $KeyMap,
            |key| &**key, key,
            |value| Held::new(value),
            |k, v|,
            told |key: &WeakRef<Item>| Told::Weak(key.clone()),
            given |entry: OccupiedEntry<'_, Self>| {
                let value = entry.get();
                drop(entry);
                value.map(IntoOwner::into_owner)
            },
            refs key_refs,
            const BY_ADDRESS: bool = $by_address;
            change |map, key, new| map.with_mut(key, |value| {
                fire(Point::Closure);
                std::mem::replace(value, Held::new(new)).into_owner()
            }),
            modify |shown, value| *shown = Held::new(value)
        }

        map! {
            [$($generics)*] $WeakMap,
            |key| &**key, key,
            |value| value,
            |k, v|,
            told |key: &WeakRef<Item>| Told::Weak(key.clone()),
            given |owner: Owner| Some(owner),
            refs key_refs,
            const WEAK_VALUES: bool = true;
            const BY_ADDRESS: bool = $by_address;
            change |map, key, _new| map.get(key),
            modify |_, value| assert!(value.number > 0)
        }
    )*};
}

weak_maps! {
    [S: BuildHasher + Default + Clone + 'static] WeakKeyMap<Item, Held, S>, WeakWeakMap<Item, Item, S>, false;
    [] PtrWeakKeyMap<Item, Held>, PtrWeakWeakMap<Item, Item>, true;
}
