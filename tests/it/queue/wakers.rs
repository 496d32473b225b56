//! Futures of a queue.

use std::{
    sync::{Arc, Mutex},
    task::{Poll, Wake, Waker},
};

use weakref_tests::{Alarm, Task, Unraisables};

use super::{owner, queue};

#[test]
fn a_key_that_is_there_is_ready_at_once() {
    let queue = queue();
    queue.watch(&owner(()), 1).forget();
    let mut task = Task::new(queue.recv_async());
    assert_eq!(task.poll(), Poll::Ready(Some(1)));
    assert_eq!(task.wakes(), 0);
    assert_eq!(task.poll(), Poll::Pending, "and then waits for the next");
    queue.watch(&owner(()), 2).forget();
    assert_eq!(task.wakes(), 1);
    assert_eq!(task.poll(), Poll::Ready(Some(2)));
}

#[test]
fn a_death_wakes_one_of_those_who_wait_the_first() {
    let queue = queue();
    let mut tasks = [(); 3].map(|()| Task::waiting(queue.recv_async()));
    queue.watch(&owner(()), 1).forget();
    assert_eq!(tasks.each_ref().map(Task::wakes), [1, 0, 0]);
    queue.watch(&owner(()), 2).forget();
    assert_eq!(tasks.each_ref().map(Task::wakes), [0, 1, 0]);
    assert_eq!(tasks[1].poll(), Poll::Ready(Some(1)));
    assert_eq!(tasks[0].poll(), Poll::Ready(Some(2)));
    assert_eq!(tasks[2].poll(), Poll::Pending);
    assert_eq!(tasks.each_ref().map(Task::wakes), [0, 0, 0]);
}

#[test]
fn a_future_that_has_been_woken_and_is_dropped_passes_it_on() {
    let queue = queue();
    let [first, mut second, third] = [(); 3].map(|()| Task::waiting(queue.recv_async()));
    queue.watch(&owner(()), 1).forget();
    assert_eq!(first.wakes(), 1);
    drop(first);
    assert_eq!((second.wakes(), third.wakes()), (1, 0));
    assert_eq!(second.poll(), Poll::Ready(Some(1)));
    assert!(queue.is_empty());
}

#[test]
fn a_future_that_waits_and_is_dropped_is_forgotten() {
    let queue = queue();
    let [first, mut second, third] = [(); 3].map(|()| Task::waiting(queue.recv_async()));
    let alarm = Arc::clone(&first.alarm);
    drop((first, third));
    assert_eq!(Arc::strong_count(&alarm), 1, "its waker is gone");
    queue.watch(&owner(()), 1).forget();
    assert_eq!(second.wakes(), 1);
    assert_eq!(second.poll(), Poll::Ready(Some(1)));
}

#[test]
fn a_future_that_is_never_polled_takes_part_in_nothing() {
    let queue = queue();
    let idle = queue.recv_async();
    let mut task = Task::waiting(queue.recv_async());
    queue.watch(&owner(()), 1).forget();
    drop(idle);
    assert_eq!(task.wakes(), 1);
    assert_eq!(task.poll(), Poll::Ready(Some(1)));
}

#[test]
fn who_has_been_woken_in_vain_waits_again() {
    let queue = queue();
    let mut task = Task::waiting(queue.recv_async());
    let mut other = Task::waiting(queue.recv_async());
    queue.watch(&owner(()), 1).forget();
    assert_eq!(queue.try_recv(), Some(1), "somebody else was faster");
    assert_eq!(task.wakes(), 1);
    assert_eq!(task.poll(), Poll::Pending);
    queue.watch(&owner(()), 2).forget();
    queue.watch(&owner(()), 3).forget();
    assert_eq!((task.wakes(), other.wakes()), (1, 1));
    assert_eq!((task.poll(), other.poll()), (Poll::Ready(Some(2)), Poll::Ready(Some(3))));
}

/// Two were woken for two keys, of which a third takes one.
#[test]
fn a_key_that_is_left_wakes_the_next() {
    let queue = queue();
    let mut tasks = [(); 3].map(|()| Task::waiting(queue.recv_async()));
    queue.watch(&owner(()), 1).forget();
    queue.watch(&owner(()), 2).forget();
    assert_eq!(queue.try_recv(), Some(1));
    assert_eq!(tasks[0].poll(), Poll::Ready(Some(2)));
    assert_eq!(tasks[1].poll(), Poll::Pending);
    assert_eq!(tasks.each_ref().map(Task::wakes), [1, 1, 0]);
    queue.watch(&owner(()), 3).forget();
    assert_eq!(tasks.each_ref().map(Task::wakes), [0, 0, 1], "it has waited longest");
    assert_eq!(tasks[2].poll(), Poll::Ready(Some(3)));
}

#[test]
fn the_waker_of_the_last_poll_is_the_one_that_counts() {
    let queue = queue();
    let mut task = Task::waiting(queue.recv_async());
    assert_eq!(Arc::strong_count(&task.alarm), 2);
    assert_eq!(task.poll(), Poll::Pending);
    let later = Arc::new(Alarm::default());
    assert_eq!(task.poll_with(&Waker::from(Arc::clone(&later))), Poll::Pending);
    assert_eq!(Arc::strong_count(&task.alarm), 1, "the old one is gone");
    queue.watch(&owner(()), 1).forget();
    assert_eq!(task.wakes(), 0);
    task.alarm = later;
    assert_eq!(task.wakes(), 1);
    assert_eq!(task.poll(), Poll::Ready(Some(1)));
}

