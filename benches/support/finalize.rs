//! Finalizers: beside a callback, called and detached among many, and at the end of the program.
//! And a census, which is made of finalizers.

use std::{cell::Cell, hint::black_box, rc::Rc, sync::Arc};

use weakref_core::{
    Census, Finalizer, WeakRef, Weakrefable, exit, finalize, finalize_with, finalizer::WithObject,
};

use crate::{
    callbacks::{self, lives, tallied, tally},
    key::shuffled,
    measure::{Case, Clock, Group},
    options::Options,
    together::together,
    value::{LocalItem, SharedItem},
};

/// A finalizer that adds a number to the tally, and returns it.
fn local(owner: &Rc<LocalItem>, amount: u64) -> Finalizer<LocalItem, impl FnOnce() -> u64 + use<>> {
    finalize(owner, move || {
        tally(amount);
        amount
    })
}

/// The same in `Shared`.
fn shared(
    owner: &Arc<SharedItem>,
    amount: u64,
) -> Finalizer<SharedItem, impl FnOnce() -> u64 + use<>> {
    finalize(owner, move || {
        tally(amount);
        amount
    })
}

/// A finalizer that sees the object, and adds the object's number to the tally.
fn local_seeing(
    owner: &Rc<LocalItem>,
    _: u64,
) -> Finalizer<LocalItem, WithObject<impl FnOnce(Option<&LocalItem>) + use<>>> {
    finalize_with(owner, |item: Option<&LocalItem>| tally(item.map_or(0, |item| item.data)))
}

/// The same in `Shared`.
fn shared_seeing(
    owner: &Arc<SharedItem>,
    _: u64,
) -> Finalizer<SharedItem, WithObject<impl FnOnce(Option<&SharedItem>) + use<>>> {
    finalize_with(owner, |item: Option<&SharedItem>| tally(item.map_or(0, |item| item.data)))
}

/// One object is made, registered with a census, and dropped.
fn counted<P, T: Weakrefable>(
    total: u32,
    own: impl Fn(u64) -> P + 'static,
    register: impl Fn(&Census<T>, &P) + 'static,
) -> impl FnMut() -> Vec<f64> {
    let census = Census::<T>::new();
    move || {
        let mut clock = Clock::default();
        clock.time(total, || {
            for index in 0..u64::from(total) {
                let owner = own(black_box(index));
                register(&census, &owner);
                drop(black_box(owner));
            }
        });
        let last = own(0);
        register(&census, &last);
        assert_eq!(census.alive().len(), 1);
        vec![clock.figure()]
    }
}

/// Like most users, does not keep what `finalize` returns.
fn alone<P, T: Weakrefable, F>(
    register: impl Fn(&P, u64) -> Finalizer<T, F> + Copy,
) -> impl Fn(&P, u64) + Copy {
    move |owner, amount| drop(register(owner, amount))
}

/// One object with one finalizer is made and dropped, while there are `live` others.
fn among<P: 'static>(
    live: u32,
    total: u32,
    own: impl Fn(u64) -> P + Copy + 'static,
    register: impl Fn(&P, u64) + Copy + 'static,
) -> impl FnMut() -> Vec<f64> {
    let mut lives = lives(total, own, register);
    move || {
        let others: Vec<P> = (0..u64::from(live)).map(own).collect();
        for owner in &others {
            register(owner, 1);
        }
        let figures = lives();
        let before = tallied();
        drop(others);
        assert_eq!(tallied() - before, live.into());
        figures
    }
}

/// What [`picked`] measures.
const PICKED: [&str; 4] = ["call", "detach", "call shuffled", "detach shuffled"];

