//! The registry of the finalizers that run at the end of the program: insertion and removal in
//! O(1).
//!
//! # Terms
//!
//! - A *link* is the part of a finalizer's node that the registry knows ([`RegistryLink`]).
//! - A *list* is an intrusive, doubly linked list of nodes: it allocates nothing, and a removal
//!   touches the two neighbours only. `Local` has one list for each thread; `Shared` has a few, and
//!   each thread inserts into the same one of them.
//! - A finalizer is *listed* while the registry has a share in its node, in a list or among the
//!   sorted.
//! - The *end* is the run over all listed finalizers ([`exit`](super)). A list is in no order; the
//!   end sorts what is left in it by the time of creation. No other operation pays for the order.
//!
//! # Locking
//!
//! A list of `Shared` is guarded by a [deferred lock](crate::sync::deferred_lock). A death that
//! finds it locked defers the removal of its finalizer. `fork` takes all locks, in the order of
//! their index: the child would otherwise inherit a lock that is held by a thread which it does not
//! have. For the same reason no thread becomes a waiter of these locks.
#![allow(unsafe_code)]

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    mem::ManuallyDrop,
    ops::{Deref, RangeInclusive},
    ptr::NonNull,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use super::{hook, include_in_run};
use crate::{
    observer::Header,
    sync::{
        deferred_lock::{RawLock, SharedLock},
        global, per_thread,
    },
};

/// The part of a finalizer's node that the registry knows: the node's first field.
///
/// All pointers to it are [`LinkPtr`]s that descend from the pointer to which the node's `Box` was
/// leaked: the registry passes them to the functions of the node, which reach its other fields
/// through them and free it. A pointer made from an `&RegistryLink` has provenance for the link
/// alone, and must not be stored.
#[derive(Debug)]
#[repr(C)]
pub struct RegistryLink {
    /// First, as a slot has a pointer to it.
    header: Header,
    vtable: &'static LinkVTable,
    /// The neighbour in the list that was inserted before this one. `None` for the oldest;
    /// unspecified while this is in no list. Guarded by the lock of the list.
    older: Cell<Option<LinkPtr>>,
    /// The neighbour in the list that was inserted after this one; otherwise as `older`.
    newer: Cell<Option<LinkPtr>>,
    /// `NOT_YET` until the finalizer is listed for the first time; constant after that. Guarded by
    /// the lock of the list.
    created_at: Cell<CreationTime>,
    /// Whether it is listed among the sorted and not in the list. Guarded by the lock of the list.
    is_sorted: Cell<bool>,
    /// The index of its list in `SHARED`; 0 in `Local`. Constant.
    list: u8,
}

/// A pointer to a whole node, with the node's provenance.
type LinkPtr = NonNull<RegistryLink>;

/// The functions of a node that the registry calls. None of them but `run` runs user code.
///
/// # Safety
///
/// Each is called with a pointer to a node of the type that the table was made for, and as its own
/// documentation says.
#[derive(Debug)]
pub(crate) struct LinkVTable {
    /// If the finalizer should be listed and is not, marks it as listed, which gives the registry a
    /// share, and returns true. The caller has a handle.
    pub(crate) join: unsafe fn(LinkPtr) -> bool,
    /// If the finalizer is alive, turns the registry's share into a handle and returns true. If
    /// not, the thread that has called it is about to remove it. The caller has the lock of the
    /// list, in which the finalizer is listed.
    pub(crate) take: unsafe fn(LinkPtr) -> bool,
    /// Gives up the registry's share. The caller has removed the link.
    pub(crate) release: unsafe fn(LinkPtr),
    /// Runs the function if it is still to run at the end, and gives up the handle that `take` has
    /// made. Does not panic.
    pub(crate) run: unsafe fn(LinkPtr),
}

impl RegistryLink {
    pub(crate) fn new(header: Header, vtable: &'static LinkVTable, list: u8) -> Self {
        Self {
            header,
            vtable,
            older: Cell::new(None),
            newer: Cell::new(None),
            created_at: Cell::new(CreationTime::NOT_YET),
            is_sorted: Cell::new(false),
            list,
        }
    }
}

