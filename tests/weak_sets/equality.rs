//! By equality: what an object does where an equal one is, and what its `Eq` and `Hash` can do.

mod algebra;
mod factory;
mod keys;
mod meanwhile;
mod members;
mod panics;
mod reentry;
mod search;

use std::{cell::RefCell, hash::RandomState, rc::Rc};

use super::*;

type Set<S = RandomState> = WeakSet<Item, S>;

type Map<S = RandomState> = WeakWeakMap<Item, Item, S>;

/// A set in which all elements have the same hash.
type OneShard = Set<AllAlike>;

/// A container, and all who own what is in it.
struct Stage<T> {
    it: Ptr<T>,
    keys: Vec<Ptr<Item>>,
    values: Vec<Ptr<Item>>,
}

/// Something that can be called of a container, about what equals an item.
type Operation<T> = (&'static str, fn(&T, &Ptr<Item>));

/// What is tested of sets and of maps alike.
trait Tested: Sized + 'static {
    /// A container of so many items, which differ, or of so many pairs.
    fn stage(count: u32) -> Stage<Self>;
    /// All that is in it: elements, or keys and values.
    fn contents(&self) -> Vec<Ptr<Item>>;
    /// Asserts that all ways of asking give the same.
    fn check(&self);
    /// What searches by the user's `Eq`.
    fn searches() -> Vec<Operation<Self>>;
    /// The rest.
    fn others() -> Vec<Operation<Self>>;
    /// Returns the element that equals an item, or the value under it; or makes it.
    fn make(&self, wanted: &Ptr<Item>, made: impl FnOnce() -> Ptr<Item>) -> Ptr<Item>;
    /// Calls `f` with the number of each element or key, in a visit.
    fn visit(&self, f: &mut dyn FnMut(u32));
    /// Has `listener` called with each removal.
    fn listen(&self, listener: fn());
    /// The same as `visit`, and removes those for which `f` returns false.
    fn sift(&self, f: &mut dyn FnMut(u32) -> bool);

    fn operations() -> Vec<Operation<Self>> {
        let mut all = Self::searches();
        all.extend(Self::others());
        all
    }
}

impl<S: BuildHasher + Default + Clone + 'static> Tested for Set<S> {
    fn stage(count: u32) -> Stage<Self> {
        let keys = items(0..count);
        Stage { it: Ptr::new(keys.iter().cloned().collect()), keys, values: Vec::new() }
    }

    fn contents(&self) -> Vec<Ptr<Item>> {
        self.iter().collect()
    }

    #[track_caller]
    fn check(&self) {
        assert_is(self, &self.contents());
    }

    fn searches() -> Vec<Operation<Self>> {
        vec![
            ("get", |set, item| drop_value(set.get(&**item))),
            ("contains", |set, item| drop_value(set.contains(&item.key))),
            ("remove", |set, item| drop_value(set.remove(&**item))),
            ("take", |set, item| drop_value(set.take(&item.key))),
            ("insert", |set, item| drop_value(set.insert(item))),
            ("replace", |set, item| drop_value(set.replace(item))),
            ("get_or_insert", |set, item| drop_value(set.get_or_insert(item))),
            ("get_or_insert_with", |set, item| {
                drop_value(set.get_or_insert_with(&**item, |_| item.clone()));
            }),
            ("get_or_try_insert_with", |set, item| {
                drop_value(set.get_or_try_insert_with(&item.key, |_| Err(())));
            }),
        ]
    }

    fn others() -> Vec<Operation<Self>> {
        vec![
            ("len", |set, _| drop_value(set.len())),
            ("is_empty", |set, _| drop_value(set.is_empty())),
            ("capacity", |set, _| drop_value(set.capacity())),
            ("reserve", |set, _| set.reserve(100)),
            ("try_reserve", |set, _| set.try_reserve(100).unwrap()),
            ("shrink_to_fit", |set, _| set.shrink_to_fit()),
            ("clear", |set, _| set.clear()),
            ("pop", |set, _| drop_value(set.pop())),
            ("drain", |set, _| drop_value(set.drain())),
            ("retain", |set, item| set.retain(|other| other.number() != item.number())),
            ("extract_if", |set, _| drop_value(set.extract_if(|_| true).next())),
            ("for_each", |set, _| set.for_each(|_| ())),
            ("iter", |set, _| drop_value(set.iter())),
            ("refs", |set, _| drop_value(set.refs())),
            ("on_removal", |set, _| set.on_removal(|_, _| ())),
            ("fmt", |set, _| drop_value(format!("{set:?}"))),
            ("clone", |set, _| drop_value(set.clone())),
            ("union", |set, _| drop_value(set.union(set))),
            ("is_disjoint", |set, _| drop_value(set.is_disjoint(set))),
            ("into_iter", |set, _| drop_value(set.into_iter())),
        ]
    }

    fn make(&self, wanted: &Ptr<Item>, made: impl FnOnce() -> Ptr<Item>) -> Ptr<Item> {
        self.get_or_insert_with(&**wanted, |_| made())
    }

    fn visit(&self, f: &mut dyn FnMut(u32)) {
        self.for_each(|item| f(item.number()));
    }

    fn listen(&self, listener: fn()) {
        self.on_removal(move |_, _| listener());
    }

    fn sift(&self, f: &mut dyn FnMut(u32) -> bool) {
        self.retain(|item| f(item.number()));
    }
}

