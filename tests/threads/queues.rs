//! `DeathQueue` and `WeakRef::died`: deaths in many threads, and many receivers.

mod tokio;

use std::{
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use weakref_core::{
    DeathQueue, Local, Shared, Slotted, Watch, WeakRef,
    queue::{RecvFuture, RecvStream},
    reference::Died,
};
use weakref_tests::{a_while, block_on, implements, rounds};

type Object = Slotted<()>;

fn object() -> Arc<Object> {
    Arc::new(Slotted::new(()))
}

/// The keys are a thread's number, and how many it has made die before.
type Key = (usize, usize);

const PUSHERS: usize = 4;

/// Has threads make objects die, while `receivers` threads call `receive` until it returns `None`.
/// Asserts that each key comes once, and those of one thread in their order, to each receiver.
fn check(receivers: usize, receive: impl Fn(&DeathQueue<Option<Key>>) -> Option<Key> + Sync) {
    let each = rounds(2_000);
    let queue = DeathQueue::new();
    let mut received: Vec<Vec<Key>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..receivers)
            .map(|_| scope.spawn(|| std::iter::from_fn(|| receive(&queue)).collect()))
            .collect();
        let pushers: Vec<_> = (0..PUSHERS)
            .map(|pusher| {
                let queue = &queue;
                scope.spawn(move || {
                    for number in 0..each {
                        let object = object();
                        let watch = queue.watch(&object, Some((pusher, number)));
                        let not_it = queue.watch(&object, Some((pusher, usize::MAX)));
                        if number % 2 == 0 {
                            watch.forget();
                            drop((not_it, object));
                        } else {
                            drop(not_it);
                            drop(object);
                            drop(watch);
                        }
                    }
                })
            })
            .collect();
        for pusher in pushers {
            pusher.join().unwrap();
        }
        // An end for each.
        for _ in 0..receivers {
            queue.watch(&object(), None).forget();
        }
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(queue.is_empty());
    for keys in &received {
        for pusher in 0..PUSHERS {
            assert!(keys.iter().filter(|key| key.0 == pusher).is_sorted());
        }
    }
    let mut all: Vec<_> = received.drain(..).flatten().collect();
    all.sort_unstable();
    let expected = (0..PUSHERS).flat_map(|pusher| (0..each).map(move |number| (pusher, number)));
    assert!(all.into_iter().eq(expected));
}

#[test]
fn each_key_goes_to_one_of_the_receivers_that_block() {
    check(1, |queue| queue.recv().unwrap());
    check(4, |queue| queue.recv().unwrap());
}

#[test]
fn each_key_goes_to_one_of_the_receivers_that_wait_for_a_time() {
    check(3, |queue| {
        loop {
            if let Some(key) = queue.recv_timeout(Duration::from_micros(20)) {
                return key;
            }
        }
    });
}

#[test]
fn each_key_goes_to_one_of_the_futures() {
    check(4, |queue| block_on(queue.recv_async()).unwrap());
}

#[test]
fn each_key_goes_to_one_whatever_they_do() {
    let turn = AtomicUsize::new(0);
    check(4, |queue| {
        loop {
            let key = match turn.fetch_add(1, Ordering::Relaxed) % 5 {
                0 => queue.recv(),
                1 => queue.recv_timeout(Duration::from_micros(50)),
                2 => queue.try_recv(),
                3 => block_on(queue.recv_async()),
                // Begins to wait, and goes.
                _ => block_on(async {
                    let mut future = queue.recv_async();
                    std::future::poll_fn(|cx| {
                        let poll = std::pin::Pin::new(&mut future).poll(cx);
                        std::task::Poll::Ready(match poll {
                            std::task::Poll::Ready(key) => key,
                            std::task::Poll::Pending => None,
                        })
                    })
                    .await
                }),
            };
            if let Some(key) = key {
                return key;
            }
        }
    });
}

#[test]
fn recv_waits_for_a_death_in_another_thread() {
    let queue = DeathQueue::new();
    let object = object();
    queue.watch(&object, 1).forget();
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(50));
            drop(object);
        });
        assert_eq!(queue.recv(), Some(1));
        assert!(start.elapsed() >= Duration::from_millis(50));
    });
}