/// When a finalizer was created: the order of the end.
///
/// A finalizer of `Local` writes to nothing that threads share. It records the number of those of
/// `Shared` at its creation, and its number in its own thread. So all finalizers have one order. If
/// a counter wraps, on a 32-bit machine, the order is wrong, but the address of the node still
/// makes the time unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CreationTime {
    /// The value of `CLOCK`.
    clock: usize,
    /// The number among the thread's finalizers of `Local`; 0 in `Shared`.
    turn: usize,
    /// The address of the node.
    node: usize,
}

/// A counter in a cache line of its own.
#[repr(align(128))]
struct Clock(AtomicUsize);

/// The number of finalizers of `Shared` that have ever been listed, and of forks that led to this
/// process. Relaxed, as only the order of its values matters.
static CLOCK: Clock = Clock(AtomicUsize::new(0));

/// Finalizers with an earlier clock belong to the process from which this one was forked. Written
/// by the only thread of the child, so Relaxed.
static FIRST: AtomicUsize = AtomicUsize::new(0);

impl CreationTime {
    /// Of a finalizer that has never been listed.
    const NOT_YET: Self = Self { clock: 0, turn: 0, node: 0 };

    /// Returns a time that is not before the creation of any finalizer there is.
    pub(super) fn now() -> Self {
        Self { clock: CLOCK.0.load(Relaxed), turn: usize::MAX, node: usize::MAX }
    }

    /// Returns the times up to `limit` that belong to this process.
    fn span(limit: Self) -> RangeInclusive<Self> {
        let first = Self { clock: FIRST.load(Relaxed), turn: 0, node: 0 };
        // In the child of a process that forked in a finalizer, the limit is from before the fork.
        first..=limit.max(first)
    }
}

/// A finalizer that the end has taken out of the registry, with a handle to it.
#[must_use]
#[derive(Debug)]
pub(super) struct Taken(LinkPtr);

impl Taken {
    /// Runs the finalizer, if that is still to be done. Does not panic.
    pub(super) fn run(self) {
        // SAFETY: the handle keeps the node. `run` gives it up, once, as `self` is consumed. The
        // pointer is that of the whole node.
        unsafe { (self.0.as_ref().vtable.run)(self.0) }
    }
}

/// The registry of a flavour.
pub trait Registry {
    /// Installs the hooks that run the end, and returns the index of the list for a new finalizer.
    ///
    /// # Panics
    ///
    /// If the operating system has no room for one more exit handler.
    fn prepare() -> u8;

    /// Lists a finalizer, for the first time or again, if its `join` asks for that.
    ///
    /// # Safety
    ///
    /// The caller has a handle. The pointer is that of a whole node, which begins with a
    /// `RegistryLink` and lives until the registry's share has been given up. In `Local`, this is
    /// the node's thread; in `Shared`, the finalizer may be run and freed on any thread.
    unsafe fn join(link: LinkPtr);

    /// Removes a finalizer and returns true: the caller gives up the registry's share. Or, if
    /// another thread has the lock, defers the removal together with the share, and returns false.
    /// Never waits.
    ///
    /// # Safety
    ///
    /// The finalizer is listed and not alive any more, and this is called once for it, by the
    /// thread that has called it.
    unsafe fn remove(link: LinkPtr) -> bool;
}

/// One list of finalizers. Each function is called by the thread that has the list to itself: its
/// own thread in `Local`, the lock holder in `Shared`.
struct List {
    /// The newest of the linked nodes. Every node that can be reached from here is alive, as the
    /// registry has a share in it.
    newest: Cell<Option<LinkPtr>>,
    /// The finalizers that the end has found in the list and has not run yet: each one's node is
    /// alive, and its `is_sorted` is set. Borrowed by the functions of the list only, none of which
    /// runs user code.
    sorted: RefCell<BTreeMap<CreationTime, LinkPtr>>,
}

impl List {
    const fn empty() -> Self {
        Self { newest: Cell::new(None), sorted: RefCell::new(BTreeMap::new()) }
    }

    /// Returns a link that this list contains, or is about to.
    ///
    /// # Safety
    ///
    /// The node is alive as long as the result is used. The caller has this list to itself, and the
    /// node is in this list or about to be.
    unsafe fn link<'a>(link: LinkPtr) -> &'a RegistryLink {
        // SAFETY: the node is alive, as promised, and only shared references to its link are made.
        // The cells are not used by two threads at once, as the caller has the list.
        unsafe { link.as_ref() }
    }

