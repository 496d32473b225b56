//! What an access to a dead referent gives.

use std::{error::Error, fmt};

/// The referent of a weak reference is gone.
///
/// Python's `ReferenceError`, with its message.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{ReferenceError, Slotted, WeakRef};
///
/// let dead = WeakRef::new(&Arc::new(Slotted::new(7)));
/// assert_eq!(dead.try_hash(), Err(ReferenceError));
/// assert_eq!(ReferenceError.to_string(), "weakly-referenced object no longer exists");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ReferenceError;

impl ReferenceError {
    /// Panics with the message. Out of line, so that a use of what is alive stays small.
    #[cold]
    #[track_caller]
    pub(crate) fn raise() -> ! {
        panic!("{Self}")
    }
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("weakly-referenced object no longer exists")
    }
}

impl Error for ReferenceError {}

/// There is no memory for the room that `try_reserve` was asked for, or there cannot be so much.
///
/// What std's error of the same name says; that one cannot be made outside of std.
///
/// # Examples
///
/// ```
/// use weakref_core::{Slotted, WeakValueMap};
///
/// let map = WeakValueMap::<u64, Slotted<u64>>::new();
/// let error = map.try_reserve(usize::MAX / 2).unwrap_err();
/// assert_eq!(error.to_string(), "memory allocation failed");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryReserveError(pub(crate) ());

impl fmt::Display for TryReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory allocation failed")
    }
}

impl Error for TryReserveError {}
