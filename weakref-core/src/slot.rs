//! `WeakSlot`: the registrations of one object, and what happens at its death.
#![allow(unsafe_code)]

use std::{
    any::Any,
    cell::Cell,
    fmt, mem,
    panic::{RefUnwindSafe, UnwindSafe},
    ptr::NonNull,
    sync::atomic::Ordering,
};

use crate::{
    Flavor, Shared, death,
    observer::{Event, Head, Later, Registration},
    sync::{AtomicPtr, AtomicUsize, exclusive, relax, swap},
};

/// The weak-list slot: what `__weakref__` is in a Python object.
///
/// A field of this type makes a struct weakly referenceable, together with
/// [`#[derive(Weakrefable)]`](macro@crate::Weakrefable); [`#[weakrefable]`](macro@crate::weakrefable)
/// adds both. It holds what has been registered with the object: the callbacks of its
/// [`WeakRef`](crate::WeakRef)s, its finalizers and its entries in weak containers. When the object
/// dies it tells them, newest first.
///
/// It is neutral in every derive: a clone of it is empty, all slots are equal, it hashes to nothing.
///
/// # Cost
///
/// 16 bytes. A first registration is kept in them; a second one allocates a list, in which adding
/// and taking back are O(1). Without any registration, the object's death costs one test of one
/// word. In `Shared`, adding and taking back hold the slot for a few instructions, by one atomic
/// swap; a death needs no lock, as nobody else can reach the slot any more.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable, weakref_count};
///
/// #[derive(Weakrefable, Debug, Default, Clone, PartialEq)]
/// struct Node {
///     name: String,
///     slot: WeakSlot<Local>,
/// }
///
/// let node = Rc::new(Node { name: "root".into(), slot: WeakSlot::new() });
/// let _weak = WeakRef::with_callback(&node, |_| println!("root has gone"));
/// assert_eq!(weakref_count(&node), 1);
/// assert_eq!(*node, Node::clone(&node), "the slot does not take part");
/// ```
pub struct WeakSlot<F: Flavor = Shared> {
    words: F::Words,
}

impl<F: Flavor> WeakSlot<F> {
    /// Returns an empty slot. Allocates nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Local, WeakSlot};
    ///
    /// let slot = WeakSlot::<Local>::new();
    /// assert_eq!(format!("{slot:?}"), "WeakSlot(0)");
    /// ```
    #[cfg(not(loom))]
    #[inline]
    pub const fn new() -> Self {
        Self { words: <F::Words as Words>::EMPTY }
    }

    /// Returns an empty slot. Allocates nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::{Local, WeakSlot};
    ///
    /// let slot = WeakSlot::<Local>::new();
    /// assert_eq!(format!("{slot:?}"), "WeakSlot(0)");
    /// ```
    #[cfg(loom)]
    pub fn new() -> Self {
        Self { words: <F::Words as Words>::empty() }
    }

    fn with<R>(&self, f: impl FnOnce(&mut Held) -> R) -> R {
        /// Puts the words back, whatever happens in between.
        struct Open<'a, W: Words>(&'a W, Held);

