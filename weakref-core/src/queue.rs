//! Queues: the keys of dropped objects, to be received at a time and on a thread of your choice.
//!
//! [`DeathQueue`] is the type to begin with. The others are what its methods return.

mod inbox;
mod links;
mod recv;

use std::{
    fmt,
    iter::{self, FusedIterator},
    marker::PhantomData,
    sync::Arc,
};

#[cfg(not(weakref_loom))]
use std::time::{Duration, Instant};

use crate::{
    Flavor, Local, Shared, WeakRef, Weakrefable,
    flavor::{Callback, Pointer},
    sync::parker::Parker,
    unraisable,
};
use inbox::Core;
use links::Link;

pub use recv::RecvFuture;
#[cfg(feature = "async")]
pub use recv::RecvStream;

/// A queue that receives a key when an object is dropped: Java's `ReferenceQueue`.
///
/// Use it to handle drops later, on a thread you choose: if the thread that drops an object may
/// hold a lock that your code needs, or if the cleanup belongs to one thread. A drop only puts the
/// key into the queue.
///
/// The keys of the objects that one thread drops arrive in the order of the drops; those of one
/// object arrive newest first. A key is anything that tells you what to do: a number, a path, a
/// handle of a foreign library.
///
/// `F` is the flavour of the objects. A queue of `Shared` is `Send` and `Sync` if its keys are
/// `Send`. A clone is a handle of the same queue. Any number of threads and tasks can receive, by
/// one handle or several; each key is received once.
///
/// # Closing and dropping the queue
///
/// A queue that is [closed](Self::close) receives no more keys; those that are in it can be
/// received. When the last handle is dropped, the keys in the queue are dropped too; a key in the
/// queue that owns a handle keeps the queue alive. In both cases, objects that are dropped later
/// only drop their keys. A panic of such a drop goes to the
/// [unraisable hook](crate::set_unraisable_hook).
///
/// # Cost
///
/// A [`watch`](Self::watch) makes two allocations, one for the node of a [`WeakRef`] and one for
/// the key; from the object's second registration on, a list grows. The drop of an object allocates
/// nothing and waits for no lock: it swaps a pointer, and checks whether a receiver is waiting.
/// Receivers lock the queue for a few instructions, or for a step for each key of a
/// [batch](DeathQueue::recv_many), and never while user code runs: keys are dropped, and wakers are
/// cloned, woken and dropped, outside of the lock. A drop that finds the
/// queue locked leaves it to the receiver that has the lock to wake others.
///
/// # Examples
///
/// Textures are freed by the thread that draws, but dropped on any thread:
///
/// ```
/// use std::{sync::Arc, thread};
/// use weakref_core::{DeathQueue, new, weakrefable};
///
/// #[weakrefable]
/// struct Texture { handle: u32 }
///
/// let dead = DeathQueue::new();
/// let texture = Arc::new(new!(Texture { handle: 7 }));
/// dead.watch(&texture, texture.handle).forget();
///
/// thread::spawn(move || drop(texture)).join().unwrap();
/// // Once a frame, in the thread that draws:
/// for handle in dead.drain() {
///     println!("free {handle}");
/// #   assert_eq!(handle, 7);
/// }
/// assert!(dead.is_empty());
/// ```
pub struct DeathQueue<K, F: Flavor = Shared> {
    core: Arc<Core<K>>,
    /// Makes a queue of `Local` neither `Send` nor `Sync`.
    flavor: PhantomData<F::Strong<()>>,
}

impl<K> DeathQueue<K> {
    /// Creates an empty queue for objects in an `Arc`. Costs one allocation. For objects in an `Rc`,
    /// there is [`local`](DeathQueue::local).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// let _watch = dead.watch(&object, "seven");
    /// assert_eq!(dead.try_recv(), None);
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the next key. Blocks until there is one. Returns `None` if the queue is
    /// [closed](Self::close) and empty.
    ///
    /// If no watched object is dropped any more, and the queue is not closed, it blocks for ever. A
    /// queue of [`Local`] has no such method: its objects are dropped by the thread that would be
    /// blocked.
    ///
    /// A task awaits [`recv_async`](Self::recv_async) instead. Makes two allocations if it has to
    /// block.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{sync::Arc, thread};
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// let _watch = dead.watch(&object, "seven");
    /// let thread = thread::spawn(move || drop(object));
    /// assert_eq!(dead.recv(), Some("seven"));
    /// # thread.join().unwrap();
    /// ```
    pub fn recv(&self) -> Option<K> {
        self.wait(|parker| {
            parker.park();
            true
        })
    }

