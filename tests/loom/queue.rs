//! Deaths that put keys into a queue, and those who fetch them.
//!
//! Nobody waits in these models: a future that is pending at the end of all must have been woken if
//! there is something for it.

use std::{sync::Arc, task::Poll};

use loom::thread;
use weakref_core::{DeathQueue, WeakRef, clear_weakrefs, weakref_count};
use weakref_tests::Task;

use super::{Meeting, check, value};

/// A key that is counted.
type Key = Arc<()>;

#[test]
fn a_death_and_a_future_that_begins_to_wait() {
    check(3, || {
        let queue = DeathQueue::new();
        let owner = value(1);
        queue.watch(&owner, 1).forget();
        let death = thread::spawn(move || drop(owner));
        let mut task = Task::new(queue.recv_async());
        let found = task.poll();
        death.join().unwrap();
        if found.is_pending() {
            assert!(task.wakes() > 0);
            assert_eq!(task.poll(), Poll::Ready(Some(1)));
        }
        assert!(queue.is_empty());
    });
}

#[test]
fn a_death_that_finds_the_queue_locked() {
    check(3, || {
        let queue = DeathQueue::new();
        let owner = value(1);
        queue.watch(&owner, 1).forget();
        let mut task = Task::new(queue.recv_async());
        assert!(task.poll().is_pending());
        let death = thread::spawn(move || drop(owner));
        assert!(queue.len() <= 1);
        death.join().unwrap();
        assert!(task.wakes() > 0);
        assert_eq!(task.poll(), Poll::Ready(Some(1)));
    });
}

#[test]
fn two_deaths_and_two_futures() {
    check(2, || {
        let queue = DeathQueue::new();
        let deaths = [1, 2].map(|number| {
            let owner = value(number);
            queue.watch(&owner, number).forget();
            thread::spawn(move || drop(owner))
        });
        let mut tasks = [(); 2].map(|()| Task::new(queue.recv_async()));
        let mut found: Vec<_> = tasks.iter_mut().map(Task::poll).collect();
        for death in deaths {
            death.join().unwrap();
        }
        for (task, found) in tasks.iter_mut().zip(&mut found) {
            if found.is_pending() {
                assert!(task.wakes() > 0);
                *found = task.poll();
            }
        }
        found.sort();
        assert_eq!(found, [Poll::Ready(Some(1)), Poll::Ready(Some(2))]);
    });
}

/// Whoever holds it has both to wake.
#[test]
fn two_deaths_that_find_the_queue_locked() {
    check(2, || {
        let queue = DeathQueue::new();
        let mut tasks = [(); 2].map(|()| Task::new(queue.recv_async()));
        assert!(tasks.iter_mut().all(|task| task.poll().is_pending()));
        let deaths = [1, 2].map(|number| {
            let owner = value(number);
            queue.watch(&owner, number).forget();
            thread::spawn(move || drop(owner))
        });
        assert!(queue.len() <= 2);
        for death in deaths {
            death.join().unwrap();
        }
        assert!(tasks.iter().all(|task| task.wakes() > 0));
        assert!(tasks.iter_mut().all(|task| task.poll().is_ready()));
    });
}

#[test]
fn two_deaths_and_two_threads_that_wait() {
    check(2, || {
        let queue = Arc::new(DeathQueue::new());
        let [one, two] = [1, 2].map(|number| {
            let owner = value(number);
            queue.watch(&owner, number).forget();
            owner
        });
        let other = Arc::clone(&queue);
        let receiver = thread::spawn(move || other.recv());
        let death = thread::spawn(move || drop(one));
        drop(two);
        let found = [queue.recv(), receiver.join().unwrap()];
        death.join().unwrap();
        assert!(found == [Some(1), Some(2)] || found == [Some(2), Some(1)]);
    });
}

#[test]
fn a_death_and_the_drop_of_the_future_it_wakes() {
    check(3, || {
        let queue = DeathQueue::new();
        let owner = value(1);
        queue.watch(&owner, 1).forget();
        let [mut first, mut second] = [(); 2].map(|()| Task::new(queue.recv_async()));
        assert!(first.poll().is_pending() && second.poll().is_pending());
        let death = thread::spawn(move || drop(owner));
        drop(first);
        death.join().unwrap();
        assert!(second.wakes() > 0);
        assert_eq!(second.poll(), Poll::Ready(Some(1)));
    });
}

#[test]
fn a_death_and_a_key_that_somebody_else_takes() {
    check(3, || {
        let queue = DeathQueue::new();
        let [one, two] = [1, 2].map(|number| {
            let owner = value(number);
            queue.watch(&owner, number).forget();
            owner
        });
        let mut task = Task::new(queue.recv_async());
        assert!(task.poll().is_pending());
        drop(one);
        let death = thread::spawn(move || drop(two));
        let mut found: Vec<_> = queue.try_recv().into_iter().collect();
        if let Poll::Ready(Some(key)) = task.poll() {
            found.push(key);
        }
        // It counts from here on.
        task.wakes();
        if found.len() < 2 {
            // Either the death is to come, or it is over.
            if let Poll::Ready(Some(key)) = task.poll() {
                found.push(key);
            }
        }
        death.join().unwrap();
        if found.len() < 2 {
            assert!(task.wakes() > 0);
            assert_eq!(task.poll(), Poll::Ready(Some(2)));
        } else {
            assert_eq!(found, [1, 2]);
        }
    });
}

/// The key is received or dropped, and no receiver ends before the last key.
#[test]
fn a_death_and_closing() {
    check(3, || {
        let key = Key::default();
        let queue = DeathQueue::new();
        let owner = value(1);
        queue.watch(&owner, Arc::clone(&key)).forget();
        let death = thread::spawn(move || drop(owner));
        queue.close();
        let found = queue.try_recv();
        death.join().unwrap();
        assert!(queue.try_recv().is_none(), "it comes after the end");
        assert_eq!(Arc::strong_count(&key), if found.is_some() { 2 } else { 1 });
    });
}

