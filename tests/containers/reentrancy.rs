//! Destructors, callbacks, closures, listeners and hashes that use the container in the middle of what
//! it does: all may.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use weakref_core::WeakRef;
use weakref_tests::{BUSY, Call, Leaks, caught, once};

use super::{
    Ptr,
    harness::{
        Container, DOOMED, DYING, Dying, Filled, Operation, act, assert_is, assert_whole, filled,
        insert_weakly, item, on_act, operations, owns_values, removes, searches, weak_places,
    },
};

for_kinds! {
    one_shard:
    a_destructor_or_an_older_callback_may_use_the_container
    a_newer_callback_may_use_the_container
    slow_a_hash_may_use_the_container
    a_visitor_may_use_the_container
    a_predicate_may_use_the_container
    who_takes_from_extract_if_may_use_the_container
    slow_a_listener_may_use_the_container
}
for_kinds! { all: a_visitor_may_use_the_container_in_every_shard }

/// Runs each operation, about the name of a dying object and about others, as that dies. `watches`
/// says whether it is run by a callback that is newer than the container's registration.
fn any_operation_at_a_death<C: Container>(dying: Dying, watches: bool) {
    let leaks = Leaks::watch();
    for Operation { name, run } in operations::<C>() {
        for about in [DOOMED, 2, 50] {
            for as_key in weak_places::<C>() {
                let Filled { it, pairs } = filled::<C>(4);
                let (probe, result) = (C::pair(about), Rc::new(RefCell::new(Vec::new())));
                let (this, notes, pair) = (Ptr::clone(&it), Rc::clone(&result), probe.clone());
                let until = on_act(move || {
                    let result = caught(|| run(&this, &pair));
                    notes.borrow_mut().push(result);
                });
                let (doomed, watch) =
                    if watches { (item(DOOMED), None) } else { dying(Box::new(act)) };
                let other = insert_weakly(&*it, &doomed, as_key);
                let newer =
                    watches.then(|| WeakRef::with_callback(&doomed, |_: &WeakRef<_>| act()));
                drop(doomed);
                assert_eq!(result.take(), [Ok(())], "{name} about {about}");
                drop(until);
                assert_whole(&*it, pairs.iter().chain([&probe, &(other.clone(), other.clone())]));
                if about != 2 {
                    let expected = match name {
                        "clear" | "drain" => 0,
                        "pop" | "extract_if, dropped early" => 3,
                        _ => 4,
                    };
                    let left = pairs.iter().filter(|(key, _)| it.contains(key)).count();
                    assert_eq!(left, expected, "{name} about {about}");
                }
                drop((probe, other, watch, newer));
                Filled { it, pairs }.assert_ends_empty();
            }
        }
    }
    leaks.assert_none();
}

fn a_destructor_or_an_older_callback_may_use_the_container<C: Container>() {
    for dying in DYING {
        any_operation_at_a_death::<C>(dying, false);
    }
}

/// It runs before the container is notified of the death.
fn a_newer_callback_may_use_the_container<C: Container>() {
    any_operation_at_a_death::<C>(DYING[0], true);
}

fn slow_a_hash_may_use_the_container<C: Container>() {
    if C::BY_ADDRESS {
        return;
    }
    for inner in operations::<C>() {
        for search in searches::<C>() {
            let Filled { it, pairs } = filled::<C>(4);
            let [probe, about] = [C::pair(1), C::pair(2)];
            let calls = Rc::new(Cell::new(0));
            let (count, this, pair) = (Rc::clone(&calls), Ptr::clone(&it), about.clone());
            let until = once(Call::KeyHash, move |_| {
                (inner.run)(&this, &pair);
                count.set(1);
            });
            (search.run)(&it, &probe);
            drop(until);
            assert_eq!(calls.get(), 1, "{} has not been called by {}", inner.name, search.name);
            assert_whole(&*it, pairs.iter().chain([&probe, &about]));
            drop((probe, about));
            Filled { it, pairs }.assert_ends_empty();
        }
    }
}

/// Calls a closure with the name of each key that is shown.
type Visit<C> = fn(&C, &dyn Fn(u32));

