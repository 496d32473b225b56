//! The finalizers that are still to run at the end: in and out in O(1).
//!
//! They stand in a list that is linked through themselves, so it allocates nothing, and one that leaves
//! touches its two neighbours and nothing else. The list is in no order: the end sorts what is left by
//! the time of its creation, which nobody else has to pay for.
#![allow(unsafe_code)]

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    mem::ManuallyDrop,
    ops::{Deref, RangeInclusive},
    ptr::{self, NonNull},
    sync::atomic::{
        AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use super::{hook, notice};
use crate::{
    observer::Head,
    sync::{AtomicPtr, global, per_thread, relax},
};

/// What a finalizer is to the registry: the first field of its node.
#[derive(Debug)]
#[repr(C)]
pub struct Entry {
    head: Head,
    methods: &'static Methods,
    /// The neighbours in the list.
    older: Cell<*const Entry>,
    newer: Cell<*const Entry>,
    /// The next in the chain of those that left while somebody was at the list.
    left: Cell<*const Entry>,
    born: Cell<Born>,
    /// It stands among the sorted, and not in the list.
    is_sorted: Cell<bool>,
    /// Which of the lists of `Shared` is its own.
    list: u8,
}

/// What the registry asks of a finalizer.
#[derive(Debug)]
pub(crate) struct Methods {
    /// If it is to be listed and is not, says that it is, and returns true.
    pub(crate) join: unsafe fn(NonNull<Entry>) -> bool,
    /// If it is alive, turns the registry's share in it into a handle, and returns true. If not,
    /// whoever has called it is about to take it out of the registry.
    pub(crate) take: unsafe fn(NonNull<Entry>) -> bool,
    /// Gives up the registry's share. Runs no code of the user's.
    pub(crate) leave: unsafe fn(NonNull<Entry>),
    /// Runs it if it is still to run at the end, and gives up the handle that `take` has made. Does
    /// not panic.
    pub(crate) run: unsafe fn(NonNull<Entry>),
}

/// When a finalizer was made.
///
/// Those of `Local` write to nothing that is shared. They say how many of `Shared` there were when they
/// were made, and then which of their thread's they are; so all can be put in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Born {
    clock: usize,
    turn: usize,
}

/// The number of finalizers of `Shared` that there have been, in a cache line of its own.
#[repr(align(128))]
struct Clock(AtomicUsize);

static CLOCK: Clock = Clock(AtomicUsize::new(0));

/// What was born before this belongs to the process that this one was forked from.
static FIRST: AtomicUsize = AtomicUsize::new(0);

impl Born {
    /// Of a finalizer that has never been listed. In `Shared` the clock is not 0 then, in `Local` the
    /// turn.
    const NOT_YET: Self = Self { clock: 0, turn: 0 };

    /// The time after which nobody is born yet.
    pub(super) fn now() -> Self {
        Self { clock: CLOCK.0.load(Relaxed), turn: usize::MAX }
    }

    /// The time up to `limit` in which this process was there.
    fn span(limit: Self) -> RangeInclusive<Self> {
        let first = Self { clock: FIRST.load(Relaxed), turn: 0 };
        // In the child of a finalizer that was being run, the limit is from before the fork.
        first..=limit.max(first)
    }
}

impl Entry {
    pub(crate) fn new(head: Head, methods: &'static Methods, list: u8) -> Self {
        Self {
            head,
            methods,
            older: Cell::new(ptr::null()),
            newer: Cell::new(ptr::null()),
            left: Cell::new(ptr::null()),
            born: Cell::new(Born::NOT_YET),
            is_sorted: Cell::new(false),
            list,
        }
    }
}

/// A finalizer that has been taken out to be run, with a handle to it.
#[must_use]
#[derive(Debug)]
pub(super) struct Taken(NonNull<Entry>);

impl Taken {
    /// Runs it, if that is still to be done. Does not panic.
    pub(super) fn run(self) {
        // SAFETY: the handle keeps the node, and is used up here.
        unsafe { (self.0.as_ref().methods.run)(self.0) }
    }
}

