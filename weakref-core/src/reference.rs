//! Weak references: [`WeakRef`], [`KeyedRef`] and [`Proxy`], with their guards, their futures and
//! the traits that they have in common.

// A reference without callback is a std `Weak` with a word for the hash. A reference with a
// callback has a node (`weakref/node.rs`), which is registered with the slot of the object.

mod died;
mod kept_hash;
mod keyed;
mod kind;
mod object;
mod weakref;

pub use crate::proxy::{Callable, CallableProxy, Operand, Proxy, ProxyGuard, ProxyIter};
pub use died::Died;
pub use keyed::KeyedRef;
pub use kind::{ProxyType, WeakReference, WeakReferenceKind};
pub use object::{clear_weakrefs, clear_weakrefs_silently, weakref_count, weakrefs};
pub use weakref::{WeakRef, Weakrefable};
