//! `get_or_insert_with`: one factory for a key, however many threads ask.

use std::sync::{PoisonError, atomic::Ordering};

use super::{
    gone::Gone,
    shard::{Inside, Shards},
    table::{self, Entry, Table},
};
use crate::{
    Flavor,
    gate::Note,
    sync::{AtomicUsize, Condvar, Mutex, thread_token},
    waits::{self, ANYTHING, hold, holding},
};

/// A key whose factory runs. It stands in the shard until the entry does, or the factory fails.
pub(crate) struct Making<F: Flavor, E: Entry<F>> {
    // First, so that nobody waits for the drop of the key.
    landing: Landing<F, E::Living>,
    number: u64,
    hash: u32,
    key: E::Making,
    maker: usize,
}

/// The result that others wait for. It owns the value, so that it lives until the last of them has
/// it, even if the maker drops it at once.
pub(crate) struct Flight<O> {
    /// 0 once it has landed.
    maker: AtomicUsize,
    /// The table that it needs, to land.
    place: usize,
    landed: Mutex<Option<Result<O, Failed>>>,
    signal: Condvar,
}

/// The factory returned an error, or panicked.
#[derive(Debug, Clone, Copy)]
struct Failed;

impl<O: Clone> Flight<O> {
    fn new(maker: usize, place: usize) -> Self {
        let maker = AtomicUsize::new(maker);
        Self { maker, place, landed: Mutex::new(None), signal: Condvar::new() }
    }

    /// Waits for the maker.
    fn wait(&self) -> Result<O, Failed> {
        // Only who holds something can be what the maker waits for in turn.
        let _waiting = holding().then(|| waits::on_maker(&self.maker, self.place));
        let mut landed = self.landed.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*landed {
                Some(result) => return result.clone(),
                None => {
                    landed = self.signal.wait(landed).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn land(&self, result: Result<O, Failed>) {
        self.maker.store(0, Ordering::Relaxed);
        *self.landed.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        self.signal.notify_all();
    }
}

/// What somebody wants of a container: what is there, or what a factory makes.
pub(crate) trait Wanted<F: Flavor, E: Entry<F>> {
    fn hash(&self) -> u32;
    /// Finds the living entry. The user's `Eq` runs here, inside.
    fn find(&mut self, table: &Table<F, E>) -> Option<E::Living>;
    /// Whether the factory for `key` makes what is wanted. The user's `Eq` runs here, inside.
    fn is_made_for(&self, key: &E::Making) -> bool;
    /// Whether that is what this factory has made. Nothing is locked.
    fn accepts(&self, made: &E::Living) -> bool;
    /// What others compare with.
    fn making(&mut self) -> E::Making;
    /// Takes that back. Nothing of the user's is dropped: this is inside.
    fn unmake(&mut self, making: E::Making);
    /// Drops what searches have made on their way. The user's code can run, while nothing is locked.
    fn release(&mut self);
    /// Whether `is_made_for` goes by the hash alone. Then this thread does not wait for itself: what
    /// it is making may be something else.
    const BY_HASH: bool;
}

impl<F: Flavor, E: Entry<F>> Shards<F, E> {
    /// Returns what is wanted, or what `make` returns, once `put` has put it there.
    ///
    /// `put` gets what was made, inside. It returns what is to be given to everybody instead, if there
    /// is something already, and what it has replaced.
    pub(crate) fn get_or_try_make<W: Wanted<F, E>, Error>(
        &self,
        wanted: &mut W,
        make: impl FnOnce(&W) -> Result<E::Living, Error>,
        put: impl FnOnce(
            &mut Inside<'_, F, E>,
            &mut W,
            &E::Living,
        ) -> (Option<E::Living>, Option<Gone<F, E>>),
    ) -> Result<E::Living, Error> {
        let mut attempt = match self.board(wanted) {
            Boarded::Found(living) => {
                // First, as it can panic, and what is being returned would not be dropped then.
                drop((make, put));
                return Ok(living);
            }
            Boarded::Maker(attempt) => attempt,
        };
        // Others can wait for this thread now.
        let new = hold(ANYTHING, || {
            wanted.release();
            make(wanted)
        })?;
        // What drops after `inside` is declared before it, whatever happens inside.
        let (there, gone);
        {
            // They still can.
            let mut inside = hold(ANYTHING, || self.enter(wanted.hash()));
            let Some(Making { landing, key, .. }) = attempt.end(&mut inside) else {
                unreachable!("only its own attempt ends the making of a key")
            };
            wanted.unmake(key);
            (there, gone) = put(&mut inside, wanted, &new);
            // Before this is left, and others' listeners run: they may wait for those who wait here.
            landing.succeed(there.as_ref().unwrap_or(&new));
        }
        let (living, loser) = match there {
            Some(there) => (there, Some(new)),
            None => (new, None),
        };
        // First, as it can panic, and what is being returned would not be dropped then.
        drop((loser, gone.map(Gone::into_parts)));
        Ok(living)
    }

    /// Finds the living entry, waits for the thread that is making it, or says that it is up to
    /// this one.
    fn board<W: Wanted<F, E>>(&self, wanted: &mut W) -> Boarded<'_, F, E> {
        let hash = wanted.hash();
        loop {
            let mut inside = self.enter(hash);
            if let Some(living) = wanted.find(&inside) {
                return Boarded::Found(living);
            }
            let (what, maker) = (inside.what(), thread_token());
            let is_it = |making: &&mut Making<F, E>| {
                making.hash == hash
                    && !(W::BY_HASH && making.maker == maker)
                    && table::holding::<F, _>(what, || wanted.is_made_for(&making.key))
            };
            let Some(making) = inside.making.iter_mut().find(is_it) else {
                inside.made += 1;
                let number = inside.made;
                let landing = Landing { flight: None, result: Err(Failed) };
                let key = wanted.making();
                inside.making.push(Making { landing, number, hash, key, maker });
                if let Err(mut noted) = inside.leave() {
                    // The user's code, which may want the same. So this thread is not its maker yet.
                    if let Some(making) = noted.end(number) {
                        wanted.unmake(making.key);
                    }
                    drop(noted);
                    continue;
                }
                return Boarded::Maker(Attempt { shards: self, hash, number, ended: false });
            };
            let maker = making.maker;
            let new = || F::strong(Flight::new(maker, what));
            let flight = making.landing.flight.get_or_insert_with(new).clone();
            drop(inside);
            wanted.release();
            if let Ok(living) = flight.wait()
                && wanted.accepts(&living)
            {
                return Boarded::Found(living);
            }
        }
    }
}

enum Boarded<'a, F: Flavor, E: Entry<F>> {
    Found(E::Living),
    Maker(Attempt<'a, F, E>),
}

/// The making of a key by this thread. If it is dropped before its end, it has failed, and the next
/// who waits may try.
struct Attempt<'a, F: Flavor, E: Entry<F>> {
    shards: &'a Shards<F, E>,
    hash: u32,
    number: u64,
    ended: bool,
}

impl<F: Flavor, E: Entry<F>> Table<F, E> {
    /// Ends the making of a key. What this returns tells those who wait, as it is dropped.
    pub(super) fn end(&mut self, number: u64) -> Option<Making<F, E>> {
        let which = self.making.iter().position(|making| making.number == number)?;
        Some(self.making.swap_remove(which))
    }

