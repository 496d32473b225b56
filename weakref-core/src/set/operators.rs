//! The operators `|`, `&`, `-` and `^`, and their assignments.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Sub, SubAssign};

use super::ObjectSet;
use crate::{Weakrefable, container::lookup::Lookup, flavor::Stored};

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>, C> BitOr for &ObjectSet<T, C>
where
    C: Lookup<T, T> + Clone,
{
    type Output = ObjectSet<T, C>;

    /// Returns a set of the [`union`](ObjectSet::union).
    #[track_caller]
    fn bitor(self, other: Self) -> Self::Output {
        let set = ObjectSet { shards: self.shards.new_like(), hasher: self.hasher.clone() };
        set.update_strong(self.union(other));
        set
    }
}

impl<T: ?Sized + Weakrefable, C, C2> BitOrAssign<&ObjectSet<T, C2>> for ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Adds the elements of `other`.
    #[track_caller]
    fn bitor_assign(&mut self, other: &ObjectSet<T, C2>) {
        self.update_strong(other);
    }
}

impl<T: ?Sized + Weakrefable, C, C2> BitOrAssign<&ObjectSet<T, C2>> for &ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Adds the elements of `other`, which may be the same set.
    #[track_caller]
    fn bitor_assign(&mut self, other: &ObjectSet<T, C2>) {
        self.update_strong(other);
    }
}

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>, C> BitAnd for &ObjectSet<T, C>
where
    C: Lookup<T, T> + Clone,
{
    type Output = ObjectSet<T, C>;

    /// Returns a set of the [`intersection`](ObjectSet::intersection).
    #[track_caller]
    fn bitand(self, other: Self) -> Self::Output {
        let set = ObjectSet { shards: self.shards.new_like(), hasher: self.hasher.clone() };
        set.update_strong(self.intersection(other));
        set
    }
}

impl<T: ?Sized + Weakrefable, C, C2> BitAndAssign<&ObjectSet<T, C2>> for ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Removes the elements that equal no element of `other`.
    #[track_caller]
    fn bitand_assign(&mut self, other: &ObjectSet<T, C2>) {
        self.intersection_update(other);
    }
}

impl<T: ?Sized + Weakrefable, C, C2> BitAndAssign<&ObjectSet<T, C2>> for &ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Removes the elements that equal no element of `other`, which may be the same set.
    #[track_caller]
    fn bitand_assign(&mut self, other: &ObjectSet<T, C2>) {
        self.intersection_update(other);
    }
}

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>, C> Sub for &ObjectSet<T, C>
where
    C: Lookup<T, T> + Clone,
{
    type Output = ObjectSet<T, C>;

    /// Returns a set of the [`difference`](ObjectSet::difference).
    #[track_caller]
    fn sub(self, other: Self) -> Self::Output {
        let set = ObjectSet { shards: self.shards.new_like(), hasher: self.hasher.clone() };
        set.update_strong(self.difference(other));
        set
    }
}

impl<T: ?Sized + Weakrefable, C, C2> SubAssign<&ObjectSet<T, C2>> for ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Removes the elements that equal an element of `other`.
    #[track_caller]
    fn sub_assign(&mut self, other: &ObjectSet<T, C2>) {
        self.difference_update(other);
    }
}

impl<T: ?Sized + Weakrefable, C, C2> SubAssign<&ObjectSet<T, C2>> for &ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Removes the elements that equal an element of `other`, which may be the same set.
    #[track_caller]
    fn sub_assign(&mut self, other: &ObjectSet<T, C2>) {
        self.difference_update(other);
    }
}

impl<T: ?Sized + Weakrefable + Stored<T::Flavor>, C> BitXor for &ObjectSet<T, C>
where
    C: Lookup<T, T> + Clone,
{
    type Output = ObjectSet<T, C>;

    /// Returns a set of the [`symmetric_difference`](ObjectSet::symmetric_difference).
    #[track_caller]
    fn bitxor(self, other: Self) -> Self::Output {
        let set = ObjectSet { shards: self.shards.new_like(), hasher: self.hasher.clone() };
        set.update_strong(self.symmetric_difference(other));
        set
    }
}

impl<T: ?Sized + Weakrefable, C, C2> BitXorAssign<&ObjectSet<T, C2>> for ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Removes the elements that equal an element of `other`, and adds the other elements of
    /// `other`.
    #[track_caller]
    fn bitxor_assign(&mut self, other: &ObjectSet<T, C2>) {
        self.symmetric_difference_update(other);
    }
}

impl<T: ?Sized + Weakrefable, C, C2> BitXorAssign<&ObjectSet<T, C2>> for &ObjectSet<T, C>
where
    C: Lookup<T, T>,
    C2: Lookup<T, T>,
{
    /// Removes the elements that equal an element of `other`, which may be the same set, and adds
    /// the other elements of `other`.
    #[track_caller]
    fn bitxor_assign(&mut self, other: &ObjectSet<T, C2>) {
        self.symmetric_difference_update(other);
    }
}
