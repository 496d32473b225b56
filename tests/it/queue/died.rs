//! `WeakRef::died`.

use std::{pin::pin, sync::Arc, task::Poll};

use weakref_core::{WeakRef, clear_weakrefs, clear_weakrefs_silently, weakref_count, weakrefs};
use weakref_tests::{Log, Task, block_on};

use super::{Callable, Obj, Ptr, Shelf, owner};

#[test]
fn a_dead_object_is_ready_at_once_and_stays_so() {
    let weak = WeakRef::new(&owner(7));
    let mut task = Task::new(weak.died());
    assert_eq!((task.poll(), task.poll()), (Poll::Ready(()), Poll::Ready(())));
    assert_eq!(WeakRef::<Obj<u32>>::default().died().await_now(), Poll::Ready(()));
    // It died between the asking and the first poll.
    let object = owner(7);
    let mut task = Task::new(WeakRef::new(&object).died());
    drop(object);
    assert_eq!(task.poll(), Poll::Ready(()));
    assert_eq!(task.wakes(), 0);
}

/// One poll.
trait AwaitNow: Future<Output = ()> + Unpin + Sized {
    fn await_now(self) -> Poll<()> {
        Task::new(self).poll()
    }
}

impl<F: Future<Output = ()> + Unpin> AwaitNow for F {}

#[test]
fn the_death_wakes_all_who_wait_once() {
    let object = owner(7);
    let weak = WeakRef::new(&object);
    let mut tasks = [(); 10].map(|()| Task::waiting(weak.died()));
    drop(weak);
    assert_eq!(tasks.each_mut().map(Task::poll), [Poll::Pending; 10]);
    drop(object);
    assert_eq!(tasks.each_ref().map(Task::wakes), [1; 10]);
    assert_eq!(tasks.each_mut().map(Task::poll), [Poll::Ready(()); 10]);
    assert_eq!(tasks.each_mut().map(Task::poll), [Poll::Ready(()); 10]);
}

#[test]
fn making_it_registers_nothing_and_dropping_it_unregisters() {
    let object = owner(7);
    let weak = WeakRef::with_callback(&object, |_| ());
    let died = weak.died();
    assert_eq!(weakref_count(&object), 2, "a plain reference, and the one with callback");
    let mut task = Task::new(died);
    assert!(task.poll().is_pending());
    let registered = weakref_count(&object);
    assert!(task.poll().is_pending());
    assert_eq!(weakref_count(&object), registered, "only once");
    assert!(
        weakrefs(&object)
            .iter()
            .filter(|weak| weak.has_callback())
            .all(|one| one.is_same_reference(&weak))
    );
    let alarm = Arc::clone(&task.alarm);
    drop(task);
    assert_eq!((weakref_count(&object), Arc::strong_count(&alarm)), (1, 1));
    drop(object);
    assert!(weak.is_dead());
}

#[test]
fn it_holds_no_owner() {
    let object = owner(7);
    let task = Task::waiting(WeakRef::new(&object).died());
    assert_eq!(Ptr::strong_count(&object), 1);
    assert_eq!(Ptr::try_unwrap(object).map(|object| *object).ok(), Some(7));
    drop(task);
}

#[test]
fn it_keeps_no_callback_of_the_reference() {
    let log = Log::default();
    let object = owner(7);
    let weak = WeakRef::with_callback(&object, log.call("called"));
    let task = Task::waiting(weak.died());
    drop(weak);
    drop(object);
    assert!(log.take().is_empty());
    assert_eq!(task.wakes(), 1);
}

