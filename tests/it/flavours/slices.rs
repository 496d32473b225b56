//! `Slotted<[T]>` and `Slotted<str>`, each in one allocation.

use std::{collections::HashMap, mem};

use weakref_core::{Slotted, WeakRef, WeakSet, WeakValueMap, finalize};
use weakref_tests::Log;

use super::{Here, Obj, Ptr};

/// Aligned to more than the slot.
#[repr(align(64))]
#[derive(Debug, Clone, Copy, PartialEq)]
struct Aligned(u8);

/// Checks the slices of the lengths up to 20 that `item` makes.
fn check<T: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static>(
    item: impl Fn(usize) -> T,
) {
    for len in 0..20 {
        let items: Vec<T> = (0..len).map(&item).collect();
        let slice: Ptr<Obj<[T]>> = Slotted::<[T], Here>::alloc(items.clone());
        assert_eq!(**slice, *items);
        assert_eq!((&raw const **slice).cast::<T>().addr() % align_of::<T>(), 0);
        assert!(size_of_val(&*slice) >= 16 + size_of::<T>() * len);
        let (weak, log) = (WeakRef::new(&slice), Log::default());
        let called = WeakRef::with_callback(&slice, log.call("called"));
        let again = slice.clone();
        drop(slice);
        assert_eq!(again[..], items[..]);
        drop(again);
        assert!(weak.is_dead() && called.is_dead());
        assert_eq!(log.take(), ["called"]);
    }
}

#[test]
fn items_of_any_size_and_alignment() {
    check(|n| u8::try_from(n).unwrap());
    check(|n| u16::try_from(n).unwrap());
    check(|n| n);
    check(|n| (u8::try_from(n).unwrap(), n as u128));
    check(|n| Aligned(u8::try_from(n).unwrap()));
    check(|_| ());
    check(|n| n.to_string());
}

#[test]
fn items_are_moved_in_and_dropped_once_after_the_callbacks() {
    let log = Log::default();
    let items = ["first", "second"].map(|name| log.drop(name));
    let slice: Ptr<Obj<[_]>> = Slotted::<[_], Here>::alloc(items);
    assert!(log.take().is_empty());
    let _called = WeakRef::with_callback(&slice, log.call("called"));
    let noted = log.clone();
    finalize(&slice, move || noted.note("finalized"));
    drop(slice);
    assert_eq!(log.take(), ["finalized", "called", "first", "second"]);
}

#[test]
fn text_is_copied_into_one_allocation() {
    for text in ["", "a", "eight by", "Grüße, 世界", &"long ".repeat(100)] {
        let word: Ptr<Obj<str>> = Slotted::<str, Here>::alloc(text);
        assert_eq!(**word, *text);
        assert_eq!(word.to_string(), text);
        assert_eq!(Ptr::strong_count(&word), 1);
        let same: Ptr<Obj<str>> = Slotted::<str, Here>::alloc(&String::from(text));
        assert_eq!(word, same);
    }
}

#[test]
fn words_are_interned_and_forgotten() {
    let words = WeakSet::<Obj<str>>::new();
    let intern = |word: &str| words.get_or_insert_with(word, Slotted::<str, Here>::alloc);
    let mut counts = HashMap::new();
    let text = "the cat and the dog and the bird";
    let all: Vec<_> = text.split(' ').map(intern).collect();
    for word in &all {
        *counts.entry(Ptr::as_ptr(word).addr()).or_insert(0) += 1;
    }
    assert_eq!((words.len(), counts.len()), (5, 5));
    assert_eq!(counts[&Ptr::as_ptr(&words.get("the").unwrap()).addr()], 3);
    drop(all);
    assert!(words.is_empty());
}

#[test]
fn slices_are_values_of_maps() {
    let map = WeakValueMap::new();
    let primes: Ptr<Obj<[u32]>> = Slotted::<[u32], Here>::alloc(vec![2, 3, 5]);
    map.insert("primes", &primes);
    assert_eq!(map.get("primes").as_deref().map(|primes| primes[2]), Some(5));
    let boxed: Box<[u32]> = Box::new([1]);
    mem::drop(map.insert("primes", &Slotted::<[u32], Here>::alloc(boxed)));
    assert!(map.is_empty(), "nobody owned it");
}