    /// Returns the next key. Blocks until there is one, or until `timeout` has passed: then returns
    /// `None`. Also returns `None` if the queue is [closed](Self::close) and empty.
    ///
    /// Makes two allocations if it has to block.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use weakref_core::DeathQueue;
    ///
    /// let dead = DeathQueue::<u32>::new();
    /// assert_eq!(dead.recv_timeout(Duration::from_millis(10)), None);
    /// ```
    #[cfg(not(weakref_loom))]
    pub fn recv_timeout(&self, timeout: Duration) -> Option<K> {
        let Some(end) = Instant::now().checked_add(timeout) else {
            return self.recv();
        };
        let pause =
            |parker: &Parker| parker.park_timeout(end.saturating_duration_since(Instant::now()));
        // A key may have arrived at the last moment.
        self.wait(pause).or_else(|| self.try_recv())
    }

    /// Receives up to `limit` keys at once, and appends them to `buffer`. Blocks until there is
    /// one. Returns their number: 0 if the queue is [closed](Self::close) and empty, or if `limit`
    /// is 0.
    ///
    /// Locks the queue twice, however many keys there are; [`drain`](Self::drain) locks it for each
    /// key. While it is locked, takes O(`limit`) steps, or O(1) if all keys are received.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// for number in 0..5 {
    ///     dead.watch(&Arc::new(Slotted::new(number)), number).forget();
    /// }
    /// dead.close();
    /// let mut batch = Vec::new();
    /// assert_eq!(dead.recv_many(&mut batch, 3), 3);
    /// assert_eq!(batch, [0, 1, 2]);
    /// assert_eq!(dead.recv_many(&mut batch, 3), 2);
    /// assert_eq!(dead.recv_many(&mut batch, 3), 0, "it is closed and empty");
    /// ```
    pub fn recv_many(&self, buffer: &mut Vec<K>, limit: usize) -> usize {
        let first = if limit == 0 { None } else { self.recv() };
        self.recv_rest(first, buffer, limit)
    }

    /// Returns the next key, and calls `pause` while there is none. Returns `None` once `pause`
    /// returns false, or if the queue is closed.
    fn wait(&self, pause: impl FnMut(&Parker) -> bool) -> Option<K> {
        // As a rule there is a key, and no waker is needed.
        self.try_recv().or_else(|| recv::block_on(self.recv_async(), pause).flatten())
    }
}

impl<K> DeathQueue<K, Local> {
    /// Creates an empty queue for objects in an `Rc`. Costs one allocation.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{DeathQueue, Local, Slotted};
    ///
    /// let dead = DeathQueue::local();
    /// let object = Rc::new(Slotted::<_, Local>::new(7));
    /// let _watch = dead.watch(&object, "seven");
    /// drop(object);
    /// assert_eq!(dead.try_recv(), Some("seven"));
    /// ```
    pub fn local() -> Self {
        Self::default()
    }
}

