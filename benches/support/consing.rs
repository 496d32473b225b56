//! Hash consing: the nodes of a term, of which equal ones are one object.

use std::{
    hash::{Hash, Hasher},
    hint::black_box,
    sync::{Arc, PoisonError, RwLock},
};

use hashconsing::{HConsed, HConsign, HashConsign};
use weakref_core::{Slotted, WeakSet};

use crate::{
    measure::{Case, Clock, Group},
    options::Options,
};

/// A node of a term.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Node<T> {
    Variable(u32),
    Application(T, T),
}

/// Makes terms.
trait Factory: 'static {
    type Term: Clone;

    fn new() -> Self;
    fn make(&mut self, node: Node<Self::Term>) -> Self::Term;
    /// Removes what is left of dropped terms.
    fn collect(&mut self);
    fn len(&self) -> usize;
}

/// Ours. Equal terms are one object, so terms are compared by address.
#[derive(Debug, Clone)]
struct Term(Arc<Slotted<Node<Term>>>);

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Term {}

impl Hash for Term {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl Factory for WeakSet<Slotted<Node<Term>>> {
    type Term = Term;

    fn new() -> Self {
        Self::new()
    }

    fn make(&mut self, node: Node<Term>) -> Term {
        Term(self.intern(Slotted::new(node)))
    }

    fn collect(&mut self) {}

    fn len(&self) -> usize {
        Self::len(self)
    }
}

/// hashconsing's term, in a pointer to which a node can refer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Consed(HConsed<Node<Consed>>);

impl Factory for HConsign<Node<Consed>> {
    type Term = Consed;

    fn new() -> Self {
        Self::empty()
    }

    fn make(&mut self, node: Node<Consed>) -> Consed {
        Consed(self.mk(node))
    }

    fn collect(&mut self) {
        HashConsign::collect(self);
    }

    fn len(&self) -> usize {
        Self::len(self)
    }
}

/// The same with a lock, as its macro makes it for several threads.
impl Factory for RwLock<HConsign<Node<Consed>>> {
    type Term = Consed;

    fn new() -> Self {
        Self::new(HConsign::empty())
    }

    fn make(&mut self, node: Node<Consed>) -> Consed {
        Consed((&*self).mk(node))
    }

    fn collect(&mut self) {
        HashConsign::collect(&*self);
    }

    fn len(&self) -> usize {
        self.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Makes a balanced term with so many leaves, from its leaves to its root.
fn term<F: Factory>(factory: &mut F, leaves: u32) -> F::Term {
    let mut level: Vec<_> = (0..leaves).map(|leaf| factory.make(Node::Variable(leaf))).collect();
    while level.len() > 1 {
        level = (level.chunks(2))
            .map(|pair| match pair {
                [left, right] => factory.make(Node::Application(left.clone(), right.clone())),
                _ => pair[0].clone(),
            })
            .collect();
    }
    level.remove(0)
}

/// What [`turn`] measures.
const FIGURES: [&str; 3] = ["new", "hit", "drop"];

fn turn<F: Factory>(leaves: u32) -> Vec<f64> {
    let nodes = 2 * leaves - 1;
    let mut factory = F::new();
    let mut clocks: [Clock; FIGURES.len()] = Default::default();
    let root = clocks[0].time(nodes, || term(&mut factory, leaves));
    assert_eq!(factory.len(), nodes as usize);
    drop(clocks[1].time(nodes, || black_box(term(&mut factory, leaves))));
    assert_eq!(factory.len(), nodes as usize);
    clocks[2].time(nodes, || {
        drop(root);
        factory.collect();
    });
    assert_eq!(factory.len(), 0);
    clocks.iter().map(Clock::figure).collect()
}

/// The group of a term of 100,000 nodes.
pub fn groups(options: &Options) -> [Group; 1] {
    let leaves = options.size(50_000);
    [Group {
        names: FIGURES.map(|figure| format!("consing/1e5/{figure}")).into(),
        cases: vec![
            Case::new("ours", move || turn::<WeakSet<Slotted<Node<Term>>>>(leaves)),
            Case::new("hashconsing in RwLock", move || {
                turn::<RwLock<HConsign<Node<Consed>>>>(leaves)
            }),
            Case::new("hashconsing", move || turn::<HConsign<Node<Consed>>>(leaves)),
        ],
        turns: options.times(4),
        warm_up: true,
        runs: None,
    }]
}
