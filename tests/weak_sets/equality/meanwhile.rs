//! What happens in the middle of a search, or of a factory between two of them: deaths, of which
//! listeners hear when the search ends, who want what it has been looking for.

use std::cell::Cell;

use weakref_core::WeakRef;

use super::*;

for_both! {
    a_listener_may_ask_for_what_a_factory_is_asked_for
    what_a_search_has_compared_dies_in_the_factory
}

fn a_listener_may_ask_for_what_a_factory_is_asked_for<T: Tested>() {
    // It hears of a death in the search before the factory, or in the one after it.
    for (before, keeps) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut stage = T::stage(2);
        let wanted = item(9);
        let (inner, about, kept) =
            (Ptr::clone(&stage.it), wanted.clone(), Rc::new(RefCell::new(Vec::new())));
        let (shelf, first) = (Rc::clone(&kept), Cell::new(true));
        let acts = on_act(move || {
            // It hears of what it does not keep as well.
            if first.replace(false) {
                let made = inner.make(&about, || item(9));
                shelf.borrow_mut().push(keeps.then_some(made));
            }
        });
        stage.it.listen(act);
        let doomed = stage.keys.pop();
        let mut dies = Some(move || once(Call::KeyEq, move |_| drop(doomed)));
        let mut until = before.then(|| dies.take().unwrap()());
        let got = stage.it.make(&wanted, || {
            until = until.take().or_else(|| Some(dies.take().unwrap()()));
            item(9)
        });
        drop((until, acts));
        let kept = kept.take();
        assert_eq!(kept.len(), 1, "the listener has been called");
        assert!(kept.iter().flatten().all(|kept| Ptr::ptr_eq(kept, &got)), "there is one of it");
        assert!(Ptr::ptr_eq(&stage.it.make(&wanted, || unreachable!()), &got));
        assert_whole(&*stage.it, stage.owners().chain([&got]));
    }
}

fn what_a_search_has_compared_dies_in_the_factory<T: Tested>() {
    let Stage { it, keys, values } = T::stage(3);
    let refs: Vec<_> = keys.iter().map(WeakRef::new).collect();
    let wanted = item(9);
    let made = it.make(&wanted, || {
        drop(keys);
        assert!(refs.iter().all(WeakRef::is_dead), "their last owners have gone");
        item(9)
    });
    assert_whole(&*it, values.iter().chain([&made]));
    assert!(Ptr::ptr_eq(&it.make(&wanted, || unreachable!()), &made));
}
