//! Closing a queue, its handles, batches and streams.

use std::{pin::Pin, task::Poll};

use futures_core::Stream;
use weakref_core::{DeathQueue, queue::RecvStream};
use weakref_tests::{Log, Task, Unraisables, block_on};

use super::{Here, Ptr, owner, queue};

#[test]
fn a_closed_queue_gives_what_it_has_and_takes_no_more() {
    let queue = queue();
    let log = Log::default();
    let key = |name| (name, log.drop(name));
    let (early, late) = (owner(()), owner(()));
    queue.watch(&early, key("early")).forget();
    let watch = queue.watch(&late, key("late"));
    drop(early);
    assert!(!queue.is_closed());
    queue.close();
    queue.close();
    assert!(queue.is_closed());
    drop(late);
    assert_eq!(log.take(), ["late"], "dropped at once");
    queue.watch(&owner(()), key("later")).forget();
    assert_eq!(log.take(), ["later"]);
    queue.watch(&owner(()), key("cancelled")).cancel();
    assert_eq!(log.take(), ["cancelled"]);
    assert_eq!(queue.len(), 1);
    let mut task = Task::new(queue.recv_async());
    assert!(matches!(task.poll(), Poll::Ready(Some(("early", _)))));
    for _ in 0..3 {
        assert!(matches!(task.poll(), Poll::Ready(None)));
    }
    assert!(queue.try_recv().is_none() && queue.drain().next().is_none() && queue.is_empty());
    assert_eq!(log.take(), ["early"]);
    drop(watch);
}

#[test]
fn closing_wakes_all_that_wait() {
    let queue = queue::<u32>();
    let mut tasks = [(); 5].map(|()| Task::waiting(queue.recv_async()));
    let mut batch = Vec::new();
    let mut many = Task::new(Box::pin(queue.recv_many_async(&mut batch, 7)));
    assert!(many.poll().is_pending());
    queue.close();
    assert!(tasks.iter().all(|task| task.wakes() == 1) && many.wakes() == 1);
    // In any order, and some are dropped instead.
    let [first, second, third, fourth, fifth] = &mut tasks;
    assert_eq!(fourth.poll(), Poll::Ready(None));
    assert_eq!(second.poll(), Poll::Ready(None));
    assert_eq!(many.poll(), Poll::Ready(0));
    assert_eq!(first.poll(), Poll::Ready(None));
    assert_eq!((third.wakes(), fifth.wakes()), (0, 0));
    assert_eq!(Task::new(queue.recv_async()).poll(), Poll::Ready(None), "at once");
    drop(tasks);
}

#[test]
fn closing_leaves_what_others_were_woken_for() {
    let queue = queue();
    let mut tasks = [(); 3].map(|()| Task::waiting(queue.recv_async()));
    queue.watch(&owner(()), 1).forget();
    queue.watch(&owner(()), 2).forget();
    queue.close();
    assert!(tasks.iter().all(|task| task.wakes() == 1));
    let found = tasks.each_mut().map(Task::poll);
    assert_eq!(found, [Some(1), Some(2), None].map(Poll::Ready));
}

#[test]
fn a_clone_is_the_same_queue() {
    let one = queue();
    let two = one.clone();
    let object = owner(());
    one.watch(&object, 1).forget();
    two.watch(&object, 2).forget();
    drop(object);
    assert_eq!((one.len(), two.len()), (2, 2));
    assert_eq!((two.try_recv(), one.try_recv(), two.try_recv()), (Some(2), Some(1), None));
    let mut task = Task::waiting(two.recv_async());
    let object = owner(());
    one.watch(&object, 3).forget();
    drop(one);
    drop(object);
    assert_eq!(task.wakes(), 1, "the other handle keeps the queue");
    assert_eq!(task.poll(), Poll::Ready(Some(3)));
    let three = two.clone();
    three.close();
    assert!(two.is_closed());
    drop(task);
}

#[test]
fn the_last_handle_drops_the_keys() {
    let log = Log::default();
    let one = queue();
    let (two, stream) = (one.clone(), one.stream());
    one.watch(&owner(()), log.drop("key")).forget();
    let object = owner(());
    one.watch(&object, log.drop("late")).forget();
    drop(one);
    drop(two);
    assert!(log.take().is_empty());
    drop(stream);
    assert_eq!(log.take(), ["key"]);
    drop(object);
    assert_eq!(log.take(), ["late"]);
}

#[test]
fn a_batch_is_what_is_there_up_to_its_limit() {
    let queue = queue();
    for key in 0..10 {
        queue.watch(&owner(()), key).forget();
    }
    let mut batch = vec![100];
    assert_eq!(block_on(queue.recv_many_async(&mut batch, 0)), 0);
    assert_eq!(block_on(queue.recv_many_async(&mut batch, 1)), 1);
    assert_eq!(block_on(queue.recv_many_async(&mut batch, 4)), 4);
    assert_eq!((batch.as_slice(), queue.len()), (&[100, 0, 1, 2, 3, 4][..], 5));
    assert_eq!(queue.try_recv(), Some(5), "the others are where they were");
    queue.watch(&owner(()), 10).forget();
    batch.clear();
    assert_eq!(block_on(queue.recv_many_async(&mut batch, 5)), 5);
    assert_eq!((batch.as_slice(), queue.len()), (&[6, 7, 8, 9, 10][..], 0));
    queue.watch(&owner(()), 11).forget();
    assert_eq!(block_on(queue.recv_many_async(&mut batch, usize::MAX)), 1);
    assert_eq!(batch.last(), Some(&11));
}

