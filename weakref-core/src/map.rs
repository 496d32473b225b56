//! Maps whose entries go when an object dies.
//!
//! Their methods have the names and meanings of [`HashMap`](std::collections::HashMap)'s where that has one,
//! and Python's or weak-table's where it has none. What differs, differs because an entry can go at any
//! moment:
//!
//! - Methods take `&self`, and give owners, or clones, instead of references. So there is no `get_mut`,
//!   `iter_mut`, `values_mut` or `into_mut`: a value that the map owns is changed by
//!   [`with_mut`](WeakKeyMap::with_mut) and [`for_each_mut`](WeakKeyMap::for_each_mut).
//! - Iterators are snapshots, which later changes of the map do not disturb.
//! - `insert` and `entry` take a reference to an owner of an object that the map shall hold weakly, as somebody
//!   must keep the owner. What comes by several (`update`, `extend`, `collect`, `from`) or out of a factory
//!   comes as an owner; an object that nobody else owns is gone again at once.
//! - Maps by identity ([`PtrWeakKeyMap`], [`PtrWeakWeakMap`]) have no hasher of yours.

pub(crate) mod cell;
mod entry;
pub(crate) mod face;
pub(crate) mod factory;
pub(crate) mod gone;
mod held;
pub(crate) mod iter;
mod key;
mod lease;
mod lookup;
pub(crate) mod shard;
pub(crate) mod table;
mod value;
pub(crate) mod weak;
mod weak_weak;

pub use entry::{Entry, Mapping, OccupiedEntry, VacantEntry};
pub use gone::RemovalCause;
pub use iter::{Drain, ExtractIf, IntoIter, Iter, Keys, Values};
pub use key::{PtrWeakKeyMap, WeakKeyMap};
pub use lookup::{ByAddress, Lookup};
pub use value::WeakValueMap;
pub use weak_weak::{PtrWeakWeakMap, WeakWeakMap};