/// The registry of a flavour.
pub trait Registry {
    /// Sees to it that the end will be noticed, and returns which list a new finalizer is for.
    ///
    /// # Panics
    ///
    /// If the operating system has no room for one more exit handler.
    fn prepare() -> u8;

    /// Lists a finalizer, for the first time or again, if it says that it is to be.
    ///
    /// # Safety
    ///
    /// The caller has a handle. The node lives until the registry's share has been given up, and
    /// begins with an `Entry`. In `Local`, this is its thread; in `Shared`, it can be run and freed on
    /// any.
    unsafe fn join(entry: NonNull<Entry>);

    /// Takes a finalizer out. Returns false if somebody else is at the registry, who will do so, and
    /// give up its share; else that is left to the caller. Does not wait.
    ///
    /// # Safety
    ///
    /// The finalizer is listed and not alive any more; and only the one who has called it comes here,
    /// once.
    unsafe fn remove(entry: NonNull<Entry>) -> bool;
}

/// The finalizers of a flavour. Each of the functions is called by who is alone with it.
struct List {
    newest: Cell<*const Entry>,
    /// Those that the end has found in the list, until it comes to run them.
    sorted: RefCell<BTreeMap<Born, NonNull<Entry>>>,
}

impl List {
    const fn empty() -> Self {
        Self { newest: Cell::new(ptr::null()), sorted: RefCell::new(BTreeMap::new()) }
    }

    /// # Safety
    ///
    /// The entry is in no list, has been born, and stays valid until it has been removed.
    unsafe fn insert(&self, entry: NonNull<Entry>) {
        let newest = self.newest.replace(entry.as_ptr());
        // SAFETY: what is in the list is valid.
        let (entry, newest) = unsafe { (entry.as_ref(), newest.as_ref()) };
        notice(entry.born.get());
        entry.newer.set(ptr::null());
        entry.older.set(newest.map_or(ptr::null(), ptr::from_ref));
        if let Some(newest) = newest {
            newest.newer.set(entry);
        }
    }

    /// # Safety
    ///
    /// As for [`Registry::join`].
    unsafe fn join(&self, entry: NonNull<Entry>, born: impl FnOnce() -> Born) {
        // SAFETY: it is valid, and if it joins, it is in no list.
        unsafe {
            if (entry.as_ref().methods.join)(entry) {
                if entry.as_ref().born.get() == Born::NOT_YET {
                    entry.as_ref().born.set(born());
                }
                self.insert(entry);
            }
        }
    }

    /// # Safety
    ///
    /// The entry has been inserted, and is valid.
    unsafe fn remove(&self, entry: NonNull<Entry>) {
        // SAFETY: as promised.
        let entry = unsafe { entry.as_ref() };
        if entry.is_sorted.get() {
            self.sorted.borrow_mut().remove(&entry.born.get());
        } else {
            // SAFETY: it is in the list.
            unsafe { self.unlink(entry) };
        }
    }

    /// # Safety
    ///
    /// The entry is in the list.
    unsafe fn unlink(&self, entry: &Entry) {
        let (older, newer) = (entry.older.get(), entry.newer.get());
        // SAFETY: the neighbours are in the list, so they are valid.
        let (older_entry, newer_entry) = unsafe { (older.as_ref(), newer.as_ref()) };
        match newer_entry {
            Some(newer) => newer.older.set(older),
            None => self.newest.set(older),
        }
        if let Some(older) = older_entry {
            older.newer.set(newer);
        }
    }

    /// Returns when the newest was born of those that were born up to `limit`.
    fn newest(&self, limit: Born) -> Option<Born> {
        self.sort();
        let sorted = self.sorted.borrow();
        let span = Born::span(limit);
        // The last of all, as a rule, which is found faster.
        let (last, _) = sorted.last_key_value()?;
        if span.contains(last) {
            return Some(*last);
        }
        sorted.range(span).next_back().map(|(born, _)| *born)
    }

    /// Takes that one out, unless it is on its way out already, by another thread.
    fn take(&self, born: Born) -> Option<Taken> {
        let mut sorted = self.sorted.borrow_mut();
        let entry = *sorted.get(&born)?;
        // SAFETY: what is in the registry is valid.
        if !unsafe { (entry.as_ref().methods.take)(entry) } {
            return None;
        }
        sorted.remove(&born);
        // SAFETY: `take` has made a handle, which keeps it.
        unsafe { entry.as_ref() }.is_sorted.set(false);
        if sorted.is_empty() {
            // Gives its memory back: nobody drops it.
            *sorted = BTreeMap::new();
        }
        Some(Taken(entry))
    }