    /// # Safety
    ///
    /// The link is in no list, has its time of creation, and stays valid until it has been removed.
    unsafe fn insert(&self, link: LinkPtr) {
        let newest = self.newest.replace(Some(link));
        // SAFETY: the link is valid, as the caller promises, and the caller has the list.
        let fields = unsafe { Self::link(link) };
        include_in_run(fields.created_at.get());
        fields.newer.set(None);
        fields.older.set(newest);
        if let Some(newest) = newest {
            // SAFETY: the registry has a share in what is in the list.
            unsafe { Self::link(newest) }.newer.set(Some(link));
        }
    }

    /// # Safety
    ///
    /// As for [`Registry::join`].
    unsafe fn join(&self, link: LinkPtr, now: impl FnOnce() -> CreationTime) {
        // SAFETY: the caller's handle keeps the node.
        let fields = unsafe { Self::link(link) };
        // SAFETY: as above, and the pointer is that of the whole node.
        if unsafe { (fields.vtable.join)(link) } {
            if fields.created_at.get() == CreationTime::NOT_YET {
                fields.created_at.set(now());
            }
            // SAFETY: `join` has returned true, so it was not listed, and the registry has a share
            // now.
            unsafe { self.insert(link) };
        }
    }

    /// # Safety
    ///
    /// The link is listed here, and valid.
    unsafe fn remove(&self, link: LinkPtr) {
        // SAFETY: the link is listed here and valid, as the caller promises.
        let fields = unsafe { Self::link(link) };
        if fields.is_sorted.get() {
            self.sorted.borrow_mut().remove(&fields.created_at.get());
        } else {
            // SAFETY: it is listed, and not among the sorted.
            unsafe { self.unlink(link) };
        }
    }

    /// # Safety
    ///
    /// The link is in the list of linked nodes.
    unsafe fn unlink(&self, link: LinkPtr) {
        // SAFETY: the registry has a share in what is in the list: the link and its neighbours.
        let field = |link| unsafe { Self::link(link) };
        let (older, newer) = (field(link).older.get(), field(link).newer.get());
        match newer {
            Some(newer) => field(newer).older.set(older),
            None => self.newest.set(older),
        }
        if let Some(older) = older {
            field(older).newer.set(newer);
        }
    }

    /// Returns the time of creation of the newest finalizer up to `limit`.
    fn newest(&self, limit: CreationTime) -> Option<CreationTime> {
        self.sort();
        let sorted = self.sorted.borrow();
        let span = CreationTime::span(limit);
        // As a rule, the last of all is in the span, and it is found faster.
        let (last, _) = sorted.last_key_value()?;
        if span.contains(last) {
            return Some(*last);
        }
        sorted.range(span).next_back().map(|(time, _)| *time)
    }

    /// Takes the finalizer with that time of creation out, unless it is not listed any more, or has
    /// been called and is about to be removed.
    fn take(&self, created_at: CreationTime) -> Option<Taken> {
        let mut sorted = self.sorted.borrow_mut();
        let link = *sorted.get(&created_at)?;
        // SAFETY: the registry has a share in what is sorted; `take` turns it into a handle.
        let fields = unsafe { Self::link(link) };
        // SAFETY: as above, and the pointer is that of the whole node.
        if !unsafe { (fields.vtable.take)(link) } {
            return None;
        }
        sorted.remove(&created_at);
        fields.is_sorted.set(false);
        if sorted.is_empty() {
            // The list is never dropped, so the map gives its memory back here.
            *sorted = BTreeMap::new();
        }
        Some(Taken(link))
    }

    /// Moves all linked nodes to the sorted ones.
    fn sort(&self) {
        let mut sorted = self.sorted.borrow_mut();
        while let Some(link) = self.newest.get() {
            // SAFETY: the registry has a share in what is in the list.
            let fields = unsafe { Self::link(link) };
            // SAFETY: it is in the list.
            unsafe { self.unlink(link) };
            fields.is_sorted.set(true);
            sorted.insert(fields.created_at.get(), link);
        }
    }
}

