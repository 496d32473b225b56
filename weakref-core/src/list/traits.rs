//! Conversions and other traits.

use std::fmt;

use super::{IntoIter, Iter, WeakList};
use crate::{
    StrongOf, Weakrefable,
    flavor::{AsPointer, Stored},
};

impl<T: ?Sized + Weakrefable, P: AsPointer<T>> Extend<P> for WeakList<T> {
    /// Adds all objects at the end. Each owner is dropped after its object has been added: an
    /// element without another owner leaves the list again.
    fn extend<I: IntoIterator<Item = P>>(&mut self, owners: I) {
        for owner in owners {
            self.push_strong(owner.as_strong());
        }
    }
}

impl<T, P> FromIterator<P> for WeakList<T>
where
    T: ?Sized + Weakrefable + Stored<T::Flavor>,
    P: AsPointer<T>,
{
    /// Collects objects. Each owner is dropped after its object has been added: an element without
    /// another owner leaves the list again.
    fn from_iter<I: IntoIterator<Item = P>>(owners: I) -> Self {
        let mut list = Self::new();
        list.extend(owners);
        list
    }
}

impl<T, P, const N: usize> From<[P; N]> for WeakList<T>
where
    T: ?Sized + Weakrefable + Stored<T::Flavor>,
    P: AsPointer<T>,
{
    /// Adds all objects. Each owner is dropped after its object has been added: an element without
    /// another owner leaves the list again.
    fn from(owners: [P; N]) -> Self {
        owners.into_iter().collect()
    }
}

impl<T, P> From<Vec<P>> for WeakList<T>
where
    T: ?Sized + Weakrefable + Stored<T::Flavor>,
    P: AsPointer<T>,
{
    /// Adds all objects. Each owner is dropped after its object has been added: an element without
    /// another owner leaves the list again.
    fn from(owners: Vec<P>) -> Self {
        owners.into_iter().collect()
    }
}

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>> Default for WeakList<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>> Clone for WeakList<T> {
    /// Returns a list of the same elements, in the same order. The keys of one list mean nothing to
    /// the other, and later changes of one do not affect the other.
    fn clone(&self) -> Self {
        let clone = Self::new();
        self.for_each(|element| _ = clone.push_strong(element));
        clone
    }
}

impl<T: ?Sized + Weakrefable> IntoIterator for WeakList<T> {
    type Item = StrongOf<T>;
    type IntoIter = IntoIter<StrongOf<T>>;

    /// Consumes the list and returns owners of its elements, from the first to the last.
    fn into_iter(self) -> Self::IntoIter {
        IntoIter::new(self.take_all())
    }
}

impl<T: ?Sized + Weakrefable> IntoIterator for &WeakList<T> {
    type Item = StrongOf<T>;
    type IntoIter = Iter<StrongOf<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: ?Sized + Weakrefable + fmt::Debug> fmt::Debug for WeakList<T> {
    /// Formats the elements.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        self.for_each(|element| {
            list.entry(&&**element);
        });
        list.finish()
    }
}
