//! Insertion of the value that a future makes.

use std::{
    future::Future,
    hash::{BuildHasher, Hash},
};

use equivalent::Equivalent;

use super::{ValueRecord, WeakValueMap, single_flight::ValueQuery};
use crate::{
    StrongOf, Weakrefable,
    container::{async_flight::TaskFlight, table::Keep},
};

type Flight<'a, K, V> =
    TaskFlight<'a, <V as Weakrefable>::Flavor, ValueRecord<K, V>, ValueQuery<K, V>>;

impl<K, V, S> WeakValueMap<K, V, S>
where
    K: Eq + Hash,
    V: ?Sized + Weakrefable,
    S: BuildHasher,
{
    /// Returns an owner of the value under `key`, or inserts the value that `make` resolves to.
    ///
    /// Needs the feature `async`, and no runtime. The returned future does nothing until it is
    /// polled. It is `Send` if `make`, the keys and the owners are, and the map is `Sync`. For a
    /// borrowed key, such as a `&str` in a map of `String`s, there is
    /// [`get_or_insert_with_ref_async`](Self::get_or_insert_with_ref_async).
    ///
    /// `make` is a future, not a closure: an `async` block, or the call of an `async fn`. If there is a
    /// value, it is dropped without having been polled.
    ///
    /// `make` is awaited once for a key, however many tasks ask for it at the same time. The other
    /// tasks wait, and get the same value, even if this one drops it at once. Nothing is locked
    /// while `make` runs. It may use the map, for other keys.
    ///
    /// If another task or thread [inserts](Self::insert) a value under an equal key meanwhile, that
    /// value is returned, and the one that `make` resolved to is dropped.
    ///
    /// # Cancellation
    ///
    /// If the returned future is dropped while it awaits `make`, or if `make` panics, all tasks
    /// that wait for the value are woken. The first that is polled awaits its own `make`, and the
    /// others wait for that. Dropping a future that waits for another one affects no other task.
    ///
    /// A future that is awaiting `make`, and is neither polled nor dropped, keeps the others
    /// waiting. A future that waits, has been woken and is not polled owns the value.
    ///
    /// # Threads and tasks
    ///
    /// Tasks and callers of [`get_or_insert_with`](Self::get_or_insert_with) do not wait for each
    /// other: a thread that blocked for a task might be the one that has to poll it. If both make a
    /// value at the same time, the one that is inserted first stays, and both return it.
    ///
    /// # Deadlocks
    ///
    /// If `make` awaits its own key, it waits for itself, and never completes. Any thread may poll
    /// a task, so this is not [detected](crate::docs::limitations#only-the-librarys-own-waits-are-watched).
    ///
    /// # Panics
    ///
    /// Panics, when polled, if called [re-entrantly](Self#re-entrancy) from `K`'s `Eq`.
    ///
    /// # Cost
    ///
    /// A hit costs what [`get`](Self::get) costs. A future that waits allocates for its waker; the
    /// first one for a key also allocates what they share. A map does not grow into several shards
    /// while a value is being made.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
    /// # fn block_on<F: Future>(future: F) -> F::Output {
    /// #     let mut future = pin!(future);
    /// #     loop {
    /// #         let mut cx = Context::from_waker(Waker::noop());
    /// #         if let Poll::Ready(result) = future.as_mut().poll(&mut cx) { return result }
    /// #     }
    /// # }
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakValueMap};
    ///
    /// type Page = Slotted<String>;
    ///
    /// async fn fetch(url: &str) -> Arc<Page> {
    ///     // ..
    ///     # std::future::ready(()).await;
    ///     Arc::new(Slotted::new(format!("the page at {url}")))
    /// }
    ///
    /// async fn page(pages: &WeakValueMap<&'static str, Page>, url: &'static str) -> Arc<Page> {
    ///     pages.get_or_insert_with_async(url, fetch(url)).await
    /// }
    ///
    /// # block_on(async {
    /// let pages = WeakValueMap::new();
    /// let one = page(&pages, "example.org").await;
    /// let same = page(&pages, "example.org").await;
    /// assert!(Arc::ptr_eq(&one, &same));
    /// # });
    /// ```
    #[must_use = "the map does not own the value, which is dropped if nothing else owns it"]
    pub async fn get_or_insert_with_async(
        &self,
        key: K,
        make: impl Future<Output = StrongOf<V>>,
    ) -> StrongOf<V> {
        match self.find_or_start(key).await {
            Ok(owner) => {
                // Before the result is made, which a panic of this drop would leak.
                drop(make);
                owner
            }
            Err(flight) => Self::land(flight, make.await),
        }
    }

    /// Returns an owner of the value under `key`, or inserts the value that `make` resolves to,
    /// unless `make` fails.
    ///
    /// Like [`get_or_insert_with_async`](Self::get_or_insert_with_async), with a future that can
    /// fail. If it does, the tasks that wait are woken, and the first that is polled awaits its own
    /// `make`.
    ///
    /// # Errors
    ///
    /// Returns the error of `make`.
    ///
    /// # Panics
    ///
    /// Panics like [`get_or_insert_with_async`](Self::get_or_insert_with_async).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
    /// # fn block_on<F: Future>(future: F) -> F::Output {
    /// #     let mut future = pin!(future);
    /// #     loop {
    /// #         let mut cx = Context::from_waker(Waker::noop());
    /// #         if let Poll::Ready(result) = future.as_mut().poll(&mut cx) { return result }
    /// #     }
    /// # }
    /// use std::{num::ParseIntError, rc::Rc};
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// type Number = Slotted<u32, Local>;
    ///
    /// async fn parse(text: &str) -> Result<Rc<Number>, ParseIntError> {
    ///     Ok(Rc::new(Slotted::new(text.parse()?)))
    /// }
    ///
    /// # block_on(async {
    /// let numbers = WeakValueMap::<_, Number>::new();
    /// let failed = numbers.get_or_try_insert_with_async("12", parse("twelve")).await;
    /// assert!(failed.is_err());
    /// let twelve = numbers.get_or_try_insert_with_async("12", parse("12")).await;
    /// assert_eq!(**twelve.unwrap(), 12);
    /// # });
    /// ```
    pub async fn get_or_try_insert_with_async<E>(
        &self,
        key: K,
        make: impl Future<Output = Result<StrongOf<V>, E>>,
    ) -> Result<StrongOf<V>, E> {
        match self.find_or_start(key).await {
            Ok(owner) => {
                // Before the result is made, which a panic of this drop would leak.
                drop(make);
                Ok(owner)
            }
            Err(flight) => Ok(Self::land(flight, make.await?)),
        }
    }

    /// Returns an owner of the value under `key`, or inserts the value that `make` resolves to under
    /// an owned key that is made of `key`.
    ///
    /// Like [`get_or_insert_with_async`](Self::get_or_insert_with_async), but makes the key only if
    /// there is no value yet. So a hit allocates nothing. A miss searches the map twice.
    ///
    /// # Panics
    ///
    /// Panics like [`get_or_insert_with_async`](Self::get_or_insert_with_async).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
    /// # fn block_on<F: Future>(future: F) -> F::Output {
    /// #     let mut future = pin!(future);
    /// #     loop {
    /// #         let mut cx = Context::from_waker(Waker::noop());
    /// #         if let Poll::Ready(result) = future.as_mut().poll(&mut cx) { return result }
    /// #     }
    /// # }
    /// use std::sync::Arc;
    /// use weakref_core::{WeakValueMap, new, weakrefable};
    ///
    /// #[weakrefable]
    /// struct Connection { peer: String }
    ///
    /// async fn connect(peer: &str) -> Arc<Connection> {
    ///     // ..
    ///     Arc::new(new!(Connection { peer: peer.to_owned() }))
    /// }
    ///
    /// # block_on(async {
    /// let connections = WeakValueMap::<String, Connection>::new();
    /// let ann = connections.get_or_insert_with_ref_async("ann", connect("ann")).await;
    /// let same = connections.get_or_insert_with_ref_async("ann", async { unreachable!() }).await;
    /// assert!(Arc::ptr_eq(&ann, &same));
    /// assert_eq!(ann.peer, "ann");
    /// # });
    /// ```
    #[must_use = "the map does not own the value, which is dropped if nothing else owns it"]
    pub async fn get_or_insert_with_ref_async<'q, Q>(
        &self,
        key: &'q Q,
        make: impl Future<Output = StrongOf<V>>,
    ) -> StrongOf<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>,
    {
        match self.find_or_start_ref(key).await {
            Ok(owner) => {
                // Before the result is made, which a panic of this drop would leak.
                drop(make);
                owner
            }
            Err(flight) => Self::land(flight, make.await),
        }
    }

    /// Like [`get_or_insert_with_ref_async`](Self::get_or_insert_with_ref_async), with a future that
    /// can fail.
    ///
    /// # Errors
    ///
    /// Returns the error of `make`.
    ///
    /// # Panics
    ///
    /// Panics like [`get_or_insert_with_async`](Self::get_or_insert_with_async).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
    /// # fn block_on<F: Future>(future: F) -> F::Output {
    /// #     let mut future = pin!(future);
    /// #     loop {
    /// #         let mut cx = Context::from_waker(Waker::noop());
    /// #         if let Poll::Ready(result) = future.as_mut().poll(&mut cx) { return result }
    /// #     }
    /// # }
    /// use std::{num::ParseIntError, rc::Rc};
    /// use weakref_core::{Local, Slotted, WeakValueMap};
    ///
    /// type Number = Slotted<u32, Local>;
    ///
    /// async fn parse(text: &str) -> Result<Rc<Number>, ParseIntError> {
    ///     Ok(Rc::new(Slotted::new(text.parse()?)))
    /// }
    ///
    /// # block_on(async {
    /// let numbers = WeakValueMap::<String, Number>::new();
    /// for text in ["twelve", "12"] {
    ///     let number = numbers.get_or_try_insert_with_ref_async(text, parse(text)).await;
    ///     assert_eq!(number.is_ok(), text == "12");
    /// }
    /// # });
    /// ```
    pub async fn get_or_try_insert_with_ref_async<'q, Q, E>(
        &self,
        key: &'q Q,
        make: impl Future<Output = Result<StrongOf<V>, E>>,
    ) -> Result<StrongOf<V>, E>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>,
    {
        match self.find_or_start_ref(key).await {
            Ok(owner) => {
                // Before the result is made, which a panic of this drop would leak.
                drop(make);
                Ok(owner)
            }
            Err(flight) => Ok(Self::land(flight, make.await?)),
        }
    }

    /// Like `find_or_start`, with an owned key that is made of `key` if there is no value.
    async fn find_or_start_ref<'q, Q>(&self, key: &'q Q) -> Result<StrongOf<V>, Flight<'_, K, V>>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>,
    {
        let hash = self.hash(key);
        match self.get_hashed(hash, key) {
            Some(owner) => Ok(owner),
            None => self.shards.find_or_start(ValueQuery::new(hash, K::from(key))).await,
        }
    }

    /// Returns the value under `key`, or the flight that makes it.
    fn find_or_start(&self, key: K) -> impl Future<Output = Result<StrongOf<V>, Flight<'_, K, V>>> {
        self.shards.find_or_start(ValueQuery::new(self.hash(&key), key))
    }

    fn land(flight: Flight<'_, K, V>, owner: StrongOf<V>) -> StrongOf<V> {
        flight.land(owner, |guard, query, owner| {
            Self::put(guard, query.hash, Keep::Entry, &mut query.key, owner)
        })
    }
}
