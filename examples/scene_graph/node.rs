//! What all nodes of the tree can do, and so the proxies of them. This is the file about `weakref_core`.

use std::{error::Error, fmt, iter, rc::Rc};

use weakref_core::{Local, Proxy, ReferenceError, Slotted, proxy};

use crate::content::Content;

/// Owns a node. Parents own their children, and the program owns the root.
///
/// `Slotted` puts beside a node of whatever type the slot by which it can be weakly referenced; `Local`
/// says that it lives in an `Rc`.
pub(crate) type Owner = Rc<Slotted<dyn Node, Local>>;

/// Leads to a node and does not keep it: to a parent, to a sibling, to whatever somebody looks at.
pub(crate) type Link = Proxy<Slotted<dyn Node, Local>>;

/// A node of the tree.
///
/// By `#[proxy]`, a [`Link`] is a `Node` as well, and an [`Owner`] leads to one. A link to a dead node
/// panics when it is used; what [`TryNode`] adds, the same methods with `try_` before their names, gives
/// a `Result`.
#[proxy]
pub(crate) trait Node {
    fn name(&self) -> String;

    /// What is in it: of a folder, in all that is below.
    fn content(&self) -> Content;

    fn place(&self) -> Place;
    /// Tells it where it is now. Whoever owns it does that.
    fn put(&self, place: Place);

    /// Returns the first child. From there, [`Place::next`] leads to the others.
    fn first(&self) -> Option<Link> {
        None
    }

    /// Takes a child, among the others by its name. It is [`adopt`] that tells it of its parent.
    fn insert(&self, _child: &Owner) -> Result<(), Refused> {
        Err(Refused::NoFolder)
    }

    /// Gives a child away, if it is one.
    fn remove(&self, _child: &Link) -> Option<Owner> {
        None
    }

    /// Returns the names from the root to here, which may have lost a parent on the way.
    fn path(&self) -> Result<String, ReferenceError> {
        match self.place().parent {
            // Two errors: of a parent that is dead, and of one that has lost a parent itself.
            Some(parent) => Ok(format!("{}/{}", parent.try_path()??, self.name())),
            None => Ok(self.name()),
        }
    }
}

/// What is around a node. As these are no owners, no node keeps another one but its children.
#[derive(Clone, Default)]
pub(crate) struct Place {
    pub(crate) parent: Option<Link>,
    pub(crate) previous: Option<Link>,
    pub(crate) next: Option<Link>,
}

/// Makes a node a child of another one.
///
/// A node has no link to itself, so this is none of its methods: the parent is given as a link, which is
/// used like the node, and which the child keeps a clone of.
pub(crate) fn adopt(parent: &Link, child: &Owner) -> Result<(), Refused> {
    if child.place().parent.is_some_and(|parent| !parent.is_dead()) {
        return Err(Refused::HasParent);
    }
    let link = Proxy::new(child);
    // It ends at the root, or where a parent is dead.
    let mut upwards = iter::successors(Some(parent.clone()), |node| node.try_place().ok()?.parent);
    if upwards.any(|node| node.ptr_eq(&link)) {
        return Err(Refused::OwnsItself);
    }
    parent.insert(child)?;
    child.put(Place { parent: Some(parent.clone()), ..child.place() });
    Ok(())
}

/// Takes a node out of its parent, and returns the owner that it had there. The root has no parent, and
/// one that has died owns nothing any more.
pub(crate) fn detach(node: &Link) -> Option<Owner> {
    let owner = node.place().parent?.try_remove(node).ok()??;
    owner.put(Place::default());
    Some(owner)
}

/// Goes through the children, from link to link.
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
    /// It would never die.
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
