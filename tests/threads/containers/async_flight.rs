//! `get_or_insert_with_async` in somebody else's runtime, in many threads.

use std::{
    marker::PhantomData,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Wake, Waker},
    thread,
};

use tokio::{
    runtime::{Builder, Runtime},
    select,
    sync::oneshot,
    task::{JoinSet, LocalSet, spawn, spawn_local, yield_now},
    time::{sleep, timeout},
};
use weakref_core::{Local, Slotted, WeakValueMap};
use weakref_tests::{Numbers, Tally, Task, limit, rounds};

type Value = Slotted<u32>;
type Map = WeakValueMap<u32, Value>;

fn value(number: u32) -> Arc<Value> {
    Arc::new(Slotted::new(number))
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(3).enable_time().build().unwrap()
}

#[test]
fn one_future_makes_the_value_of_many_tasks() {
    for runtime in [current_thread(), multi_thread()] {
        runtime.block_on(async {
            let map = Arc::new(Map::new());
            for _ in 0..rounds(30) {
                let runs = Arc::new(AtomicUsize::new(0));
                let mut tasks = JoinSet::new();
                for number in 0..60 {
                    let (map, runs) = (Arc::clone(&map), Arc::clone(&runs));
                    tasks.spawn(async move {
                        let key = number % 6;
                        let make = async {
                            runs.fetch_add(1, Relaxed);
                            yield_now().await;
                            value(key)
                        };
                        let value = map.get_or_insert_with_async(key, make).await;
                        assert_eq!(**value, key);
                        value
                    });
                }
                // All keep theirs to the end, so that nobody had reason to make another.
                let values = tasks.join_all().await;
                assert_eq!((runs.load(Relaxed), map.len()), (6, 6));
                drop(values);
                assert!(map.is_empty());
            }
        });
    }
}

#[test]
fn a_task_that_is_aborted_in_its_flight_is_followed_by_the_next() {
    for runtime in [current_thread(), multi_thread()] {
        runtime.block_on(async {
            let map = Arc::new(Map::new());
            let (begin, has_begun) = oneshot::channel();
            let other = Arc::clone(&map);
            let maker = spawn(async move {
                let make = async {
                    begin.send(()).unwrap();
                    std::future::pending().await
                };
                other.get_or_insert_with_async(1, make).await
            });
            has_begun.await.unwrap();
            let waiters: Vec<_> = (0..10)
                .map(|_| {
                    let map = Arc::clone(&map);
                    spawn(async move { map.get_or_insert_with_async(1, async { value(7) }).await })
                })
                .collect();
            yield_now().await;
            assert!(waiters.iter().all(|waiter| !waiter.is_finished()));
            maker.abort();
            assert!(maker.await.unwrap_err().is_cancelled());
            let mut values = Vec::new();
            for waiter in waiters {
                values.push(timeout(limit(60), waiter).await.unwrap().unwrap());
            }
            assert!(values.iter().all(|value| Arc::ptr_eq(value, &values[0])));
        });
    }
}

#[test]
fn a_panic_in_a_task_is_followed_by_the_next() {
    for runtime in [current_thread(), multi_thread()] {
        runtime.block_on(async {
            let map = Arc::new(Map::new());
            let (begin, has_begun) = oneshot::channel();
            let (end, ended) = oneshot::channel::<()>();
            let other = Arc::clone(&map);
            let maker = spawn(async move {
                let make = async {
                    begin.send(()).unwrap();
                    ended.await.unwrap();
                    panic!("oops")
                };
                other.get_or_insert_with_async(1, make).await
            });
            has_begun.await.unwrap();
            let waiter = spawn({
                let map = Arc::clone(&map);
                async move { map.get_or_insert_with_async(1, async { value(7) }).await }
            });
            yield_now().await;
            end.send(()).unwrap();
            assert!(maker.await.unwrap_err().is_panic());
            assert_eq!(**timeout(limit(60), waiter).await.unwrap().unwrap(), 7);
        });
    }
}

