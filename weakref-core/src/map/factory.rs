//! `get_or_insert_with`: one factory for a key, however many threads ask.

use std::sync::PoisonError;

use super::table::{Entry, Inside, Shards};
use crate::{
    Flavor,
    sync::{Condvar, Mutex, thread_token},
    waits::{self, Holding, holding},
};

/// A key whose factory runs. It stands in the shard until the entry does, or the factory fails.
pub(crate) struct Making<F: Flavor, E: Entry<F>> {
    number: u64,
    hash: u32,
    key: E::Key,
    maker: usize,
    /// Where the others wait, once there are any.
    flight: Option<F::Strong<Flight<E::Owner>>>,
}

/// The result that others wait for. It owns the value, so that it lives until the last of them has
/// it, even if the maker drops it at once.
pub(crate) struct Flight<O> {
    landed: Mutex<Option<Result<O, Failed>>>,
    signal: Condvar,
}

/// The factory returned an error, or panicked.
#[derive(Debug, Clone, Copy)]
struct Failed;

impl<O: Clone> Flight<O> {
    fn new() -> Self {
        Self { landed: Mutex::new(None), signal: Condvar::new() }
    }

    /// Waits for the maker.
    fn wait(&self, maker: usize) -> Result<O, Failed> {
        // Only who holds something can be what the maker waits for in turn.
        let _waiting = holding().then(|| waits::on(maker));
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
        *self.landed.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        self.signal.notify_all();
    }
}

impl<F: Flavor, E: Entry<F, Key: Eq>> Shards<F, E> {
    /// Returns an owner of what is under `key`, or of what `make` returns, once `put` has put it
    /// there.
    ///
    /// `put` gets the key, to take it, and the new value, inside. It returns the value to be given
    /// to everybody instead, if there is one already, and what is to be dropped outside.
    pub(crate) fn get_or_try_make<Trash, Error>(
        &self,
        hash: u32,
        key: E::Key,
        make: impl FnOnce() -> Result<E::Owner, Error>,
        put: impl FnOnce(
            &mut Inside<'_, F, E>,
            &mut Option<E::Key>,
            &E::Owner,
        ) -> (Option<E::Owner>, Trash),
    ) -> Result<E::Owner, Error> {
        let mut attempt = match self.board(hash, key) {
            Boarded::Found(owner) => return Ok(owner),
            Boarded::Maker(attempt) => attempt,
        };
        let value = {
            // Others can wait for this thread now.
            let _holding = Holding::new();
            make()?
        };
        // What drops after `inside` is declared before it, whatever happens inside.
        let (there, trash);
        let (landing, mut key);
        {
            let mut inside = self.enter(hash);
            let Some((mine, flight)) = attempt.end(&mut inside) else {
                unreachable!("only its own attempt ends the making of a key")
            };
            key = Some(mine);
            landing = Landing::<F, _> { flight, result: Err(Failed) };
            (there, trash) = put(&mut inside, &mut key, &value);
        }
        let (owner, loser) = match there {
            Some(there) => (there, Some(value)),
            None => (value, None),
        };
        landing.succeed(&owner);
        // First, as it can panic, and what is being returned would not be dropped then.
        drop((loser, trash, key));
        Ok(owner)
    }

    /// Finds the living entry, waits for the thread that is making it, or says that it is up to
    /// this one.
    fn board(&self, hash: u32, key: E::Key) -> Boarded<'_, F, E> {
        loop {
            let mut inside = self.enter(hash);
            let found = inside.find(hash, |other| *other == key).and_then(Entry::upgrade);
            if let Some(owner) = found {
                drop(inside);
                drop(key);
                return Boarded::Found(owner);
            }
            let is_it = |making: &&mut Making<F, E>| making.hash == hash && making.key == key;
            let Some(making) = inside.making.iter_mut().find(is_it) else {
                inside.made += 1;
                let number = inside.made;
                let maker = thread_token();
                inside.making.push(Making { number, hash, key, maker, flight: None });
                drop(inside);
                return Boarded::Maker(Attempt { shards: self, hash, number });
            };
            let maker = making.maker;
            let flight = making.flight.get_or_insert_with(|| F::strong(Flight::new())).clone();
            drop(inside);
            if let Ok(owner) = flight.wait(maker) {
                drop(key);
                return Boarded::Found(owner);
            }
        }
    }
}

enum Boarded<'a, F: Flavor, E: Entry<F, Key: Eq>> {
    Found(E::Owner),
    Maker(Attempt<'a, F, E>),
}

/// The making of a key by this thread. If it is dropped before its end, it has failed, and the next
/// who waits may try.
struct Attempt<'a, F: Flavor, E: Entry<F, Key: Eq>> {
    shards: &'a Shards<F, E>,
    hash: u32,
    number: u64,
}

type Ended<F, E> =
    (<E as Entry<F>>::Key, Option<<F as Flavor>::Strong<Flight<<E as Entry<F>>::Owner>>>);

impl<F: Flavor, E: Entry<F, Key: Eq>> Attempt<'_, F, E> {
    fn end(&mut self, inside: &mut Inside<'_, F, E>) -> Option<Ended<F, E>> {
        let mine = inside.making.iter().position(|making| making.number == self.number)?;
        let Making { key, flight, .. } = inside.making.swap_remove(mine);
        Some((key, flight))
    }
}

impl<F: Flavor, E: Entry<F, Key: Eq>> Drop for Attempt<'_, F, E> {
    fn drop(&mut self) {
        let ended = {
            let mut inside = self.shards.enter(self.hash);
            self.end(&mut inside)
        };
        if let Some((_key, flight)) = ended {
            drop(Landing::<F, _> { flight, result: Err(Failed) });
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
