//! An event that is dispatched to listeners, which their owners may drop at any time.

use std::{
    cell::RefCell,
    hint::black_box,
    mem,
    rc::{self, Rc},
    sync::{self, Arc, Mutex, PoisonError},
};

use weakref_core::{PtrWeakSet, WeakList};

use crate::{
    measure::{Case, Clock, Group},
    options::Options,
    value::{LocalItem, Own, Plain, SharedItem},
};

/// A collection of listeners.
trait Listeners: Default {
    type Owner: Own;

    fn subscribe(&self, listener: &Self::Owner);

    /// Calls `listen` with each living listener, with nothing locked.
    fn dispatch(&self, listen: impl FnMut(&Self::Owner));
}

macro_rules! ours {
    ($Pointer:ident<$Item:ident>) => {
        impl Listeners for WeakList<$Item> {
            type Owner = $Pointer<$Item>;

            fn subscribe(&self, listener: &Self::Owner) {
                black_box(self.push(listener));
            }

            fn dispatch(&self, listen: impl FnMut(&Self::Owner)) {
                self.for_each(listen);
            }
        }

        impl Listeners for PtrWeakSet<$Item> {
            type Owner = $Pointer<$Item>;

            fn subscribe(&self, listener: &Self::Owner) {
                black_box(self.insert(listener));
            }

            fn dispatch(&self, listen: impl FnMut(&Self::Owner)) {
                self.for_each(listen);
            }
        }
    };
}
ours!(Rc<LocalItem>);
ours!(Arc<SharedItem>);

/// Hand-written, for one thread: a listener may subscribe another one, so the list is copied. Dead
/// listeners are removed on the way.
impl Listeners for RefCell<Vec<rc::Weak<Plain>>> {
    type Owner = Rc<Plain>;

    fn subscribe(&self, listener: &Rc<Plain>) {
        self.borrow_mut().push(Rc::downgrade(listener));
    }

    fn dispatch(&self, listen: impl FnMut(&Rc<Plain>)) {
        let mut living = Vec::new();
        self.borrow_mut().retain(|listener| {
            let listener = listener.upgrade();
            let is_alive = listener.is_some();
            living.extend(listener);
            is_alive
        });
        living.iter().for_each(listen);
    }
}

/// The same for several threads.
impl Listeners for Mutex<Vec<sync::Weak<Plain>>> {
    type Owner = Arc<Plain>;

    fn subscribe(&self, listener: &Arc<Plain>) {
        self.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(listener));
    }

    fn dispatch(&self, listen: impl FnMut(&Arc<Plain>)) {
        let mut living = Vec::new();
        let mut listeners = self.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| {
            let listener = listener.upgrade();
            let is_alive = listener.is_some();
            living.extend(listener);
            is_alive
        });
        drop(listeners);
        living.iter().for_each(listen);
    }
}

/// What [`dispatches`] measures: an event for each listener, and a listener that goes and is
/// replaced, by listener.
const FIGURES: [&str; 2] = ["event", "leave+subscribe"];

fn dispatches<L: Listeners>(count: u32, events: u32) -> Vec<f64> {
    let mut clocks: [Clock; FIGURES.len()] = Default::default();
    let listeners = L::default();
    let mut owners: Vec<_> = (0..u64::from(count)).map(L::Owner::own).collect();
    for owner in &owners {
        listeners.subscribe(owner);
    }
    let mut heard = 0;
    clocks[0].time(events * count, || {
        for _ in 0..events {
            listeners.dispatch(|listener| heard += black_box(listener).data());
        }
    });
    assert_eq!(heard, u64::from(events) * (0..u64::from(count)).sum::<u64>());
    // Between two events, a tenth of the listeners is replaced.
    let replaced = count.div_ceil(10);
    heard = 0;
    clocks[1].time(events * replaced, || {
        for event in 0..events {
            for number in 0..replaced {
                let place = &mut owners[((event * replaced + number) % count) as usize];
                let owner = L::Owner::own(1);
                listeners.subscribe(&owner);
                drop(mem::replace(place, owner));
            }
            listeners.dispatch(|_| heard += 1);
        }
    });
    assert_eq!(heard, u64::from(events) * u64::from(count));
    clocks.iter().map(Clock::figure).collect()
}

/// A label and the turn of a contestant.
type Contestant = (&'static str, fn(u32, u32) -> Vec<f64>);

/// The groups of both flavours.
pub fn groups(options: &Options) -> Vec<Group> {
    let mut groups = Vec::new();
    for (label, count, events) in [("3", 3, 20_000), ("1e2", 100, 1_000)] {
        let events = options.size(events);
        let mut group = |flavor: &str, cases: [Contestant; 3]| {
            groups.push(Group {
                names: FIGURES.map(|figure| format!("listeners/{flavor}/{label}/{figure}")).into(),
                cases: (cases.into_iter())
                    .map(|(label, turn)| Case::new(label, move || turn(count, events)))
                    .collect(),
                turns: options.times(4),
                warm_up: true,
                runs: None,
            });
        };
        group(
            "rc",
            [
                ("WeakList", dispatches::<WeakList<LocalItem>>),
                ("Vec in a RefCell", dispatches::<RefCell<Vec<rc::Weak<Plain>>>>),
                ("PtrWeakSet", dispatches::<PtrWeakSet<LocalItem>>),
            ],
        );
        group(
            "arc",
            [
                ("WeakList", dispatches::<WeakList<SharedItem>>),
                ("Vec in a Mutex", dispatches::<Mutex<Vec<sync::Weak<Plain>>>>),
                ("PtrWeakSet", dispatches::<PtrWeakSet<SharedItem>>),
            ],
        );
    }
    groups
}