#[test]
fn a_select_that_goes_the_other_way() {
    for runtime in [current_thread(), multi_thread()] {
        runtime.block_on(async {
            let map = Map::new();
            // It makes the value, and is dropped.
            select! {
                biased;
                _ = map.get_or_insert_with_async(1, std::future::pending()) => unreachable!(),
                () = yield_now() => {}
            }
            // It waits, and is dropped.
            let (give, given) = oneshot::channel();
            let make = map.get_or_insert_with_async(1, async { given.await.unwrap() });
            let wait = async {
                for _ in 0..10 {
                    let call = map.get_or_insert_with_async(1, async { unreachable!() });
                    assert!(timeout(std::time::Duration::ZERO, call).await.is_err());
                }
                give.send(value(7)).unwrap();
                map.get_or_insert_with_async(1, async { unreachable!() }).await
            };
            let (one, two) = tokio::join!(make, wait);
            assert!(Arc::ptr_eq(&one, &two));
        });
    }
}

/// Tasks that are aborted, time out, fail and succeed, and threads that die meanwhile.
#[test]
fn tasks_that_end_in_all_ways() {
    const KEYS: usize = 4;

    for runtime in [current_thread(), multi_thread()] {
        runtime.block_on(async {
            let map = Arc::new(WeakValueMap::<usize, Value>::new());
            let running: Arc<[Tally; KEYS]> = Arc::default();
            let mut numbers = Numbers(0x9876_5432_1abc_def1);
            let mut tasks = JoinSet::new();
            for _ in 0..rounds(5_000) {
                let (map, running) = (Arc::clone(&map), Arc::clone(&running));
                let (key, pauses) = (numbers.below(KEYS), numbers.below(4));
                let [fails, gives_up, is_aborted] = [2, 3, 4].map(|one| numbers.below(one) == 0);
                let task = tasks.spawn(async move {
                    let make = async {
                        let _runs = running[key].token();
                        assert_eq!(running[key].count(), 1, "two factories run");
                        for _ in 0..pauses {
                            yield_now().await;
                        }
                        if fails { Err(()) } else { Ok(value(7)) }
                    };
                    select! {
                        biased;
                        result = map.get_or_try_insert_with_async(key, make) => drop(result),
                        () = async {
                            yield_now().await;
                            yield_now().await;
                        }, if gives_up => {}
                        () = sleep(limit(60)) => panic!("a task was not woken"),
                    }
                });
                if is_aborted {
                    yield_now().await;
                    task.abort();
                }
                while tasks.len() > 50 {
                    let result = tasks.join_next().await.unwrap();
                    assert!(result.is_ok() || result.unwrap_err().is_cancelled());
                }
            }
            while let Some(result) = tasks.join_next().await {
                assert!(result.is_ok() || result.unwrap_err().is_cancelled());
            }
            assert!(map.is_empty());
            assert!(running.iter().all(|running| running.count() == 0));
        });
    }
}

#[test]
fn threads_and_tasks_make_the_same_values() {
    let runtime = multi_thread();
    let map = Arc::new(Map::new());
    for round in 0..rounds(200) {
        let task = runtime.spawn({
            let map = Arc::clone(&map);
            async move {
                let make = async {
                    yield_now().await;
                    value(round)
                };
                map.get_or_insert_with_async(round, make).await
            }
        });
        let made = map.get_or_insert_with(round, || {
            thread::yield_now();
            value(round)
        });
        assert!(Arc::ptr_eq(&made, &runtime.block_on(task).unwrap()));
    }
}

#[test]
fn a_local_map_in_a_local_set() {
    LocalSet::new().block_on(&current_thread(), async {
        let map = Rc::new(WeakValueMap::<u32, Slotted<u32, Local>>::new());
        let runs = Rc::new(std::cell::Cell::new(0));
        let tasks = [(); 10].map(|()| {
            let (map, runs) = (Rc::clone(&map), Rc::clone(&runs));
            spawn_local(async move {
                let make = async {
                    runs.set(runs.get() + 1);
                    yield_now().await;
                    Rc::new(Slotted::new(7))
                };
                map.get_or_insert_with_async(1, make).await
            })
        });
        let mut values = Vec::new();
        for task in tasks {
            values.push(task.await.unwrap());
        }
        assert!(values.iter().all(|value| Rc::ptr_eq(value, &values[0])));
        assert_eq!(runs.get(), 1);
    });
}

