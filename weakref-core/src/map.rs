//! Maps that do not keep their values, their keys, or either of them alive.
//!
//! | keys \ values | weak | owned by the map |
//! |---|---|---|
//! | owned by the map | [`WeakValueMap`] | |
//! | weak, compared by `Eq` | [`WeakWeakMap`] | [`WeakKeyMap`] |
//! | weak, compared by identity | [`PtrWeakWeakMap`] | [`PtrWeakKeyMap`] |
//!
//! Their methods have the names and meanings of those of
//! [`HashMap`](std::collections::HashMap), and those of Python or of the `weak-table` crate where
//! `HashMap` has none. They differ where an entry can be removed at any moment:
//!
//! - Methods take `&self`. They return owners or clones instead of references. There is no
//!   `get_mut`, `iter_mut`, `values_mut` or `into_mut`. Use [`with_mut`](WeakKeyMap::with_mut) and
//!   [`for_each_mut`](WeakKeyMap::for_each_mut) to change a value that the map owns.
//! - Iterators are snapshots. Later changes of the map do not affect them.
//! - `insert` and `entry` take a reference to the owner of a weak key or value, because the caller
//!   has to keep the owner. An [entry](Entry)'s `insert` and `or_insert` take an owner and return it.
//!   `update`, `extend`, `collect` and `from` take references to owners, or owners by value, which
//!   they drop. An object without another owner is then dropped, and its entry is removed again.
//! - Maps that compare keys by identity have no hasher.

pub(crate) mod entry;
mod key;
mod pair;
mod value;

pub use crate::container::{
    lookup::{ByAddress, ByEq, CompareKeys, Lookup},
    removal::RemovalCause,
    snapshot::{Drain, ExtractIf, IntoIter, Iter, Keys, Values},
};
pub use entry::{ByRef, Entry, Mapping, OccupiedEntry, OccupiedError, VacantEntry};
pub use key::{KeyMap, PtrWeakKeyMap, WeakKeyMap};
pub use pair::{PairMap, PtrWeakWeakMap, WeakWeakMap};
pub use value::WeakValueMap;