        impl<W: Words> Drop for Open<'_, W> {
            fn drop(&mut self) {
                let (head, token) = mem::replace(&mut self.1, Held::NOTHING).into_words();
                self.0.put(head, token);
            }
        }

        let (head, token) = self.words.take();
        // SAFETY: the words come from `into_words`, in `Open` or in the initial state. In `Shared`,
        // `take` gives them to nobody else until `put`; in `Local`, `f` is a function of this
        // module, and none of them comes back to the slot.
        let all = unsafe { Held::from_words(head, token) };
        f(&mut Open(&self.words, all).1)
    }

    /// Adds a registration, in O(1), and returns its place for [`unregister`](Self::unregister).
    #[inline]
    pub(crate) fn register(&self, registration: Registration) -> u32 {
        let (head, token) = self.words.take();
        if head.is_null() {
            let (observer, token) = registration.into_parts();
            self.words.put(observer.as_ptr().cast(), token as usize);
            return 0;
        }
        self.words.put(head, token);
        self.register_one_more(registration)
    }

    #[inline(never)]
    fn register_one_more(&self, registration: Registration) -> u32 {
        self.with(|held| held.push(registration))
    }

    /// Takes the registration at `place` back, in O(1), if it is still there.
    pub(crate) fn unregister(
        &self,
        place: u32,
        observer: *const Head,
        token: u32,
    ) -> Option<Registration> {
        self.with(|held| held.remove(place, observer, token))
    }

    /// Returns the number of registrations, and how many of them hold a weak pointer to the object: all
    /// but those that were made without an owner. In O(1), unless there are some of these.
    pub(crate) fn counts(&self) -> (usize, usize) {
        self.with(|held| {
            held.sweep();
            (held.len(), held.len() - held.without_weak())
        })
    }

    /// Returns the second of the [`counts`](Self::counts), and the `WeakRef`s behind the registrations of that
    /// moment, newest first.
    pub(crate) fn handles(&self) -> (usize, Vec<Box<dyn Any>>) {
        self.with(|held| {
            held.sweep();
            let handles = held.iter().filter_map(Registration::handle).collect();
            (held.len() - held.without_weak(), handles)
        })
    }

    /// Takes all registrations out of a living object, and tells them.
    pub(crate) fn clear(&self, referent: *const (), silently: bool) {
        let held = self.with(|held| mem::replace(held, Held::NOTHING));
        let event = Event::Cleared(referent);
        held.prepare(event);
        // An entry of a living referent is known by its address, and so would be the entry that a
        // function of the user's puts in its place. So all go before the first of those runs.
        let (containers, callbacks): (Vec<_>, Vec<_>) =
            held.into_iter().partition(Registration::is_container);
        let later: Vec<_> =
            containers.into_iter().filter_map(|container| container.let_go(event)).collect();
        later.into_iter().for_each(Later::run);
        if silently {
            for callback in callbacks {
                callback.tell_silently(event);
            }
            return;
        }
        let mut held = Held::NOTHING;
        for callback in callbacks.into_iter().rev() {
            held.push(callback);
        }
        death::run(held, event);
    }

    /// Tells everybody that the object has died. Called again, finds nothing to do.
    #[inline]
    pub(crate) fn die(&mut self) {
        if self.words.is_used() {
            self.die_registered();
            // SAFETY: `take_all` has emptied it, and behind `&mut` nobody has filled it again. Said
            // so that the test in `WeakSlot`'s own drop, which comes next, goes away; and with it
            // the last reason for `Rc::new` to expect a drop of an object that is being made.
            unsafe { std::hint::assert_unchecked(!self.words.is_used()) }
        }
    }

    // `extern "C"` as a death does not unwind, and the drop around it needs no plan for it.
    #[allow(improper_ctypes_definitions)]
    #[inline(never)]
    extern "C" fn die_registered(&mut self) {
        match self.take_all() {
            Held::One(registration) => death::run_one(registration),
            held @ Held::Many(_) => death::run(held, Event::Died),
        }
    }

    /// Forgets what was registered while the object died.
    #[inline]
    pub(crate) fn forget(&mut self) {
        if self.words.is_used() {
            self.forget_registered();
        }
    }

    #[cold]
    fn forget_registered(&mut self) {
        let held = self.take_all();
        held.into_iter().for_each(|registration| registration.tell_silently(Event::Died));
    }

    fn take_all(&mut self) -> Held {
        let (head, token) = self.words.take_mut();
        // SAFETY: the words come from `into_words`; `take_mut` leaves the empty state behind.
        unsafe { Held::from_words(head, token) }
    }
}

/// The registrations themselves, outside of the slot's two words.
///
/// The layout is that of the words: a first registration stands in the slot, and only a second one
/// makes a list. An object with one callback, or one entry in one map, allocates nothing here.
pub(crate) enum Held {
    One(Registration),
    Many(Option<Box<List>>),
}

/// The bit in the first word that says that it points to a `List`.
const LIST: usize = 1;

impl Held {
    const NOTHING: Self = Self::Many(None);

    fn into_words(self) -> (*mut (), usize) {
        match self {
            Self::Many(None) => (std::ptr::null_mut(), 0),
            Self::One(registration) => {
                let (observer, token) = registration.into_parts();
                (observer.as_ptr().cast(), token as usize)
            }
            Self::Many(Some(list)) => {
                (Box::into_raw(list).cast::<()>().map_addr(|addr| addr | LIST), 0)
            }
        }
    }