/// Uses the map when it is woken, so the map must not be locked then.
#[test]
fn a_waker_may_use_the_map() {
    struct Uses(Arc<Map>, AtomicUsize);

    impl Wake for Uses {
        fn wake(self: Arc<Self>) {
            self.1.fetch_add(1, Relaxed);
            let made = self.0.get_or_insert_with(1, || value(1));
            self.0.insert(2, &made);
            let mut call =
                Task::new(Box::pin(self.0.get_or_insert_with_async(2, async { unreachable!() })));
            assert!(call.poll().is_ready());
        }
    }

    for succeeds in [true, false] {
        let map = Arc::new(Map::new());
        let (give, given) = oneshot::channel();
        let mut maker =
            Task::new(Box::pin(map.get_or_insert_with_async(1, async { given.await.unwrap() })));
        let mut waiter = Task::new(Box::pin(map.get_or_insert_with_async(1, async { value(3) })));
        assert!(maker.poll().is_pending());
        let uses = Arc::new(Uses(Arc::clone(&map), AtomicUsize::new(0)));
        assert!(waiter.poll_with(&Waker::from(Arc::clone(&uses))).is_pending());
        if succeeds {
            give.send(value(2)).unwrap();
            assert!(maker.poll().is_ready());
        } else {
            drop(maker);
        }
        assert_eq!(uses.1.load(Relaxed), 1);
        assert!(waiter.poll().is_ready());
    }
}

/// Says whether a type is `Send` that cannot be named. The first method is preferred where its bound
/// holds.
struct Probe<T>(PhantomData<T>);

fn probe<T>(_: &T) -> Probe<T> {
    Probe(PhantomData)
}

impl<T: Send> Probe<T> {
    #[allow(clippy::unused_self)] // as it is what chooses the method
    fn is_send(&self) -> bool {
        true
    }
}

async fn make_in_one_thread(number: Rc<u32>) -> Arc<Value> {
    yield_now().await;
    value(*number)
}

trait NotSend {
    fn is_send(&self) -> bool {
        false
    }
}

impl<T> NotSend for &Probe<T> {}

#[test]
fn the_futures_go_to_other_threads() {
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }

    fn of_any<K, V>(map: &WeakValueMap<K, V>, key: K, value: Arc<V>)
    where
        K: Eq + std::hash::Hash + Send + Sync + 'static,
        V: weakref_core::Weakrefable<Flavor = weakref_core::Shared> + Send + Sync + 'static,
    {
        drop(is_send(map.get_or_insert_with_async(key, async { value })));
    }

    let map = Map::new();
    of_any(&map, 1, value(7));
    drop(is_send(map.get_or_try_insert_with_async(1, async { Err(()) })));
    let local = WeakValueMap::<u32, Slotted<u32, Local>>::new();
    let call = local.get_or_insert_with_async(1, std::future::pending());
    assert!(!(&probe(&call)).is_send(), "the map is of one thread");
    let call = map.get_or_insert_with_async(1, make_in_one_thread(Rc::new(7)));
    assert!(!(&probe(&call)).is_send(), "the factory is of one thread");
    let call = map.get_or_insert_with_async(1, std::future::pending());
    assert!(probe(&call).is_send());
    // A flight that begins in one thread and ends in another.
    let (give, given) = oneshot::channel();
    let mut maker =
        Task::new(Box::pin(map.get_or_insert_with_async(1, async { given.await.unwrap() })));
    assert!(maker.poll().is_pending());
    thread::scope(|scope| {
        scope.spawn(|| {
            give.send(value(7)).unwrap();
            assert!(maker.poll().is_ready());
        });
    });
}
