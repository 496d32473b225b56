//! How a container of weak keys finds one: by the referent's `Eq` and `Hash`, or by its address.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash},
    rc::Rc,
    sync::Arc,
};

use super::table::fold;
use crate::{Flavor, StrongOf, Weakrefable, flavor::WeakOf};

/// The identity of objects, in the place of a hasher: two are the same if they stand at the same
/// address, whatever they contain and whatever their vtables.
///
/// # Examples
///
/// ```
/// use weakref_core::{ByAddress, PtrWeakSet, Slotted};
///
/// # let set = PtrWeakSet::<Slotted<String>>::new();
/// let by: &ByAddress = set.hasher();
/// assert_eq!(format!("{by:?}"), "ByAddress");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ByAddress;

/// Says how a container of weak keys `K` is asked for a `Q`.
///
/// With a hasher, as std's maps: for any `Q` that `K` can be borrowed as, by `Eq` and `Hash`. With
/// [`ByAddress`], for a `K`, or a pointer to one. Sealed.
///
/// # Examples
///
/// ```
/// use weakref_core::{Lookup, Slotted, WeakSet};
///
/// fn knows<S: Lookup<Slotted<String>, str>>(set: &WeakSet<Slotted<String>, S>, text: &str) -> bool {
///     set.contains(text)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a `{Q}` cannot be looked up in a container of `{K}`s",
    note = "by equality, keys are `Eq + Hash` (`#[derive(PartialEq, Eq, Hash)]`), and it is asked for what they can be borrowed as: `&*owner`, a `str` for a `Slotted<String>`",
    note = "by identity (`PtrWeakSet`, ..), keys need nothing, and it is asked for the object itself: `&owner`, `&*owner`, as the very `dyn Trait` if it is of those"
)]
pub trait Lookup<K: ?Sized + Weakrefable, Q: ?Sized>: sealed::Lookup<K, Q> {}

#[diagnostic::do_not_recommend]
impl<K: ?Sized + Weakrefable, Q: ?Sized, S: sealed::Lookup<K, Q>> Lookup<K, Q> for S {}

/// Owners that a search has made, to be dropped when the shard has been left.
#[derive(Debug)]
pub struct Kept<O> {
    last: Option<O>,
    /// Those before. In a box, so that it costs one test where there are none: one owner is the rule,
    /// as two keys seldom share a hash.
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

    /// Gives away what is kept.
    #[inline]
    pub(crate) fn drain(&mut self, mut each: impl FnMut(O)) {
        if let Some(owner) = self.last.take() {
            each(owner);
        }
        if let Some(more) = self.more.take() {
            more.into_iter().for_each(each);
        }
    }

    /// The owner of the key that the search has ended with, if it has made one.
    #[inline]
    pub(crate) fn found(&mut self) -> Option<O> {
        self.last.take()
    }
}

pub(crate) mod sealed {
    use super::{
        Arc, Borrow, BuildHasher, ByAddress, Flavor, Hash, Kept, Rc, StrongOf, WeakOf, Weakrefable,
        fold,
    };

    /// What [`Lookup`](super::Lookup) says, where nobody else can say it.
    #[allow(unnameable_types)]
    pub trait Lookup<K: ?Sized + Weakrefable, Q: ?Sized> {
        fn hash(&self, wanted: &Q) -> u32;
        /// Whether the living key behind `weak` is what is wanted. The user's `Eq` runs here; its
        /// owner may be the last one afterwards, and is kept.
        fn is(weak: &WeakOf<K>, wanted: &Q, kept: &mut Kept<StrongOf<K>>) -> bool;
        /// The same of a key that somebody owns.
        fn equals(key: &K, wanted: &Q) -> bool;
    }

    impl<K, Q, S> Lookup<K, Q> for S
    where
        K: ?Sized + Weakrefable + Borrow<Q>,
        Q: ?Sized + Eq + Hash,
        S: BuildHasher,
    {
        #[inline]
        fn hash(&self, wanted: &Q) -> u32 {
            fold(self.hash_one(wanted))
        }

        #[inline]
        fn is(weak: &WeakOf<K>, wanted: &Q, kept: &mut Kept<StrongOf<K>>) -> bool {
            let Some(owner) = K::Flavor::upgrade(weak) else { return false };
            (**kept.keep(owner)).borrow() == wanted
        }

        #[inline]
        fn equals(key: &K, wanted: &Q) -> bool {
            key.borrow() == wanted
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
        fold((address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}