/// Has threads receive until the queue is closed, while others make objects die and one closes it.
/// Asserts that each key is received once or dropped, and none after the end.
fn check_close(receive: impl Fn(&DeathQueue<Arc<Key>>, &mut Vec<Arc<Key>>) -> bool + Sync) {
    let each = rounds(300);
    for round in 0..rounds(20) {
        let queue = DeathQueue::new();
        let keys: Vec<Vec<_>> = (0..PUSHERS)
            .map(|pusher| (0..each).map(|number| Arc::new((pusher, number))).collect())
            .collect();
        let received: Vec<Vec<_>> = thread::scope(|scope| {
            let receivers = [(); 3].map(|()| {
                let (queue, receive) = (queue.clone(), &receive);
                scope.spawn(move || {
                    let mut keys = Vec::new();
                    while receive(&queue, &mut keys) {}
                    assert!(queue.is_closed());
                    keys
                })
            });
            for keys in &keys {
                let queue = &queue;
                scope.spawn(move || {
                    for key in keys {
                        queue.watch(&object(), Arc::clone(key)).forget();
                    }
                });
            }
            scope.spawn(|| {
                for _ in 0..10 * round {
                    thread::yield_now();
                }
                queue.close();
            });
            receivers.into_iter().map(|receiver| receiver.join().unwrap()).collect()
        });
        assert!(queue.is_empty(), "a receiver has ended before the last key");
        let received: Vec<_> = received.into_iter().flatten().collect();
        for keys in &keys {
            // Those that were received are the first ones.
            let counts = keys.iter().map(Arc::strong_count);
            assert!(counts.clone().is_sorted_by(|one, next| one >= next));
            assert!(counts.into_iter().all(|count| count <= 2));
        }
        let kept = keys.iter().flatten().filter(|key| Arc::strong_count(key) == 2).count();
        assert_eq!(kept, received.len());
    }
}

#[test]
fn a_queue_is_closed_while_threads_receive() {
    check_close(|queue, keys| queue.recv().map(|key| keys.push(key)).is_some());
    check_close(|queue, keys| queue.recv_many(keys, 5) > 0);
}

#[test]
fn a_queue_is_closed_while_futures_receive() {
    check_close(|queue, keys| block_on(queue.recv_async()).map(|key| keys.push(key)).is_some());
    check_close(|queue, keys| block_on(queue.recv_many_async(keys, usize::MAX)) > 0);
}

#[test]
fn closing_ends_all_that_block() {
    let queue = DeathQueue::<u32>::new();
    thread::scope(|scope| {
        for number in 0..6 {
            let queue = queue.clone();
            scope.spawn(move || match number % 3 {
                0 => assert_eq!(queue.recv(), None),
                1 => assert_eq!(queue.recv_timeout(Duration::from_hours(1)), None),
                _ => assert_eq!(queue.recv_many(&mut Vec::new(), 7), 0),
            });
        }
        a_while();
        queue.close();
    });
}

#[test]
fn each_key_goes_to_one_of_the_batches() {
    let queue = DeathQueue::new();
    let count = rounds(3_000);
    let mut received: Vec<usize> = thread::scope(|scope| {
        let receivers = [1, 7, usize::MAX].map(|limit| {
            let queue = queue.clone();
            scope.spawn(move || {
                let mut keys = Vec::new();
                loop {
                    let before = keys.len();
                    let received = queue.recv_many(&mut keys, limit);
                    assert_eq!(keys.len(), before + received);
                    if received == 0 {
                        assert!(keys.is_sorted());
                        return keys;
                    }
                    assert!(received <= limit);
                }
            })
        });
        for number in 0..count {
            queue.watch(&object(), number).forget();
        }
        queue.close();
        receivers.into_iter().flat_map(|receiver| receiver.join().unwrap()).collect()
    });
    received.sort_unstable();
    assert!(received.into_iter().eq(0..count));
}