    /// Puts what is in the list among the sorted.
    fn sort(&self) {
        let mut sorted = self.sorted.borrow_mut();
        // SAFETY: what is in the list is valid.
        while let Some(entry) = unsafe { self.newest.get().as_ref() } {
            // SAFETY: it is in the list.
            unsafe { self.unlink(entry) };
            entry.is_sorted.set(true);
            sorted.insert(entry.born.get(), entry.into());
        }
    }
}

/// The finalizers of `Local`: those of this thread.
#[allow(missing_debug_implementations)]
pub enum LocalRegistry {}

per_thread! {
    /// Not dropped: it is there to the very end of the thread.
    static LOCAL: ManuallyDrop<List> = const { ManuallyDrop::new(List::empty()) };
    static TURN: Cell<usize> = const { Cell::new(0) };
}

impl LocalRegistry {
    pub(super) fn newest(limit: Born) -> Option<Born> {
        LOCAL.with(|list| list.newest(limit))
    }

    pub(super) fn take(born: Born) -> Option<Taken> {
        LOCAL.with(|list| list.take(born))
    }
}

// That only this thread is at its list is what `Local` is about: no finalizer leaves it, and none of
// the list's functions calls code of the user's.
impl Registry for LocalRegistry {
    fn prepare() -> u8 {
        hook::install();
        hook::install_in_thread();
        0
    }

    unsafe fn join(entry: NonNull<Entry>) {
        let born = || {
            let turn = TURN.with(|turn| turn.replace(turn.get() + 1)) + 1;
            Born { clock: CLOCK.0.load(Relaxed), turn }
        };
        // SAFETY: as promised.
        LOCAL.with(|list| unsafe { list.join(entry, born) });
    }

    unsafe fn remove(entry: NonNull<Entry>) -> bool {
        // SAFETY: it is listed.
        LOCAL.with(|list| unsafe { list.remove(entry) });
        true
    }
}

/// The finalizers of `Shared`.
#[allow(missing_debug_implementations)]
pub enum SharedRegistry {}

/// A list for all threads.
///
/// The word is `FREE`; or else somebody is at the list, and it is the newest in a chain, which ends
/// in `HELD`, of finalizers that have left meanwhile: a death does not wait. One atomic operation
/// either takes the word or leaves the finalizer there, and whoever has the word cannot give it back
/// before it has seen to those.
#[repr(align(128))]
struct SharedList {
    word: AtomicPtr<Entry>,
    list: List,
}

// SAFETY: the list is used by whoever has the word, alone.
unsafe impl Sync for SharedList {}
// SAFETY: as above; it is a static, and stays where it is.
unsafe impl Send for SharedList {}

const FREE: *mut Entry = ptr::null_mut();
const HELD: *mut Entry = ptr::without_provenance_mut(1);

/// How many lists there are, so that threads do not wait for each other, nor for a cache line that the
/// other has just written to: each puts its finalizers into its own, as far as they go round.
const LISTS: usize = if cfg!(loom) { 1 } else { 8 };

global! {
    static SHARED: [SharedList; LISTS] = SharedList::all();
}

