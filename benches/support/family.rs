//! The containers of weak keys: ours, and those of weak-table, one beside the other.

use std::{hint::black_box, rc::Rc, sync::Arc};

use weak_table::{
    PtrWeakHashSet, PtrWeakKeyHashMap, PtrWeakWeakHashMap, WeakHashSet, WeakKeyHashMap,
    WeakWeakHashMap,
};
use weakref_core::{PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, WeakKeyMap, WeakSet, WeakWeakMap};

use crate::{
    container::Container,
    shape::{By, Equality, Identity, Nothing, Number, Shape, Value},
    value::{LocalItem, Plain, SharedItem},
};

/// What a lookup takes, of a number and an owner.
macro_rules! wanted {
    (Equality $number:ident $key:ident) => {
        (&u64::from(black_box($number)), $key).0
    };
    (Identity $number:ident $key:ident) => {
        (black_box($key), $number).0
    };
}

/// The part of the implementations that is the same for all.
macro_rules! shaped {
    ($By:ident $Shape:ident $P:ty) => {
        type Keys = ();
        type Owner = <$Shape as Shape<$P>>::Owner;
        type Found = <$Shape as Shape<$P>>::Found;

        const BY_IDENTITY: bool = <$By as By>::IDENTITY;

        fn own(number: u32) -> Self::Owner {
            <$Shape as Shape<$P>>::own(number)
        }

        fn data(found: &Self::Found) -> u64 {
            <$Shape as Shape<$P>>::data(found)
        }
    };
}

/// Ours. The entry is removed when the owner is dropped.
macro_rules! ours {
    ($($By:ident $Map:ident $WeakMap:ident $Set:ident)*) => {$(
        ours! { @both $By $Map $WeakMap $Set Rc<LocalItem> }
        ours! { @both $By $Map $WeakMap $Set Arc<SharedItem> }
    )*};
    (@both $By:ident $Map:ident $WeakMap:ident $Set:ident $P:ident<$Item:ident>) => {
        impl Container for $Map<$Item, u64> {
            shaped! { $By Number $P<$Item> }

            fn insert(&mut self, (): &(), number: u32, key: &$P<$Item>) {
                black_box($Map::insert(self, key, number.into()));
            }

            fn get(&self, (): &(), number: u32, key: &$P<$Item>) -> Option<u64> {
                $Map::get(self, wanted!($By number key))
            }

            fn visit(&self) -> u64 {
                let mut sum = 0_u64;
                self.for_each(|key, _| sum = sum.wrapping_add(black_box(key).data));
                sum
            }

            fn walk(&self) -> u64 {
                self.iter().fold(0, |sum, (key, _)| sum.wrapping_add(black_box(&key).data))
            }
        }

        impl Container for $WeakMap<$Item, $Item> {
            shaped! { $By Value $P<$Item> }

            fn insert(&mut self, (): &(), _: u32, (key, value): &Self::Owner) {
                black_box($WeakMap::insert(self, key, value));
            }

            fn get(&self, (): &(), number: u32, (key, _): &Self::Owner) -> Option<$P<$Item>> {
                $WeakMap::get(self, wanted!($By number key))
            }

            fn visit(&self) -> u64 {
                let mut sum = 0_u64;
                self.for_each(|key, _| sum = sum.wrapping_add(black_box(key).data));
                sum
            }

            fn walk(&self) -> u64 {
                self.iter().fold(0, |sum, (key, _)| sum.wrapping_add(black_box(&key).data))
            }
        }

        impl Container for $Set<$Item> {
            shaped! { $By Nothing $P<$Item> }

            fn insert(&mut self, (): &(), _: u32, key: &$P<$Item>) {
                black_box($Set::insert(self, key));
            }

            fn get(&self, (): &(), number: u32, key: &$P<$Item>) -> Option<u64> {
                self.contains(wanted!($By number key)).then_some(number.into())
            }

            fn visit(&self) -> u64 {
                let mut sum = 0_u64;
                self.for_each(|key| sum = sum.wrapping_add(black_box(key).data));
                sum
            }

            fn walk(&self) -> u64 {
                self.iter().fold(0, |sum, key| sum.wrapping_add(black_box(&key).data))
            }
        }
    };
}
ours! {
    Equality WeakKeyMap WeakWeakMap WeakSet
    Identity PtrWeakKeyMap PtrWeakWeakMap PtrWeakSet
}

/// weak-table. Dead entries remain until the table is full. An insert takes an owner.
macro_rules! theirs {
    ($($By:ident $Map:ident $WeakMap:ident $Set:ident)*) => {$(
        theirs! { @both $By $Map $WeakMap $Set Rc<Plain> std::rc::Weak<Plain> }
        theirs! { @both $By $Map $WeakMap $Set Arc<Plain> std::sync::Weak<Plain> }
    )*};
    (@both $By:ident $Map:ident $WeakMap:ident $Set:ident $P:ident<$Plain:ident> $Weak:ty) => {
        impl Container for $Map<$Weak, u64> {
            shaped! { $By Number $P<$Plain> }

            fn insert(&mut self, (): &(), number: u32, key: &$P<$Plain>) {
                black_box($Map::insert(self, key.clone(), number.into()));
            }

            fn get(&self, (): &(), number: u32, key: &$P<$Plain>) -> Option<u64> {
                $Map::get(self, wanted!($By number key)).copied()
            }

            fn visit(&self) -> u64 {
                self.iter().fold(0, |sum, (key, _)| sum.wrapping_add(black_box(&key).data))
            }
        }

        impl Container for $WeakMap<$Weak, $Weak> {
            shaped! { $By Value $P<$Plain> }

            fn insert(&mut self, (): &(), _: u32, (key, value): &Self::Owner) {
                black_box($WeakMap::insert(self, key.clone(), value.clone()));
            }

            fn get(&self, (): &(), number: u32, (key, _): &Self::Owner) -> Option<$P<$Plain>> {
                $WeakMap::get(self, wanted!($By number key))
            }

            fn visit(&self) -> u64 {
                self.iter().fold(0, |sum, (key, _)| sum.wrapping_add(black_box(&key).data))
            }
        }

        impl Container for $Set<$Weak> {
            shaped! { $By Nothing $P<$Plain> }

            fn insert(&mut self, (): &(), _: u32, key: &$P<$Plain>) {
                black_box($Set::insert(self, key.clone()));
            }

            fn get(&self, (): &(), number: u32, key: &$P<$Plain>) -> Option<u64> {
                self.contains(wanted!($By number key)).then_some(number.into())
            }

            fn visit(&self) -> u64 {
                self.iter().fold(0, |sum, key| sum.wrapping_add(black_box(&key).data))
            }
        }
    };
}
theirs! {
    Equality WeakKeyHashMap WeakWeakHashMap WeakHashSet
    Identity PtrWeakKeyHashMap PtrWeakWeakHashMap PtrWeakHashSet
}
