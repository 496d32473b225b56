//! Threads that meet, and wait for each other.

use std::{
    sync::mpsc,
    thread::{self, ThreadId},
    time::Duration,
};

use crate::limit;

/// Returns the thread this is run in.
#[must_use]
pub fn here() -> ThreadId {
    thread::current().id()
}

/// Runs `f` in another thread, and fails if that takes so long that it must be a deadlock.
#[track_caller]
pub fn without_deadlock<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let (send, receive) = mpsc::channel();
    let thread = thread::spawn(move || send.send(f()));
    match receive.recv_timeout(limit(60)) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("a deadlock"),
        Err(mpsc::RecvTimeoutError::Disconnected) => match thread.join() {
            Err(payload) => std::panic::resume_unwind(payload),
            Ok(_) => unreachable!("it has sent nothing and not panicked"),
        },
    }
}

/// Long enough for a thread to come to where it waits. A test that uses this passes, too, if it is
/// not; but it shows less then.
pub fn a_while() {
    thread::sleep(Duration::from_millis(30));
}
