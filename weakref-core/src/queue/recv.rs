//! Waiting for a key: a future, and a function that polls it on this thread.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use super::{DeathQueue, inbox::Ticket};
use crate::{Flavor, Shared, sync::parker::Parker};

/// A future of the next key of a [`DeathQueue`], or of `None` if the queue is closed and empty.
/// Returned by [`recv_async`](DeathQueue::recv_async).
///
/// It needs no runtime: the drop of an object wakes it. A key leaves the queue in the `poll` that
/// returns it, so no key is lost if the future is dropped, as by a `select!`. If the future was
/// woken before it is dropped, another waiting receiver is woken instead. A future that was woken,
/// and is neither polled nor dropped, keeps other receivers waiting for that key.
///
/// A future that is polled again after it has returned a key waits for the next one.
///
/// # Examples
///
/// ```
/// use std::{pin::pin, rc::Rc, task::{Context, Poll, Waker}};
/// use weakref_core::{DeathQueue, Local, Slotted};
///
/// let dead = DeathQueue::local();
/// let object = Rc::new(Slotted::<_, Local>::new(7));
/// let _watch = dead.watch(&object, "seven");
///
/// let mut next = pin!(dead.recv_async());
/// let mut cx = Context::from_waker(Waker::noop());
/// assert_eq!(next.as_mut().poll(&mut cx), Poll::Pending);
/// drop(object);
/// assert_eq!(next.as_mut().poll(&mut cx), Poll::Ready(Some("seven")));
/// # use std::future::Future;
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct RecvFuture<'a, K, F: Flavor = Shared> {
    queue: &'a DeathQueue<K, F>,
    ticket: Option<Ticket>,
}

impl<'a, K, F: Flavor> RecvFuture<'a, K, F> {
    pub(super) fn new(queue: &'a DeathQueue<K, F>) -> Self {
        Self { queue, ticket: None }
    }
}

impl<K, F: Flavor> Future for RecvFuture<'_, K, F> {
    type Output = Option<K>;

    /// Locks the queue for a few instructions. Allocates only if the list of waiting receivers
    /// grows.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<K>> {
        let Self { queue, ticket } = self.get_mut();
        queue.core.poll(ticket, cx)
    }
}

impl<K, F: Flavor> Drop for RecvFuture<'_, K, F> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.queue.core.give_up(&ticket);
        }
    }
}

impl<K, F: Flavor> fmt::Debug for RecvFuture<'_, K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvFuture").field("waits", &self.ticket.is_some()).finish_non_exhaustive()
    }
}

/// A stream of the keys of a [`DeathQueue`]. Returned by [`stream`](DeathQueue::stream).
///
/// It ends once the queue is closed and empty, and not before. Like a [`RecvFuture`], it needs no
/// runtime, and loses no key when it is dropped. It is a handle of the queue, as a clone is.
///
/// # Examples
///
/// ```
/// use std::{pin::Pin, rc::Rc, task::{Context, Poll, Waker}};
/// use futures_core::Stream;
/// use weakref_core::{DeathQueue, Local, Slotted};
///
/// let dead = DeathQueue::local();
/// let object = Rc::new(Slotted::<_, Local>::new(7));
/// dead.watch(&object, "seven").forget();
///
/// let mut stream = dead.stream();
/// let mut cx = Context::from_waker(Waker::noop());
/// assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), Poll::Pending);
/// drop(object);
/// assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), Poll::Ready(Some("seven")));
/// dead.close();
/// assert_eq!(Pin::new(&mut stream).poll_next(&mut cx), Poll::Ready(None));
/// ```
#[cfg(feature = "async")]
#[must_use = "streams do nothing unless polled"]
pub struct RecvStream<K, F: Flavor = Shared> {
    queue: DeathQueue<K, F>,
    ticket: Option<Ticket>,
}

#[cfg(feature = "async")]
impl<K, F: Flavor> RecvStream<K, F> {
    pub(super) fn new(queue: DeathQueue<K, F>) -> Self {
        Self { queue, ticket: None }
    }
}

#[cfg(feature = "async")]
impl<K, F: Flavor> futures_core::Stream for RecvStream<K, F> {
    type Item = K;

    /// Locks the queue for a few instructions. Allocates only if the list of waiting receivers
    /// grows.
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<K>> {
        let Self { queue, ticket } = self.get_mut();
        queue.core.poll(ticket, cx)
    }
}

/// Nothing in a stream is pinned.
#[cfg(feature = "async")]
impl<K, F: Flavor> Unpin for RecvStream<K, F> {}

#[cfg(feature = "async")]
impl<K, F: Flavor> Drop for RecvStream<K, F> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.queue.core.give_up(&ticket);
        }
    }
}

#[cfg(feature = "async")]
impl<K, F: Flavor> fmt::Debug for RecvStream<K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvStream").field("waits", &self.ticket.is_some()).finish_non_exhaustive()
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.unpark();
    }
}

/// Polls `future` on this thread until it is ready, or until `pause` returns false. `pause` blocks
/// until the parker is woken.
pub(super) fn block_on<R>(
    mut future: impl Future<Output = R> + Unpin,
    mut pause: impl FnMut(&Parker) -> bool,
) -> Option<R> {
    let parker = Arc::new(Parker::new());
    let waker = Waker::from(Arc::clone(&parker));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(result) = Pin::new(&mut future).poll(&mut cx) {
            return Some(result);
        }
        if !pause(&parker) {
            return None;
        }
    }
}
