//! The futures in somebody else's runtime.

use std::{
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    sync::{Arc, mpsc},
    thread,
};

use futures_core::Stream;
use tokio::{
    runtime::{Builder, Runtime},
    select,
    sync::oneshot,
    task::{LocalSet, spawn, spawn_local, yield_now},
    time::{sleep, timeout},
};
use weakref_core::{DeathQueue, Local, Slotted, WeakRef};
use weakref_tests::{limit, rounds};

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(3).enable_time().build().unwrap()
}

#[test]
fn deaths_in_threads_and_tasks_that_receive() {
    for runtime in [current_thread(), multi_thread()] {
        let count = rounds(1_000);
        let queue = Arc::new(DeathQueue::new());
        let other = Arc::clone(&queue);
        let pusher = thread::spawn(move || {
            for number in 0..2 * count {
                other.watch(&Arc::new(Slotted::<_>::new(())), number).forget();
            }
        });
        let mut all = runtime.block_on(async {
            let tasks = [(); 2].map(|()| {
                let queue = Arc::clone(&queue);
                spawn(async move {
                    let mut keys = Vec::new();
                    for _ in 0..count {
                        keys.push(queue.recv_async().await.unwrap());
                    }
                    assert!(keys.is_sorted());
                    keys
                })
            });
            let mut all = Vec::new();
            for task in tasks {
                all.extend(task.await.unwrap());
            }
            all
        });
        pusher.join().unwrap();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..2 * count));
    }
}

#[test]
fn a_select_that_goes_the_other_way_loses_no_key() {
    for runtime in [current_thread(), multi_thread()] {
        let count = rounds(1_000);
        let queue = Arc::new(DeathQueue::new());
        let other = Arc::clone(&queue);
        let (give_up, given_up_once) = mpsc::channel();
        let pusher = thread::spawn(move || {
            given_up_once.recv().unwrap();
            for number in 0..count {
                other.watch(&Arc::new(Slotted::<_>::new(())), number).forget();
                thread::yield_now();
            }
        });
        let keys = runtime.block_on(async {
            let mut keys = Vec::new();
            while keys.len() < count {
                select! {
                    biased;
                    () = yield_now() => drop(give_up.send(())),
                    key = queue.recv_async() => keys.extend(key),
                    () = sleep(limit(60)) => panic!("a key was lost"),
                }
            }
            keys
        });
        pusher.join().unwrap();
        assert!(keys.into_iter().eq(0..count));
    }
}

#[test]
fn a_batch_that_is_cancelled_loses_no_key() {
    for runtime in [current_thread(), multi_thread()] {
        let count = rounds(1_000);
        let queue = DeathQueue::new();
        let other = queue.clone();
        let pusher = thread::spawn(move || {
            for number in 0..count {
                other.watch(&Arc::new(Slotted::<_>::new(())), number).forget();
                thread::yield_now();
            }
            other.close();
        });
        let keys = runtime.block_on(async {
            let mut keys = Vec::new();
            loop {
                select! {
                    biased;
                    () = yield_now() => {}
                    received = queue.recv_many_async(&mut keys, 3) => if received == 0 { break },
                    () = sleep(limit(60)) => panic!("a key was lost"),
                }
            }
            keys
        });
        pusher.join().unwrap();
        assert!(keys.into_iter().eq(0..count));
    }
}

#[test]
fn tasks_with_streams_of_their_own() {
    for runtime in [current_thread(), multi_thread()] {
        let count = rounds(1_000);
        let queue = DeathQueue::new();
        let mut all = runtime.block_on(async {
            let tasks = [(); 3].map(|()| {
                let mut stream = queue.stream();
                spawn(async move {
                    let mut keys = Vec::new();
                    while let Some(key) = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await {
                        keys.push(key);
                    }
                    assert!(keys.is_sorted());
                    keys
                })
            });
            yield_now().await;
            let pusher = queue.clone();
            let pusher = thread::spawn(move || {
                for number in 0..count {
                    pusher.watch(&Arc::new(Slotted::<_>::new(())), number).forget();
                }
                pusher.close();
            });
            let mut all = Vec::new();
            for task in tasks {
                all.extend(timeout(limit(60), task).await.unwrap().unwrap());
            }
            pusher.join().unwrap();
            all
        });
        all.sort_unstable();
        assert!(all.into_iter().eq(0..count));
    }
}

#[test]
fn a_task_that_is_aborted_passes_its_waking_on() {
    current_thread().block_on(async {
        let queue = Arc::new(DeathQueue::new());
        let [first, second] = [(); 2].map(|()| {
            let queue = Arc::clone(&queue);
            spawn(async move { queue.recv_async().await })
        });
        yield_now().await;
        // Wakes the first, which does not run before it is aborted.
        queue.watch(&Arc::new(Slotted::<_>::new(())), 7).forget();
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        let second = timeout(limit(60), second).await;
        assert_eq!(second.unwrap().unwrap(), Some(7));
    });
}

#[test]
fn local_queues_and_objects_in_a_local_set() {
    let runtime = current_thread();
    LocalSet::new().block_on(&runtime, async {
        let queue = Rc::new(DeathQueue::local());
        let object = Rc::new(Slotted::<_, Local>::new(7));
        queue.watch(&object, "key").forget();
        let other = Rc::clone(&queue);
        let key = spawn_local(async move { other.recv_async().await });
        let died = spawn_local(WeakRef::new(&object).died());
        yield_now().await;
        assert!(!key.is_finished() && !died.is_finished());
        drop(object);
        assert_eq!(key.await.unwrap(), Some("key"));
        died.await.unwrap();
    });
}

#[test]
fn many_tasks_wait_for_a_death() {
    for runtime in [current_thread(), multi_thread()] {
        runtime.block_on(async {
            let object = Arc::new(Slotted::<_>::new(()));
            let tasks: Vec<_> = (0..100).map(|_| spawn(WeakRef::new(&object).died())).collect();
            // Some of them have begun to wait by then.
            yield_now().await;
            let death = thread::spawn(move || drop(object));
            for task in tasks {
                timeout(limit(60), task).await.unwrap().unwrap();
            }
            death.join().unwrap();
        });
    }
}

#[test]
fn a_select_on_died() {
    multi_thread().block_on(async {
        let object = Arc::new(Slotted::<_>::new(()));
        let weak = WeakRef::new(&object);
        let (say, said) = oneshot::channel();
        select! {
            () = weak.died() => panic!("it lives"),
            () = yield_now() => {}
        }
        let task = spawn(async move {
            select! {
                () = weak.died() => "died",
                _ = said => "said",
            }
        });
        drop(object);
        assert_eq!(timeout(limit(60), task).await.unwrap().unwrap(), "died");
        assert!(say.send(()).is_err());
    });
}
