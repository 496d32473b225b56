//! The methods of all nodes of the tree, and of their proxies. This is the file about
//! `weakref_core`.

use std::{error::Error, fmt, iter, rc::Rc};

use weakref_core::{Local, Proxy, Slotted, error::ReferenceError, proxy};

use crate::content::Content;

/// Owns a node. Parents own their children, and the program owns the root.
///
/// `Slotted` adds the slot by which a node of any type can be weakly referenced. `Local` says that
/// it lives in an `Rc`.
pub(crate) type Owner = Rc<Slotted<dyn Node, Local>>;

/// Leads to a node, such as a parent or a sibling, and does not keep it alive.
pub(crate) type Link = Proxy<Slotted<dyn Node, Local>>;

/// A node of the tree.
///
/// By `#[proxy]`, a [`Link`] is a `Node` as well, and an [`Owner`] leads to one. A method that is
/// called on a link to a dead node panics. Those that [`TryNode`] adds, with `try_` before their
/// names, return a `Result`.
#[proxy]
pub(crate) trait Node {
    fn name(&self) -> String;

    /// How much is in the node: in a folder, in all nodes below it.
    fn content(&self) -> Content;

    fn place(&self) -> Place;
    /// Sets the place of the node. Its owner does that.
    fn put(&self, place: Place);

    /// Returns the first child. From there, [`Place::next`] leads to the others.
    fn first(&self) -> Option<Link> {
        None
    }

    /// Inserts a child in the order of names. [`adopt`] sets the parent of the child.
    fn insert(&self, _child: &Owner) -> Result<(), Refused> {
        Err(Refused::NoFolder)
    }

    /// Removes a child, if it is one, and returns it.
    fn remove(&self, _child: &Link) -> Option<Owner> {
        None
    }

    /// Returns the names from the root to here, which may have lost a parent on the way.
    fn path(&self) -> Result<String, ReferenceError> {
        match self.place().parent {
            // Two errors: the parent is dead, or one of its own parents is.
            Some(parent) => Ok(format!("{}/{}", parent.try_path()??, self.name())),
            None => Ok(self.name()),
        }
    }
}

/// The neighbours of a node. As links do not own, a node keeps only its children alive.
#[derive(Clone, Default)]
pub(crate) struct Place {
    pub(crate) parent: Option<Link>,
    pub(crate) previous: Option<Link>,
    pub(crate) next: Option<Link>,
}

/// Makes a node a child of another one.
///
/// A node has no link to itself, so this is not a method. The parent is given as a link, which is
/// used like the node, and of which the child keeps a clone.
pub(crate) fn adopt(parent: &Link, child: &Owner) -> Result<(), Refused> {
    if child.place().parent.is_some_and(|parent| !parent.is_dead()) {
        return Err(Refused::HasParent);
    }
    let link = Proxy::new(child);
    // The way up ends at the root, or where a parent is dead.
    let mut upwards = iter::successors(Some(parent.clone()), |node| node.try_place().ok()?.parent);
    if upwards.any(|node| node.ptr_eq(&link)) {
        return Err(Refused::OwnsItself);
    }
    parent.insert(child)?;
    child.put(Place { parent: Some(parent.clone()), ..child.place() });
    Ok(())
}

/// Removes a node from its parent, and returns the owner that the parent had. The root has no
/// parent, and a dead parent owns nothing any more.
pub(crate) fn detach(node: &Link) -> Option<Owner> {
    let owner = node.place().parent?.try_remove(node).ok()??;
    owner.put(Place::default());
    Some(owner)
}

/// Iterates over the children, from link to link.
pub(crate) fn children(node: &dyn Node) -> impl Iterator<Item = Link> + use<> {
    iter::successors(node.first(), |child| child.place().next)
}

/// Counts the nodes from here downwards.
pub(crate) fn count(node: &dyn Node) -> usize {
    1 + children(node).map(|child| count(&child)).sum::<usize>()
}

/// Why a node did not become the child of another one.
#[derive(Debug)]
pub(crate) enum Refused {
    NoFolder,
    HasParent,
    /// The nodes would own each other, and never be dropped.
    OwnsItself,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoFolder => "that is no folder",
            Self::HasParent => "it has a parent",
            Self::OwnsItself => "it would own itself",
        })
    }
}

impl Error for Refused {}
