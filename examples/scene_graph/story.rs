//! The changes of the tree, and what they print.

use std::error::Error;

use weakref_core::{Proxy, error::ReferenceError, reference::ProxyGuard};

use crate::{
    census::Nodes,
    node::{self, Link, Node as _, Owner, TryNode as _},
    print,
};

/// The tree, and what is known of it.
pub(crate) struct Story<'a> {
    pub(crate) root: Owner,
    pub(crate) nodes: &'a Nodes,
    pub(crate) levels: u16,
    /// Whether the root owns itself in the end.
    pub(crate) leaks: bool,
}

type Checked = Result<(), Box<dyn Error>>;

impl Story<'_> {
    pub(crate) fn run(self) -> Checked {
        println!("as it is on the disk");
        self.look(0)?;
        if let Some((folder, subtree)) = self.choose() {
            self.moves(&subtree)?;
            let survivor = self.dies(&folder)?;
            self.is_adopted(survivor, &subtree)?;
        } else {
            println!("\nthere is nothing to move");
        }
        self.ends()
    }

    /// Returns a folder of the root, and a folder in it that has siblings: the one with the most
    /// lines.
    fn choose(&self) -> Option<(Link, Link)> {
        node::children(&**self.root)
            .flat_map(|folder| node::children(&folder).map(move |child| (folder.clone(), child)))
            .filter(|(_, child)| child.first().is_some())
            .filter(|(_, child)| child.place().previous.or(child.place().next).is_some())
            .max_by_key(|(_, child)| child.content().lines())
    }

    fn moves(&self, subtree: &Link) -> Checked {
        let file = first_file(subtree);
        println!("\n{} moves to {}", subtree.path()?, self.root.path()?);
        print::place(subtree);
        println!("  a file in it: {}", file.path()?);
        is_refused(subtree, &self.root)?;

        let owner = node::detach(subtree).ok_or("it has no parent")?;
        node::adopt(&Proxy::new(&self.root), &owner)?;
        drop(owner);
        // The links from before still lead to the nodes, which have moved.
        print::place(subtree);
        println!("  a file in it: {}", file.path()?);
        self.look(0)
    }

    /// Deletes a folder, and returns its first child, which has another owner.
    fn dies(&self, folder: &Link) -> Result<Owner, Box<dyn Error>> {
        println!("\n{} is deleted", folder.path()?);
        let survivor = ProxyGuard::into_owner(folder.first().ok_or("it is empty")?.get());
        print::place(&**survivor);
        is_refused(&Proxy::new(&self.root), &survivor)?;

        let dropped = self.nodes.counts().dropped;
        drop(node::detach(folder));
        let seen = self.nodes.seen_after(dropped).ok_or("no finalizer has run")?;
        println!("  seen in its drop: {seen}");
        is_dead("a link to the folder", folder.try_name())?;
        print::place(&**survivor);
        is_dead("its path", survivor.path())?;
        self.look(node::count(&**survivor))?;
        Ok(survivor)
    }

    fn is_adopted(&self, survivor: Owner, parent: &Link) -> Checked {
        println!("\n{} goes to {}", survivor.name(), parent.path()?);
        is_refused(&first_file(parent), &survivor)?;
        node::adopt(parent, &survivor)?;
        print::place(&**survivor);
        println!("  its path: {}", survivor.path()?);
        drop(survivor);
        self.look(0)
    }

    fn ends(self) -> Checked {
        if self.leaks {
            println!("\n{} goes into itself", self.root.name());
            // Not by `adopt`, which refuses that.
            self.root.insert(&self.root)?;
        }
        println!("\nthe owner of the root goes");
        drop(self.root);
        agree(self.nodes, 0)
    }

    /// Prints the tree, and checks that exactly so many others are alive that are not in it.
    fn look(&self, others: usize) -> Checked {
        print::tree(&**self.root, self.levels);
        agree(self.nodes, node::count(&**self.root) + others)
    }
}

/// Prints the counts, if they are what they must be.
fn agree(nodes: &Nodes, expected: usize) -> Checked {
    let counts = nodes.counts();
    println!("{counts}");
    if counts.alive != expected || counts.alive + counts.dropped != counts.made {
        let alive = nodes.alive();
        return Err(
            format!("{expected} nodes can be reached, but these are alive:\n{alive}").into()
        );
    }
    Ok(())
}

/// Checks that a node cannot become the child of another one, and prints why not.
fn is_refused(parent: &Link, child: &Owner) -> Checked {
    let (parent_name, child_name) = (parent.name(), child.name());
    match node::adopt(parent, child) {
        Ok(()) => Err(format!("{child_name} is in {parent_name} now").into()),
        Err(why) => {
            println!("  {child_name} cannot be put into {parent_name}: {why}");
            Ok(())
        }
    }
}

/// Prints the error of a call on a dead folder.
fn is_dead(what: &str, result: Result<String, ReferenceError>) -> Checked {
    match result {
        Ok(found) => Err(format!("{what} is still {found}").into()),
        Err(error) => {
            println!("  {what}: {error}");
            Ok(())
        }
    }
}

/// Goes down to a file, along the first children.
fn first_file(node: &Link) -> Link {
    node.first().map_or_else(|| node.clone(), |child| first_file(&child))
}
