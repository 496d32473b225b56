//! What should be in a container: a plain list of the living entries.

use std::marker::PhantomData;

use weakref_core::RemovalCause;

use super::container::{Container, How};
use crate::check;

/// An entry: the numbers of its objects. Of a set, twice the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub key: usize,
    pub value: usize,
}

/// The rows of one container, and the removals that it is still to tell of.
#[derive(Debug)]
pub struct Model<C> {
    pub rows: Vec<Row>,
    pub told: Vec<(usize, RemovalCause)>,
    container: PhantomData<C>,
}

/// The names of all objects, by their numbers.
pub type Names = [u32];

impl<C: Container> Model<C> {
    pub fn new(rows: Vec<Row>) -> Self {
        Self { rows, told: Vec::new(), container: PhantomData }
    }

    /// Whether two objects are the same key.
    pub fn same(names: &Names, one: usize, other: usize) -> bool {
        if C::BY_ADDRESS { one == other } else { names[one] == names[other] }
    }

    fn position(&self, names: &Names, key: usize) -> Option<usize> {
        self.rows.iter().position(|row| Self::same(names, row.key, key))
    }

    pub fn find(&self, names: &Names, key: usize) -> Option<Row> {
        self.position(names, key).map(|at| self.rows[at])
    }

    fn has(&self, names: &Names, key: usize) -> bool {
        self.position(names, key).is_some()
    }

    fn leave(&mut self, at: usize, cause: RemovalCause) -> Row {
        let row = self.rows.swap_remove(at);
        self.told.push((row.key, cause));
        row
    }

    /// Takes those rows out that `leaves` says.
    pub fn leave_if(&mut self, cause: RemovalCause, leaves: impl Fn(Row) -> bool) {
        for at in (0..self.rows.len()).rev() {
            if leaves(self.rows[at]) {
                self.leave(at, cause);
            }
        }
    }

    pub fn remove(&mut self, names: &Names, key: usize) -> Option<Row> {
        let at = self.position(names, key)?;
        Some(self.leave(at, RemovalCause::Removed))
    }

    /// An entry has been taken out. Returns whether it was there as it is.
    pub fn take(&mut self, row: Row) -> bool {
        let at = self.rows.iter().position(|other| *other == row);
        at.map(|at| self.leave(at, RemovalCause::Removed)).is_some()
    }

    /// The same of several.
    pub fn take_all(&mut self, rows: &[Row]) -> bool {
        rows.iter().all(|row| self.take(*row))
    }

    /// The first key stays, and in a set the element. Returns the value that was there.
    pub fn insert(&mut self, names: &Names, key: usize, value: usize) -> Option<usize> {
        let Some(at) = self.position(names, key) else {
            self.rows.push(Row { key, value: if C::IS_SET { key } else { value } });
            return None;
        };
        let old = self.rows[at];
        if !C::IS_SET {
            self.rows[at].value = value;
            self.told.push((old.key, RemovalCause::Replaced));
        }
        Some(old.value)
    }

    /// The new key stays.
    pub fn replace(&mut self, names: &Names, key: usize, value: usize) -> Option<usize> {
        let row = Row { key, value: if C::IS_SET { key } else { value } };
        let Some(at) = self.position(names, key) else {
            self.rows.push(row);
            return None;
        };
        let old = std::mem::replace(&mut self.rows[at], row);
        self.told.push((old.key, RemovalCause::Replaced));
        Some(old.value)
    }

    /// Puts a value there if there is none. Returns what is there then.
    pub fn or_insert(&mut self, names: &Names, key: usize, value: usize) -> Option<usize> {
        if !self.has(names, key) {
            self.insert(names, key, value);
        }
        self.find(names, key).map(|row| row.value)
    }

    /// Changes a value that the container owns. Returns what was there, or is.
    pub fn change(&mut self, names: &Names, key: usize, value: usize) -> Option<usize> {
        let at = self.position(names, key)?;
        let old = self.rows[at].value;
        if owns_values::<C>() {
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

    pub fn is_within(&self, other: &Self, names: &Names) -> bool {
        self.all_in(other, names, |mine, theirs| C::IS_SET || mine == theirs)
    }

    pub fn has_keys_within(&self, other: &Self, names: &Names) -> bool {
        self.all_in(other, names, |_, _| true)
    }

    pub fn equals(&self, other: &Self, names: &Names) -> bool {
        let fits = |mine: usize, theirs: usize| C::IS_SET || names[mine] == names[theirs];
        self.rows.len() == other.rows.len() && self.all_in(other, names, fits)
    }

    pub fn is_disjoint(&self, other: &Self, names: &Names) -> bool {
        !self.rows.iter().any(|row| other.has(names, row.key))
    }

    /// What two sets make together: of equal elements, this one's.
    pub fn combined(&self, other: &Self, names: &Names, how: How) -> Vec<Row> {
        let (shared, own): (Vec<_>, Vec<_>) =
            self.rows.iter().copied().partition(|row| other.has(names, row.key));
        let theirs = other.rows.iter().copied().filter(|row| !self.has(names, row.key));
        match how {
            How::Or => shared.into_iter().chain(own).chain(theirs).collect(),
            How::And => shared,
            How::Without => own,
            How::Xor => own.into_iter().chain(theirs).collect(),
        }
    }

    /// The same in place.
    pub fn combine(&mut self, other: &[Row], names: &Names, how: How) {
        let other = Self::new(other.to_vec());
        let mut combined = self.combined(&other, names, how);
        self.leave_if(RemovalCause::Removed, |row| !combined.contains(&row));
        std::mem::swap(&mut self.rows, &mut combined);
    }

    /// Aborts if two keys are the same.
    pub fn check_keys(&self, names: &Names) {
        for (at, row) in self.rows.iter().enumerate() {
            let twice = self.rows[..at].iter().any(|other| Self::same(names, other.key, row.key));
            check!(!twice, "a key stands there twice: {row:?} in {:?}", self.rows);
        }
    }
}

pub const fn owns_values<C: Container>() -> bool {
    C::WEAK_KEYS && !C::WEAK_VALUES && !C::IS_SET
}
