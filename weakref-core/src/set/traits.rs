//! Conversions and other traits, and `update`.

use std::fmt;

use super::{IntoIter, Iter, ObjectSet, PtrWeakSet, WeakSet};
use crate::{
    StrongOf, Weakrefable,
    container::{lookup::Lookup, shards::Shards},
    flavor::{AsPointer, Stored},
};

impl<T: ?Sized + Weakrefable, C> ObjectSet<T, C>
where
    C: Lookup<T, T>,
{
    /// Adds the objects of all `owners`: Python's `update`.
    ///
    /// Each owner is dropped after its object has been added. If it was the only one, the element
    /// is removed again. The items may be references to owners instead.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakSet::from([hello.clone()]);
    /// words.update([&world]);
    /// assert!(words.contains(&*hello) && words.contains(&*world));
    /// ```
    #[track_caller]
    pub fn update<P: AsPointer<T>>(&self, owners: impl IntoIterator<Item = P>) {
        for owner in owners {
            self.insert_strong(owner.as_strong());
        }
    }

    #[track_caller]
    pub(super) fn update_strong(&self, owners: impl IntoIterator<Item = StrongOf<T>>) {
        for owner in owners {
            self.insert_strong(&owner);
        }
    }
}

impl<T: ?Sized + Weakrefable, C, P: AsPointer<T>> Extend<P> for ObjectSet<T, C>
where
    C: Lookup<T, T>,
{
    /// Adds all objects. Each owner is dropped after its object has been added: an element without
    /// another owner is removed again.
    fn extend<I: IntoIterator<Item = P>>(&mut self, owners: I) {
        self.update(owners);
    }
}

impl<T, P, C> FromIterator<P> for ObjectSet<T, C>
where
    T: ?Sized + Weakrefable + Stored<T::Flavor>,
    P: AsPointer<T>,
    C: Lookup<T, T> + Default,
{
    /// Collects objects. Each owner is dropped after its object has been added: an element without
    /// another owner is removed again.
    fn from_iter<I: IntoIterator<Item = P>>(owners: I) -> Self {
        let set = Self::default();
        set.update(owners);
        set
    }
}

impl<T, P, const N: usize> From<[P; N]> for WeakSet<T>
where
    T: ?Sized + Weakrefable,
    P: AsPointer<T>,
    Self: FromIterator<P>,
{
    /// Adds all objects. Each owner is dropped after its object has been added: an element without
    /// another owner is removed again.
    fn from(owners: [P; N]) -> Self {
        owners.into_iter().collect()
    }
}

impl<T, P> From<Vec<P>> for WeakSet<T>
where
    T: ?Sized + Weakrefable,
    P: AsPointer<T>,
    Self: FromIterator<P>,
{
    /// Adds all objects. Each owner is dropped after its object has been added: an element without
    /// another owner is removed again.
    fn from(owners: Vec<P>) -> Self {
        owners.into_iter().collect()
    }
}

impl<T, P, const N: usize> From<[P; N]> for PtrWeakSet<T>
where
    T: ?Sized + Weakrefable + Stored<T::Flavor>,
    P: AsPointer<T>,
{
    /// Adds all objects. Each owner is dropped after its object has been added: an element without
    /// another owner is removed again.
    fn from(owners: [P; N]) -> Self {
        owners.into_iter().collect()
    }
}

impl<T, P> From<Vec<P>> for PtrWeakSet<T>
where
    T: ?Sized + Weakrefable + Stored<T::Flavor>,
    P: AsPointer<T>,
{
    /// Adds all objects. Each owner is dropped after its object has been added: an element without
    /// another owner is removed again.
    fn from(owners: Vec<P>) -> Self {
        owners.into_iter().collect()
    }
}

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>, C> Default for ObjectSet<T, C>
where
    C: Default,
{
    fn default() -> Self {
        Self { shards: Shards::new(), hasher: C::default() }
    }
}

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>, C> Clone for ObjectSet<T, C>
where
    C: Lookup<T, T> + Clone,
{
    /// Returns a set of the same elements, without the removal listeners. Later changes of one set
    /// do not affect the other.
    #[track_caller]
    fn clone(&self) -> Self {
        let clone = Self { shards: self.shards.new_like(), hasher: self.hasher.clone() };
        self.for_each(|element| {
            clone.insert_strong(element);
        });
        clone
    }
}

impl<T: ?Sized + Weakrefable, C> IntoIterator for ObjectSet<T, C> {
    type Item = StrongOf<T>;
    type IntoIter = IntoIter<StrongOf<T>>;

    /// Consumes the set and returns owners of its elements, in arbitrary order.
    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        let all = self.take_all();
        // Dropped here, not at the end of the scope: a panic there would leak the result.
        drop(self);
        IntoIter::new(all)
    }
}

impl<T: ?Sized + Weakrefable, C> IntoIterator for &ObjectSet<T, C> {
    type Item = StrongOf<T>;
    type IntoIter = Iter<StrongOf<T>>;

    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: ?Sized + Weakrefable + fmt::Debug, C> fmt::Debug for ObjectSet<T, C> {
    /// Formats the elements.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        self.for_each(|element| {
            set.entry(&&**element);
        });
        set.finish()
    }
}
