//! Iterating over an object, and through a proxy.

use std::cell::{Cell, RefCell};
use std::iter::FusedIterator;
use std::ops::Range;
use std::sync::{Mutex, mpsc};

use weakref_core::{Proxy, WeakSlot, Weakrefable};
use weakref_tests::{Log, NotesDrop, implements, panic_of};

use super::super::{assert_raises, panic_place};
use super::{Here, Num, Obj, Ptr, owner};

/// Some words; an iterator over them gives copies.
#[derive(Debug, Weakrefable)]
struct Words {
    list: Vec<String>,
    log: Log,
    _drop: NotesDrop,
    slot: WeakSlot<Here>,
}

impl Words {
    fn owner(words: &[&str], log: &Log) -> Ptr<Self> {
        Ptr::new(Self {
            list: words.iter().map(ToString::to_string).collect(),
            log: log.clone(),
            _drop: log.drop("object dropped"),
            slot: WeakSlot::new(),
        })
    }
}

/// It borrows the object to the last moment, its own drop, and can panic everywhere.
#[derive(Debug)]
struct Iter<'a> {
    words: &'a Words,
    rest: Range<usize>,
}

impl Iter<'_> {
    fn word(&self, place: usize) -> String {
        let word = self.words.list[place].clone();
        assert_ne!(word, "panic");
        self.words.log.note(&word);
        word
    }
}

impl Iterator for Iter<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.rest.next().map(|place| self.word(place))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<String> {
        self.rest.next_back().map(|place| self.word(place))
    }
}

impl ExactSizeIterator for Iter<'_> {}
impl FusedIterator for Iter<'_> {}

impl Drop for Iter<'_> {
    fn drop(&mut self) {
        let words = self.words.list.join(" ");
        self.words.log.note(format!("iterator of {words} dropped"));
        assert!(!words.starts_with("drop"), "in the iterator's drop");
    }
}

impl<'a> IntoIterator for &'a Words {
    type Item = String;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        assert!(!self.list.is_empty(), "nothing to iterate over");
        Iter { words: self, rest: 0..self.list.len() }
    }
}

#[test]
fn b155_it_iterates_over_the_object() {
    let log = Log::default();
    let words = Words::owner(&["a", "b", "c"], &log);
    let p = Proxy::new(&words);
    let mut seen = Vec::new();
    for word in &p {
        seen.push(word);
    }
    assert_eq!(seen, ["a", "b", "c"]);
    assert_eq!(log.take(), ["a", "b", "c", "iterator of a b c dropped"]);
    // One after the other, when it is asked for.
    let mut iter = p.into_iter();
    assert!(log.take().is_empty());
    assert_eq!(iter.next().as_deref(), Some("a"));
    assert_eq!(log.take(), ["a"]);
    assert_eq!((iter.size_hint(), iter.len()), ((2, Some(2)), 2));
    assert_eq!(iter.next_back().as_deref(), Some("c"));
    assert_eq!((iter.nth(1), iter.next(), iter.next_back()), (None, None, None));
    assert_eq!(format!("{iter:?}"), "ProxyIter { .. }");
    assert_eq!(p.into_iter().rev().collect::<String>(), "cba");
    assert_eq!(
        (p.into_iter().nth(2), p.into_iter().nth_back(2)),
        (Some("c".into()), Some("a".into()))
    );
}

#[test]
fn b155_the_iterator_owns_the_object() {
    let log = Log::default();
    let words = Words::owner(&["a", "b"], &log);
    let p = Proxy::new(&words);
    let mut iter = p.into_iter();
    assert_eq!(iter.next().as_deref(), Some("a"));
    drop(words);
    assert!(!p.is_dead());
    assert_eq!(iter.next().as_deref(), Some("b"));
    log.take();
    // Moved, and dropped elsewhere.
    let moved = Box::new(Some(iter));
    drop(moved);
    assert_eq!(log.take(), ["iterator of a b dropped", "object dropped"]);
    assert!(p.is_dead());
    assert_raises(|| p.into_iter().next());
    assert_eq!(panic_place(|| p.into_iter()), (file!().into(), line!()));
}

