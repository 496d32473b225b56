//! Errors.

use std::{error::Error, fmt};

/// The object of a weak reference has been dropped.
///
/// Corresponds to Python's `ReferenceError`, with the same message.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakRef, error::ReferenceError};
///
/// let dead = WeakRef::new(&Arc::new(Slotted::new(7)));
/// assert_eq!(dead.try_hash(), Err(ReferenceError));
/// assert_eq!(ReferenceError.to_string(), "weakly-referenced object no longer exists");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ReferenceError;

impl ReferenceError {
    /// Panics with the message. Out of line, so that the code for an object that is alive stays
    /// small.
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

/// The error of `try_reserve`: the allocation has failed, or the capacity is too large.
///
/// Corresponds to the error of the same name in std, which cannot be constructed outside of std.
///
/// # Examples
///
/// ```
/// use weakref_core::{Slotted, WeakValueMap};
///
/// let map = WeakValueMap::<u64, Slotted<u64>>::new();
/// let error = map.try_reserve(usize::MAX / 2).unwrap_err();
/// assert_eq!(format!("{error:?}"), "TryReserveError { kind: CapacityOverflow }");
/// assert!(error.to_string().starts_with("memory allocation failed because"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryReserveError {
    kind: TryReserveErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TryReserveErrorKind {
    CapacityOverflow,
    AllocError,
}

impl TryReserveError {
    // Not `From`, which would make a version of hashbrown part of the public interface.
    pub(crate) fn new(error: &hashbrown::TryReserveError) -> Self {
        let kind = match error {
            hashbrown::TryReserveError::CapacityOverflow => TryReserveErrorKind::CapacityOverflow,
            hashbrown::TryReserveError::AllocError { .. } => TryReserveErrorKind::AllocError,
        };
        Self { kind }
    }
}

impl fmt::Display for TryReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory allocation failed because ")?;
        f.write_str(match self.kind {
            TryReserveErrorKind::CapacityOverflow => {
                "the computed capacity exceeded the collection's maximum"
            }
            TryReserveErrorKind::AllocError => "the memory allocator returned an error",
        })
    }
}

impl Error for TryReserveError {}
