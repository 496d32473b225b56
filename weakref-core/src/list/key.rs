//! Keys of elements.

use std::num::NonZero;

/// The key of one element of a [`WeakList`](super::WeakList).
///
/// It is returned where the element is inserted, and stays valid until the element leaves the list.
/// A key whose element has left is *stale*: no method finds anything by it, however many elements
/// are inserted later. A key means nothing to another list.
///
/// A key is `Copy`, and has 8 bytes; so has an `Option` of it.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{Slotted, WeakList};
///
/// let [first, second] = ["first", "second"].map(|name| Arc::new(Slotted::new(name)));
/// let list = WeakList::new();
/// let key = list.push(&first);
/// assert_eq!(list.remove(key), Some(first));
///
/// list.push(&second);
/// assert_eq!(list.get(key), None, "the key is stale");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListKey {
    /// The index of the entry.
    pub(super) index: u32,
    /// The generation of the entry while it has this element.
    pub(super) generation: NonZero<u32>,
}
