//! Calls that are made, polled, completed and dropped at random.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    task::Poll,
};

use weakref_core::WeakValueMap;
use weakref_tests::{Numbers, Task, rounds};

use super::{Obj, Ptr, owner};

type Value = Ptr<Obj<u32>>;

/// What a factory is told to do.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Wait,
    Succeed,
    Fail,
}

type Asked<'a> = dyn Future<Output = Result<Value, ()>> + 'a;

struct Call<'a> {
    key: usize,
    task: Task<Pin<Box<Asked<'a>>>>,
    order: Rc<Cell<Order>>,
    /// Whether its factory runs.
    runs: Rc<Cell<bool>>,
    /// Whether it has to be polled.
    is_woken: bool,
}

/// Ends the run of a factory, however it ends.
struct Runs(Rc<Cell<bool>>);

impl Drop for Runs {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

const KEYS: usize = 3;

fn call(map: &WeakValueMap<usize, Obj<u32>>, key: usize) -> Call<'_> {
    let (order, runs) = (Rc::new(Cell::new(Order::Wait)), Rc::new(Cell::new(false)));
    let (orders, running) = (Rc::clone(&order), Rc::clone(&runs));
    let make = async move {
        running.set(true);
        let _runs = Runs(running);
        poll_fn(|_| match orders.get() {
            Order::Wait => Poll::Pending,
            Order::Succeed => Poll::Ready(Ok(owner(7))),
            Order::Fail => Poll::Ready(Err(())),
        })
        .await
    };
    let task = Task::new(Box::pin(map.get_or_try_insert_with_async(key, make)) as Pin<Box<_>>);
    Call { key, task, order, runs, is_woken: true }
}

/// Asserts that no more than one factory runs for a key, and that somebody will go on: if calls wait
/// for a key for which none runs, one of them has been woken.
#[track_caller]
fn check(calls: &mut [Call<'_>]) {
    for call in calls.iter_mut() {
        call.is_woken |= call.task.wakes() > 0;
    }
    for key in 0..KEYS {
        let of_key: Vec<_> = calls.iter().filter(|call| call.key == key).collect();
        let running = of_key.iter().filter(|call| call.runs.get()).count();
        assert!(running <= 1, "two factories run");
        let can_go_on = |call: &&Call<'_>| call.is_woken;
        assert!(running == 1 || of_key.iter().all(can_go_on), "a call was not woken");
    }
}

#[test]
fn no_call_is_left_waiting() {
    let mut numbers = Numbers(0x1234_5678_9abc_def1);
    for _ in 0..rounds(200) {
        let map = WeakValueMap::default();
        let mut calls: Vec<Call<'_>> = Vec::new();
        let mut values: [Vec<Value>; KEYS] = Default::default();
        for _ in 0..200 {
            match numbers.below(10) {
                0..3 => calls.push(call(&map, numbers.below(KEYS))),
                3..7 if !calls.is_empty() => {
                    let index = numbers.below(calls.len());
                    let one = &mut calls[index];
                    one.is_woken = false;
                    if let Poll::Ready(result) = one.task.poll() {
                        let Call { key, order, .. } = calls.remove(index);
                        match result {
                            Ok(value) => {
                                // As long as one lives, there is no other.
                                let is_same = |other| Ptr::ptr_eq(other, &value);
                                assert!(values[key].iter().all(is_same));
                                values[key].push(value);
                            }
                            Err(()) => assert!(order.get() == Order::Fail),
                        }
                    }
                }
                7 if !calls.is_empty() => drop(calls.remove(numbers.below(calls.len()))),
                8 if !calls.is_empty() => {
                    let order = [Order::Succeed, Order::Fail][numbers.below(2)];
                    calls[numbers.below(calls.len())].order.set(order);
                }
                9 => values[numbers.below(KEYS)].clear(),
                _ => {}
            }
            check(&mut calls);
        }
        for call in &calls {
            call.order.set(Order::Succeed);
        }
        // Those that run, and those that are woken, are all that need to be polled.
        while !calls.is_empty() {
            let before = calls.len();
            calls.retain_mut(|call| {
                let is_due = std::mem::take(&mut call.is_woken) || call.runs.get();
                !is_due || call.task.poll().is_pending()
            });
            check(&mut calls);
            assert!(calls.len() < before, "nobody goes on");
        }
        drop(values);
        assert!(map.is_empty());
    }
}