/// Of many finalizers, each of an object of its own, some are called and some detached: in the
/// order in which they were made, and in no order. There are always at least `live` of them.
fn picked<P, T, F>(
    live: u32,
    own: impl Fn(u64) -> P + 'static,
    register: impl Fn(&P, u64) -> Finalizer<T, F> + 'static,
) -> impl FnMut() -> Vec<f64>
where
    T: Weakrefable,
    F: FnOnce() -> u64,
{
    let each = (live / 10).max(1);
    let all = live + 4 * each;
    let in_order: Vec<u32> = (0..2 * each).collect();
    let in_no_order = shuffled(2 * each..all);
    let (called, detached) = in_order.split_at(each as usize);
    let (shuffled_called, rest) = in_no_order.split_at(each as usize);
    let picks = [called, detached, shuffled_called, &rest[..each as usize]].map(<[u32]>::to_vec);
    let sum = |pick: &[u32]| pick.iter().map(|&index| u64::from(index)).sum::<u64>();
    let sums = picks.each_ref().map(|pick| sum(pick));
    move || {
        let before = tallied();
        let (owners, finalizers): (Vec<P>, Vec<Finalizer<T, F>>) = (0..u64::from(all))
            .map(|index| {
                let owner = own(index);
                let finalizer = register(&owner, index);
                (owner, finalizer)
            })
            .unzip();
        let call = |&index: &u32| finalizers[index as usize].call().unwrap_or(0);
        let detach = |&index: &u32| {
            let taken = black_box(finalizers[index as usize].detach());
            u32::from(taken.is_some_and(|(owner, _)| owner.is_some()))
        };
        let mut clocks: [Clock; PICKED.len()] = Default::default();
        for (which, (clock, pick)) in clocks.iter_mut().zip(&picks).enumerate() {
            if which % 2 == 0 {
                let returned = clock.time(each, || pick.iter().map(call).sum::<u64>());
                assert_eq!(returned, sums[which]);
            } else {
                assert_eq!(clock.time(each, || pick.iter().map(detach).sum::<u32>()), each);
            }
        }
        assert_eq!(tallied() - before, sums[0] + sums[2]);
        let alive = finalizers.iter().filter(|finalizer| finalizer.is_alive()).count();
        assert_eq!(alive, live as usize);
        drop(owners);
        let all_but_detached = (0..u64::from(all)).sum::<u64>() - sums[1] - sums[3];
        assert_eq!(tallied() - before, all_but_detached);
        clocks.iter().map(Clock::figure).collect()
    }
}

/// Runs many finalizers as the end of the program does, in a program that goes on.
fn ends<P>(
    live: u32,
    own: impl Fn(u64) -> P + 'static,
    register: impl Fn(&P, u64) + 'static,
) -> impl FnMut() -> Vec<f64> {
    move || {
        let before = tallied();
        let owners: Vec<P> = (0..u64::from(live)).map(&own).collect();
        for (amount, owner) in (0..).zip(&owners) {
            register(owner, amount);
        }
        let mut clock = Clock::default();
        clock.time(live, exit::run);
        let expected = (0..u64::from(live)).sum::<u64>();
        assert_eq!(tallied() - before, expected);
        drop(owners);
        assert_eq!(tallied() - before, expected);
        vec![clock.figure()]
    }
}

thread_local! {
    /// The sum of the finalizers of one thread. Threads would wait for a sum that they share.
    static OWN_TALLY: Cell<u64> = const { Cell::new(0) };
}

fn tally_in_thread(amount: u64) {
    OWN_TALLY.set(OWN_TALLY.get() + amount);
}

/// Threads make objects, each with a callback or a finalizer, and drop them.
fn at_once<P, R>(
    threads: u32,
    total: u32,
    own: impl Fn(u64) -> P + Sync + 'static,
    register: impl Fn(&P, u64) -> R + Sync + 'static,
) -> impl FnMut() -> Vec<f64> {
    move || {
        let mut clock = Clock::default();
        together(threads, &mut clock, threads * total, |_| {
            let before = OWN_TALLY.get();
            for index in 0..u64::from(total) {
                let owner = own(black_box(index));
                let kept = register(&owner, index);
                drop(black_box(owner));
                drop(black_box(kept));
            }
            assert_eq!(OWN_TALLY.get() - before, (0..u64::from(total)).sum());
        });
        vec![clock.figure()]
    }
}

/// The groups of both flavours.
pub fn groups(options: &Options) -> Vec<Group> {
    (lives_and_deaths(options).into_iter())
        .chain(last_looks_and_censuses(options))
        .chain(by_hand_and_at_the_end(options))
        .chain(two_threads(options))
        .collect()
}

fn group(options: &Options, names: Vec<String>, cases: Vec<Case>, turns: u32) -> Group {
    Group { names, cases, turns: options.times(turns), warm_up: true, runs: None }
}

