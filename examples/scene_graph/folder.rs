//! The two kinds of nodes: files, and folders, which have children.

use std::{cell::RefCell, rc::Rc};

use weakref_core::Proxy;

use crate::{
    content::Content,
    node::{Link, Node, Owner, Place, Refused},
};

/// A leaf.
pub(crate) struct File {
    name: String,
    content: Content,
    place: RefCell<Place>,
}

/// A node that owns others. They are dropped with it, unless they have other owners too.
pub(crate) struct Folder {
    name: String,
    /// In the order of their names.
    children: RefCell<Vec<Owner>>,
    place: RefCell<Place>,
}

impl File {
    pub(crate) fn new(name: String, content: Content) -> Self {
        Self { name, content, place: RefCell::default() }
    }
}

impl Folder {
    pub(crate) fn new(name: String) -> Self {
        Self { name, children: RefCell::default(), place: RefCell::default() }
    }
}

impl Node for File {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn content(&self) -> Content {
        self.content
    }

    fn place(&self) -> Place {
        self.place.borrow().clone()
    }

    fn put(&self, place: Place) {
        self.place.replace(place);
    }
}

impl Node for Folder {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn content(&self) -> Content {
        self.children.borrow().iter().map(|child| child.content()).sum()
    }

    fn place(&self) -> Place {
        self.place.borrow().clone()
    }

    fn put(&self, place: Place) {
        self.place.replace(place);
    }

    fn first(&self) -> Option<Link> {
        self.children.borrow().first().map(Proxy::new)
    }

    fn insert(&self, child: &Owner) -> Result<(), Refused> {
        let mut children = self.children.borrow_mut();
        let position = children.partition_point(|other| other.name() < child.name());
        children.insert(position, Rc::clone(child));
        let (before, after) = children.split_at(position);
        introduce(before.last(), Some(child));
        introduce(Some(child), after.get(1));
        Ok(())
    }

    fn remove(&self, child: &Link) -> Option<Owner> {
        let mut children = self.children.borrow_mut();
        let position = children.iter().position(|other| Proxy::new(other).ptr_eq(child))?;
        let removed = children.remove(position);
        let (before, after) = children.split_at(position);
        introduce(before.last(), after.first());
        Some(removed)
    }
}

/// Links two neighbours with each other. At the beginning and the end, there is only one.
fn introduce(left: Option<&Owner>, right: Option<&Owner>) {
    if let Some(left) = left {
        left.put(Place { next: right.map(Proxy::new), ..left.place() });
    }
    if let Some(right) = right {
        right.put(Place { previous: left.map(Proxy::new), ..right.place() });
    }
}