impl<K, F: Flavor> DeathQueue<K, F> {
    /// Puts `key` into the queue when the object is dropped, if the returned [`Watch`] exists then,
    /// or has been [forgotten](Watch::forget), and the queue is not [closed](Self::close).
    ///
    /// [`clear_weakrefs`](crate::clear_weakrefs) puts the key into the queue too. A key that owns
    /// the object keeps it alive for ever.
    ///
    /// Makes two allocations; from the object's second registration on, a list grows. In `Shared`,
    /// holds the object's slot for a few instructions.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let [cat, dog] = ["cat", "dog"].map(|name| Arc::new(Slotted::new(name)));
    /// let _cat = dead.watch(&cat, 1);
    /// let _dog = dead.watch(&dog, 2);
    /// drop(dog);
    /// drop(cat);
    /// assert!(dead.drain().eq([2, 1]));
    /// ```
    pub fn watch<T, P>(&self, owner: &P, key: K) -> Watch<T>
    where
        T: ?Sized + Weakrefable<Flavor = F> + 'static,
        P: Pointer<Referent = T>,
        K: Callback<T, F>,
    {
        let link = Box::new(Link::new(key));
        let core = Arc::downgrade(&self.core);
        let push = move |_: &WeakRef<T>| {
            let refused = match core.upgrade() {
                Some(core) => core.push(link).err(),
                None => Some(link),
            };
            if let Some(link) = refused {
                unraisable::catch::<K>(|| drop(link));
            }
        };
        // SAFETY: `K: Callback<T, F>` says that in `Shared`, `K` is `Send` and `T` is
        // `Send + Sync`. The closure owns a key, in a link of its own, and a pointer to a core,
        // which is `Send` and `Sync` if keys are `Send`.
        #[allow(unsafe_code)]
        let weak = unsafe { WeakRef::with_hidden_callback(owner.strong(), push) };
        Watch(weak)
    }

    /// Returns the next key, if there is one. Does not block. O(1) amortized; allocates nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// let _watch = dead.watch(&object, "seven");
    /// assert_eq!(dead.try_recv(), None);
    /// drop(object);
    /// assert_eq!(dead.try_recv(), Some("seven"));
    /// ```
    pub fn try_recv(&self) -> Option<K> {
        self.core.try_recv()
    }