#[test]
fn a_key_that_comes_before_it_is_woken_takes_the_waker_out() {
    let queue = queue();
    let mut first = Task::waiting(queue.recv_async());
    let mut second = Task::waiting(queue.recv_async());
    queue.watch(&owner(()), 1).forget();
    // The second was not woken, and is polled nevertheless.
    assert_eq!(second.poll(), Poll::Ready(Some(1)));
    assert_eq!(Arc::strong_count(&second.alarm), 1);
    assert_eq!(first.poll(), Poll::Pending);
    queue.watch(&owner(()), 2).forget();
    assert_eq!(first.wakes(), 2);
    assert_eq!(first.poll(), Poll::Ready(Some(2)));
}

/// Runs a function when it is woken.
struct Runs<F>(F);

impl<F: Fn() + Send + Sync + 'static> Wake for Runs<F> {
    fn wake(self: Arc<Self>) {
        self.0();
    }
}

#[test]
fn a_waker_that_panics_loses_nothing() {
    let unraisables = Unraisables::listen();
    let queue = queue();
    let panics = Waker::from(Arc::new(Runs(|| panic!("no alarm"))));
    let mut first = Task::new(queue.recv_async());
    assert!(first.poll_with(&panics).is_pending());
    let mut second = Task::waiting(queue.recv_async());
    queue.watch(&owner(()), 1).forget();
    assert_eq!(queue.len(), 1, "the key is there");
    queue.watch(&owner(()), 2).forget();
    assert_eq!(second.wakes(), 1, "and the next is woken by the next");
    assert_eq!(second.poll(), Poll::Ready(Some(1)));
    assert_eq!(first.poll(), Poll::Ready(Some(2)));
    let seen = unraisables.take();
    assert!(seen.len() == 1 && seen[0].starts_with("no alarm in "), "{seen:?}");
    assert!(seen[0].contains("Waker"), "{seen:?}");
}

/// Panics as it is dropped.
struct Bomb;

impl Wake for Bomb {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("no end");
    }
}

#[test]
fn a_waker_that_panics_as_it_is_dropped_takes_no_key_along() {
    let unraisables = Unraisables::listen();
    let queue = queue();
    let waiting = || {
        let mut task = Task::new(queue.recv_async());
        assert!(task.poll_with(&Waker::from(Arc::new(Bomb))).is_pending());
        task
    };
    let first = Task::waiting(queue.recv_async());
    let (mut second, third, mut fourth) = (waiting(), waiting(), waiting());
    queue.watch(&owner(()), 1).forget();
    assert_eq!(first.wakes(), 1);
    assert_eq!(second.poll(), Poll::Ready(Some(1)), "it is there for any of them");
    drop(third);
    assert_eq!(fourth.poll(), Poll::Pending, "it comes with another waker");
    let seen = unraisables.take();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen.iter().all(|one| one.starts_with("no end in ")), "{seen:?}");
}

/// `Waker`s are `Send`, so a queue that is not cannot be asked by one; but another queue can.
#[test]
fn a_waker_that_polls_at_once() {
    let queue = queue();
    let woken = Arc::new(Mutex::new(0));
    let count = Arc::clone(&woken);
    let waker = Waker::from(Arc::new(Runs(move || {
        *count.lock().unwrap() += 1;
        // Deaths inside of the death.
        let inner = weakref_core::DeathQueue::new();
        let mut task = Task::waiting(inner.recv_async());
        inner.watch(&Arc::new(weakref_core::Slotted::<_>::new(())), 7).forget();
        assert_eq!((task.wakes(), task.poll()), (1, Poll::Ready(Some(7))));
    })));
    let mut task = Task::new(queue.recv_async());
    assert!(task.poll_with(&waker).is_pending());
    queue.watch(&owner(()), 1).forget();
    assert_eq!(*woken.lock().unwrap(), 1);
    assert_eq!(task.poll(), Poll::Ready(Some(1)));
}

#[test]
fn many_wait_and_are_served_in_turn() {
    let queue = queue();
    let mut tasks: Vec<_> = (0..1_000).map(|_| Task::waiting(queue.recv_async())).collect();
    // Every third gives up.
    let mut number = 0;
    tasks.retain(|_| {
        number += 1;
        number % 3 != 0
    });
    for (key, task) in tasks.iter_mut().enumerate() {
        queue.watch(&owner(()), key).forget();
        assert_eq!(task.wakes(), 1);
        assert_eq!(task.poll(), Poll::Ready(Some(key)));
    }
}

#[test]
fn debug_of_a_future() {
    let queue = queue::<u32>();
    let mut task = Task::new(queue.recv_async());
    assert!(format!("{task:?}").contains("RecvFuture { waits: false, .. }"));
    assert!(task.poll().is_pending());
    assert!(format!("{task:?}").contains("RecvFuture { waits: true, .. }"));
}