/// Runs each operation in a closure that the container calls, whenever it is called.
fn in_a_closure<C: Container>(visit: Visit<C>, calls: std::ops::RangeInclusive<u32>) {
    let leaks = Leaks::watch();
    for Operation { name, run } in operations::<C>() {
        let Filled { it, pairs } = filled::<C>(6);
        let owners = RefCell::new(pairs.into_iter().map(Some).collect::<Vec<_>>());
        let (count, probes) = (Cell::new(0), RefCell::new(Vec::new()));
        let run = |pair: &_| {
            // It may need the value that is shown, where the container owns it.
            if let Err(message) = caught(|| run(&it, pair)) {
                assert!(owns_values::<C>() && message.contains(BUSY), "{name}: {message}");
            }
        };
        visit(&it, &|shown| {
            // New entries may be shown, too.
            if shown >= 6 {
                return;
            }
            count.set(count.get() + 1);
            // About the one that is shown, one that is not there, and one that dies here.
            for about in [C::pair(shown), C::pair(50)] {
                run(&about);
                probes.borrow_mut().push(about);
            }
            let gone = owners.borrow_mut()[shown as usize].take();
            drop(gone);
            run(&C::pair(shown));
        });
        assert!(calls.contains(&count.get()), "{name}: {} calls", count.get());
        let probes = probes.into_inner();
        assert_whole(&*it, &probes);
        drop((probes, owners));
        assert_is(&*it, []);
    }
    leaks.assert_none();
}

fn calls<C: Container>() -> std::ops::RangeInclusive<u32> {
    if owns_values::<C>() { 1..=6 } else { 6..=6 }
}

fn a_visitor_may_use_the_container<C: Container>() {
    in_a_closure::<C>(|it, f| it.visit(&mut |key, _| f(key.name())), calls::<C>());
}

fn a_predicate_may_use_the_container<C: Container>() {
    let keep: Visit<C> = |it, f| {
        it.retain(Box::new(|key, _| {
            f(key.name());
            true
        }));
    };
    in_a_closure::<C>(keep, calls::<C>());
    let refuse: Visit<C> = |it, f| {
        it.retain(Box::new(|key, _| {
            f(key.name());
            false
        }));
    };
    in_a_closure::<C>(refuse, calls::<C>());
}

fn who_takes_from_extract_if_may_use_the_container<C: Container>() {
    let take: Visit<C> = |it, f| {
        it.extract(Box::new(|key, _| key.name() % 2 == 0)).for_each(|pair| f(pair.0.name()));
    };
    in_a_closure::<C>(take, 1..=6);
}

fn slow_a_listener_may_use_the_container<C: Container>() {
    for inner in operations::<C>() {
        for outer in operations::<C>() {
            let Filled { it, pairs } = filled::<C>(4);
            let (probe, about) = (C::pair(2), C::pair(1));
            let results = Rc::new(RefCell::new(Vec::new()));
            let (notes, this, calls) = (Rc::clone(&results), Ptr::clone(&it), Cell::new(0));
            let until = on_act(move || {
                // A listener may call itself by what it does: once is enough.
                if calls.replace(1) == 0 {
                    let result = caught(|| (inner.run)(&this, &about));
                    notes.borrow_mut().push(result);
                }
            });
            it.on_removal(|_, _| act());
            let probe = if C::BY_ADDRESS { pairs[2].clone() } else { probe };
            (outer.run)(&it, &probe);
            drop(until);
            let results = results.take();
            assert!(results.iter().all(Result::is_ok), "{} in {}", inner.name, outer.name);
            let is_called = removes(outer.name, true) || ["replace", "pop"].contains(&outer.name);
            assert!(results.len() == 1 || !is_called, "{} in {}", inner.name, outer.name);
            assert_whole(&*it, pairs.iter().chain([&probe]));
            drop(probe);
            Filled { it, pairs }.assert_ends_empty();
        }
    }
}

fn a_visitor_may_use_the_container_in_every_shard<C: Container>() {
    let Filled { it, pairs } = filled::<C>(200);
    it.visit(&mut |key, _| {
        if key.name() % 2 == 0 {
            it.remove_pair(&pairs[key.name() as usize + 1].0);
        }
        it.visit(&mut |_, _| ());
    });
    assert_is(&*it, pairs.iter().filter(|pair| pair.0.name() % 2 == 0));
}