    /// Returns an iterator that receives keys until the queue is empty. Keys that it has not
    /// reached when it is dropped stay in the queue.
    ///
    /// Each step is a [`try_recv`](Self::try_recv), so it also receives keys that arrive meanwhile.
    /// This is the `try_iter` of std's channels.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// for number in 0..3 {
    ///     dead.watch(&Arc::new(Slotted::new(number)), number).forget();
    /// }
    /// assert!(dead.drain().eq([0, 1, 2]));
    /// ```
    #[doc(alias = "try_iter")]
    pub fn drain(&self) -> Drain<'_, K, F> {
        Drain(Some(self))
    }

    /// Returns a future of the next key, or of `None` if the queue is [closed](Self::close) and
    /// empty. It costs nothing until it is polled.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::DeathQueue;
    ///
    /// /// Prints the numbers of connections that end.
    /// async fn report(ended: &DeathQueue<u32>) {
    ///     while let Some(number) = ended.recv_async().await {
    ///         println!("connection {number} has ended");
    ///     }
    /// }
    /// ```
    pub fn recv_async(&self) -> RecvFuture<'_, K, F> {
        RecvFuture::new(self)
    }

    /// Receives up to `limit` keys at once, and appends them to `buffer`. Waits until there is one.
    /// Returns their number: 0 if the queue is [closed](Self::close) and empty, or if `limit` is 0.
    ///
    /// The keys leave the queue in the `poll` that returns their number, so no key is lost if the
    /// future is dropped. Costs what [`recv_many`](DeathQueue::recv_many) costs.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{DeathQueue, Local, Slotted};
    ///
    /// /// Frees handles, up to 100 with one call of the driver.
    /// async fn free(dead: &DeathQueue<u32, Local>) {
    ///     let mut batch = Vec::new();
    ///     while dead.recv_many_async(&mut batch, 100).await > 0 {
    ///         println!("free {batch:?}");
    ///         batch.clear();
    ///     }
    /// }
    ///
    /// # use std::{future::Future, pin::pin, task::{Context, Waker}};
    /// let dead = DeathQueue::local();
    /// for handle in 0..3 {
    ///     dead.watch(&Rc::new(Slotted::<_, Local>::new(handle)), handle).forget();
    /// }
    /// dead.close();
    /// // An executor does this:
    /// let mut cx = Context::from_waker(Waker::noop());
    /// assert!(pin!(free(&dead)).poll(&mut cx).is_ready());
    /// assert!(dead.is_empty());
    /// ```
    pub async fn recv_many_async(&self, buffer: &mut Vec<K>, limit: usize) -> usize {
        let first = if limit == 0 { None } else { self.recv_async().await };
        self.recv_rest(first, buffer, limit)
    }

    /// Appends the first key of a batch to `buffer`, and the others that are there.
    fn recv_rest(&self, first: Option<K>, buffer: &mut Vec<K>, limit: usize) -> usize {
        let Some(first) = first else { return 0 };
        let mut rest = self.core.try_recv_many(limit - 1);
        let count = 1 + rest.len();
        buffer.reserve(count);
        buffer.push(first);
        buffer.extend(iter::from_fn(|| rest.pop()).map(|link| link.into_key()));
        count
    }

    /// Returns a stream of the keys, which ends when the queue is [closed](Self::close) and empty.
    ///
    /// Needs the feature `async`, and no runtime. The stream owns a handle of the queue, as a clone
    /// is. It costs nothing until it is polled.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{future::poll_fn, pin::pin};
    /// use futures_core::Stream; // or the extension traits of `futures` or `tokio-stream`
    /// use weakref_core::DeathQueue;
    ///
    /// /// Counts the connections that end.
    /// async fn count(ended: &DeathQueue<u32>) -> usize {
    ///     let mut stream = pin!(ended.stream());
    ///     let mut count = 0;
    ///     while let Some(_) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
    ///         count += 1;
    ///     }
    ///     count
    /// }
    ///
    /// # use std::{future::Future, sync::Arc, task::{Context, Poll, Waker}};
    /// # use weakref_core::Slotted;
    /// # let ended = DeathQueue::new();
    /// # let mut counted = pin!(count(&ended));
    /// # let mut cx = Context::from_waker(Waker::noop());
    /// # ended.watch(&Arc::new(Slotted::new("connection")), 7).forget();
    /// # assert!(counted.as_mut().poll(&mut cx).is_pending());
    /// # ended.close();
    /// # assert_eq!(counted.as_mut().poll(&mut cx), Poll::Ready(1));
    /// ```
    #[cfg(feature = "async")]
    pub fn stream(&self) -> RecvStream<K, F> {
        RecvStream::new(self.clone())
    }

    /// Closes the queue: it receives no more keys, and receivers no longer wait.
    ///
    /// The keys that are in the queue can be received. Then receivers return `None`, those that are
    /// waiting too. Objects that are dropped later only drop their keys, as do those watched later.
    /// A queue cannot be opened again. Closing it twice has no effect.
    ///
    /// O(1), and wakes all receivers that wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{sync::Arc, thread};
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let thread = thread::spawn({
    ///     let dead = dead.clone();
    ///     move || {
    ///         let mut count = 0;
    ///         while let Some(key) = dead.recv() {
    ///             println!("{key} is dropped");
    ///             count += 1;
    ///         }
    ///         count
    ///     }
    /// });
    /// let [early, late] = ["early", "late"].map(|name| Arc::new(Slotted::new(name)));
    /// dead.watch(&early, 1).forget();
    /// dead.watch(&late, 2).forget();
    /// drop(early);
    /// dead.close();
    /// drop(late);
    /// assert_eq!(thread.join().unwrap(), 1);
    /// ```
    pub fn close(&self) {
        self.core.close();
    }

    /// Returns whether the queue is [closed](Self::close). It may still contain keys.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::DeathQueue;
    ///
    /// let dead = DeathQueue::<u32>::new();
    /// assert!(!dead.is_closed());
    /// dead.close();
    /// assert!(dead.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.core.is_closed()
    }

    /// Returns the number of keys in the queue. O(1) amortized; locks the queue as a receiver does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// dead.watch(&Arc::new(Slotted::new(7)), "seven").forget();
    /// assert_eq!(dead.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.core.len()
    }

    /// Returns whether the queue contains no key. Costs what [`len`](Self::len) costs.
    ///
    /// # Examples
    ///
    /// ```
    /// use weakref_core::DeathQueue;
    ///
    /// assert!(DeathQueue::<u32>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K, F: Flavor> Default for DeathQueue<K, F> {
    /// Creates an empty queue. Costs one allocation.
    fn default() -> Self {
        Self { core: Arc::new(Core::new()), flavor: PhantomData }
    }
}

