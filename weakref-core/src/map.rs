//! Maps whose entries go when an object dies.

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