fn lives_and_deaths(options: &Options) -> [Group; 4] {
    let n = options.size(200_000);
    let group = |name: &str, cases: [Case; 2], turns| {
        group(options, vec![format!("finalize/{name}/create+die")], cases.into(), turns)
    };
    // Is the cost constant? Among many finalizers, against among few.
    let (few, many) = (options.size(1_000), options.size(1_000_000));
    let rc = |label, live| Case::new(label, among(live, n, LocalItem::owner, alone(local)));
    let arc = |label, live| Case::new(label, among(live, n, SharedItem::owner, alone(shared)));
    [
        group(
            "rc",
            [
                Case::new("ours", lives(n, LocalItem::owner, alone(local))),
                Case::new("callback", lives(n, LocalItem::owner, callbacks::local)),
            ],
            4,
        ),
        group(
            "arc",
            [
                Case::new("ours", lives(n, SharedItem::owner, alone(shared))),
                Case::new("callback", lives(n, SharedItem::owner, callbacks::shared)),
            ],
            4,
        ),
        group("rc/1e6", [rc("ours", many), rc("1e3 live", few)], 1),
        group("arc/1e6", [arc("ours", many), arc("1e3 live", few)], 1),
    ]
}

fn last_looks_and_censuses(options: &Options) -> [Group; 4] {
    let n = options.size(200_000);
    let group =
        |name: &str, cases: [Case; 2]| group(options, vec![name.to_string()], cases.into(), 2);
    let local_census = |census: &Census<LocalItem>, owner: &Rc<LocalItem>| census.register(owner);
    let shared_census =
        |census: &Census<SharedItem>, owner: &Arc<SharedItem>| census.register(owner);
    [
        group(
            "finalize_with/rc/create+die",
            [
                Case::new("ours", lives(n, LocalItem::owner, alone(local_seeing))),
                Case::new("finalize", lives(n, LocalItem::owner, alone(local))),
            ],
        ),
        group(
            "finalize_with/arc/create+die",
            [
                Case::new("ours", lives(n, SharedItem::owner, alone(shared_seeing))),
                Case::new("finalize", lives(n, SharedItem::owner, alone(shared))),
            ],
        ),
        group(
            "census/rc/create+die",
            [
                Case::new("ours", counted(n, LocalItem::owner, local_census)),
                Case::new("callback", lives(n, LocalItem::owner, callbacks::local)),
            ],
        ),
        group(
            "census/arc/create+die",
            [
                Case::new("ours", counted(n, SharedItem::owner, shared_census)),
                Case::new("callback", lives(n, SharedItem::owner, callbacks::shared)),
            ],
        ),
    ]
}

fn by_hand_and_at_the_end(options: &Options) -> Vec<Group> {
    let mut groups = Vec::new();
    for (label, live, turns) in [("1e4", 10_000, 10), ("1e6", 1_000_000, 1)] {
        let live = options.size(live);
        let mut group = |flavor: &str, figures: &[&str], turn| {
            let names = figures.iter().map(|figure| format!("finalize/{flavor}/{label}/{figure}"));
            groups.push(group(options, names.collect(), vec![turn], turns));
        };
        group("rc", &PICKED, Case::new("ours", picked(live, LocalItem::owner, local)));
        group("arc", &PICKED, Case::new("ours", picked(live, SharedItem::owner, shared)));
        let end = &["exit::run"];
        group("rc", end, Case::new("ours", ends(live, LocalItem::owner, alone(local))));
        group("arc", end, Case::new("ours", ends(live, SharedItem::owner, alone(shared))));
    }
    groups
}

/// What two threads cost each other. Callbacks, which share nothing, are the scale.
fn two_threads(options: &Options) -> [Group; 3] {
    let n = options.size(200_000);
    let group = |name: &str, cases: [Case; 2]| {
        group(options, vec![format!("2 threads/{name} create+die")], cases.into(), 4)
    };
    let rc = |label, threads| {
        let register = |owner: &Rc<LocalItem>, amount| {
            drop(finalize(owner, move || tally_in_thread(amount)));
        };
        Case::new(label, at_once(threads, n, LocalItem::owner, register))
    };
    let arc = |label, threads| {
        let register = |owner: &Arc<SharedItem>, amount| {
            drop(finalize(owner, move || tally_in_thread(amount)));
        };
        Case::new(label, at_once(threads, n, SharedItem::owner, register))
    };
    let callback = |label, threads| {
        let register = |owner: &Arc<SharedItem>, amount| {
            WeakRef::with_callback(owner, move |_: &WeakRef<SharedItem>| tally_in_thread(amount))
        };
        Case::new(label, at_once(threads, n, SharedItem::owner, register))
    };
    [
        group("rc/finalize", [rc("ours", 2), rc("1 thread", 1)]),
        group("arc/finalize", [arc("ours", 2), arc("1 thread", 1)]),
        group("arc/callback", [callback("ours", 2), callback("1 thread", 1)]),
    ]
}
