//! Numbers for objects, and the way back. This is the file about `weakref_core`.

use std::{
    fmt,
    num::ParseIntError,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use weakref_core::{PtrWeakKeyMap, Shared, WeakValueMap, Weakrefable};

/// The number of an object. It is never given to another one.
///
/// Python takes the object's address, which another object may get after this one is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Id(u64);

/// Knows objects by their numbers, and owns none of them.
pub(crate) struct Ids<T: Weakrefable<Flavor = Shared> + Send + Sync + 'static> {
    /// An entry exists as long as there is an `Arc` of the object, and is removed with the last
    /// one.
    objects: WeakValueMap<Id, T>,
    /// The other direction, so that an object has one number however often it is remembered. The
    /// map compares by identity: equal objects have different numbers.
    numbers: PtrWeakKeyMap<T, Id>,
    last: AtomicU64,
}

impl<T: Weakrefable<Flavor = Shared> + Send + Sync + 'static> Ids<T> {
    pub(crate) fn new() -> Self {
        Self {
            objects: WeakValueMap::new(),
            numbers: PtrWeakKeyMap::new(),
            last: AtomicU64::new(0),
        }
    }

    /// Returns the object's number, which is a new one the first time.
    pub(crate) fn remember(&self, object: &Arc<T>) -> Id {
        // Runs once for an object, also if several threads remember it at the same moment.
        self.numbers.get_or_insert_with(object, || {
            let id = Id(self.last.fetch_add(1, Relaxed) + 1);
            self.objects.insert(id, object);
            id
        })
    }

    /// Returns the object of this number, if it is still alive.
    pub(crate) fn object(&self, id: Id) -> Option<Arc<T>> {
        self.objects.get(&id)
    }

    /// Returns how many objects with a number are alive.
    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl FromStr for Id {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.strip_prefix('#').unwrap_or(text).parse().map(Self)
    }
}
