//! The lock of a container's table, with the list of deaths that found it locked.
//!
//! A death must not wait, nor must what ends an operation while a panic unwinds. So the word that
//! says "somebody is inside" is also the head of a list: a death that finds it set puts a note there,
//! in the same atomic operation that told it so, and goes. Whoever is inside cannot leave before it
//! has taken the notes. A thread that wants to wait puts its name on the same list, and is woken.
#![allow(unsafe_code)]

use std::{
    cell::Cell,
    ptr::{self, NonNull},
    sync::atomic::Ordering,
};

use crate::{
    observer::Event,
    sync::{AtomicUsize, Thread, current, park, spin_loop, yield_now},
    waits,
};

/// What those who do not wait leave for whoever is inside.
#[derive(Debug, Clone, Copy)]
pub enum Note {
    /// A registration has come back: its token, and what befell the referent.
    Lost(u32, Event),
    /// A factory has failed: its number.
    Failed(u64),
    /// A visitor has done with the keys that were lent to it.
    Seen,
}

/// A lock without the thing it locks.
pub trait Word: Default {
    /// Whether other threads can wait for who is inside.
    const HOLDS: bool;

    /// Enters, after whoever is inside. `what` is what they say that they hold while the user's code
    /// runs (see `waits::hold`).
    ///
    /// # Panics
    ///
    /// If the wait would never end. In `Shared`, a thread that does not say what it holds must not
    /// come here twice.
    fn enter(&self, what: usize);

    /// Enters and returns true, or leaves the note for whoever is inside. Does not wait.
    ///
    /// After it has left a note, it does not touch the word: by then the other can have done what
    /// the note says, and freed it.
    fn enter_or_leave(&self, note: Note) -> bool;

    /// Leaves and returns true, if no note has been left. Else [`exit`](Self::exit) comes next.
    fn try_exit(&self) -> bool;

    /// Leaves, once `each` has been given every note, and returns true. `last` is asked before: if
    /// it says that nobody else can come here any more, stays inside and returns false.
    fn exit(&self, each: &mut dyn FnMut(Note), last: &mut dyn FnMut() -> bool) -> bool;
}

pub(crate) const REENTRY: &str =
    "a weak container was used by its own keys' `Eq`, in the middle of a search";

/// The word of `Local`.
#[derive(Default)]
#[allow(missing_debug_implementations)]
pub struct LocalWord {
    inside: Cell<bool>,
    has_notes: Cell<bool>,
    notes: Cell<Vec<Note>>,
}

impl LocalWord {
    #[cold]
    fn leave(&self, note: Note) {
        let mut notes = self.notes.take();
        notes.push(note);
        self.notes.set(notes);
        self.has_notes.set(true);
    }
}

impl Word for LocalWord {
    const HOLDS: bool = false;

    #[inline]
    fn enter(&self, _: usize) {
        assert!(!self.inside.replace(true), "{REENTRY}");
    }

    #[inline]
    fn enter_or_leave(&self, note: Note) -> bool {
        let entered = !self.inside.replace(true);
        if !entered {
            self.leave(note);
        }
        entered
    }

    #[inline]
    fn try_exit(&self) -> bool {
        let has_notes = self.has_notes.get();
        self.inside.set(has_notes);
        !has_notes
    }

    #[cold]
    fn exit(&self, each: &mut dyn FnMut(Note), last: &mut dyn FnMut() -> bool) -> bool {
        // No code of the user's runs in `each`, so no note comes meanwhile.
        self.notes.take().into_iter().for_each(each);
        self.has_notes.set(false);
        let last = last();
        self.inside.set(last);
        !last
    }
}

/// The word of `Shared`.
#[derive(Debug)]
pub struct SharedWord {
    /// `FREE`; or, while somebody is inside, the address of the newest thing left by the others, with
    /// the bit `INSIDE`.
    ///
    /// To leave, the bit is taken away by a subtraction, which costs a nanosecond less than a
    /// comparison and exchange. Where something has been left, the word is not `FREE` afterwards
    /// either, and who tried to leave is still inside: so beside an address the bit means nothing.
    left: AtomicUsize,
}

const FREE: usize = 0;
const INSIDE: usize = 1;

#[derive(Debug)]
struct Left {
    /// Null for the oldest.
    next: *mut Left,
    what: What,
}

/// What a word leads to. Null if nothing has been left.
fn newest(seen: usize) -> *mut Left {
    ptr::with_exposed_provenance_mut(seen & !INSIDE)
}

#[derive(Debug)]
enum What {
    Note(Note),
    Waiter(Thread),
}

