//! Maps whose entries go when an object dies.

mod cell;
mod factory;
mod iter;
mod lease;
mod shard;
mod table;
mod traits;
mod value;
mod whole;

pub use iter::{IntoIter, Iter, Keys, Values};
pub use value::{MapKey, WeakValueMap};
