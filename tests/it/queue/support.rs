//! A minimal executor.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

/// Counts how often it is woken.
#[derive(Debug, Default)]
pub(super) struct Alarm(AtomicUsize);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A future that is polled by hand, with an alarm of its own.
#[derive(Debug)]
pub(super) struct Task<F> {
    future: F,
    pub(super) alarm: Arc<Alarm>,
}

impl<F: Future + Unpin> Task<F> {
    pub(super) fn new(future: F) -> Self {
        Self { future, alarm: Arc::default() }
    }

    pub(super) fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(Arc::clone(&self.alarm));
        self.poll_with(&waker)
    }

    pub(super) fn poll_with(&mut self, waker: &Waker) -> Poll<F::Output> {
        Pin::new(&mut self.future).poll(&mut Context::from_waker(waker))
    }

    /// Returns a task that waits.
    #[track_caller]
    pub(super) fn waiting(future: F) -> Self {
        let mut task = Self::new(future);
        assert!(task.poll().is_pending());
        task
    }

    /// Returns how often it has been woken since the last call.
    pub(super) fn wakes(&self) -> usize {
        self.alarm.0.swap(0, Ordering::SeqCst)
    }
}

/// Runs a future to its end in this thread.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = Box::pin(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => return result,
            Poll::Pending => thread::park(),
        }
    }
}
