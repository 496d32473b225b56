//! `WeakSlot`: the registrations of one object, which are notified when it is dropped.
#![allow(unsafe_code)]

mod list;
pub(crate) mod registrations;
mod words;

use std::{
    any::Any,
    fmt, mem,
    panic::{RefUnwindSafe, UnwindSafe},
    ptr::{self, NonNull},
};

#[allow(unreachable_pub)]
pub use words::{LocalWords, SharedWords, Words};

use registrations::Registrations;

use crate::{
    __private::SlotField,
    Flavor, Shared, Weakrefable, notify,
    observer::{DeferredDrop, Event, Header, Registration, Retained},
    sync::relax,
};
use list::{List, Room};
use registrations::{Progress, Pushed};

/// The slot of a weakly referenceable object: what `__weakref__` is in Python.
///
/// A struct with a field of this type and [`#[derive(Weakrefable)]`](macro@crate::Weakrefable) is
/// weakly referenceable; [`#[weakrefable]`](macro@crate::weakrefable) adds both. The slot holds the
/// registrations of the object: the callbacks of its [`WeakRef`](crate::WeakRef)s, its finalizers
/// and its entries in weak containers. When the object is dropped, the slot notifies them, newest
/// first.
///
/// The slot is neutral in every derive: a clone of it is empty, all slots are equal, and a slot
/// hashes to nothing. A slot is not data: a struct that derives `Serialize` or `Deserialize` must
/// mark it with `#[serde(skip)]`, and does not compile otherwise.
///
/// # Cost
///
/// 16 bytes. The first registration is stored in them; the second one allocates a list, to which
/// registrations are added, and from which they are removed, in O(1). The drop of an object without
/// registrations tests one word. In `Shared`, adding and removing a registration hold the slot for
/// a few instructions, by one atomic swap; a drop needs no lock, as no other thread can reach the
/// slot.
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
/// let _weak = WeakRef::with_callback(&node, |_| println!("root was dropped"));
/// assert_eq!(weakref_count(&node), 1);
/// assert_eq!(*node, Node::clone(&node), "slots are equal");
/// ```
pub struct WeakSlot<F: Flavor = Shared> {
    /// The registrations, which the slot owns: see `slot/words.rs`.
    words: F::Words,
}

impl<F: Flavor> Drop for WeakSlot<F> {
    /// Notifies, unless a generated `Drop` has done so: for `drop = "slot"`.
    #[inline]
    fn drop(&mut self) {
        self.die();
    }
}