    /// # Safety
    ///
    /// The words come from `into_words`, and are used once.
    unsafe fn from_words(head: *mut (), token: usize) -> Self {
        if head.addr() & LIST != 0 {
            let list = head.map_addr(|addr| addr & !LIST).cast::<List>();
            // SAFETY: only a list has the bit: a `Head` is aligned to 8 bytes. The pointer came
            // from `Box::into_raw`.
            return Self::Many(Some(unsafe { Box::from_raw(list) }));
        }
        match NonNull::new(head.cast::<Head>()) {
            Some(observer) => {
                #[allow(clippy::cast_possible_truncation)]
                let token = token as u32;
                // SAFETY: the parts come from `into_parts`.
                Self::One(unsafe { Registration::from_parts((observer, token)) })
            }
            None => Self::NOTHING,
        }
    }

    fn push(&mut self, registration: Registration) -> u32 {
        match self {
            Self::Many(None) => {
                *self = Self::One(registration);
                0
            }
            Self::Many(Some(list)) => list.push(registration),
            Self::One(one) if one.is_spent() => {
                self.sweep();
                self.push(registration)
            }
            Self::One(_) => {
                let mut list = Box::new(List::default());
                if let Self::One(first) = mem::replace(self, Self::NOTHING) {
                    // It gets place 0, which is what `push` above has told its owner.
                    list.push(first);
                }
                let place = list.push(registration);
                *self = Self::Many(Some(list));
                place
            }
        }
    }

    fn remove(&mut self, place: u32, observer: *const Head, token: u32) -> Option<Registration> {
        match self {
            Self::One(one) if place == 0 && one.is_from(observer, token) => {
                let Self::One(one) = mem::replace(self, Self::NOTHING) else { return None };
                Some(one)
            }
            Self::Many(Some(list)) => {
                let removed = list.remove(place, observer, token);
                if list.len == 0 {
                    *self = Self::NOTHING;
                }
                removed
            }
            _ => None,
        }
    }

    /// Ends the registrations that have nobody to tell any more, and could not be taken back.
    fn sweep(&mut self) {
        match self {
            Self::One(one) if one.is_spent() => {
                let spent = mem::replace(self, Self::NOTHING);
                spent.into_iter().for_each(|registration| registration.tell_silently(Event::Died));
            }
            Self::Many(Some(list)) => {
                list.sweep();
                if list.len == 0 {
                    *self = Self::NOTHING;
                }
            }
            _ => {}
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(None) => 0,
            Self::Many(Some(list)) => list.len,
        }
    }

    fn without_weak(&self) -> usize {
        match self {
            Self::One(one) => usize::from(!one.has_weak()),
            Self::Many(None) => 0,
            Self::Many(Some(list)) => list.without_weak,
        }
    }

    pub(crate) fn prepare(&self, event: Event) {
        self.iter().for_each(|registration| registration.prepare(event));
    }

    fn iter(&self) -> impl Iterator<Item = &Registration> {
        let (one, list) = match self {
            Self::One(one) => (Some(one), None),
            Self::Many(list) => (None, list.as_deref()),
        };
        one.into_iter().chain(list.into_iter().flat_map(List::iter))
    }
}

impl IntoIterator for Held {
    type Item = Registration;
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        match self {
            Self::One(one) => IntoIter { one: Some(one), list: None },
            Self::Many(list) => IntoIter { one: None, list },
        }
    }
}

/// The registrations, newest first.
pub(crate) struct IntoIter {
    one: Option<Registration>,
    list: Option<Box<List>>,
}

impl IntoIter {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Registration> {
        self.one.iter().chain(self.list.iter().flat_map(|list| list.iter()))
    }
}

impl Iterator for IntoIter {
    type Item = Registration;

    fn next(&mut self) -> Option<Registration> {
        self.one.take().or_else(|| self.list.as_mut()?.pop_newest())
    }
}