/// The registry of `Local`: one list for each thread.
///
/// A list belongs to its thread, as finalizers of `Local` never leave their thread. No function of
/// a list runs user code, so none is re-entered.
#[allow(missing_debug_implementations)]
pub enum LocalRegistry {}

per_thread! {
    /// Never dropped, so that it can be used to the very end of the thread.
    static LOCAL: ManuallyDrop<List> = const { ManuallyDrop::new(List::empty()) };
    /// How many finalizers of `Local` this thread has listed.
    static TURN: Cell<usize> = const { Cell::new(0) };
}

impl LocalRegistry {
    /// Returns the time of creation of this thread's newest finalizer up to `limit`.
    pub(super) fn newest(limit: CreationTime) -> Option<CreationTime> {
        LOCAL.with(|list| list.newest(limit))
    }

    /// Takes the finalizer with that time of creation out.
    pub(super) fn take(created_at: CreationTime) -> Option<Taken> {
        LOCAL.with(|list| list.take(created_at))
    }
}

impl Registry for LocalRegistry {
    fn prepare() -> u8 {
        hook::install();
        hook::install_in_thread();
        0
    }

    unsafe fn join(link: LinkPtr) {
        let now = || {
            let turn = TURN.with(|turn| turn.replace(turn.get().wrapping_add(1))).wrapping_add(1);
            CreationTime { clock: CLOCK.0.load(Relaxed), turn, node: link.addr().get() }
        };
        // SAFETY: as promised by the caller; this is the node's thread, and no function of the list
        // is re-entered.
        LOCAL.with(|list| unsafe { list.join(link, now) });
    }

    unsafe fn remove(link: LinkPtr) -> bool {
        // SAFETY: the finalizer is listed, as the caller promises, in the list of its thread, which
        // is this one.
        LOCAL.with(|list| unsafe { list.remove(link) });
        true
    }
}

/// The registry of `Shared`.
#[allow(missing_debug_implementations)]
pub enum SharedRegistry {}

/// A list with its lock, in cache lines of its own.
#[repr(align(128))]
struct SharedList {
    lock: SharedLock<DeferredRemoval>,
    /// Guarded by `lock`.
    list: List,
}

/// The removal of a finalizer by a thread that found the list locked, with the registry's share.
#[derive(Debug)]
struct DeferredRemoval(LinkPtr);

// SAFETY: a finalizer of `Shared` may be freed on any thread, as `Registry::join` was promised.
unsafe impl Send for DeferredRemoval {}

// SAFETY: the list, with its cells and those of the links in it, is used by the lock holder alone.
// The nodes in it are used, and freed, on any thread, as `Registry::join` was promised.
unsafe impl Sync for SharedList {}
// SAFETY: as above.
unsafe impl Send for SharedList {}

/// The number of lists. With several of them, threads do not wait for each other, nor for a cache
/// line that another thread has just written to. Threads share lists if there are more threads than
/// lists.
const LISTS: usize = if cfg!(weakref_loom) { 1 } else { 8 };

global! {
    static SHARED: [SharedList; LISTS] = SharedList::all();
}

/// Returns the index of the list into which this thread inserts.
fn list_of_this_thread() -> u8 {
    per_thread! {
        static MINE: Cell<Option<u8>> = const { Cell::new(None) };
    }
    static THREADS: AtomicUsize = AtomicUsize::new(0);

    MINE.with(|mine| {
        mine.get().unwrap_or_else(|| {
            #[allow(clippy::cast_possible_truncation)]
            let list = (THREADS.fetch_add(1, Relaxed) % LISTS) as u8;
            mine.set(Some(list));
            list
        })
    })
}

impl SharedList {
    #[cfg(not(weakref_loom))]
    const fn all() -> [Self; LISTS] {
        [const { Self { lock: SharedLock::new(), list: List::empty() } }; LISTS]
    }

    #[cfg(weakref_loom)]
    fn all() -> [Self; LISTS] {
        [Self { lock: SharedLock::new(), list: List::empty() }]
    }