// User code never runs while a slot is changed, so a panic leaves it consistent.
impl<F: Flavor> UnwindSafe for WeakSlot<F> {}
impl<F: Flavor> RefUnwindSafe for WeakSlot<F> {}

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
    #[cfg(not(weakref_loom))]
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
    #[cfg(weakref_loom)]
    pub fn new() -> Self {
        Self { words: <F::Words as Words>::empty() }
    }

    /// Holds the slot and calls `f` with the registrations.
    ///
    /// In `Shared`, other threads spin meanwhile. One of them can be dropping an object: if that is
    /// one of the two referents of an entry, the registration with the other one is removed. So `f`
    /// runs no user code, does not block, neither allocates nor frees, and takes a bounded number
    /// of steps.
    fn with<R>(&self, f: impl FnOnce(&mut Registrations) -> R) -> R {
        /// A slot that is held. Its drop puts the words back, also if `f` panics.
        struct Held<'a, W: Words>(&'a W, Registrations);

        impl<W: Words> Drop for Held<'_, W> {
            fn drop(&mut self) {
                let (head, token) = mem::take(&mut self.1).into_words();
                self.0.put(head, token);
            }
        }

        let (head, token) = self.words.take();
        // SAFETY: the words come from `into_words`, by way of a `put`, or are those of an empty
        // slot. They are used once: in `Shared`, this thread holds the slot until `put`; in
        // `Local`, nothing in `f` uses the slot. `f` calls functions of this module, `placed`, and
        // the `is_spent` and `retain` of observers, all of which promise not to.
        let all = unsafe { Registrations::from_words(head, token) };
        f(&mut Held(&self.words, all).1)
    }

    /// Holds the slot and calls `f` with the list, if there is one. Otherwise like
    /// [`with`](Self::with).
    ///
    /// The list stays where it is, so the words are not taken apart and put together again.
    #[inline]
    fn with_list<R>(&self, f: impl FnOnce(&mut List) -> R) -> Option<R> {
        /// A slot that is held. Its drop puts the same words back, also if `f` panics.
        struct Held<'a, W: Words>(&'a W, (*mut (), usize));

        impl<W: Words> Drop for Held<'_, W> {
            #[inline]
            fn drop(&mut self) {
                let (head, token) = self.1;
                self.0.put(head, token);
            }
        }

        let held = Held(&self.words, self.words.take());
        let mut list = Registrations::list_in(held.1.0)?;
        // SAFETY: the words come from `into_words` and own the list. In `Shared`, this thread holds
        // the slot until `put`; in `Local`, nothing in `f` uses the slot: see `with`. The pointer
        // has the provenance of `Box::into_raw`. The words are put back as they are, after this
        // borrow of the list has ended.
        Some(f(unsafe { list.as_mut() }))
    }

    /// Adds a registration, in O(1). Calls `placed` with its place, for
    /// [`unregister`](Self::unregister), while the slot is held: no other thread can find the
    /// registration before. So `placed` must not panic, block, or use the slot.
    ///
    /// # Panics
    ///
    /// If there are 2^31 - 4 registrations already.
    #[inline]
    pub(crate) fn register(&self, registration: Registration, mut placed: impl FnMut(u32)) {
        let (head, token) = self.words.take();
        if head.is_null() {
            placed(0);
            let (head, token) = Registrations::One(registration).into_words();
            self.words.put(head, token);
            return;
        }
        self.words.put(head, token);
        self.register_one_more(registration, &mut placed);
    }

    #[inline(never)]
    fn register_one_more(&self, registration: Registration, placed: &mut dyn FnMut(u32)) {
        let mut registration = Some(registration);
        self.with_list(|list| {
            registration =
                registration.take().and_then(|one| list.push(one).map(&mut *placed).err());
        });
        if let Some(registration) = registration {
            self.register_in_full_list(registration, placed);
        }
    }

    #[cold]
    fn register_in_full_list(&self, mut registration: Registration, placed: &mut dyn FnMut(u32)) {
        let mut room = None;
        let mut has_swept = false;
        loop {
            let pushed = self.with(|all| {
                let pushed = all.push(registration, &mut room);
                if let Ok(Pushed { place, .. }) = &pushed {
                    placed(*place);
                }
                pushed
            });
            match pushed {
                Ok(Pushed { replaced, .. }) => {
                    if let Some(spent) = replaced {
                        spent.notify_silently(Event::DIED_UNSEEN);
                    }
                    return;
                }
                Err(full) => {
                    registration = full.registration;
                    // Sweep before the list grows. If that has not made much room, grow as well:
                    // then the next sweep is far off, and the cost amortizes to O(1).
                    let sweeps = !mem::replace(&mut has_swept, true) && self.sweep();
                    if !sweeps || self.with(|all| all.is_crowded()) {
                        // This allocates and can panic, so the slot is not held.
                        room = Some(Room::new(full.segments));
                    }
                }
            }
        }
    }

    /// Removes the registration at `place` and returns it, in O(1), if it is still there.
    pub(crate) fn unregister(
        &self,
        place: u32,
        observer: *const Header,
        token: u32,
    ) -> Option<Registration> {
        let in_list = self.with_list(|list| (list.remove(place, observer, token), list.is_empty()));
        match in_list {
            Some((removed, false)) => removed,
            Some((removed, true)) => {
                let _freed = self.with(Registrations::take_empty_list);
                removed
            }
            // There was no list. A thread that registers may have made one meanwhile.
            None => self
                .with(|all| all.remove(place, observer, token))
                .map(|removed| removed.registration),
        }
    }

    /// Redirects the registration at `place` from one observer to another, which takes over its
    /// token. Returns false if that registration is not there.
    ///
    /// # Safety
    ///
    /// As for [`Registration::redirect`].
    pub(crate) unsafe fn redirect(
        &self,
        place: u32,
        token: u32,
        from: NonNull<Header>,
        to: NonNull<Header>,
    ) -> bool {
        self.with(|all| {
            let registration = all.get_mut(place);
            // SAFETY: as promised by the caller.
            registration.is_some_and(|one| unsafe { one.redirect(token, from, to) })
        })
    }

    /// Returns the number of registrations, and the number of those whose observer holds a weak
    /// pointer to the object: all but finalizers that were made without a strong pointer. O(1),
    /// unless there are some of these.
    pub(crate) fn counts(&self) -> (usize, usize) {
        self.sweep();
        self.with(|all| (all.len(), all.len() - all.without_weak()))
    }

    /// Returns the second of the [`counts`](Self::counts), and a new handle of each `WeakRef` that
    /// has a callback, newest first.
    pub(crate) fn handles(&self) -> (usize, Vec<Box<dyn Any>>) {
        let (all, with_weak) = self.counts();
        let mut handles = Vec::with_capacity(all);
        self.walk(
            |all, place| all.get(place)?.retain(),
            |retained: Retained| handles.push(retained.into_weak_ref()),
        );
        (with_weak, handles)
    }

    /// Ends the registrations whose observers have no use for them, and could not take them back.
    /// Returns whether there may have been some.
    fn sweep(&self) -> bool {
        let has_some = self.with(|all| all.without_weak()) != 0;
        if has_some {
            self.walk(
                |all, place| {
                    let is_spent = all.get(place)?.is_spent();
                    is_spent.then(|| all.remove_at(place)).flatten()
                },
                // Runs no user code, as the function of a spent finalizer has been taken out.
                |spent| spent.registration.notify_silently(Event::DIED_UNSEEN),
            );
        }
        has_some
    }

    /// Visits the registrations, newest first, and holds the slot for a short stretch of them at a
    /// time. The results of `visit` are passed to `each` after that stretch, when the slot is not
    /// held.
    ///
    /// Registrations that are removed or added between two stretches are not visited. A slot has
    /// one walk at a time; other walks wait for it. The drop of an object never walks.
    fn walk<P>(
        &self,
        mut visit: impl FnMut(&mut Registrations, u32) -> Option<P>,
        mut each: impl FnMut(P),
    ) {
        /// Ends the walk, also if `each` panics.
        struct EndWalk<'a, F: Flavor>(&'a WeakSlot<F>, usize);

        impl<F: Flavor> Drop for EndWalk<'_, F> {
            fn drop(&mut self) {
                self.0.with(|all| all.end_walk(self.1));
            }
        }

        let mut stretch = [const { None }; 32];
        // The address of a local variable identifies this walk among all that are under way.
        let id = stretch.as_ptr().addr();
        let mut end = None;
        let mut tries = 0;
        loop {
            let mut found = stretch.iter_mut();
            let progress = self.with(|all| {
                all.walk(id, end.is_none(), 32, |all, place| {
                    if let Some(picked) = visit(all, place)
                        && let Some(room) = found.next()
                    {
                        *room = Some(picked);
                    }
                })
            });
            if progress == Progress::Busy {
                relax(&mut tries);
                continue;
            }
            end.get_or_insert_with(|| EndWalk(self, id));
            stretch.iter_mut().filter_map(Option::take).for_each(&mut each);
            if progress == Progress::Done {
                return;
            }
        }
    }

    /// Removes all registrations of an object that is alive, and notifies the observers.
    pub(crate) fn clear(&self, referent: *const (), silently: bool) {
        let mut all = self.with(mem::take);
        let event = Event::Cleared(referent);
        all.prepare(event);
        // A container finds an entry of an object that is alive by its address, and would also find
        // the entry that user code inserts in its place. So all entries are evicted before user
        // code runs.
        let evicted: Vec<_> = all
            .take_those(Registration::is_container)
            .into_iter()
            .filter_map(|container| container.evict(event))
            .collect();
        evicted.into_iter().for_each(DeferredDrop::run);
        if silently {
            all.into_iter().for_each(|registration| registration.notify_silently(event));
        } else {
            notify::notify_all(all, event);
        }
    }

    /// Notifies all observers that the object was dropped, of which only this slot is known. Does
    /// nothing when called again.
    #[inline]
    pub(crate) fn die(&mut self) {
        if self.words.is_used() {
            let (head, token) = self.words.take_mut();
            // SAFETY: the words come from `into_words`, by way of a `put`. They are used once, as
            // `take_mut` has left those of an empty slot.
            unsafe { Self::die_registered(head, token, ptr::null()) }
        }
    }

    /// Notifies all observers that the object is being dropped, with a pointer to it. `slot` returns
    /// the slot of the object. Does nothing when called again.
    #[inline]
    pub(crate) fn die_in<T: ?Sized, S: SlotField<Flavor = F>>(
        object: &mut T,
        slot: impl FnOnce(&mut T) -> &mut S,
    ) {
        let words = &mut slot(object).get_mut().words;
        if words.is_used() {
            // The words are emptied here and not in the callee, where the compiler sees it: so it
            // removes the test in `WeakSlot`'s own drop, which comes next, and with it the last
            // reason why `Rc::new` would drop an object that is being made.
            let (head, token) = words.take_mut();
            // Made when the slot is not borrowed any more: the pointer is to all of the object.
            let object = (&raw const *object).cast();
            // SAFETY: the words come from `into_words`, by way of a `put`. They are used once, as
            // `take_mut` has left those of an empty slot.
            unsafe { Self::die_registered(head, token, object) }
        }
    }

    /// # Safety
    ///
    /// As for [`Registrations::from_words`].
    // `extern "C"`, as this does not unwind: the drop around it needs no landing pad.
    #[allow(improper_ctypes_definitions)]
    #[inline(never)]
    unsafe extern "C" fn die_registered(head: *mut (), token: usize, object: *const ()) {
        // SAFETY: as promised by the caller.
        match unsafe { Registrations::from_words(head, token) } {
            Registrations::One(registration) => {
                notify::notify_one(registration, Event::Died(object));
            }
            all @ Registrations::Many(_) => notify::notify_all(all, Event::Died(object)),
        }
    }

    /// Ends the registrations that were added while the object was being dropped, without running
    /// callbacks.
    #[inline]
    pub(crate) fn forget(&mut self) {
        if self.words.is_used() {
            self.forget_registered();
        }
    }

    #[cold]
    fn forget_registered(&mut self) {
        let (head, token) = self.words.take_mut();
        // SAFETY: the words come from `into_words`, by way of a `put`. They are used once, as
        // `take_mut` has left those of an empty slot.
        let all = unsafe { Registrations::from_words(head, token) };
        all.into_iter().for_each(|registration| registration.notify_silently(Event::DIED_UNSEEN));
    }
}

/// Returns the slot of an object, for a container whose shard is locked.
///
/// A user can implement [`weak_slot`](Weakrefable::weak_slot). If it panics, the process aborts:
/// the container has no state to return to, and a panic in a drop could not be caught. The methods
/// that the macros generate do not panic, and the check costs nothing for them.
#[inline]
pub(crate) fn slot_of<T: ?Sized + Weakrefable>(object: &T) -> &WeakSlot<T::Flavor> {
    struct Abort;

    impl Drop for Abort {
        #[cold]
        fn drop(&mut self) {
            eprintln!("`weak_slot` panicked while a container was locked");
            std::process::abort();
        }
    }

    let abort = Abort;
    let slot = object.weak_slot();
    mem::forget(abort);
    slot
}

impl<F: Flavor> Default for WeakSlot<F> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<F: Flavor> Clone for WeakSlot<F> {
    /// Returns an empty slot: a clone of an object has no weak references yet.
    fn clone(&self) -> Self {
        Self::new()
    }

    /// Does nothing: the object whose value is overwritten is the same object afterwards.
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
