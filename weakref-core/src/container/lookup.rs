//! How a container of weak keys finds one: by the referent's `Eq` and `Hash`, or by its address.

use std::{
    hash::{BuildHasher, Hash},
    rc::Rc,
    sync::Arc,
};

use super::record::truncate_hash;
use crate::{Flavor, StrongOf, Weakrefable, flavor::WeakOf};

/// Compares keys by identity. It stands in the place of a hasher.
///
/// Two keys are the same if they are at the same address, whatever they contain and whatever their
/// vtables are. [`PtrWeakKeyMap`](crate::PtrWeakKeyMap), [`PtrWeakWeakMap`](crate::PtrWeakWeakMap)
/// and [`PtrWeakSet`](crate::PtrWeakSet) compare their keys so.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, map::ByAddress, set::ObjectSet};
///
/// let [first, second] = ["hello", "hello"].map(|word| Arc::new(Slotted::new(word)));
/// let words = ObjectSet::<_, ByAddress>::from([first, second.clone()]);
/// assert!(words.contains(&second));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ByAddress;

/// Compares keys by their `Eq` and `Hash`, with a hasher `S`.
///
/// [`WeakKeyMap`](crate::WeakKeyMap), [`WeakWeakMap`](crate::WeakWeakMap) and
/// [`WeakSet`](crate::WeakSet) compare their keys so.
///
/// # Examples
///
/// ```
/// use std::{hash::RandomState, sync::Arc};
/// use weakref_core::{Slotted, WeakSet, map::ByEq, set::ObjectSet};
///
/// fn longest(words: &ObjectSet<Slotted<String>, ByEq<RandomState>>) -> Option<usize> {
///     words.iter().map(|word| word.len()).max()
/// }
///
/// let hello = Arc::new(Slotted::new(String::from("hello")));
/// assert_eq!(longest(&WeakSet::from([hello.clone()])), Some(5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ByEq<S>(pub(crate) S);

/// Says that a `Q` can be looked up in a container of weak keys `K`.
///
/// [`ByEq`] implements it for any `Q` that is [`Equivalent`](crate::Equivalent) to `K`: what `K` can be borrowed as, as
/// for std's maps, and types that say so themselves. [`ByAddress`]
/// implements it for `K`, `Rc<K>` and `Arc<K>`. This trait is sealed.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakSet, map::Lookup, set::ObjectSet};
///
/// fn count<C>(words: &ObjectSet<Slotted<String>, C>, text: &str) -> usize
/// where
///     C: Lookup<Slotted<String>, str>,
/// {
///     text.split(' ').filter(|word| words.contains(*word)).count()
/// }
///
/// let hello = Arc::new(Slotted::new(String::from("hello")));
/// assert_eq!(count(&WeakSet::from([hello.clone()]), "hello world"), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "a `{Q}` cannot be looked up in a container of `{K}`s",
    note = "by equality, keys are `Eq + Hash` (`#[derive(PartialEq, Eq, Hash)]`), and it is asked \
        for what they can be borrowed as: `&*owner`, a `str` for a `Slotted<String>`",
    note = "by identity (`PtrWeakSet`, ..), keys need nothing, and it is asked for \
        the object itself: `&owner`, `&*owner`, as the very `dyn Trait` if it is of those"
)]
pub trait Lookup<K: ?Sized + Weakrefable, Q: ?Sized>: sealed::Lookup<K, Q> {}

#[diagnostic::do_not_recommend]
impl<K: ?Sized + Weakrefable, Q: ?Sized, S: sealed::Lookup<K, Q>> Lookup<K, Q> for S {}

/// Says that a container of weak keys `K` can compare two of them.
///
/// It is implemented for each [`Lookup`] of a `K`, and exists for its error message. [`Lookup`] is
/// enough as a bound of your own. This trait is sealed.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakSet, map::CompareKeys, set::ObjectSet};
///
/// fn add<C>(words: &ObjectSet<Slotted<String>, C>, word: &Arc<Slotted<String>>)
/// where
///     C: CompareKeys<Slotted<String>>,
/// {
///     words.insert(word);
/// }
///
/// let words = WeakSet::new();
/// let hello = Arc::new(Slotted::new(String::from("hello")));
/// add(&words, &hello);
/// assert!(words.contains("hello"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{K}` has no `Eq + Hash`: derive them, or compare by identity \
        (`PtrWeakKeyMap`, `PtrWeakWeakMap`, `PtrWeakSet`)",
    label = "this container compares by `Eq` and `Hash`, which `{K}` does not implement"
)]
pub trait CompareKeys<K: ?Sized + Weakrefable>: Lookup<K, K> {}