    /// The same of one that has failed. Those who wait are told before the shard is left, and others'
    /// listeners run: they may wait for those who wait here. Returns the key, to be dropped outside.
    pub(super) fn fail(&mut self, number: u64) -> Option<E::Making> {
        let Making { landing, key, .. } = self.end(number)?;
        drop(landing);
        Some(key)
    }
}

impl<F: Flavor, E: Entry<F>> Attempt<'_, F, E> {
    fn end(&mut self, inside: &mut Inside<'_, F, E>) -> Option<Making<F, E>> {
        self.ended = true;
        inside.end(self.number)
    }
}

impl<F: Flavor, E: Entry<F>> Drop for Attempt<'_, F, E> {
    fn drop(&mut self) {
        if !self.ended {
            self.shards.leave(self.shards.number(self.hash), Note::Failed(self.number));
        }
    }
}

/// Tells those who wait, at the latest when it is dropped.
struct Landing<F: Flavor, O: Clone> {
    flight: Option<F::Strong<Flight<O>>>,
    result: Result<O, Failed>,
}

impl<F: Flavor, O: Clone> Landing<F, O> {
    fn succeed(mut self, owner: &O) {
        if self.flight.is_some() {
            self.result = Ok(owner.clone());
        }
    }
}

impl<F: Flavor, O: Clone> Drop for Landing<F, O> {
    fn drop(&mut self) {
        if let Some(flight) = &self.flight {
            flight.land(std::mem::replace(&mut self.result, Err(Failed)));
        }
    }
}
