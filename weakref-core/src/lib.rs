//! lib
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod callback;
mod death;
mod error;
mod flavor;
mod gate;
mod map;
mod node;
mod observer;
mod slot;
mod slotted;
mod sync;
mod waits;
mod weakref;

pub use callback::{Unraisable, reset_unraisable_hook, set_unraisable_hook};
pub use error::ReferenceError;
pub use flavor::{Callback, Flavor, Local, Pointer, Shared, StrongOf};
pub use map::{IntoIter, Iter, Keys, MapKey, Values, WeakValueMap};
pub use slot::WeakSlot;
pub use slotted::Slotted;
pub use weakref::{
    WeakRef, Weakrefable, clear_weakrefs, clear_weakrefs_silently, weakref_count, weakrefs,
};
#[cfg(feature = "derive")]
pub use weakref_derive::{Weakrefable, new, weakrefable};
