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

use weakref_core::{DeathQueue, Died, Local, RecvFuture, Shared, Slotted, Watch, WeakRef};
use weakref_tests::{block_on, implements, rounds};

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
    check(1, DeathQueue::recv);
    check(4, DeathQueue::recv);
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
    check(4, |queue| block_on(queue.recv_async()));
}

#[test]
fn each_key_goes_to_one_whatever_they_do() {
    let turn = AtomicUsize::new(0);
    check(4, |queue| {
        loop {
            let key = match turn.fetch_add(1, Ordering::Relaxed) % 5 {
                0 => Some(queue.recv()),
                1 => queue.recv_timeout(Duration::from_micros(50)),
                2 => queue.try_recv(),
                3 => Some(block_on(queue.recv_async())),
                // Begins to wait, and goes.
                _ => block_on(async {
                    let mut future = queue.recv_async();
                    std::future::poll_fn(|cx| {
                        let poll = std::pin::Pin::new(&mut future).poll(cx);
                        std::task::Poll::Ready(match poll {
                            std::task::Poll::Ready(key) => Some(key),
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
        assert_eq!(queue.recv(), 1);
        assert!(start.elapsed() >= Duration::from_millis(50));
    });
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
    assert!(implements!(weakref_core::Drain<'static, Cell>: Send));
    assert!(!implements!(weakref_core::Drain<'static, u32, Local>: Send));
    assert!(implements!(RecvFuture<'static, u32, Local>: Unpin));

    assert!(implements!(Watch<Slotted<u32>>: Send) && implements!(Watch<Slotted<u32>>: Sync));
    assert!(!implements!(Watch<Slotted<Cell>>: Send) && !implements!(Watch<Slotted<Cell>>: Sync));
    assert!(!implements!(Watch<Slotted<u32, Local>>: Send));
    assert!(implements!(Died<Slotted<u32>>: Send) && implements!(Died<Slotted<u32>>: Sync));
    assert!(!implements!(Died<Slotted<Cell>>: Send));
    assert!(!implements!(Died<Slotted<u32, Local>>: Send));
    assert!(implements!(Died<Slotted<std::marker::PhantomPinned>>: Unpin));
}