#[test]
fn a_value_that_leaves_its_pointer_is_dead_and_wakes_when_it_is_dropped() {
    let object = owner(7);
    let weak = WeakRef::new(&object);
    let [mut polled, mut left] = [(); 2].map(|()| Task::waiting(weak.died()));
    let value = Ptr::try_unwrap(object).unwrap();
    assert_eq!(polled.poll(), Poll::Ready(()));
    assert_eq!(weak.died().await_now(), Poll::Ready(()));
    assert_eq!(left.wakes(), 0);
    let again = Ptr::new(value);
    let mut anew = Task::waiting(WeakRef::new(&again).died());
    drop(again);
    assert_eq!((polled.wakes(), left.wakes(), anew.wakes()), (0, 1, 1));
    assert_eq!((left.poll(), anew.poll()), (Poll::Ready(()), Poll::Ready(())));
}

#[test]
fn an_object_that_is_cleared_is_waited_for_again() {
    let object = owner(7);
    let weak = WeakRef::with_callback(&object, |_| ());
    let mut task = Task::waiting(weak.died());
    clear_weakrefs(&object);
    assert_eq!(task.wakes(), 1);
    assert_eq!(weak.died().await_now(), Poll::Ready(()), "this reference reads dead");
    for _ in 0..3 {
        assert_eq!(task.poll(), Poll::Pending);
        clear_weakrefs(&object);
        assert_eq!(task.wakes(), 1);
    }
    assert_eq!(task.poll(), Poll::Pending);
    drop(object);
    assert_eq!((task.wakes(), task.poll()), (1, Poll::Ready(())));
}

#[test]
fn an_object_that_is_cleared_silently_wakes_nobody() {
    let object = owner(7);
    let mut task = Task::waiting(WeakRef::new(&object).died());
    clear_weakrefs_silently(&object);
    assert_eq!(task.wakes(), 0);
    assert_eq!(task.poll(), Poll::Pending, "polled, it registers again");
    drop(object);
    assert_eq!((task.wakes(), task.poll()), (1, Poll::Ready(())));
}

#[test]
fn the_waker_of_the_last_poll_is_the_one_that_counts() {
    let object = owner(7);
    let mut task = Task::waiting(WeakRef::new(&object).died());
    let old = std::mem::take(&mut task.alarm);
    assert_eq!(task.poll(), Poll::Pending);
    assert_eq!(Arc::strong_count(&old), 1);
    drop(object);
    assert_eq!(task.wakes(), 1);
}

#[test]
fn trait_objects_die_too() {
    let function: Ptr<Obj<Callable>> = Ptr::new(Obj::new(|| 7));
    let mut task = Task::waiting(WeakRef::new(&function).died());
    assert_eq!(function(), 7);
    drop(function);
    assert_eq!((task.wakes(), task.poll()), (1, Poll::Ready(())));
}

#[test]
fn it_is_woken_in_its_turn_among_the_callbacks() {
    let log = Log::default();
    let object = owner(7);
    let tasks = Shelf::new([Task::waiting(WeakRef::new(&object).died())]);
    let (looks, noted) = (tasks.clone(), log.clone());
    let weak = WeakRef::with_callback(&object, move |_| {
        for mut task in looks.take() {
            noted.note(format!("{} {:?}", task.wakes(), task.poll()));
        }
    });
    drop(object);
    // The newest is called first; but dead is dead.
    assert_eq!(log.take(), ["0 Ready(())"]);
    drop(weak);
}

#[test]
fn it_can_be_awaited() {
    let object = owner(7);
    let weak = WeakRef::new(&object);
    let mut owners = Some(object);
    let mut waiting = pin!(async {
        weak.died().await;
        "dead"
    });
    let result = block_on(std::future::poll_fn(|cx| {
        let poll = waiting.as_mut().poll(cx);
        // From the second poll on; this wakes.
        drop(owners.take());
        poll
    }));
    assert_eq!(result, "dead");
}

#[test]
fn debug_of_a_future() {
    let object = owner(7);
    let mut died = Task::waiting(WeakRef::new(&object).died());
    assert!(format!("{died:?}").contains("Died(WeakRef("));
    drop(object);
    assert!(died.poll().is_ready());
    assert!(format!("{died:?}").contains("Died(dead)"));
}
