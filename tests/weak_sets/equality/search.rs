//! An `Eq` that does more than compare. It runs in the middle of a search.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use weakref_core::WeakRef;
use weakref_tests::Unraisables;

use super::*;

for_both! {
    eq_may_not_use_the_same_container
    eq_may_drop_owners_one_by_one
    eq_may_drop_all_owners_at_once
    eq_may_use_another_container
    what_dies_in_the_middle_of_a_search_may_not_use_the_container
    callbacks_in_the_middle_of_a_search_may_not_use_the_container
    what_dies_at_the_end_of_a_search_may_use_the_container
    a_panic_of_what_dies_at_the_end_of_a_search_goes_to_the_hook
}

/// Every operation, called by `Eq` in the middle of every search: panics with the message, whether
/// or not `Eq` lets the panic through.
fn eq_may_not_use_the_same_container<T: Tested>() {
    for (inner_name, operation) in T::operations() {
        for (name, search) in T::searches() {
            for number in [3, 5, 100] {
                let what = || format!("{inner_name} of {number} in the middle of {name}");
                let stage = T::stage(6);
                let probe = item(3);
                let (inner, about) = (Ptr::clone(&stage.it), item(number));
                let until = once(Call::KeyEq, move |_| operation(&inner, &about));
                let message = panic_of(|| search(&stage.it, &probe));
                drop(until);
                assert!(message.contains(REENTRY), "{}: {message}", what());
                assert_eq!(weakref_count(&probe), 0, "{}", what());
                stage.assert_untouched();

                let (inner, about) = (Ptr::clone(&stage.it), item(number));
                let refused = Rc::new(Cell::new(0));
                let count = Rc::clone(&refused);
                let until = on(Call::KeyEq, move |_| {
                    assert_panics(REENTRY, || operation(&inner, &about));
                    count.set(count.get() + 1);
                });
                search(&stage.it, &probe);
                drop(until);
                assert!(refused.get() > 0, "{}: compared nothing", what());
                assert_whole(&*stage.it, stage.owners().chain([&probe]));
                drop(probe);
                stage.assert_ends_empty();
            }
        }
    }
}

#[test]
fn eq_may_not_use_the_same_container_in_any_shard() {
    // The search is in one shard, and what `Eq` calls may be in another.
    for (_, operation) in Set::<RandomState>::operations() {
        let stage = Set::<RandomState>::stage(20);
        for number in [3, 4, 5, 6, 7, 100] {
            let (inner, about) = (Ptr::clone(&stage.it), item(number));
            let until = once(Call::KeyEq, move |_| operation(&inner, &about));
            let probe = item(3);
            assert_panics(REENTRY, || stage.it.contains(&*probe));
            drop(until);
        }
        stage.assert_untouched();
    }
}

fn eq_may_drop_owners_one_by_one<T: Tested>() {
    for (name, search) in T::searches() {
        for number in [0, 3, 7, 100] {
            let Stage { it, keys, values } = T::stage(8);
            let owners = Rc::new(RefCell::new((keys, values)));
            let dying = Rc::clone(&owners);
            let until = on(Call::KeyEq, move |_| {
                let key = dying.borrow_mut().0.pop();
                let value = dying.borrow_mut().1.pop();
                drop((key, value));
            });
            let probe = item(number);
            search(&it, &probe);
            drop(until);
            let (keys, values) = owners.take();
            assert!(keys.len() < 8, "{name} compared nothing");
            assert_whole(&*it, keys.iter().chain(&values).chain([&probe]));
            assert!(it.contents().len() <= keys.len() + values.len() + 2);
            drop(probe);
            Stage { it, keys, values }.assert_ends_empty();
        }
    }
}

fn eq_may_drop_all_owners_at_once<T: Tested>() {
    for (_, search) in T::searches() {
        for number in [3, 100] {
            let Stage { it, keys, values } = T::stage(8);
            let until = once(Call::KeyEq, move |_| drop((keys, values)));
            let probe = item(number);
            search(&it, &probe);
            drop(until);
            assert!(it.contents().iter().all(|item| Ptr::ptr_eq(item, &probe)));
            assert_whole(&*it, [&probe]);
            drop(probe);
            it.check();
            assert!(it.contents().is_empty());
        }
    }
}

#[test]
fn eq_may_kill_the_one_it_finds() {
    // The search owns what it compares with, and gives it away.
    let set = OneShard::default();
    let one = item(1);
    set.insert(&one);
    let until = once(Call::KeyEq, move |_| drop(one));
    let found = set.get(&Key(1)).unwrap();
    drop(until);
    assert_eq!((found.number(), Ptr::strong_count(&found)), (1, 1));
    assert_is(&set, [&found]);
    drop(found);
    assert_is(&set, []);
}

