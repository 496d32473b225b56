//! Counts nodes that are made and dropped. The nodes are asked, and not the tree.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

use weakref_core::{Proxy, Slotted, finalize};

use crate::node::{Link, Node, Owner};

/// All nodes that were ever made.
#[derive(Default)]
pub(crate) struct Census {
    made: RefCell<Vec<Link>>,
    dropped: Rc<Cell<usize>>,
}

#[derive(Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) made: usize,
    /// Those to which a link still leads.
    pub(crate) alive: usize,
    /// Those whose finalizer has run.
    pub(crate) dropped: usize,
}

impl Census {
    /// Makes a node of some content.
    pub(crate) fn enter(&self, node: impl Node + 'static) -> Owner {
        let owner: Owner = Rc::new(Slotted::new(node));
        self.made.borrow_mut().push(Proxy::new(&owner));
        let dropped = Rc::clone(&self.dropped);
        finalize(&owner, move || dropped.set(dropped.get() + 1));
        owner
    }

    pub(crate) fn counts(&self) -> Counts {
        let made = self.made.borrow();
        let alive = made.iter().filter(|node| !node.is_dead()).count();
        Counts { made: made.len(), alive, dropped: self.dropped.get() }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made, alive, dropped } = self;
        write!(f, "nodes made: {made}, alive: {alive}, dropped: {dropped}")
    }
}