impl<S: BuildHasher + Default + Clone + 'static> Tested for Map<S> {
    fn stage(count: u32) -> Stage<Self> {
        let (keys, values) = (items(0..count), items(1000..1000 + count));
        let pairs = keys.iter().cloned().zip(values.iter().cloned());
        Stage { it: Ptr::new(pairs.collect()), keys, values }
    }

    fn contents(&self) -> Vec<Ptr<Item>> {
        self.iter().flat_map(|(key, value)| [key, value]).collect()
    }

    #[track_caller]
    fn check(&self) {
        let pairs: Vec<_> = self.iter().collect();
        assert_pairs(self, pairs.iter().map(|pair| (&pair.0, &pair.1)));
    }

    fn searches() -> Vec<Operation<Self>> {
        vec![
            ("get", |map, item| drop_value(map.get(&**item))),
            ("get_key", |map, item| drop_value(map.get_key(&item.key))),
            ("get_key_value", |map, item| drop_value(map.get_key_value(&**item))),
            ("get_both", |map, item| drop_value(map.get_both(&**item))),
            ("contains_key", |map, item| drop_value(map.contains_key(&**item))),
            ("remove", |map, item| drop_value(map.remove(&**item))),
            ("remove_entry", |map, item| drop_value(map.remove_entry(&item.key))),
            ("insert", |map, item| drop_value(map.insert(item, item))),
            ("replace_key", |map, item| drop_value(map.replace_key(item, item))),
            ("entry", |map, item| drop_value(map.entry(item))),
            ("or_insert", |map, item| drop_value(map.entry(item).or_insert(item.clone()))),
            ("insert_entry", |map, item| drop_value(map.entry(item).insert_entry(item.clone()))),
            ("get_or_insert_with", |map, item| {
                drop_value(map.get_or_insert_with(item, || item.clone()));
            }),
            ("get_or_try_insert_with", |map, item| {
                drop_value(map.get_or_try_insert_with(item, || Err(())));
            }),
        ]
    }

    fn others() -> Vec<Operation<Self>> {
        vec![
            ("len", |map, _| drop_value(map.len())),
            ("is_empty", |map, _| drop_value(map.is_empty())),
            ("capacity", |map, _| drop_value(map.capacity())),
            ("reserve", |map, _| map.reserve(100)),
            ("shrink_to_fit", |map, _| map.shrink_to_fit()),
            ("clear", |map, _| map.clear()),
            ("pop", |map, _| drop_value(map.pop())),
            ("drain", |map, _| drop_value(map.drain())),
            ("retain", |map, item| map.retain(|key, _| key.number() != item.number())),
            ("extract_if", |map, _| drop_value(map.extract_if(|_, _| true).next())),
            ("for_each", |map, _| map.for_each(|_, _| ())),
            ("iter", |map, _| drop_value(map.iter())),
            ("keys", |map, _| drop_value(map.keys())),
            ("values", |map, _| drop_value(map.values())),
            ("key_refs", |map, _| drop_value(map.key_refs())),
            ("value_refs", |map, _| drop_value(map.value_refs())),
            ("on_removal", |map, _| map.on_removal(|_, _| ())),
            ("fmt", |map, _| drop_value(format!("{map:?}"))),
            ("clone", |map, _| drop_value(map.clone())),
            ("eq", |map, _| drop_value(*map == Map::with_hasher(map.hasher().clone()))),
        ]
    }

    fn make(&self, wanted: &Ptr<Item>, made: impl FnOnce() -> Ptr<Item>) -> Ptr<Item> {
        self.get_or_insert_with(wanted, made)
    }

    fn visit(&self, f: &mut dyn FnMut(u32)) {
        self.for_each(|key, _| f(key.number()));
    }

    fn listen(&self, listener: fn()) {
        self.on_removal(move |_, _| listener());
    }

    fn sift(&self, f: &mut dyn FnMut(u32) -> bool) {
        self.retain(|key, _| f(key.number()));
    }
}

