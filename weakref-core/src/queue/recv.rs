//! Waiting for a key: the future, and a thread that polls it.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::Ordering::{Acquire, Release},
    },
    task::{Context, Poll, Wake, Waker},
};

use super::{DeathQueue, inbox::Ticket};
use crate::{
    Flavor, Shared,
    sync::{AtomicUsize, Thread, current},
};

/// The next key of a [`DeathQueue`]: what [`recv_async`](DeathQueue::recv_async) returns.
///
/// It needs no runtime: the death itself wakes it. A key leaves the queue in the `poll` that returns
/// it. So a future that is dropped, as in a `select!`, takes no key along; and if it has been woken
/// already, another one that waits is woken instead. One that is woken, and neither polled nor
/// dropped, keeps the others waiting for that key.
///
/// Polled again after it has given a key, it waits for the next.
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
/// assert_eq!(next.as_mut().poll(&mut cx), Poll::Ready("seven"));
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
    type Output = K;

    /// Locks the queue for a few instructions, where no death waits for it. Allocates only where the
    /// list of the futures that wait grows.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<K> {
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

/// A thread that waits to be woken.
struct Parker {
    thread: Thread,
    /// Kept beside the thread's own mark, which a waker of somebody else's that parks could use up.
    woken: AtomicUsize,
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Not a store: between that and the swap in `block_on`, loom knows no order.
        self.woken.swap(1, Release);
        self.thread.unpark();
    }
}

/// Polls `future` in this thread until it is ready, or `pause` returns false. `pause` parks.
pub(super) fn block_on<R>(
    mut future: impl Future<Output = R> + Unpin,
    mut pause: impl FnMut() -> bool,
) -> Option<R> {
    let parker = Arc::new(Parker { thread: current(), woken: AtomicUsize::new(0) });
    let waker = Waker::from(Arc::clone(&parker));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(result) = Pin::new(&mut future).poll(&mut cx) {
            return Some(result);
        }
        while parker.woken.swap(0, Acquire) == 0 {
            if !pause() {
                return None;
            }
        }
    }
}