/// Which list is this thread's.
fn my_list() -> u8 {
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
    #[cfg(not(loom))]
    const fn all() -> [Self; LISTS] {
        [const { Self { word: AtomicPtr::new(FREE), list: List::empty() } }; LISTS]
    }

    #[cfg(loom)]
    fn all() -> [Self; LISTS] {
        [Self { word: AtomicPtr::new(FREE), list: List::empty() }]
    }

    /// The list of an entry.
    fn of(entry: &Entry) -> &'static Self {
        &SHARED[usize::from(entry.list)]
    }

    fn try_enter(&self) -> bool {
        // Acquire, with the Release in `exit`: what the one before did to the list.
        self.word.compare_exchange(FREE, HELD, Acquire, Relaxed).is_ok()
    }

    /// Takes the word, after whoever has it: for a few instructions, or at the end of the program.
    fn enter(&self) {
        let mut tries = 0;
        while !self.try_enter() {
            relax(&mut tries);
        }
    }

    /// Takes the word and returns true, or leaves the entry to whoever has it.
    ///
    /// # Safety
    ///
    /// As for [`Registry::remove`].
    unsafe fn enter_or_leave(&self, entry: NonNull<Entry>) -> bool {
        if self.try_enter() {
            return true;
        }
        let mut seen = self.word.load(Relaxed);
        loop {
            let (new, success) = if seen == FREE {
                (HELD, Acquire)
            } else {
                // SAFETY: nobody else looks at this field before the exchange below succeeds.
                unsafe { entry.as_ref() }.left.set(seen);
                // Release, with the Acquire in `exit`: the field.
                (entry.as_ptr(), Release)
            };
            match self.word.compare_exchange_weak(seen, new, success, Relaxed) {
                Ok(_) => return new == HELD,
                Err(now) => seen = now,
            }
        }
    }

    /// Gives the word back, having taken out of the list what has left.
    fn exit(&self) {
        while self.word.compare_exchange(HELD, FREE, Release, Relaxed).is_err() {
            self.see_to_those_that_left();
        }
    }

    #[cold]
    fn see_to_those_that_left(&self) {
        let mut next = self.word.swap(HELD, Acquire);
        while next != HELD
            && let Some(entry) = NonNull::new(next)
        {
            // SAFETY: the list's share, which keeps it, was left with it.
            let (left, methods) = unsafe { (entry.as_ref().left.get(), entry.as_ref().methods) };
            next = left.cast_mut();
            // SAFETY: this thread has the word; what is left is in the list. Then the share goes.
            unsafe {
                self.list.remove(entry);
                (methods.leave)(entry);
            }
        }
    }
}

/// Has a list of `Shared` to itself as long as it lives.
struct Inside(&'static SharedList);

impl Inside {
    fn enter(list: &'static SharedList) -> Self {
        list.enter();
        Self(list)
    }
}

impl Deref for Inside {
    type Target = List;

    fn deref(&self) -> &List {
        &self.0.list
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.exit();
    }
}

impl SharedRegistry {
    /// Returns the newest, and in which list it is.
    pub(super) fn newest(limit: Born) -> Option<(Born, usize)> {
        let newest = |list| Some((Inside::enter(&SHARED[list]).newest(limit)?, list));
        (0..LISTS).filter_map(newest).max()
    }

    pub(super) fn take(born: Born, list: usize) -> Option<Taken> {
        Inside::enter(&SHARED[list]).take(born)
    }

    /// Holds the registry over a fork: the child could find it held by a thread that it does not
    /// have.
    #[cfg(all(unix, not(loom)))]
    pub(super) fn before_fork() {
        SHARED.iter().for_each(SharedList::enter);
    }

    #[cfg(all(unix, not(loom)))]
    pub(super) fn after_fork(is_child: bool) {
        if is_child {
            FIRST.store(CLOCK.0.fetch_add(1, Relaxed) + 1, Relaxed);
        }
        SHARED.iter().for_each(SharedList::exit);
    }
}

impl Registry for SharedRegistry {
    fn prepare() -> u8 {
        hook::install();
        my_list()
    }

    unsafe fn join(entry: NonNull<Entry>) {
        let born = || Born { clock: CLOCK.0.fetch_add(1, Relaxed) + 1, turn: 0 };
        // SAFETY: the caller has a handle.
        let list = SharedList::of(unsafe { entry.as_ref() });
        // SAFETY: as promised; and `Inside` is alone with the list.
        unsafe { Inside::enter(list).join(entry, born) };
    }

    unsafe fn remove(entry: NonNull<Entry>) -> bool {
        // SAFETY: it is listed, so it stays in its list.
        let list = SharedList::of(unsafe { entry.as_ref() });
        // SAFETY: as promised.
        let entered = unsafe { list.enter_or_leave(entry) };
        if entered {
            // SAFETY: it is listed.
            unsafe { Inside(list).remove(entry) };
        }
        entered
    }
}
