//! The state word of a node: a `Cell` in `Local`, an atomic in `Shared`.
//!
//! A node (of a callback, of a finalizer, of a map's value) packs its flags and one or two counts
//! into one word, so that every transition is one atomic operation. The bits are defined at the
//! head of the module that owns the node. The orderings are defined here, and are the same for all
//! nodes.

use std::{
    cell::Cell,
    sync::atomic::Ordering::{AcqRel, Acquire, Relaxed},
};

use super::AtomicUsize;

/// A state word.
pub trait State {
    /// Returns a word with this state.
    fn new(state: usize) -> Self;

    /// Returns the state, without synchronization. In `Shared`, it may have changed by the time it
    /// is returned.
    fn get(&self) -> usize;

    /// Adds `n` and returns the previous state. Does not check for overflow: to count handles, use
    /// [`add_handle`](Self::add_handle).
    fn add(&self, n: usize) -> usize;

    /// Subtracts `n` and returns the previous state.
    fn sub(&self, n: usize) -> usize;

    /// Replaces the state by what `f` returns for it. Returns the previous state; or, as an error,
    /// the state for which `f` has returned `None`.
    fn update(&self, f: impl FnMut(usize) -> Option<usize>) -> Result<usize, usize>;

    /// Adds one to a count, for a caller that is counted already. Aborts before the count would
    /// overflow.
    #[inline]
    fn add_handle(&self, count: Count) {
        count.check(self.add(count.one));
    }
}

/// The bits of a count in a state word.
///
/// A count needs the overflow check that `Arc` has: `mem::forget` is safe, so a program can count
/// up without using memory, and a count that wraps would free a node that is in use. All counting
/// goes through [`add_handle`](State::add_handle) and [`plus_one`](Self::plus_one), which abort
/// once half of the range is used. The other half is more than the number of threads that can be
/// between the addition and the check.
#[derive(Debug, Clone, Copy)]
#[allow(unnameable_types)]
pub struct Count {
    /// The lowest bit: the unit.
    one: usize,
    /// All bits.
    mask: usize,
}

impl Count {
    /// Returns the count in the bits from `one` up to, but without, `end`; or up to the highest
    /// bit, if `end` is 0.
    pub(crate) const fn new(one: usize, end: usize) -> Self {
        Self { one, mask: end.wrapping_sub(one) }
    }

    /// Returns the bits of the count.
    pub(crate) const fn mask(self) -> usize {
        self.mask
    }

    /// Returns the value of the count in `state`.
    #[inline]
    pub(crate) const fn of(self, state: usize) -> usize {
        (state & self.mask) / self.one
    }

    /// Returns the state with one more, for [`State::update`]. Aborts before the count would
    /// overflow.
    #[inline]
    pub(crate) fn plus_one(self, state: usize) -> usize {
        self.check(state);
        state + self.one
    }

    #[inline]
    fn check(self, state: usize) {
        // With the cfg, a limit that a test can reach.
        let most = if cfg!(weakref_small_counts) { 8 * self.one } else { self.mask / 2 };
        if state & self.mask > most {
            std::process::abort();
        }
    }
}

impl State for Cell<usize> {
    #[inline]
    fn new(state: usize) -> Self {
        Self::new(state)
    }

    #[inline]
    fn get(&self) -> usize {
        self.get()
    }

    #[inline]
    fn add(&self, n: usize) -> usize {
        self.replace(self.get() + n)
    }

    #[inline]
    fn sub(&self, n: usize) -> usize {
        self.replace(self.get() - n)
    }

    #[inline]
    fn update(&self, mut f: impl FnMut(usize) -> Option<usize>) -> Result<usize, usize> {
        let state = self.get();
        self.set(f(state).ok_or(state)?);
        Ok(state)
    }
}

impl State for AtomicUsize {
    #[inline]
    fn new(state: usize) -> Self {
        Self::new(state)
    }

    #[inline]
    fn get(&self) -> usize {
        self.load(Relaxed)
    }

