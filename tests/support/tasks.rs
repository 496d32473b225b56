//! Futures that a test polls by hand.

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
pub struct Alarm(AtomicUsize);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A future that is polled by hand, with an alarm of its own.
#[derive(Debug)]
pub struct Task<F> {
    future: F,
    /// Whom its future wakes.
    pub alarm: Arc<Alarm>,
}

impl<F: Future + Unpin> Task<F> {
    /// Returns a task that has not been polled.
    pub fn new(future: F) -> Self {
        Self { future, alarm: Arc::default() }
    }

    /// Returns a task that waits.
    #[track_caller]
    pub fn waiting(future: F) -> Self {
        let mut task = Self::new(future);
        assert!(task.poll().is_pending());
        task
    }

    /// Polls it, so that its alarm is told when to do so again.
    pub fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(Arc::clone(&self.alarm));
        self.poll_with(&waker)
    }

    /// Polls it with another waker than that of its alarm.
    pub fn poll_with(&mut self, waker: &Waker) -> Poll<F::Output> {
        Pin::new(&mut self.future).poll(&mut Context::from_waker(waker))
    }

    /// Returns how often it has been woken since the last call.
    pub fn wakes(&self) -> usize {
        self.alarm.0.swap(0, Ordering::SeqCst)
    }
}

/// Runs a future to its end in this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
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