#[test]
fn closing_and_a_future_that_begins_to_wait() {
    check(3, || {
        let queue = DeathQueue::<u32>::new();
        let other = queue.clone();
        let closing = thread::spawn(move || other.close());
        let mut task = Task::new(queue.recv_async());
        let found = task.poll();
        closing.join().unwrap();
        assert!(found == Poll::Ready(None) || task.wakes() > 0);
        assert_eq!(task.poll(), Poll::Ready(None));
    });
}

#[test]
fn closing_a_death_and_two_futures() {
    check(2, || {
        let queue = DeathQueue::new();
        let owner = value(1);
        queue.watch(&owner, 1).forget();
        let mut tasks = [(); 2].map(|()| Task::new(queue.recv_async()));
        assert!(tasks.iter_mut().all(|task| task.poll().is_pending()));
        let death = thread::spawn(move || drop(owner));
        let other = queue.clone();
        let closing = thread::spawn(move || other.close());
        death.join().unwrap();
        closing.join().unwrap();
        assert!(tasks.iter().all(|task| task.wakes() > 0));
        let found = tasks.each_mut().map(Task::poll);
        assert!(found.iter().all(Poll::is_ready));
        assert_ne!(found, [Poll::Ready(Some(1)); 2]);
        assert!(queue.is_empty());
    });
}

#[test]
fn two_deaths_and_a_batch() {
    check(2, || {
        let queue = DeathQueue::new();
        let deaths = [1, 2].map(|number| {
            let owner = value(number);
            queue.watch(&owner, number).forget();
            thread::spawn(move || drop(owner))
        });
        let mut keys = Vec::new();
        let received = queue.recv_many(&mut keys, 2);
        for death in deaths {
            death.join().unwrap();
        }
        assert_eq!((keys.len(), queue.len()), (received, 2 - received));
        keys.extend(queue.drain());
        keys.sort_unstable();
        assert_eq!(keys, [1, 2]);
    });
}

#[test]
fn a_death_and_the_drop_of_the_queue() {
    check(3, || {
        let key = Key::default();
        let queue = DeathQueue::new();
        let owner = value(1);
        queue.watch(&owner, Arc::clone(&key)).forget();
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(owner));
        meeting.run(|| drop(queue));
        death.join().unwrap();
        assert_eq!(Arc::strong_count(&key), 1);
    });
}

#[test]
fn a_death_and_the_drop_of_the_watch() {
    check(3, || {
        let key = Key::default();
        let queue = DeathQueue::new();
        let owner = value(1);
        let watch = queue.watch(&owner, Arc::clone(&key));
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(owner));
        meeting.run(|| drop(watch));
        death.join().unwrap();
        // Either in the queue or dropped.
        assert_eq!(Arc::strong_count(&key), 1 + queue.len());
        drop(queue);
        assert_eq!(Arc::strong_count(&key), 1);
    });
}

#[test]
fn a_death_and_a_watch_that_is_forgotten() {
    check(3, || {
        let key = Key::default();
        let queue = DeathQueue::new();
        let owner = value(1);
        let watch = queue.watch(&owner, Arc::clone(&key));
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(owner));
        meeting.run(|| watch.forget());
        death.join().unwrap();
        assert!(queue.try_recv().is_some());
        assert_eq!(Arc::strong_count(&key), 1);
    });
}

#[test]
fn clearing_and_a_watch_that_is_forgotten() {
    check(3, || {
        let queue = DeathQueue::new();
        let owner = value(1);
        let watch = queue.watch(&owner, 1);
        let other = Arc::clone(&owner);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || clear_weakrefs(&other));
        meeting.run(|| watch.forget());
        thread.join().unwrap();
        assert!(queue.drain().eq([1]));
        assert_eq!(weakref_count(&owner), 0);
    });
}

#[test]
fn a_death_and_a_poll_of_died() {
    check(3, || {
        let owner = value(1);
        let mut task = Task::new(WeakRef::new(&owner).died());
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(owner));
        // The second finds what the first has left.
        let found = meeting.run(|| [task.poll(), task.poll()]);
        death.join().unwrap();
        assert!(found.contains(&Poll::Ready(())) || task.wakes() > 0);
        assert_eq!(task.poll(), Poll::Ready(()));
    });
}

#[test]
fn clearing_and_a_poll_of_died() {
    check(3, || {
        let owner = value(1);
        let mut task = Task::new(WeakRef::new(&owner).died());
        assert!(task.poll().is_pending());
        let other = Arc::clone(&owner);
        let meeting = Meeting::new();
        let thread = meeting.spawn(move || clear_weakrefs(&other));
        assert!(meeting.run(|| task.poll()).is_pending());
        thread.join().unwrap();
        assert!(task.wakes() > 0 || weakref_count(&owner) == 1);
        assert!(task.poll().is_pending());
        // It counts from here on.
        task.wakes();
        drop(owner);
        assert!(task.wakes() > 0 && task.poll().is_ready());
    });
}

#[test]
fn a_death_and_the_drop_of_died() {
    check(3, || {
        let owner = value(1);
        let mut task = Task::new(WeakRef::new(&owner).died());
        assert!(task.poll().is_pending());
        let alarm = Arc::clone(&task.alarm);
        let meeting = Meeting::new();
        let death = meeting.spawn(move || drop(owner));
        meeting.run(|| drop(task));
        death.join().unwrap();
        assert_eq!(Arc::strong_count(&alarm), 1, "the waker is gone");
    });
}