#[test]
fn recv_timeout_ends_at_its_time_or_with_a_death() {
    let queue = DeathQueue::new();
    let object = object();
    queue.watch(&object, 1).forget();
    let (start, time) = (Instant::now(), Duration::from_millis(30));
    assert_eq!(queue.recv_timeout(time), None);
    assert!(start.elapsed() >= time);
    assert_eq!(queue.recv_timeout(Duration::ZERO), None);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(time);
            drop(object);
        });
        assert_eq!(queue.recv_timeout(Duration::from_hours(1)), Some(1));
    });
    queue.watch(&Arc::new(Slotted::<_>::new(2)), 2).forget();
    assert_eq!(queue.recv_timeout(Duration::ZERO), Some(2));
    queue.watch(&Arc::new(Slotted::<_>::new(3)), 3).forget();
    assert_eq!(queue.recv_timeout(Duration::MAX), Some(3));
}

/// What it has been told by an earlier wait, or by others, is no reason to come back.
#[test]
fn a_thread_that_has_been_unparked_before_still_waits() {
    let queue = DeathQueue::<u32>::new();
    thread::current().unpark();
    let (start, time) = (Instant::now(), Duration::from_millis(30));
    assert_eq!(queue.recv_timeout(time), None);
    assert!(start.elapsed() >= time);
}

#[test]
fn queues_are_dropped_while_what_they_watch_dies() {
    for _ in 0..rounds(300) {
        let alive = Arc::new(());
        let queue = DeathQueue::new();
        let objects = [(); 8].map(|()| object());
        for object in &objects {
            queue.watch(object, Arc::clone(&alive)).forget();
        }
        thread::scope(|scope| {
            scope.spawn(|| objects.into_iter().for_each(drop));
            scope.spawn(|| drop(queue));
        });
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}

#[test]
fn died_is_woken_from_any_thread() {
    for round in 0..rounds(300) {
        let object = object();
        let waiting: [Died<_>; 3] = [(); 3].map(|()| WeakRef::new(&object).died());
        thread::scope(|scope| {
            for died in waiting {
                scope.spawn(move || block_on(died));
            }
            scope.spawn(move || {
                if round % 2 == 0 {
                    thread::yield_now();
                }
                drop(object);
            });
        });
    }
}

#[test]
fn what_may_go_to_another_thread() {
    type Cell = std::cell::Cell<u32>;
    type Guard = std::sync::MutexGuard<'static, u32>;
    // Send and not Sync; and the other way round.
    assert!(implements!(DeathQueue<u32>: Send) && implements!(DeathQueue<u32>: Sync));
    assert!(implements!(DeathQueue<Cell>: Send) && implements!(DeathQueue<Cell>: Sync));
    assert!(!implements!(DeathQueue<Guard>: Send) && !implements!(DeathQueue<Guard>: Sync));
    assert!(!implements!(DeathQueue<Rc<u32>>: Send) && !implements!(DeathQueue<Rc<u32>>: Sync));
    assert!(
        !implements!(DeathQueue<u32, Local>: Send) && !implements!(DeathQueue<u32, Local>: Sync)
    );
    assert!(implements!(RecvFuture<'static, Cell, Shared>: Send));
    assert!(!implements!(RecvFuture<'static, Rc<u32>, Shared>: Send));
    assert!(!implements!(RecvFuture<'static, u32, Local>: Send));
    assert!(implements!(RecvStream<Cell, Shared>: Send));
    assert!(!implements!(RecvStream<Rc<u32>, Shared>: Send));
    assert!(!implements!(RecvStream<u32, Local>: Send));
    assert!(implements!(RecvStream<std::marker::PhantomPinned, Local>: Unpin));
    assert!(implements!(weakref_core::queue::Drain<'static, Cell>: Send));
    assert!(!implements!(weakref_core::queue::Drain<'static, u32, Local>: Send));
    assert!(implements!(RecvFuture<'static, u32, Local>: Unpin));

    assert!(implements!(Watch<Slotted<u32>>: Send) && implements!(Watch<Slotted<u32>>: Sync));
    assert!(!implements!(Watch<Slotted<Cell>>: Send) && !implements!(Watch<Slotted<Cell>>: Sync));
    assert!(!implements!(Watch<Slotted<u32, Local>>: Send));
    assert!(implements!(Died<Slotted<u32>>: Send) && implements!(Died<Slotted<u32>>: Sync));
    assert!(!implements!(Died<Slotted<Cell>>: Send));
    assert!(!implements!(Died<Slotted<u32, Local>>: Send));
    assert!(implements!(Died<Slotted<std::marker::PhantomPinned>>: Unpin));
}
