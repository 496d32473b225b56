//! Knows the nodes that are alive, and has a journal of those that were dropped. The nodes are
//! asked, and not the tree.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

use weakref_core::{Census, Local, Slotted, census::Report, finalize_with};

use crate::{
    content::Content,
    node::{Node, Owner},
};

/// All nodes that were ever made.
#[derive(Default)]
pub(crate) struct Nodes {
    made: Cell<usize>,
    census: Census<Slotted<dyn Node, Local>>,
    /// The name and the content of each node that was dropped, as its finalizer has seen them.
    journal: Rc<RefCell<Vec<(String, Content)>>>,
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
        let node = Rc::new(Slotted::new(node));
        let journal = Rc::clone(&self.journal);
        // Before the pointer becomes one to a `dyn Node`. The finalizer sees the node in its drop:
        // links to it are dead then, and its children are still there.
        let finalizer = finalize_with(&node, move |node| {
            // No node leaves its `Rc`, so there is always one to see.
            if let Some(node) = node {
                let seen = (node.name(), node.content());
                journal.borrow_mut().push(seen);
            }
        });
        // What is alive at the end of the program was not dropped.
        finalizer.set_atexit(false);
        let owner: Owner = node;
        self.made.set(self.made.get() + 1);
        self.census.register_with_label(&owner, owner.name());
        owner
    }

    pub(crate) fn counts(&self) -> Counts {
        let alive = self.census.alive().len();
        Counts { made: self.made.get(), alive, dropped: self.journal.borrow().len() }
    }

    /// Returns the node that was dropped after so many others, as its finalizer has seen it.
    pub(crate) fn seen_after(&self, dropped: usize) -> Option<String> {
        let journal = self.journal.borrow();
        journal.get(dropped).map(|(name, content)| format!("{name} ({content})"))
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