/// Asserts that a container is whole, and that it is registered with these items, some of which may
/// be in it, as often as they are in it.
#[track_caller]
fn assert_whole<'a, T: Tested>(it: &T, owners: impl IntoIterator<Item = &'a Ptr<Item>>) {
    it.check();
    let contents = it.contents();
    for owner in owners {
        let count = contents.iter().filter(|item| Ptr::ptr_eq(item, owner)).count();
        assert_eq!(weakref_count(owner), count, "registrations of {owner:?}");
    }
}

impl<T: Tested> Stage<T> {
    fn owners(&self) -> impl Iterator<Item = &Ptr<Item>> {
        self.keys.iter().chain(&self.values)
    }

    /// Asserts that the container is whole, and consists of what is owned here.
    #[track_caller]
    fn assert_untouched(&self) {
        assert_eq!(places(&self.it.contents()), places(self.owners()));
        assert_whole(&*self.it, self.owners());
    }

    /// Asserts that nothing is left once the owners are gone.
    #[track_caller]
    fn assert_ends_empty(self) {
        let Self { it, keys, values } = self;
        drop(keys);
        assert!(it.contents().is_empty());
        assert_whole(&*it, &values);
        drop(values);
        it.check();
    }
}

/// Puts an item in, as an element, or as a key and its value.
fn insert<T: Tested>(it: &T, item: &Ptr<Item>) {
    let searches = T::searches();
    let (_, insert) = searches.iter().find(|search| search.0 == "insert").unwrap();
    insert(it, item);
}

thread_local! {
    static ACT: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Ends the effect of [`on_act`].
#[must_use]
struct ActUntil;

impl Drop for ActUntil {
    fn drop(&mut self) {
        drop(ACT.take());
    }
}

/// Has [`act`] do something in this thread. By this detour, the last act of an item of `Arc`, which is
/// `Send`, can be about a container of which that is not known.
fn on_act(what: impl Fn() + 'static) -> ActUntil {
    ACT.set(Some(Rc::new(what)));
    ActUntil
}

fn act() {
    let act = ACT.with_borrow(Clone::clone);
    if let Some(act) = act {
        act();
    }
}

/// Makes two tests of a function that takes the type of the container: for sets and for maps, in which
/// all have the same hash.
macro_rules! for_both {
    ($($test:ident)*) => {$(
        mod $test {
            use super::*;

            #[test]
            fn in_a_set() {
                without_deadlock(super::$test::<Set<AllAlike>>);
            }

            #[test]
            fn in_a_map() {
                without_deadlock(super::$test::<Map<AllAlike>>);
            }
        }
    )*};
}
use for_both;
