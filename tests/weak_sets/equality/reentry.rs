//! Destructors, callbacks, hashes and closures that use the container in the middle of what it does:
//! all may.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::mpsc,
};

use weakref_core::WeakRef;

use super::*;

for_both! {
    on_drop_may_use_the_container
    a_fields_drop_may_use_the_container
    an_older_callback_may_use_the_container
    a_newer_callback_may_use_the_container
    a_hash_may_use_the_container
    a_visitor_may_use_the_container
    a_predicate_may_use_the_container
    a_listener_may_use_the_container
}

const DOOMED: u32 = 50;

/// Something that runs `act` as it dies.
type Dying = (Ptr<Item>, Option<WeakRef<Item>>);

/// What has something done when an item dies.
type Watching = fn(&Ptr<Item>, Action) -> WeakRef<Item>;

/// Runs each operation, about an equal of the dying one and about others, as that dies.
fn any_operation<T: Tested>(dying: fn(Action) -> Dying, newer: Option<Watching>) {
    for (name, operation) in T::operations() {
        for number in [DOOMED, 2, 100] {
            let stage = T::stage(4);
            let probe = item(number);
            let (done, result) = mpsc::channel();
            let (it, about) = (Ptr::clone(&stage.it), probe.clone());
            let until = on_act(move || done.send(caught(|| operation(&it, &about))).unwrap());
            let (doomed, watch) = dying(Box::new(act));
            insert(&*stage.it, &doomed);
            let newer = newer.map(|newer| newer(&doomed, Box::new(act)));
            drop(doomed);
            assert_eq!(result.recv(), Ok(Ok(())), "{name} of {number}");
            drop(until);
            assert_whole(&*stage.it, stage.owners().chain([&probe]));
            drop((probe, watch, newer));
            stage.assert_ends_empty();
        }
    }
}

fn on_drop_may_use_the_container<T: Tested>() {
    any_operation::<T>(|act| (acting(DOOMED, act), None), None);
}

fn a_fields_drop_may_use_the_container<T: Tested>() {
    any_operation::<T>(|act| (acting_late(DOOMED, act), None), None);
}

fn watched(item: &Ptr<Item>, act: Action) -> WeakRef<Item> {
    WeakRef::with_callback(item, move |_| act())
}

fn an_older_callback_may_use_the_container<T: Tested>() {
    any_operation::<T>(
        |act| {
            let doomed = item(DOOMED);
            let watch = watched(&doomed, act);
            (doomed, Some(watch))
        },
        None,
    );
}

fn a_newer_callback_may_use_the_container<T: Tested>() {
    // It runs before the container hears of the death.
    any_operation::<T>(|_| (item(DOOMED), None), Some(watched));
}

fn a_hash_may_use_the_container<T: Tested>() {
    for (inner_name, operation) in T::operations() {
        for (name, search) in T::searches() {
            let stage = T::stage(4);
            let [probe, about] = [item(1), item(2)];
            let calls = Rc::new(Cell::new(0));
            let (count, inner, inner_about) =
                (Rc::clone(&calls), Ptr::clone(&stage.it), about.clone());
            let until = once(Call::KeyHash, move |_| {
                operation(&inner, &inner_about);
                count.set(1);
            });
            search(&stage.it, &probe);
            drop(until);
            assert_eq!(calls.get(), 1, "{inner_name} has not been called by {name}");
            assert_whole(&*stage.it, stage.owners().chain([&probe, &about]));
            drop((probe, about));
            stage.assert_ends_empty();
        }
    }
}

/// Runs each operation in a closure that the container calls, at each element it is called for.
fn in_a_closure<T: Tested>(visit: fn(&T, &dyn Fn(u32))) {
    for (name, operation) in T::operations() {
        let Stage { it, keys, values } = T::stage(6);
        let owners = RefCell::new(keys);
        let calls = Cell::new(0);
        let probes = RefCell::new(Vec::new());
        visit(&it, &|number| {
            calls.set(calls.get() + 1);
            // About the one that is looked at, one that is not there, and one that dies here.
            for about in [item(number), item(100)] {
                operation(&it, &about);
                probes.borrow_mut().push(about);
            }
            let position = owners.borrow().iter().position(|key| key.number() == number);
            let gone = owners.borrow_mut().swap_remove(position.unwrap());
            drop(gone);
            operation(&it, &item(number));
        });
        assert_eq!(calls.get(), 6, "{name}");
        let probes = probes.into_inner();
        assert_whole(&*it, values.iter().chain(&probes));
        drop(probes);
        it.check();
        assert!(it.contents().is_empty() && owners.borrow().is_empty());
    }
}

fn a_visitor_may_use_the_container<T: Tested>() {
    in_a_closure::<T>(|it, act| it.visit(&mut |number| act(number)));
}

fn a_predicate_may_use_the_container<T: Tested>() {
    for keep in [true, false] {
        let visit: fn(&T, &dyn Fn(u32)) = if keep {
            |it, act| {
                it.sift(&mut |number| {
                    act(number);
                    true
                });
            }
        } else {
            |it, act| {
                it.sift(&mut |number| {
                    act(number);
                    false
                });
            }
        };
        in_a_closure::<T>(visit);
    }
}

fn a_listener_may_use_the_container<T: Tested>() {
    for (name, operation) in T::operations() {
        for (removal, remove) in T::operations() {
            let stage = T::stage(4);
            let probe = item(2);
            let (inner, about) = (Ptr::clone(&stage.it), item(1));
            let results = Rc::new(RefCell::new(Vec::new()));
            let notes = Rc::clone(&results);
            let calls = Cell::new(0);
            let until = on_act(move || {
                // A listener may call itself by what it does: once is enough.
                if calls.replace(1) == 0 {
                    let result = caught(|| operation(&inner, &about));
                    notes.borrow_mut().push(result);
                }
            });
            T::listen(&stage.it, act);
            remove(&stage.it, &probe);
            drop(until);
            let results = results.take();
            assert!(results.iter().all(Result::is_ok), "{name} in {removal}: {results:?}");
            let removes =
                ["remove", "take", "remove_entry", "replace", "clear", "pop", "drain", "retain"];
            assert!(results.len() == 1 || !removes.contains(&removal), "{name} in {removal}");
            assert_whole(&*stage.it, stage.owners().chain([&probe]));
            drop(probe);
            stage.assert_ends_empty();
        }
    }
}

#[test]
fn a_visitor_may_use_the_container_in_every_shard() {
    let stage = Set::<RandomState>::stage(200);
    stage.it.for_each(|item| {
        if item.number() % 2 == 0 {
            stage.it.remove(&(item.number() + 1));
        }
        stage.it.for_each(|_| ());
    });
    assert_is(&*stage.it, stage.keys.iter().filter(|item| item.number() % 2 == 0));
}
