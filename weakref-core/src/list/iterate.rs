//! Iteration, and snapshots.

use super::{
    Iter, ListKey, WeakList,
    observer::{Guard, Removals},
    slab::Slab,
};
use crate::{Flavor, StrongOf, WeakOf, Weakrefable, container::upgraded::Upgraded};

/// What an iteration shows.
pub(super) struct Walk<'a, T: ?Sized + Weakrefable> {
    /// The elements that were alive when it began, in order.
    pub(super) all: Vec<(ListKey, StrongOf<T>)>,
    /// Tells whether one of them may have been removed. If so, its key finds it no more.
    pub(super) removals: Removals<'a>,
}

impl<T: ?Sized + Weakrefable> WeakList<T> {
    /// Begins an iteration. If it `sweeps`, it removes what is dead.
    #[inline]
    pub(super) fn walk(&self, sweeps: bool) -> Walk<'_, T> {
        match self.root.lock() {
            None => Walk { all: Vec::new(), removals: Removals::NONE },
            Some(guard) => self.walk_locked(guard, sweeps),
        }
    }

    /// Does [`walk`](Self::walk) for a list that this thread has locked. Unlocks it.
    #[inline]
    fn walk_locked(&self, guard: Guard<'_, T>, sweeps: bool) -> Walk<'_, T> {
        // Declared before the guard, as there may be last owners among them.
        let mut all = Vec::new();
        let mut guard = guard;
        upgrade_into::<T, _>(&guard, &mut all, |key, owner| (key, owner));
        if sweeps && all.len() < guard.len() {
            guard.sweep();
        }
        // Under the lock: each removal that is still to come changes the number.
        let removals = self.root.removals();
        drop(guard);
        Walk { all, removals }
    }

    /// Whether the element with this key, which is alive, has not been removed.
    #[cold]
    pub(super) fn still_contains(&self, key: ListKey) -> bool {
        self.contains_key(key)
    }

    /// Calls `f` with each element, from the first to the last.
    ///
    /// Nothing is locked while `f` runs. See [iteration](Self#iteration) for the elements that it
    /// sees.
    ///
    /// O(n), with an allocation for the owners if there are several elements.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone(), world.clone()]);
    /// let mut text = String::new();
    /// words.for_each(|word| text += word);
    /// assert_eq!(text, "helloworld");
    /// ```
    pub fn for_each(&self, mut f: impl FnMut(&StrongOf<T>)) {
        let Some(guard) = self.root.lock() else { return };
        if guard.len() == 1
            && let Some((_, weak, _)) = guard.element(guard.first())
            && let Some(only) = T::Flavor::upgrade(weak)
        {
            // Nothing has been called yet that could have removed it.
            drop(guard);
            return f(&only);
        }
        let Walk { all, removals } = self.walk_locked(guard, false);
        for (key, owner) in &all {
            if !removals.have_changed() || self.still_contains(*key) {
                f(owner);
            }
        }
    }

    /// Returns owners of the elements of the list at this moment, from the first to the last.
    ///
    /// Later changes of the list do not affect the iterator.
    ///
    /// O(n), with an allocation for the owners.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([hello.clone(), world.clone()]);
    /// assert!(words.iter().rev().eq([world, hello]));
    /// ```
    pub fn iter(&self) -> Iter<StrongOf<T>> {
        let mut all;
        let Some(guard) = self.root.lock() else { return Iter::new(Vec::new()) };
        all = Vec::new();
        upgrade_into::<T, _>(&guard, &mut all, |_, owner| owner);
        drop(guard);
        Iter::new(all)
    }
}

/// Appends what `make` returns for each element that is alive.
#[inline]
fn upgrade_into<T: ?Sized + Weakrefable, U>(
    slab: &Slab<WeakOf<T>>,
    all: &mut Vec<U>,
    make: impl Fn(ListKey, StrongOf<T>) -> U,
) {
    let mut upgraded = Upgraded::new(all, slab.len());
    for (key, weak) in slab.iter() {
        // An element that is dead is passed over.
        let _ = upgraded.push(|| T::Flavor::upgrade(weak).map(|owner| make(key, owner)).ok_or(()));
    }
}
