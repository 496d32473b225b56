//! Containers that are cleared while other threads insert.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use super::{Usable, harness::Container};

for_kinds! {
    all:
    clear_leaves_what_another_thread_inserts
    clear_ends_beside_a_thread_that_inserts_all_the_time
}

/// A clear does not run after what other threads insert, which may never stop.
fn clear_leaves_what_another_thread_inserts<C: Container + Usable>() {
    let container = Arc::new(C::default());
    let [first, second] = [1, 1].map(C::pair);
    let (this, removals) = (Arc::downgrade(&container), Arc::new(AtomicUsize::new(0)));
    let (count, other) = (Arc::clone(&removals), second.clone());
    container.on_removal(move |_, _| {
        count.fetch_add(1, Relaxed);
        let (this, other) = (this.upgrade(), other.clone());
        let insert = move || this.map(|this| this.insert(&other.0, &other.1).is_some());
        thread::spawn(insert).join().unwrap();
    });
    container.insert(&first.0, &first.1);
    container.clear();
    assert_eq!((container.len(), removals.load(Relaxed)), (1, 1));
    assert!(container.contains(&second.0));
}

/// The same of one that inserts all the time, and of listeners that insert elsewhere.
fn clear_ends_beside_a_thread_that_inserts_all_the_time<C: Container + Usable>() {
    let [container, other] = [(); 2].map(|()| Arc::new(C::default()));
    let pairs = C::new_pairs(8);
    let (elsewhere, pair) = (Arc::clone(&other), pairs[0].clone());
    container.on_removal(move |_, _| drop(elsewhere.insert(&pair.0, &pair.1)));
    let (over, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let busy = {
        let (over, rounds) = (Arc::clone(&over), Arc::clone(&rounds));
        let (container, pairs) = (Arc::clone(&container), pairs.clone());
        thread::spawn(move || {
            while !over.load(Relaxed) {
                for (key, value) in &pairs {
                    container.insert(key, value);
                }
                rounds.fetch_add(1, Relaxed);
            }
        })
    };
    while rounds.load(Relaxed) < 1000 {
        container.clear();
    }
    over.store(true, Relaxed);
    busy.join().unwrap();
    container.clear();
    assert_eq!((container.len(), other.len()), (0, 1));
}
