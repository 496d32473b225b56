//! The error of `try_insert`.

use std::{error::Error, fmt};

use super::{Mapping, OccupiedEntry};

/// The error of a map's `try_insert`: there is an entry with an equal key.
///
/// It has the entry that is there, and the value that was not inserted.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakValueMap};
///
/// let [day, night] = ["day", "night"].map(|pixels| Arc::new(Slotted::new(pixels)));
/// let textures = WeakValueMap::from([("sky", day.clone())]);
///
/// let mut error = textures.try_insert("sky", &night).unwrap_err();
/// assert_eq!(error.entry.get(), &day);
/// assert_eq!(
///     error.to_string(),
///     "failed to insert \"night\", key \"sky\" already exists with value \"day\"",
/// );
/// assert_eq!(error.entry.insert(error.value), Some(day));
/// ```
pub struct OccupiedError<'a, M: Mapping> {
    /// The entry that is there. Its [`key`](OccupiedEntry::key) is the one that was not inserted.
    pub entry: OccupiedEntry<'a, M>,
    /// The value that was not inserted.
    pub value: M::Value,
}

impl<M: Mapping<Key: fmt::Debug, Value: fmt::Debug>> fmt::Debug for OccupiedError<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut error = f.debug_struct("OccupiedError");
        error.field("key", self.entry.key());
        self.entry.with_shown(|value| {
            error.field("old_value", value);
        });
        error.field("new_value", &self.value).finish_non_exhaustive()
    }
}

impl<M: Mapping<Key: fmt::Debug, Value: fmt::Debug>> fmt::Display for OccupiedError<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to insert {:?}, key {:?} already exists", self.value, self.entry.key())?;
        self.entry.with_shown(|value| write!(f, " with value {value:?}"))
    }
}

impl<M: Mapping<Key: fmt::Debug, Value: fmt::Debug>> Error for OccupiedError<'_, M> {}
