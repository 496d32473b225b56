//! What the tests beside this one share.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use weakref_core::WeakValueMap;
use weakref_tests::{Counted, Log, SameHash, Tally, Task};

use super::{Obj, Ptr, Shelf};

pub(super) type Value = Ptr<Obj<u32>>;

/// A map whose keys are counted and have one hash, so that flights for all of them meet.
pub(super) type Map = WeakValueMap<Counted<u32>, Obj<u32>, SameHash>;

/// A call of the map, to be polled by hand.
pub(super) type Call<'a, T = Value> = Task<Pin<Box<dyn Future<Output = T> + 'a>>>;

/// A map, and what its factories do.
#[derive(Default)]
pub(super) struct Stage {
    pub(super) map: Map,
    pub(super) keys: Tally,
    pub(super) log: Log,
}

/// Makes futures that are ready once a value has been put for them.
#[derive(Clone)]
pub(super) struct Factory<T = Value> {
    name: &'static str,
    log: Log,
    results: Shelf<T>,
}

impl<T: 'static> Factory<T> {
    /// Has the future return this value when it is next polled.
    pub(super) fn put(&self, result: T) {
        self.results.put(result);
    }

    /// Notes when it begins and when it is dropped.
    pub(super) fn future(&self) -> impl Future<Output = T> + use<T> {
        let Self { name, log, results } = self.clone();
        let dropped = log.drop(format!("{name} is dropped"));
        async move {
            let _dropped = dropped;
            log.note(format!("{name} begins"));
            poll_fn(|_| results.take().pop().map_or(Poll::Pending, Poll::Ready)).await
        }
    }
}

impl<T> Factory<T> {
    fn clone(&self) -> Self {
        Self { name: self.name, log: self.log.clone(), results: self.results.clone() }
    }
}

impl Stage {
    pub(super) fn key(&self, number: u32) -> Counted<u32> {
        Counted(number, self.keys.token())
    }

    pub(super) fn factory<T>(&self, name: &'static str) -> Factory<T> {
        Factory { name, log: self.log.clone(), results: Shelf::new([]) }
    }

    /// Returns a call that has not been polled.
    pub(super) fn call(&self, number: u32, factory: &Factory) -> Call<'_> {
        let future = self.map.get_or_insert_with_async(self.key(number), factory.future());
        Task::new(Box::pin(future))
    }

    pub(super) fn try_call<E: 'static>(
        &self,
        number: u32,
        factory: &Factory<Result<Value, E>>,
    ) -> Call<'_, Result<Value, E>> {
        let future = self.map.get_or_try_insert_with_async(self.key(number), factory.future());
        Task::new(Box::pin(future))
    }

    /// Asserts that neither an entry nor a flight is left.
    #[track_caller]
    pub(super) fn assert_empty(&self) {
        assert_eq!((self.map.len(), self.keys.count()), (0, 0));
        let factory = self.factory("last");
        let mut call = self.call(1, &factory);
        assert!(call.poll().is_pending());
        assert_eq!(self.log.take(), ["last begins"], "and waits for nobody");
    }
}

/// Polls a call that must be ready.
#[track_caller]
pub(super) fn ready<T>(call: &mut Call<'_, T>) -> T {
    match call.poll() {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("still waits"),
    }
}