impl Default for SharedWord {
    fn default() -> Self {
        Self { left: AtomicUsize::new(FREE) }
    }
}

impl SharedWord {
    #[inline]
    fn try_enter(&self) -> bool {
        // Acquire, with the Release in `exit`: what the one before did inside.
        self.left.compare_exchange(FREE, INSIDE, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Enters and returns true, or leaves `what` for whoever is inside.
    #[cold]
    fn enter_or(&self, what: What) -> bool {
        let mut left = NonNull::from(Box::leak(Box::new(Left { next: ptr::null_mut(), what })));
        let mut seen = self.left.load(Ordering::Relaxed);
        loop {
            let (new, success) = if seen == FREE {
                (INSIDE, Ordering::Acquire)
            } else {
                // SAFETY: nobody has the pointer before the exchange below succeeds.
                unsafe { left.as_mut().next = newest(seen) };
                // Release, with the Acquire in `exit`: what `left` points to.
                (left.as_ptr().expose_provenance() | INSIDE, Ordering::Release)
            };
            match self.left.compare_exchange_weak(seen, new, success, Ordering::Relaxed) {
                Ok(_) if new == INSIDE => {
                    // SAFETY: it comes from a `Box`, and nobody else has seen it.
                    drop(unsafe { Box::from_raw(left.as_ptr()) });
                    return true;
                }
                Ok(_) => return false,
                Err(now) => seen = now,
            }
        }
    }

    #[cold]
    fn enter_slow(&self, what: usize) {
        for _ in 0..64 {
            spin_loop();
            if self.try_enter() {
                return;
            }
        }
        while !self.try_enter() {
            if !waits::holding() {
                if self.enter_or(What::Waiter(current())) {
                    return;
                }
                park();
                continue;
            }
            // In the middle of another search: rare, and who is inside may change at any moment, so it
            // looks again and again instead of sleeping.
            let _waiting = waits::on_holders(what, what);
            yield_now();
        }
    }
}

impl Word for SharedWord {
    const HOLDS: bool = true;

    #[inline]
    fn enter(&self, what: usize) {
        if !self.try_enter() {
            self.enter_slow(what);
        }
    }

    #[inline]
    fn enter_or_leave(&self, note: Note) -> bool {
        self.try_enter() || self.enter_or(What::Note(note))
    }

    #[inline]
    fn try_exit(&self) -> bool {
        // Release, with the Acquire in `try_enter`.
        self.left.fetch_sub(INSIDE, Ordering::Release) == INSIDE
    }

    #[cold]
    fn exit(&self, each: &mut dyn FnMut(Note), last: &mut dyn FnMut() -> bool) -> bool {
        let mut waiters = Vec::new();
        while !last() {
            let out =
                self.left.compare_exchange(INSIDE, FREE, Ordering::Release, Ordering::Relaxed);
            if out.is_ok() {
                // From here on the word may be gone.
                for waiter in waiters {
                    Thread::unpark(&waiter);
                }
                return true;
            }
            // Acquire, with the Release in `enter_or`.
            let mut next = newest(self.left.swap(INSIDE, Ordering::Acquire));
            while !next.is_null() {
                // SAFETY: it was leaked by `enter_or`, and the swap gave it to this thread alone.
                let left = unsafe { Box::from_raw(next) };
                next = left.next;
                match left.what {
                    What::Note(note) => each(note),
                    What::Waiter(waiter) => waiters.push(waiter),
                }
            }
        }
        false
    }
}

#[cfg(all(test, loom))]
mod tests {
    use loom::{cell::UnsafeCell, model::Builder, sync::Arc, thread};

    use super::*;

    fn check(preemptions: usize, f: impl Fn() + Sync + Send + 'static) {
        let mut model = Builder::new();
        model.preemption_bound = Some(preemptions);
        model.check(f);
    }

    /// What a shard is, without its table: what the word guards, in a cell that loom watches.
    #[derive(Default)]
    struct Guarded {
        word: SharedWord,
        inside: UnsafeCell<Inside>,
        /// What those who leave notes did before: each one's, by its token.
        before: [UnsafeCell<u32>; 3],
    }

    #[derive(Default)]
    struct Inside {
        visits: u32,
        /// The tokens of the notes, in the order in which they were read.
        read: Vec<u32>,
        outstanding: u32,
        closed: bool,
    }

    impl Guarded {
        fn with<R>(&self, f: impl FnOnce(&mut Inside) -> R) -> R {
            // SAFETY: loom panics if two threads are here at once, or one without having seen what
            // the other did.
            self.inside.with_mut(|inside| f(unsafe { &mut *inside }))
        }

        fn read(&self, token: u32) {
            // SAFETY: as above.
            let before = self.before[token as usize].with(|before| unsafe { *before });
            assert_eq!(before, token, "what happened before the death is not seen");
            self.with(|inside| {
                inside.read.push(token);
                inside.outstanding = inside.outstanding.wrapping_sub(1);
            });
        }

        /// Leaves. Returns false if this was the end of it.
        fn exit(&self) -> bool {
            let mut last = || self.with(|inside| inside.closed && inside.outstanding == 0);
            let mut each = |note| match note {
                Note::Lost(token, Event::Died) => self.read(token),
                other => unreachable!("{other:?}"),
            };
            (!last() && self.word.try_exit()) || self.word.exit(&mut each, &mut last)
        }

        fn visit(&self) {
            self.word.enter(1);
            self.with(|inside| inside.visits += 1);
            assert!(self.exit());
        }

        fn die(&self, token: u32) -> bool {
            // SAFETY: as above.
            self.before[token as usize].with_mut(|before| unsafe { *before = token });
            if !self.word.enter_or_leave(Note::Lost(token, Event::Died)) {
                return true;
            }
            self.read(token);
            self.exit()
        }

        fn assert_free(&self) {
            assert_eq!(self.word.left.load(Ordering::Relaxed), FREE);
        }
    }

    #[test]
    fn one_is_inside_at_a_time_and_who_waits_is_woken() {
        check(3, || {
            let guarded = Arc::new(Guarded::default());
            let other = Arc::clone(&guarded);
            let thread = thread::spawn(move || other.visit());
            guarded.visit();
            thread.join().unwrap();
            guarded.assert_free();
            assert_eq!(guarded.with(|inside| inside.visits), 2);
        });
    }

    #[test]
    fn several_who_wait_are_all_woken() {
        check(2, || {
            let guarded = Arc::new(Guarded::default());
            let visit = |guarded: Arc<Guarded>| thread::spawn(move || guarded.visit());
            let threads = [visit(Arc::clone(&guarded)), visit(Arc::clone(&guarded))];
            guarded.visit();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            guarded.assert_free();
            assert_eq!(guarded.with(|inside| inside.visits), 3);
        });
    }

    #[test]
    fn every_note_is_read_once() {
        check(3, || {
            let guarded = Arc::new(Guarded::default());
            let other = Arc::clone(&guarded);
            let thread = thread::spawn(move || {
                other.die(1);
                other.die(2);
            });
            guarded.visit();
            thread.join().unwrap();
            guarded.assert_free();
            let mut read = guarded.with(|inside| inside.read.clone());
            read.sort_unstable();
            assert_eq!(read, [1, 2]);
        });
    }

    #[test]
    fn notes_and_waiters_share_the_list() {
        check(2, || {
            let guarded = Arc::new(Guarded::default());
            let (waiter, dying) = (Arc::clone(&guarded), Arc::clone(&guarded));
            let waiter = thread::spawn(move || waiter.visit());
            let dying = thread::spawn(move || dying.die(1));
            guarded.visit();
            waiter.join().unwrap();
            assert!(dying.join().unwrap());
            guarded.assert_free();
            guarded.with(|inside| assert_eq!((inside.visits, &inside.read[..]), (2, &[1][..])));
        });
    }

    /// What `left` says once the word is gone. Whoever touches it then leaves a trace.
    const GONE: usize = 6;

    #[test]
    fn the_last_one_frees_and_nobody_comes_afterwards() {
        check(3, || {
            let guarded = Arc::new(Guarded::default());
            guarded.with(|inside| inside.outstanding = 2);
            let dying = |token| {
                let guarded = Arc::clone(&guarded);
                thread::spawn(move || {
                    let stays = guarded.die(token);
                    if !stays {
                        guarded.word.left.store(GONE, Ordering::Relaxed);
                    }
                    stays
                })
            };
            let threads = [dying(1), dying(2)];
            // The container is dropped.
            guarded.word.enter(1);
            guarded.with(|inside| inside.closed = true);
            let mut stays = vec![guarded.exit()];
            if !stays[0] {
                guarded.word.left.store(GONE, Ordering::Relaxed);
            }
            stays.extend(threads.map(|thread| thread.join().unwrap()));
            assert_eq!(stays.iter().filter(|stays| !**stays).count(), 1, "one frees it");
            assert_eq!(guarded.word.left.load(Ordering::Relaxed), GONE);
            guarded.with(|inside| assert_eq!((inside.outstanding, inside.read.len()), (0, 2)));
        });
    }
}