    // Relaxed, as in `Arc`: the thread that adds has a share already, so there is nothing to
    // acquire.
    #[inline]
    fn add(&self, n: usize) -> usize {
        self.fetch_add(n, Relaxed)
    }

    // Release, with the Acquire of the last `sub` or `update`: what this thread did with the node
    // happens before the node is freed. Acquire: if this is the last one, the same holds for all
    // other threads.
    #[inline]
    fn sub(&self, n: usize) -> usize {
        self.fetch_sub(n, AcqRel)
    }

    #[inline]
    fn update(&self, f: impl FnMut(usize) -> Option<usize>) -> Result<usize, usize> {
        self.fetch_update(AcqRel, Acquire, f)
    }
}

#[cfg(all(test, unix, weakref_small_counts))]
mod tests {
    use std::{
        env,
        mem::forget,
        os::unix::process::ExitStatusExt,
        process::{Command, Stdio},
        rc::Rc,
        sync::Arc,
    };

    use crate::{Local, Shared, Slotted, WeakKeyMap, WeakRef, finalize, weakrefs};

    /// Runs the test of this name alone in a process of its own, with `few` in its environment, in
    /// which it forgets handles; and expects that it aborts.
    fn aborts(name: &str, forget_many: impl FnOnce()) {
        if env::var_os("FORGET_MANY").is_some() {
            forget_many();
            return;
        }
        let status = Command::new(env::current_exe().unwrap())
            .args(["--exact", &format!("sync::state_word::tests::{name}")])
            .env("FORGET_MANY", "")
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.signal(), Some(libc::SIGABRT), "{status}");
    }

    fn many(mut f: impl FnMut()) {
        (0..40).for_each(|_| f());
    }

    macro_rules! both {
        ($($name:ident $shared:ident: $body:expr;)*) => {
            $(
                #[test]
                fn $name() {
                    let body = $body;
                    aborts(stringify!($name), || body(Rc::new(Slotted::<u32, Local>::new(1))));
                }

                #[test]
                fn $shared() {
                    let body = $body;
                    aborts(stringify!($shared), || body(Arc::new(Slotted::<u32, Shared>::new(1))));
                }
            )*
        };
    }

    both! {
        forgotten_clones_of_a_reference shared_forgotten_clones_of_a_reference: |owner| {
            let weak = WeakRef::with_callback(&owner, |_| ());
            many(|| forget(weak.clone()));
        };
        forgotten_references_of_weakrefs shared_forgotten_references_of_weakrefs: |owner| {
            let _weak = WeakRef::with_callback(&owner, |_| ());
            many(|| weakrefs(&owner).into_iter().for_each(forget));
        };
        forgotten_finalizers shared_forgotten_finalizers: |owner| {
            let finalizer = finalize(&owner, || ());
            many(|| forget(finalizer.clone()));
        };
        forgotten_entries_of_a_map shared_forgotten_entries_of_a_map: |owner| {
            let map = WeakKeyMap::new();
            map.insert(&owner, 1);
            many(|| forget(map.entry(&owner)));
        };
    }

    #[test]
    fn looks_inside_of_looks() {
        fn deeper(map: &WeakKeyMap<Slotted<u32>, u32>, owner: &Arc<Slotted<u32>>, depth: u32) {
            if depth > 0 {
                map.with(&**owner, |_| deeper(map, owner, depth - 1));
            }
        }

        aborts("looks_inside_of_looks", || {
            let owner = Arc::new(Slotted::new(1));
            let map = WeakKeyMap::new();
            map.insert(&owner, 1);
            deeper(&map, &owner, 40);
        });
    }

    #[test]
    fn a_few_are_no_reason_to_abort() {
        let owner = Arc::new(Slotted::<u32>::new(1));
        let weak = WeakRef::with_callback(&owner, |_| ());
        let clones = [weak.clone(), weak.clone(), weak.clone()];
        assert_eq!(weakrefs(&owner).len(), 1);
        drop(clones);
    }
}
