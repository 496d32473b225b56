//! What a container should hold, and what it has told its listeners.

use weakref_core::{RemovalCause, WeakRef, weakref_count};
use weakref_tests::Log;

use super::{super::Ptr, Container, Owner, Pair, address, item};

/// A container with its entries, all of whose objects are owned here.
pub(crate) struct Filled<C> {
    pub(crate) it: Ptr<C>,
    pub(crate) pairs: Vec<Pair>,
}

/// Returns a container of entries with the names from 0.
pub(crate) fn filled<C: Container>(count: u32) -> Filled<C> {
    let pairs = C::new_pairs(count);
    Filled { it: Ptr::new(C::collect_from(pairs.clone())), pairs }
}

impl<C: Container> Filled<C> {
    /// Asserts that the container holds what is owned here.
    #[track_caller]
    pub(crate) fn assert_untouched(&self) {
        assert_is(&*self.it, &self.pairs);
        assert_whole(&*self.it, &self.pairs);
    }

    /// Asserts that nothing is left in the container once all owners are gone.
    #[track_caller]
    pub(crate) fn assert_ends_empty(self) {
        drop(self.pairs);
        assert_is(&*self.it, []);
    }
}

fn sorted_addresses<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> Vec<(usize, usize)> {
    let pairs = pairs.into_iter().map(|(key, value)| (address(key), address(value)));
    let mut all: Vec<_> = pairs.collect();
    all.sort_unstable();
    all
}

/// Asserts that a container consists of these very objects, by every way of asking, and that the death
/// of an object still removes its entry.
#[track_caller]
pub(crate) fn assert_is<'a, C: Container>(it: &C, expected: impl IntoIterator<Item = &'a Pair>) {
    let expected: Vec<_> = expected.into_iter().collect();
    let found = it.pairs();
    assert_eq!(
        sorted_addresses(&found),
        sorted_addresses(expected.iter().copied()),
        "{found:?} are not {expected:?}"
    );
    let len = expected.len();
    assert_eq!((it.len(), it.is_empty()), (len, len == 0), "len and is_empty");
    let (keys, values) = (it.keys(), it.values());
    let addresses = |owners: &[Owner]| super::addresses(owners);
    assert_eq!(addresses(&keys), super::addresses(expected.iter().map(|pair| &pair.0)), "keys");
    assert_eq!(addresses(&values), super::addresses(expected.iter().map(|pair| &pair.1)), "values");
    let refs: Vec<_> = it.refs().iter().filter_map(WeakRef::upgrade).collect();
    let halves = expected.iter().flat_map(|pair| super::weak_halves::<C>((*pair).clone()));
    let halves: Vec<_> = halves.collect();
    assert_eq!(addresses(&refs), addresses(&halves), "refs");
    drop((found, keys, values, refs, halves));
    for (key, value) in &expected {
        let pair = it.get_pair(key).unwrap_or_else(|| panic!("no {key:?}"));
        assert!(Ptr::ptr_eq(&pair.0, key) && Ptr::ptr_eq(&pair.1, value), "another {key:?}");
        assert!(it.get(key).is_some_and(|found| Ptr::ptr_eq(&found, value)), "value of {key:?}");
        assert!(it.contains(key), "contains {key:?}");
    }
    // Guests, whose halves die one by one.
    for dying in 0..C::weak_count() {
        let guest = if C::IS_SET {
            let one = item(u32::MAX);
            (one.clone(), one)
        } else {
            (item(u32::MAX), item(u32::MAX - 1))
        };
        it.insert(&guest.0, &guest.1);
        assert_eq!(it.len(), len + 1, "len with a guest");
        assert_eq!(registrations::<C>([&guest]), C::weak_count(), "a guest's registrations");
        let mut halves = super::weak_halves::<C>(guest);
        drop(halves.remove(dying));
        assert_eq!(it.len(), len, "len after a guest's death");
        assert!(halves.iter().all(|half| weakref_count(half) == 0), "registrations that are left");
    }
}

/// Asserts that the registrations of these objects are those of the container's entries, and that all
/// ways of asking give the same entries.
#[track_caller]
pub(crate) fn assert_whole<'a, C: Container>(it: &C, pairs: impl IntoIterator<Item = &'a Pair>) {
    let contents = it.pairs();
    assert_is(it, &contents);
    let contents: Vec<_> = contents.into_iter().map(super::weak_halves::<C>).collect();
    for (key, value) in pairs {
        for owner in [key, value] {
            let is_it = |half: &&Owner| Ptr::ptr_eq(half, owner);
            let count = contents.iter().flatten().filter(is_it).count();
            assert_eq!(weakref_count(owner), count, "registrations of {owner:?}");
        }
    }
}

/// Returns how many registrations the objects of these entries have.
pub(crate) fn registrations<'a, C: Container>(pairs: impl IntoIterator<Item = &'a Pair>) -> usize {
    let halves = |(key, value): &Pair| {
        let value = if C::IS_SET { 0 } else { weakref_count(value) };
        weakref_count(key) + value
    };
    pairs.into_iter().map(halves).sum()
}

/// Asserts that no container is registered with these objects, nor owns them.
#[track_caller]
pub(crate) fn assert_unregistered<'a, C: Container>(pairs: impl IntoIterator<Item = &'a Pair>) {
    for (key, value) in pairs {
        let owners = if C::IS_SET { 2 } else { 1 };
        assert_eq!(Ptr::strong_count(key), owners, "owners of {key:?}");
        assert_eq!(Ptr::strong_count(value), owners, "owners of {value:?}");
        assert_eq!(weakref_count(key) + weakref_count(value), 0, "registrations of {key:?}");
    }
}

/// The name of each key that left, if it lives, and why it left.
pub(crate) type Removals = Log<(Option<u32>, RemovalCause)>;

/// Notes the removals from a container.
pub(crate) fn log_removals<C: Container>(it: &C) -> Removals {
    let log = Removals::default();
    let notes = log.clone();
    it.on_removal(move |key, cause| notes.put((key.with(super::Item::name), cause)));
    log
}