fn eq_may_use_another_container<T: Tested>() {
    for (_, operation) in T::operations() {
        for (_, search) in T::searches() {
            let (stage, other) = (T::stage(4), T::stage(4));
            let calls = Rc::new(Cell::new(0));
            let (count, inner) = (Rc::clone(&calls), Ptr::clone(&other.it));
            let about = item(3);
            let until = once(Call::KeyEq, move |_| {
                operation(&inner, &about);
                count.set(1);
            });
            let probe = item(3);
            search(&stage.it, &probe);
            drop(until);
            assert_eq!(calls.get(), 1);
            assert_whole(&*other.it, other.owners());
            assert_whole(&*stage.it, stage.owners().chain([&probe]));
        }
    }
}

fn what_dies_in_the_middle_of_a_search_may_not_use_the_container<T: Tested>() {
    // Its `on_drop` runs inside the search: the panic is told to the searcher, as of any destructor.
    for (name, search) in T::searches() {
        let (stage, other) = (T::stage(2), T::stage(0));
        let inner = Ptr::clone(&stage.it);
        let acts = on_act(move || drop_value(inner.contents()));
        // In another container, so that this search does not come upon it, and keep it.
        let doomed = acting(50, Box::new(act));
        insert(&*other.it, &doomed);
        let until = once(Call::KeyEq, move |_| drop(doomed));
        let message = panic_of(|| search(&stage.it, &item(1)));
        drop((until, acts));
        assert!(message.contains(REENTRY), "{name}: {message}");
        stage.assert_untouched();
        assert!(other.it.contents().is_empty());
    }
}

fn callbacks_in_the_middle_of_a_search_may_not_use_the_container<T: Tested>() {
    for (name, search) in T::searches() {
        let stage = T::stage(2);
        let doomed = item(50);
        let inner = Ptr::clone(&stage.it);
        let (send, seen) = std::sync::mpsc::channel();
        let acts = on_act(move || send.send(caught(|| drop_value(inner.contents()))).unwrap());
        let watch = WeakRef::with_callback(&doomed, |_| act());
        let until = once(Call::KeyEq, move |_| drop(doomed));
        search(&stage.it, &item(1));
        drop(until);
        let message = seen.recv().unwrap().unwrap_err();
        assert!(message.contains(REENTRY), "{name}: {message}");
        assert_whole(&*stage.it, stage.owners());
        drop((watch, acts));
    }
}

fn what_dies_at_the_end_of_a_search_may_use_the_container<T: Tested>() {
    // The one that is compared: the search keeps it, and drops it outside.
    for (name, search) in T::searches() {
        let stage = T::stage(0);
        let inner = Ptr::clone(&stage.it);
        let (send, seen) = std::sync::mpsc::channel();
        let _acts = on_act(move || send.send(caught(|| drop_value(inner.contents()))).unwrap());
        let doomed = acting(50, Box::new(act));
        insert(&*stage.it, &doomed);
        let until = once(Call::KeyEq, move |_| drop(doomed));
        let probe = item(1);
        search(&stage.it, &probe);
        drop(until);
        assert_eq!(seen.recv(), Ok(Ok(())), "{name}");
        assert_whole(&*stage.it, [&probe]);
    }
}

fn a_panic_of_what_dies_at_the_end_of_a_search_goes_to_the_hook<T: Tested>() {
    let panics = Unraisables::listen();
    for (name, search) in T::searches() {
        let stage = T::stage(0);
        let doomed = acting(50, Box::new(|| panic!("{OOPS}")));
        insert(&*stage.it, &doomed);
        let until = once(Call::KeyEq, move |_| drop(doomed));
        let probe = item(1);
        assert_eq!(caught(|| search(&stage.it, &probe)), Ok(()), "{name}");
        drop(until);
        let heard = panics.take();
        assert!(heard.len() == 1 && heard[0].starts_with(OOPS), "{name}: {heard:?}");
        assert_whole(&*stage.it, [&probe]);
    }
}

#[test]
fn a_search_inside_a_visit_is_a_search() {
    let stage = OneShard::stage(3);
    stage.it.for_each(|_| {
        let inner = Ptr::clone(&stage.it);
        let _until = once(Call::KeyEq, move |_| inner.for_each(|_| ()));
        assert_panics(REENTRY, || stage.it.get(&*stage.keys[1]));
    });
    stage.assert_untouched();
}
