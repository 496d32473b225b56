//! Callbacks: an object with `k` of them is dropped, beside a hand-written list that a `Drop` runs.

use std::{
    cell::RefCell,
    fmt,
    hint::black_box,
    mem,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use weakref_core::WeakRef;

use crate::{
    measure::{Case, Clock, Group},
    options::Options,
    value::{LocalItem, SharedItem},
};

/// What the callbacks do. Each has a number and adds it up here, without the cost of an atomic
/// addition, which would hide the difference.
static TALLY: AtomicU64 = AtomicU64::new(0);

pub(crate) fn tally(amount: u64) {
    TALLY.store(TALLY.load(Relaxed) + amount, Relaxed);
}

/// What has been added up so far.
pub(crate) fn tallied() -> u64 {
    TALLY.load(Relaxed)
}

/// A hand-written list of callbacks, for one thread.
struct LocalList {
    callbacks: RefCell<Vec<Box<dyn FnOnce()>>>,
    data: u64,
}

/// A hand-written list of callbacks, for several threads.
struct SharedList {
    callbacks: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
    data: u64,
}

impl Drop for LocalList {
    fn drop(&mut self) {
        mem::take(self.callbacks.get_mut()).into_iter().rev().for_each(|callback| callback());
    }
}

impl Drop for SharedList {
    fn drop(&mut self) {
        let callbacks = self.callbacks.get_mut().unwrap_or_else(PoisonError::into_inner);
        mem::take(callbacks).into_iter().rev().for_each(|callback| callback());
    }
}

impl fmt::Debug for LocalList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalList").field("data", &self.data).finish_non_exhaustive()
    }
}

impl fmt::Debug for SharedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedList").field("data", &self.data).finish_non_exhaustive()
    }
}

/// One object with one callback is made and dropped.
///
/// `register` returns what the user has to keep for the callback to be called: a reference, or
/// `()`.
pub(crate) fn lives<P, R>(
    total: u32,
    own: impl Fn(u64) -> P + 'static,
    register: impl Fn(&P, u64) -> R + 'static,
) -> impl FnMut() -> Vec<f64> {
    move || {
        let before = tallied();
        let mut clock = Clock::default();
        clock.time(total, || {
            for index in 0..u64::from(total) {
                let owner = own(black_box(index));
                let kept = register(&owner, index);
                drop(black_box(owner));
                drop(black_box(kept));
            }
        });
        assert_eq!(tallied() - before, (0..u64::from(total)).sum());
        vec![clock.figure()]
    }
}

/// An object with `k` callbacks is made and dropped, so often that there are `total` callbacks.
fn crowds<P, R: 'static>(
    k: u32,
    total: u32,
    own: impl Fn(u64) -> P + 'static,
    register: impl Fn(&P, u64) -> R + 'static,
) -> impl FnMut() -> Vec<f64> {
    let objects = total / k;
    let mut kept = Vec::with_capacity(k as usize);
    move || {
        let before = tallied();
        let mut clock = Clock::default();
        clock.time(objects * k, || {
            for index in 0..u64::from(objects) {
                let owner = own(black_box(index));
                kept.extend((0..u64::from(k)).map(|amount| register(&owner, amount)));
                drop(black_box(owner));
                kept.clear();
            }
        });
        let expected = u64::from(objects) * (0..u64::from(k)).sum::<u64>();
        assert_eq!(tallied() - before, expected);
        vec![clock.figure()]
    }
}

pub(crate) fn local(owner: &Rc<LocalItem>, amount: u64) -> WeakRef<LocalItem> {
    WeakRef::with_callback(owner, move |_: &WeakRef<LocalItem>| tally(amount))
}

pub(crate) fn shared(owner: &Arc<SharedItem>, amount: u64) -> WeakRef<SharedItem> {
    WeakRef::with_callback(owner, move |_: &WeakRef<SharedItem>| tally(amount))
}

fn local_list(data: u64) -> Rc<LocalList> {
    Rc::new(LocalList { callbacks: RefCell::default(), data })
}

fn shared_list(data: u64) -> Arc<SharedList> {
    Arc::new(SharedList { callbacks: Mutex::default(), data })
}

fn local_push(owner: &Rc<LocalList>, amount: u64) {
    owner.callbacks.borrow_mut().push(Box::new(move || tally(amount)));
}

fn shared_push(owner: &Arc<SharedList>, amount: u64) {
    let mut callbacks = owner.callbacks.lock().unwrap_or_else(PoisonError::into_inner);
    callbacks.push(Box::new(move || tally(amount)));
}

/// The numbers of callbacks of one object.
const CROWDS: [(&str, u32); 7] = [
    ("k=1", 1),
    ("k=10", 10),
    ("k=1e2", 100),
    ("k=1e3", 1_000),
    ("k=1e4", 10_000),
    ("k=1e5", 100_000),
    ("k=1e6", 1_000_000),
];

/// The groups of both flavours.
pub fn groups(options: &Options) -> Vec<Group> {
    let n = options.size(200_000);
    let mut groups = vec![
        Group {
            names: vec!["callback/rc/create+die".into()],
            cases: vec![
                Case::new("ours", lives(n, LocalItem::owner, local)),
                Case::new("Vec in Drop", lives(n, local_list, local_push)),
            ],
            turns: options.times(4),
            warm_up: true,
            runs: None,
        },
        Group {
            names: vec!["callback/arc/create+die".into()],
            cases: vec![
                Case::new("ours", lives(n, SharedItem::owner, shared)),
                Case::new("Vec in Drop", lives(n, shared_list, shared_push)),
            ],
            turns: options.times(4),
            warm_up: true,
            runs: None,
        },
    ];
    let pair = |name: String, cases: [Case; 2]| Group {
        names: vec![name],
        cases: cases.into(),
        turns: 1,
        warm_up: true,
        runs: None,
    };
    // Each contestant, and its name in the table, by the number of callbacks of one object.
    let ours_local = |label, k, n| Case::new(label, crowds(k, n, LocalItem::owner, local));
    let ours_shared = |label, k, n| Case::new(label, crowds(k, n, SharedItem::owner, shared));
    let list_local = |label, k, n| Case::new(label, crowds(k, n, local_list, local_push));
    let list_shared = |label, k, n| Case::new(label, crowds(k, n, shared_list, shared_push));
    for (label, k) in CROWDS {
        let (k, n) = (options.size(k), options.size(k.max(200_000)));
        let name = format!("callbacks/rc/{label}");
        groups.push(pair(name, [ours_local("ours", k, n), list_local("Vec in Drop", k, n)]));
        let name = format!("callbacks/arc/{label}");
        groups.push(pair(name, [ours_shared("ours", k, n), list_shared("Vec in Drop", k, n)]));
    }
    // Is the cost linear? Many callbacks against few. The same ratio of the hand-written list shows
    // the part of the caches and of the allocator.
    let (few, many) = (options.size(1_000), options.size(1_000_000));
    let name = |flavor, of| format!("callbacks/{flavor}/k=1e6{of}");
    let of = " of Vec in Drop";
    groups.extend([
        pair(name("rc", ""), [ours_local("ours", many, many), ours_local("k=1e3", few, many)]),
        pair(name("arc", ""), [ours_shared("ours", many, many), ours_shared("k=1e3", few, many)]),
        pair(name("rc", of), [list_local("list", many, many), list_local("k=1e3", few, many)]),
        pair(name("arc", of), [list_shared("list", many, many), list_shared("k=1e3", few, many)]),
    ]);
    groups
}