#[diagnostic::do_not_recommend]
impl<K: ?Sized + Weakrefable, S: Lookup<K, K>> CompareKeys<K> for S {}

/// Owners that a search has made, to be dropped after the shard has been unlocked.
#[derive(Debug)]
pub struct Kept<O> {
    last: Option<O>,
    /// The owners made before `last`. Usually there are none, as two keys seldom share a hash. A
    /// box makes that one test.
    #[allow(clippy::box_collection)]
    more: Option<Box<Vec<O>>>,
}

impl<O> Kept<O> {
    #[inline]
    pub(crate) fn new() -> Self {
        Self { last: None, more: None }
    }

    #[inline]
    pub(crate) fn keep(&mut self, owner: O) -> &O {
        if let Some(before) = self.last.take() {
            self.keep_before(before);
        }
        self.last.insert(owner)
    }

    #[cold]
    fn keep_before(&mut self, owner: O) {
        self.more.get_or_insert_default().push(owner);
    }

    /// Calls `each` with each owner, and keeps none.
    #[inline]
    pub(crate) fn drain(&mut self, mut each: impl FnMut(O)) {
        if let Some(owner) = self.last.take() {
            each(owner);
        }
        if let Some(more) = self.more.take() {
            more.into_iter().for_each(each);
        }
    }

    /// Returns the owner of the key that the search has found, if it has made one.
    #[inline]
    pub(crate) fn found(&mut self) -> Option<O> {
        self.last.take()
    }
}

pub(crate) mod sealed {
    use equivalent::Equivalent;

    use super::{
        Arc, BuildHasher, ByAddress, ByEq, Flavor, Hash, Kept, Rc, StrongOf, WeakOf, Weakrefable,
        truncate_hash,
    };

    /// The methods of [`Lookup`](super::Lookup). No other crate can name this trait.
    #[allow(unnameable_types)]
    pub trait Lookup<K: ?Sized + Weakrefable, Q: ?Sized> {
        fn hash(&self, wanted: &Q) -> u32;
        /// Whether `weak` refers to a living key that is the wanted one. User code (`Eq`) may run
        /// here. The owner that it needs may be the last one afterwards, and is put into `kept`.
        fn is(weak: &WeakOf<K>, wanted: &Q, kept: &mut Kept<StrongOf<K>>) -> bool;
        /// Whether `key` is the wanted one. User code (`Eq`) may run here.
        fn equals(key: &K, wanted: &Q) -> bool;
    }

    impl<K, Q, S> Lookup<K, Q> for ByEq<S>
    where
        K: ?Sized + Weakrefable,
        Q: ?Sized + Hash + Equivalent<K>,
        S: BuildHasher,
    {
        #[inline]
        fn hash(&self, wanted: &Q) -> u32 {
            truncate_hash(self.0.hash_one(wanted))
        }

        #[inline]
        fn is(weak: &WeakOf<K>, wanted: &Q, kept: &mut Kept<StrongOf<K>>) -> bool {
            let Some(owner) = K::Flavor::upgrade(weak) else { return false };
            wanted.equivalent(kept.keep(owner))
        }

        #[inline]
        fn equals(key: &K, wanted: &Q) -> bool {
            wanted.equivalent(key)
        }
    }

    macro_rules! by_address {
        ($(($($Q:tt)*) |$wanted:ident| $reference:expr;)*) => {$(
            impl<K: ?Sized + Weakrefable> Lookup<K, $($Q)*> for ByAddress {
                #[inline]
                fn hash(&self, $wanted: &$($Q)*) -> u32 {
                    mix(address(std::ptr::from_ref::<K>($reference)))
                }

                #[inline]
                fn is(weak: &WeakOf<K>, $wanted: &$($Q)*, _: &mut Kept<StrongOf<K>>) -> bool {
                    address(K::Flavor::as_ptr(weak)) == address(std::ptr::from_ref::<K>($reference))
                        && !K::Flavor::is_dead(weak)
                }

                #[inline]
                fn equals(key: &K, $wanted: &$($Q)*) -> bool {
                    std::ptr::addr_eq(key, std::ptr::from_ref::<K>($reference))
                }
            }
        )*};
    }
    by_address! {
        (K) |key| key;
        (Rc<K>) |owner| &**owner;
        (Arc<K>) |owner| &**owner;
    }

    #[inline]
    fn address<K: ?Sized>(pointer: *const K) -> usize {
        pointer.addr()
    }

    /// Spreads the bits of an address, whose lowest are always 0, over all 32.
    #[inline]
    fn mix(address: usize) -> u32 {
        truncate_hash((address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}