/// The list from the second registration on: linked by index inside one vector, so that a place
/// stays the same while others come and go.
pub(crate) struct List {
    links: Vec<Link>,
    newest: u32,
    /// The first of the free places, which are linked through `older`.
    free: u32,
    len: usize,
    /// How many of them hold no weak pointer to the object. These cannot be taken back.
    without_weak: usize,
}

struct Link {
    registration: Option<Registration>,
    older: u32,
    newer: u32,
}

/// No link. Containers use the top bit of a place, so this is the limit: 48 GiB of registrations.
const NONE: u32 = u32::MAX >> 1;

impl Default for List {
    fn default() -> Self {
        Self { links: Vec::with_capacity(4), newest: NONE, free: NONE, len: 0, without_weak: 0 }
    }
}

impl List {
    fn push(&mut self, registration: Registration) -> u32 {
        if self.free == NONE && self.links.len() == self.links.capacity() {
            // Before it grows, so that it does not without need. Where that has not made much room, it
            // grows all the same, so as not to sweep again soon: amortized O(1).
            self.sweep();
            if self.len > self.links.len() / 2 {
                self.links.reserve(self.links.len());
            }
        }
        self.without_weak += usize::from(!registration.has_weak());
        let link = Link { registration: Some(registration), older: self.newest, newer: NONE };
        let place = if self.free == NONE {
            let place = u32::try_from(self.links.len()).ok().filter(|&place| place < NONE);
            self.links.push(link);
            place.expect("fewer than 2^31 - 1 registrations with one object")
        } else {
            let place = self.free;
            let vacant = &mut self.links[place as usize];
            self.free = vacant.older;
            *vacant = link;
            place
        };
        if self.newest != NONE {
            self.links[self.newest as usize].newer = place;
        }
        self.newest = place;
        self.len += 1;
        place
    }

    fn remove(&mut self, place: u32, observer: *const Head, token: u32) -> Option<Registration> {
        let link = self.links.get(place as usize)?;
        if !link.registration.as_ref()?.is_from(observer, token) {
            return None;
        }
        self.unlink(place)
    }

    fn unlink(&mut self, place: u32) -> Option<Registration> {
        let link = &mut self.links[place as usize];
        let registration = link.registration.take();
        let (older, newer) = (link.older, link.newer);
        link.older = self.free;
        self.free = place;
        if older != NONE {
            self.links[older as usize].newer = newer;
        }
        if newer == NONE {
            self.newest = older;
        } else {
            self.links[newer as usize].older = older;
        }
        self.len -= 1;
        registration
    }

    /// Ends those that have nobody to tell any more.
    fn sweep(&mut self) {
        if self.without_weak == 0 {
            return;
        }
        let mut next = self.newest;
        while let Some(link) = self.links.get(next as usize) {
            let place = mem::replace(&mut next, link.older);
            if link.registration.as_ref().is_some_and(Registration::is_spent)
                && let Some(spent) = self.unlink(place)
            {
                self.without_weak -= 1;
                // Drops nothing of the user's: its function has gone.
                spent.tell_silently(Event::Died);
            }
        }
    }

    /// For a list that is being taken apart: keeps no free places.
    fn pop_newest(&mut self) -> Option<Registration> {
        let link = self.links.get_mut(self.newest as usize)?;
        self.newest = link.older;
        link.registration.take()
    }

    fn iter(&self) -> impl Iterator<Item = &Registration> {
        let mut next = self.newest;
        std::iter::from_fn(move || {
            let link = self.links.get(next as usize)?;
            next = link.older;
            link.registration.as_ref()
        })
    }
}

/// The two words of a slot, and the way to hold them alone for a moment.
///
/// The second has 32 bits to hold. It is a whole word so that an empty slot is written in one piece:
/// `Rc::new` reads it back at once, and would wait for two.
///
/// Between `take` and `put` no code of the user's runs and nothing waits.
pub trait Words: Sized {
    #[cfg(not(loom))]
    const EMPTY: Self;
    #[cfg(loom)]
    fn empty() -> Self;
    /// Whether anything is registered: one test of one word.
    fn is_used(&mut self) -> bool;
    fn take(&self) -> (*mut (), usize);
    fn put(&self, head: *mut (), token: usize);
    /// As `take`, leaving the empty state.
    fn take_mut(&mut self) -> (*mut (), usize);
}