    /// Returns the list of a finalizer.
    ///
    /// # Safety
    ///
    /// The node is alive.
    unsafe fn of(link: LinkPtr) -> &'static Self {
        // SAFETY: the node is alive, as promised. `list` is constant, and not a cell.
        let index = unsafe { (*link.as_ptr()).list };
        &SHARED[usize::from(index)]
    }

    /// Locks the list. It is held for a few instructions; longer at the end of the program, which
    /// sorts it.
    fn lock(&'static self) -> ListGuard {
        self.lock.lock_without_waiter();
        ListGuard(self)
    }

    /// Runs the deferred removals and unlocks.
    ///
    /// # Safety
    ///
    /// This thread has the lock.
    unsafe fn unlock(&self) {
        if !self.lock.try_unlock() {
            let mut run = |DeferredRemoval(link)| {
                // SAFETY: the finalizer was listed when the removal was deferred, and only a
                // removal ends that; the share that was deferred with it keeps the node. This
                // thread has the lock.
                unsafe {
                    self.list.remove(link);
                    (List::link(link).vtable.release)(link);
                }
            };
            // The lock is in a static, which is never freed.
            self.lock.unlock(&mut run, &mut || false);
        }
    }
}

/// A locked list.
struct ListGuard(&'static SharedList);

impl Deref for ListGuard {
    type Target = List;

    fn deref(&self) -> &List {
        &self.0.list
    }
}

impl Drop for ListGuard {
    fn drop(&mut self) {
        // SAFETY: the guard has the lock.
        unsafe { self.0.unlock() }
    }
}

#[cfg(all(unix, not(weakref_loom)))]
per_thread! {
    /// The lists that this thread has locked, while it executes a `fork`. `ManuallyDrop`, so that
    /// the thread-local has no destructor.
    static FORK: Cell<Option<ManuallyDrop<[ListGuard; LISTS]>>> = const { Cell::new(None) };
}

impl SharedRegistry {
    /// Returns the time of creation of the newest finalizer up to `limit`, and the index of its
    /// list.
    pub(super) fn newest(limit: CreationTime) -> Option<(CreationTime, usize)> {
        let newest = |list: usize| Some((SHARED[list].lock().newest(limit)?, list));
        (0..LISTS).filter_map(newest).max()
    }

    /// Takes the finalizer with that time of creation out of the list with that index, unless it is
    /// about to be removed.
    pub(super) fn take(created_at: CreationTime, list: usize) -> Option<Taken> {
        SHARED[list].lock().take(created_at)
    }

    /// Locks all lists, in the order of their index, for the time of a fork.
    #[cfg(all(unix, not(weakref_loom)))]
    pub(super) fn before_fork() {
        let guards = std::array::from_fn(|list| SHARED[list].lock());
        FORK.with(|fork| fork.set(Some(ManuallyDrop::new(guards))));
    }

    /// Unlocks the lists that this thread has locked for a fork: in the parent, and in the child.
    ///
    /// The lists of the child are a copy of the parent's, deferred removals included. They have no
    /// waiters, so no thread has to be woken in either process.
    #[cfg(all(unix, not(weakref_loom)))]
    pub(super) fn after_fork(is_child: bool) {
        if is_child {
            FIRST.store(CLOCK.0.fetch_add(1, Relaxed).wrapping_add(1), Relaxed);
        }
        drop(FORK.with(Cell::take).map(ManuallyDrop::into_inner));
    }
}

impl Registry for SharedRegistry {
    fn prepare() -> u8 {
        hook::install();
        list_of_this_thread()
    }

    unsafe fn join(link: LinkPtr) {
        let now = || {
            let clock = CLOCK.0.fetch_add(1, Relaxed).wrapping_add(1);
            CreationTime { clock, turn: 0, node: link.addr().get() }
        };
        // SAFETY: the caller's handle keeps the node.
        let list = unsafe { SharedList::of(link) }.lock();
        // SAFETY: as promised by the caller; the guard has the lock.
        unsafe { list.join(link, now) };
    }

    unsafe fn remove(link: LinkPtr) -> bool {
        // SAFETY: the finalizer is listed, as the caller promises, so the registry's share keeps
        // the node.
        let list = unsafe { SharedList::of(link) };
        // After a removal has been deferred, the lock holder may free the node: `link` is not used
        // again.
        let locked = list.lock.lock_or_defer(DeferredRemoval(link));
        if locked {
            // SAFETY: this thread has the lock, and the finalizer is listed.
            unsafe { ListGuard(list).remove(link) };
        }
        locked
    }
}
