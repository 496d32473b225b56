//! Knows the nodes that are alive, and counts those that were dropped. The nodes are asked, and not
//! the tree.

use std::{cell::Cell, fmt, rc::Rc};

use weakref_core::{Census, Local, Slotted, census::Report, finalize};

use crate::node::{Node, Owner};

/// All nodes that were ever made.
#[derive(Default)]
pub(crate) struct Nodes {
    made: Cell<usize>,
    census: Census<Slotted<dyn Node, Local>>,
    dropped: Rc<Cell<usize>>,
}

#[derive(Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) made: usize,
    /// Those that the census knows.
    pub(crate) alive: usize,
    /// Those whose finalizer has run.
    pub(crate) dropped: usize,
}

impl Nodes {
    /// Makes a node of some content. The census records the line of the caller.
    #[track_caller]
    pub(crate) fn enter(&self, node: impl Node + 'static) -> Owner {
        let owner: Owner = Rc::new(Slotted::new(node));
        self.made.set(self.made.get() + 1);
        self.census.register_with_label(&owner, owner.name());
        let dropped = Rc::clone(&self.dropped);
        finalize(&owner, move || dropped.set(dropped.get() + 1));
        owner
    }

    pub(crate) fn counts(&self) -> Counts {
        let alive = self.census.alive().len();
        Counts { made: self.made.get(), alive, dropped: self.dropped.get() }
    }

    /// Returns what is alive, and where it was made.
    pub(crate) fn alive(&self) -> Report {
        self.census.alive()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made, alive, dropped } = self;
        write!(f, "nodes made: {made}, alive: {alive}, dropped: {dropped}")
    }
}