impl<K, F: Flavor> Clone for DeathQueue<K, F> {
    /// Creates another handle of the same queue. Allocates nothing.
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core), flavor: PhantomData }
    }
}

impl<K, F: Flavor> fmt::Debug for DeathQueue<K, F> {
    /// Writes the number of keys in the queue. Calls no method of a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeathQueue({})", self.len())
    }
}

/// A watched object of a [`DeathQueue`]. Returned by [`watch`](DeathQueue::watch).
///
/// Dropping it [cancels](Self::cancel) the watch. It counts in
/// [`weakref_count`](crate::weakref_count), but [`weakrefs`](crate::weakrefs) does not return it.
/// Like a [`WeakRef`], it keeps the memory of the object, but not the object, and is `Send` and
/// `Sync` if the `WeakRef` is.
///
/// Before the first callback of a dropped object runs, it is settled whether the key goes into the
/// queue: a callback that drops the watch does not cancel it. Another thread that drops the watch
/// meanwhile may still cancel it.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{DeathQueue, Slotted};
///
/// let dead = DeathQueue::new();
/// let object = Arc::new(Slotted::new(7));
/// let kept = dead.watch(&object, "kept");
/// let cancelled = dead.watch(&object, "cancelled");
/// drop(cancelled);
/// drop(object);
/// assert!(dead.drain().eq(["kept"]));
/// # drop(kept);
/// ```
#[must_use = "dropping a `Watch` cancels it, and so does `let _ =`; keep it, or `forget` it"]
pub struct Watch<T: ?Sized + Weakrefable>(WeakRef<T>);

impl<T: ?Sized + Weakrefable> Watch<T> {
    /// Drops the key, unless it is in the queue already.
    ///
    /// O(1). Makes a strong pointer for a moment, which may become the last one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// dead.watch(&object, "seven").cancel();
    /// drop(object);
    /// assert!(dead.is_empty());
    /// ```
    pub fn cancel(self) {
        drop(self);
    }

    /// Drops the `Watch` without cancelling it: the key goes into the queue when the object is
    /// dropped. The memory of the watch is freed then.
    ///
    /// O(1). Allocates nothing and takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{DeathQueue, Slotted};
    ///
    /// let dead = DeathQueue::new();
    /// let object = Arc::new(Slotted::new(7));
    /// dead.watch(&object, "seven").forget();
    /// drop(object);
    /// assert_eq!(dead.try_recv(), Some("seven"));
    /// ```
    pub fn forget(self) {
        self.0.let_stand();
    }
}

impl<T: ?Sized + Weakrefable> fmt::Debug for Watch<T> {
    /// Writes the type of the object, and its address or `dead`. Calls no method of the object.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.0).finish()
    }
}

/// An iterator that receives keys until a [`DeathQueue`] is empty. Returned by
/// [`drain`](DeathQueue::drain).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use weakref_core::{DeathQueue, Slotted};
///
/// let dead = DeathQueue::new();
/// let mut drain = dead.drain();
/// assert_eq!(drain.next(), None);
/// dead.watch(&Arc::new(Slotted::new(7)), "late").forget();
/// assert_eq!(drain.next(), None, "it has ended");
/// assert_eq!(dead.len(), 1);
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Drain<'a, K, F: Flavor = Shared>(Option<&'a DeathQueue<K, F>>);

impl<K, F: Flavor> Iterator for Drain<'_, K, F> {
    type Item = K;

    fn next(&mut self) -> Option<K> {
        let key = self.0?.try_recv();
        if key.is_none() {
            self.0 = None;
        }
        key
    }
}

impl<K, F: Flavor> FusedIterator for Drain<'_, K, F> {}

impl<K, F: Flavor> fmt::Debug for Drain<'_, K, F> {
    /// Writes the number of keys in the queue, unless the iterator has ended. Calls no method of a
    /// key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Drain").field(&self.0).finish()
    }
}
