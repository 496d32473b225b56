//! What should be in a container: a list of rows.

use std::marker::PhantomData;

use weakref_core::RemovalCause;

use super::super::harness::{Container, SetOperation};

/// An entry: the numbers of its objects. Of a set, twice the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) key: usize,
    pub(super) value: usize,
}

/// The rows of one container, and the removals of which its listener has not been checked.
pub(super) struct Expected<C> {
    pub(super) rows: Vec<Row>,
    pub(super) removals: Vec<(usize, RemovalCause)>,
    container: PhantomData<C>,
}

/// The names of all objects, by their numbers.
pub(super) type Names = [u32];

impl<C: Container> Expected<C> {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        Self { rows, removals: Vec::new(), container: PhantomData }
    }

    /// Whether two objects are the same key.
    fn same(names: &Names, one: usize, other: usize) -> bool {
        if C::BY_ADDRESS { one == other } else { names[one] == names[other] }
    }

    fn position(&self, names: &Names, key: usize) -> Option<usize> {
        self.rows.iter().position(|row| Self::same(names, row.key, key))
    }

    pub(super) fn find(&self, names: &Names, key: usize) -> Option<Row> {
        self.position(names, key).map(|at| self.rows[at])
    }

    fn has(&self, names: &Names, key: usize) -> bool {
        self.position(names, key).is_some()
    }

    fn remove_at(&mut self, at: usize, cause: RemovalCause) -> Row {
        let row = self.rows.swap_remove(at);
        self.removals.push((row.key, cause));
        row
    }

    /// Removes the rows that `is_removed` accepts.
    pub(super) fn remove_if(&mut self, cause: RemovalCause, is_removed: impl Fn(Row) -> bool) {
        for at in (0..self.rows.len()).rev() {
            if is_removed(self.rows[at]) {
                self.remove_at(at, cause);
            }
        }
    }

    pub(super) fn remove(&mut self, names: &Names, key: usize) -> Option<Row> {
        let at = self.position(names, key)?;
        Some(self.remove_at(at, RemovalCause::Removed))
    }

    /// An entry has been taken out, which must be there as it is.
    pub(super) fn take(&mut self, row: Row) {
        let at = self.rows.iter().position(|other| *other == row);
        self.remove_at(
            at.unwrap_or_else(|| panic!("{row:?} was not there")),
            RemovalCause::Removed,
        );
    }

    /// The same of several.
    pub(super) fn take_all(&mut self, rows: Vec<Row>) {
        for row in rows {
            self.take(row);
        }
    }

    /// The first key stays, and in a set the element. Returns the value that was there.
    pub(super) fn insert(&mut self, names: &Names, key: usize, value: usize) -> Option<usize> {
        let Some(at) = self.position(names, key) else {
            self.rows.push(Row { key, value: if C::IS_SET { key } else { value } });
            return None;
        };
        let old = self.rows[at];
        if !C::IS_SET {
            self.rows[at].value = value;
            self.removals.push((old.key, RemovalCause::Replaced));
        }
        Some(old.value)
    }

    /// The new key stays.
    pub(super) fn replace(&mut self, names: &Names, key: usize, value: usize) -> Option<usize> {
        let row = Row { key, value: if C::IS_SET { key } else { value } };
        let Some(at) = self.position(names, key) else {
            self.rows.push(row);
            return None;
        };
        let old = std::mem::replace(&mut self.rows[at], row);
        self.removals.push((old.key, RemovalCause::Replaced));
        Some(old.value)
    }

    /// Puts a value there if there is none. Returns what is there then.
    pub(super) fn or_insert(&mut self, names: &Names, key: usize, value: usize) -> usize {
        if !self.has(names, key) {
            self.insert(names, key, value);
        }
        self.find(names, key).expect("it is there now").value
    }

    /// Changes a value that the container owns. Returns what was there, or is.
    pub(super) fn change(&mut self, names: &Names, key: usize, value: usize) -> Option<usize> {
        let at = self.position(names, key)?;
        let old = self.rows[at].value;
        if C::WEAK_KEYS && !C::WEAK_VALUES && !C::IS_SET {
            self.rows[at].value = value;
        }
        Some(old)
    }

    /// Whether each row has one in `other` that fits.
    fn all_in(&self, other: &Self, names: &Names, fits: impl Fn(usize, usize) -> bool) -> bool {
        let fits = |mine: &Row| {
            other.find(names, mine.key).is_some_and(|theirs| fits(mine.value, theirs.value))
        };
        self.rows.iter().all(fits)
    }

    pub(super) fn is_within(&self, other: &Self, names: &Names) -> bool {
        self.all_in(other, names, |mine, theirs| C::IS_SET || mine == theirs)
    }

    pub(super) fn has_keys_within(&self, other: &Self, names: &Names) -> bool {
        self.all_in(other, names, |_, _| true)
    }

    pub(super) fn equals(&self, other: &Self, names: &Names) -> bool {
        let fits = |mine: usize, theirs: usize| C::IS_SET || names[mine] == names[theirs];
        self.rows.len() == other.rows.len() && self.all_in(other, names, fits)
    }

    pub(super) fn is_disjoint(&self, other: &Self, names: &Names) -> bool {
        !self.rows.iter().any(|row| other.has(names, row.key))
    }

    /// What two sets make together: of equal elements, this one's.
    pub(super) fn combined(
        &self,
        other: &Self,
        names: &Names,
        operation: SetOperation,
    ) -> Vec<Row> {
        let (shared, own): (Vec<_>, Vec<_>) =
            self.rows.iter().copied().partition(|row| other.has(names, row.key));
        let theirs = other.rows.iter().copied().filter(|row| !self.has(names, row.key));
        match operation {
            SetOperation::Union => shared.into_iter().chain(own).chain(theirs).collect(),
            SetOperation::Intersection => shared,
            SetOperation::Difference => own,
            SetOperation::SymmetricDifference => own.into_iter().chain(theirs).collect(),
        }
    }

    /// The same in place.
    pub(super) fn combine(&mut self, other: &[Row], names: &Names, operation: SetOperation) {
        let other = Self::new(other.to_vec());
        let mut combined = self.combined(&other, names, operation);
        self.remove_if(RemovalCause::Removed, |row| !combined.contains(&row));
        std::mem::swap(&mut self.rows, &mut combined);
    }
}