/// The words of `Local`.
#[derive(Debug)]
pub struct LocalWords {
    head: Cell<*mut ()>,
    token: Cell<usize>,
}

impl Words for LocalWords {
    #[cfg(not(loom))]
    const EMPTY: Self = Self { head: Cell::new(std::ptr::null_mut()), token: Cell::new(0) };

    #[cfg(loom)]
    fn empty() -> Self {
        Self { head: Cell::new(std::ptr::null_mut()), token: Cell::new(0) }
    }

    #[inline]
    fn is_used(&mut self) -> bool {
        !self.head.get_mut().is_null()
    }

    #[inline]
    fn take(&self) -> (*mut (), usize) {
        (self.head.get(), self.token.get())
    }

    #[inline]
    fn put(&self, head: *mut (), token: usize) {
        self.head.set(head);
        self.token.set(token);
    }

    #[inline]
    fn take_mut(&mut self) -> (*mut (), usize) {
        (self.head.replace(std::ptr::null_mut()), self.token.get())
    }
}

/// The words of `Shared`: the first is a lock at the same time.
///
/// It is held for a handful of instructions (and the growth of a list), so a thread that finds it
/// held spins, then yields, then sleeps. A lock that can sleep would need more room than there is.
#[derive(Debug)]
pub struct SharedWords {
    head: AtomicPtr<()>,
    token: AtomicUsize,
}

/// The first word while somebody holds the slot: neither aligned like a `Head` nor a `LIST`.
const HELD: *mut () = std::ptr::without_provenance_mut(2);

impl Words for SharedWords {
    #[cfg(not(loom))]
    const EMPTY: Self =
        Self { head: AtomicPtr::new(std::ptr::null_mut()), token: AtomicUsize::new(0) };

    #[cfg(loom)]
    fn empty() -> Self {
        Self { head: AtomicPtr::new(std::ptr::null_mut()), token: AtomicUsize::new(0) }
    }

    #[inline]
    fn is_used(&mut self) -> bool {
        !exclusive(&mut self.head).is_null()
    }

    #[inline]
    fn take(&self) -> (*mut (), usize) {
        let mut tries = 0;
        loop {
            // Acquire, with the Release in `put`: the token, and what the pointer points to.
            let head = swap(&self.head, HELD);
            if head != HELD {
                return (head, self.token.load(Ordering::Relaxed));
            }
            relax(&mut tries);
        }
    }

    #[inline]
    fn put(&self, head: *mut (), token: usize) {
        self.token.store(token, Ordering::Relaxed);
        self.head.store(head, Ordering::Release);
    }

    #[inline]
    fn take_mut(&mut self) -> (*mut (), usize) {
        let head = exclusive(&mut self.head);
        // Nobody else can reach the words, so these are plain accesses.
        self.head.store(std::ptr::null_mut(), Ordering::Relaxed);
        (head, self.token.load(Ordering::Relaxed))
    }
}

// No code of the user's runs in the middle of a change.
impl<F: Flavor> UnwindSafe for WeakSlot<F> {}
impl<F: Flavor> RefUnwindSafe for WeakSlot<F> {}

impl<F: Flavor> Drop for WeakSlot<F> {
    /// Does the work where no generated `Drop` has done it: `drop = "slot"`, `Slotted`.
    #[inline]
    fn drop(&mut self) {
        self.die();
    }
}

impl<F: Flavor> Default for WeakSlot<F> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<F: Flavor> Clone for WeakSlot<F> {
    /// Returns an empty slot: a copy of an object has no weak references yet.
    fn clone(&self) -> Self {
        Self::new()
    }

    /// Keeps the slot as it is: the object that is overwritten stays the object it was.
    fn clone_from(&mut self, _: &Self) {}
}

impl<F: Flavor> PartialEq for WeakSlot<F> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<F: Flavor> Eq for WeakSlot<F> {}

impl<F: Flavor> PartialOrd for WeakSlot<F> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<F: Flavor> Ord for WeakSlot<F> {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl<F: Flavor> std::hash::Hash for WeakSlot<F> {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl<F: Flavor> fmt::Debug for WeakSlot<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeakSlot({})", self.counts().0)
    }
}