#[test]
fn b155_panics_while_it_iterates() {
    let log = Log::default();

    let words = Words::owner(&[], &log);
    let p = Proxy::new(&words);
    let message = panic_of(|| drop(p.into_iter()));
    assert_eq!((message.as_str(), Ptr::strong_count(&words)), ("nothing to iterate over", 1));

    let words = Words::owner(&["panic", "b"], &log);
    let p = Proxy::new(&words);
    let mut iter = p.into_iter();
    drop(words);
    assert!(panic_of(|| drop(iter.next())).contains("panic"));
    assert_eq!(iter.next().as_deref(), Some("b"));
    log.take();
    drop(iter);
    assert_eq!(log.take(), ["iterator of panic b dropped", "object dropped"]);

    // The object is dropped also where the iterator's drop panics.
    let words = Words::owner(&["drop"], &log);
    let p = Proxy::new(&words);
    let mut iter = Some(p.into_iter());
    drop(words);
    log.take();
    assert_eq!(panic_of(|| drop(iter.take())), "in the iterator's drop");
    assert_eq!(log.take(), ["iterator of drop dropped", "object dropped"]);
    assert!(p.is_dead());
}

/// An iterator that can do less is not said to do more.
#[derive(Weakrefable)]
struct Plain(WeakSlot<Here>);

impl IntoIterator for &Plain {
    type Item = u8;
    type IntoIter = std::iter::FromFn<fn() -> Option<u8>>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::from_fn(|| None)
    }
}

#[test]
fn b155_what_the_iterator_can_do() {
    type Of<T> = <&'static Proxy<T> as IntoIterator>::IntoIter;
    assert!(implements!(Of<Words>: DoubleEndedIterator + ExactSizeIterator + FusedIterator));
    assert!(!implements!(Of<Plain>: DoubleEndedIterator));
    assert!(!implements!(Of<Plain>: ExactSizeIterator));
    assert!(!implements!(Of<Plain>: FusedIterator));
    assert!(!implements!(Of<Plain>: Clone));
    // Items that borrow from the object could be left behind.
    assert!(!implements!(&'static Proxy<Obj<Vec<i32>>>: IntoIterator));
    assert!(!implements!(&'static Proxy<Num>: IntoIterator));
    assert_eq!(Proxy::new(&Ptr::new(Plain(WeakSlot::new()))).into_iter().count(), 0);
}

#[test]
fn b155_a_slotted_value_is_iterated_over_as_the_value_is() {
    let (sender, receiver) = mpsc::channel();
    let receiver = owner(receiver);
    let p = Proxy::new(&receiver);
    for number in [1, 2, 3] {
        sender.send(number).unwrap();
    }
    drop(sender);
    let mut iter = p.into_iter();
    assert_eq!(iter.next(), Some(1));
    drop(receiver);
    assert_eq!(iter.collect::<Vec<i32>>(), [2, 3]);
    assert!(p.is_dead());
    // By its items' own place, through a guard.
    let list = owner(vec![1, 2, 3]);
    let p = Proxy::new(&list);
    let mut sum = 0;
    for number in p.get().iter() {
        sum += number;
    }
    for number in &**p.get() {
        sum += number;
    }
    for number in &*list {
        sum += number;
    }
    assert_eq!(sum, 18);
}

/// A type that is an iterator by reference.
#[derive(Weakrefable)]
struct Counter(Cell<u32>, #[weakref] WeakSlot<Here>);

#[allow(clippy::copy_iterator)] // as std's `Read for &File`
impl Iterator for &Counter {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let next = self.0.get() + 1;
        self.0.set(next);
        (next < 5).then_some(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(7))
    }
}

#[test]
#[allow(clippy::arc_with_non_send_sync)]
fn b156_next() {
    let counter = Ptr::new(Counter(Cell::new(0), WeakSlot::new()));
    let (mut p, mut q) = (Proxy::new(&counter), Proxy::new(&counter));
    assert_eq!((p.next(), q.next(), p.size_hint()), (Some(1), Some(2), (0, Some(7))));
    assert_eq!(p.by_ref().collect::<Vec<_>>(), [3, 4]);
    drop(counter);
    assert_raises(|| q.next());
    assert_raises(|| q.size_hint());
    assert_eq!(panic_place(|| p.next()), (file!().into(), line!()));

    let shared = owner(RefCell::new(0..3));
    let mut p = Proxy::new(&shared);
    assert_eq!((p.size_hint(), p.next()), ((3, Some(3)), Some(0)));
    assert_eq!((**shared).borrow_mut().next(), Some(1));
    assert_eq!((p.next(), p.next()), (Some(2), None));
    let shared = owner(Mutex::new("abc".chars()));
    let mut p = Proxy::new(&shared);
    assert_eq!((p.size_hint(), p.next()), ((1, Some(3)), Some('a')));
    for (letter, expected) in p.clone().zip("bc".chars()) {
        assert_eq!(letter, expected);
    }
    drop(shared);
    assert_raises(|| p.next());

    assert!(!implements!(Proxy<Obj<Range<i32>>>: Iterator));
    assert!(!implements!(Proxy<Num>: Iterator));
}
