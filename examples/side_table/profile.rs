//! Data about the nodes of trees, without owning these. This is the file about `weakref_core`.

use std::{cell::Cell, rc::Rc};

use weakref_core::PtrWeakKeyMap;

use crate::expr::{Expr, Owner, Watch};

/// How often each node has been evaluated, and with which values.
///
/// The nodes have no field for that, and their type is not even known here.
pub(crate) struct Profile {
    /// By identity: two nodes with the same text have one entry each. An entry is removed when its
    /// node is dropped, without any call from the tree.
    visits: PtrWeakKeyMap<dyn Expr, Visits>,
    forgotten: Rc<Cell<usize>>,
}

#[derive(Default)]
pub(crate) struct Visits {
    pub(crate) count: usize,
    pub(crate) range: Option<(f64, f64)>,
}

impl Profile {
    pub(crate) fn new() -> Self {
        let (visits, forgotten) = (PtrWeakKeyMap::new(), Rc::new(Cell::new(0)));
        // The listener owns the counter only. If it owned the profile, that would never be dropped.
        let count = Rc::clone(&forgotten);
        visits.on_removal(move |_, _| count.set(count.get() + 1));
        Self { visits, forgotten }
    }

    /// Calls `f` with what is known of a node: nothing, if it was never evaluated.
    pub(crate) fn of<R>(&self, node: &Owner, f: impl FnOnce(&Visits) -> R) -> Option<R> {
        self.visits.with(node, f)
    }

    pub(crate) fn knows(&self, node: &Owner) -> bool {
        self.visits.contains_key(node)
    }

    /// Returns how many evaluations there were of all nodes that are known.
    pub(crate) fn evaluations(&self) -> usize {
        let mut sum = 0;
        self.visits.for_each(|_, visits| sum += visits.count);
        sum
    }

    /// Returns how many nodes are known.
    pub(crate) fn len(&self) -> usize {
        self.visits.len()
    }

    /// Returns how many nodes were known and have been dropped.
    pub(crate) fn forgotten(&self) -> usize {
        self.forgotten.get()
    }
}

impl Watch for Profile {
    fn evaluated(&self, node: &Owner, value: f64) {
        self.visits.entry(node).or_default().with_mut(|visits| visits.add(value));
    }
}

impl Visits {
    fn add(&mut self, value: f64) {
        let (least, most) = self.range.unwrap_or((value, value));
        self.count += 1;
        self.range = Some((least.min(value), most.max(value)));
    }
}