#[test]
fn a_batch_waits_for_the_first_key() {
    let queue = queue();
    let mut batch = Vec::new();
    let mut task = Task::new(Box::pin(queue.recv_many_async(&mut batch, 3)));
    assert!(task.poll().is_pending());
    for key in 0..5 {
        queue.watch(&owner(()), key).forget();
    }
    assert_eq!((task.wakes(), task.poll()), (1, Poll::Ready(3)));
    drop(task);
    assert_eq!((batch.as_slice(), queue.len()), (&[0, 1, 2][..], 2));
    // One that is dropped has taken nothing.
    let object = owner(());
    queue.watch(&object, 5).forget();
    assert_eq!(queue.drain().count(), 2);
    let mut task = Task::new(Box::pin(queue.recv_many_async(&mut batch, 3)));
    assert!(task.poll().is_pending());
    drop(object);
    assert_eq!(task.wakes(), 1);
    drop(task);
    assert_eq!((batch.len(), queue.try_recv()), (3, Some(5)));
}

#[test]
fn a_batch_takes_what_others_were_woken_for() {
    let queue = queue();
    let mut tasks = [(); 3].map(|()| Task::waiting(queue.recv_async()));
    for key in 0..3 {
        queue.watch(&owner(()), key).forget();
    }
    let mut batch = Vec::new();
    assert_eq!(block_on(queue.recv_many_async(&mut batch, 2)), 2);
    assert_eq!(tasks[1].poll(), Poll::Ready(Some(2)));
    assert!(tasks[0].poll().is_pending() && tasks[2].poll().is_pending());
    assert!(tasks.iter().all(|task| task.wakes() == 1));
    queue.watch(&owner(()), 3).forget();
    assert_eq!(tasks[0].wakes() + tasks[2].wakes(), 1, "they wait again");
}

fn next<K>(stream: &mut Task<Next<K>>) -> Poll<Option<K>> {
    stream.poll()
}

/// A stream as a future of its next key, to be polled again and again.
struct Next<K>(RecvStream<K, Here>);

impl<K> Future for Next<K> {
    type Output = Option<K>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Option<K>> {
        Pin::new(&mut self.get_mut().0).poll_next(cx)
    }
}

#[test]
fn a_stream_ends_when_the_queue_is_closed_and_empty() {
    let queue = queue();
    let mut stream = Task::new(Next(queue.stream()));
    queue.watch(&owner(()), 1).forget();
    assert_eq!(next(&mut stream), Poll::Ready(Some(1)));
    assert_eq!(next(&mut stream), Poll::Pending);
    queue.watch(&owner(()), 2).forget();
    queue.watch(&owner(()), 3).forget();
    assert_eq!(stream.wakes(), 1);
    assert_eq!(next(&mut stream), Poll::Ready(Some(2)));
    queue.close();
    assert_eq!(next(&mut stream), Poll::Ready(Some(3)));
    for _ in 0..3 {
        assert_eq!(next(&mut stream), Poll::Ready(None));
    }
}

#[test]
fn a_stream_that_is_dropped_passes_its_waking_on() {
    let queue = queue();
    let [first, mut second] = [(); 2].map(|()| Task::waiting(Next(queue.stream())));
    assert!(format!("{:?}", queue.stream()).contains("RecvStream { waits: false, .. }"));
    queue.watch(&owner(()), 1).forget();
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    let alarm = first.alarm.clone();
    drop(first);
    assert_eq!(std::sync::Arc::strong_count(&alarm), 1, "its waker is gone");
    assert_eq!((second.wakes(), next(&mut second)), (1, Poll::Ready(Some(1))));
}

/// Panics as it drops.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("no end");
    }
}

#[test]
fn a_key_that_a_closed_queue_refuses_panics_in_the_hook() {
    let unraisables = Unraisables::listen();
    let queue: DeathQueue<_, Here> = queue();
    let object = owner(());
    queue.watch(&object, Bomb).forget();
    queue.close();
    drop(object);
    let seen = unraisables.take();
    assert!(seen.len() == 1 && seen[0].starts_with("no end in "), "{seen:?}");
}

/// Uses the queue as it drops.
struct Closes(Ptr<DeathQueue<Closes, Here>>);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.close();
        assert!(self.0.is_closed() && self.0.try_recv().is_none());
    }
}

#[test]
fn a_key_that_closes_its_queue_as_it_drops() {
    let queue = Ptr::new(queue());
    queue.watch(&owner(()), Closes(queue.clone())).forget();
    drop(queue.try_recv());
    assert!(queue.is_closed());
    queue.watch(&owner(()), Closes(queue.clone())).forget();
    assert_eq!(Ptr::strong_count(&queue), 1);
}
