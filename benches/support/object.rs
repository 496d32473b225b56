//! One object: what an unused slot costs, and what a weak reference without a callback costs.

use std::{
    hint::black_box,
    rc::{self, Rc},
    sync::{self, Arc},
};

use weakref_core::WeakRef;

use crate::{
    measure::{Case, Clock, Group},
    options::Options,
    value::{LocalItem, Own, Plain, SharedItem},
};

/// How many objects take turns: few enough to stay in the cache, enough that one does not wait for
/// what was just done to it.
const OBJECTS: u32 = 1024;

/// What [`references`] measures.
const REFERENCES: [&str; 4] = ["create+drop", "upgrade+drop", "create+upgrade+drop", "is_dead"];

/// Values are made and dropped, one after the other.
fn births<P>(operations: u32, own: impl Fn(u64) -> P + 'static) -> impl FnMut() -> Vec<f64> {
    move || {
        let mut clock = Clock::default();
        clock.time(operations, || {
            for index in 0..operations {
                drop(black_box(own(black_box(index.into()))));
            }
        });
        vec![clock.figure()]
    }
}

/// What is measured of a weak reference, ours or std's.
trait Reference: 'static {
    type Owner;

    fn own(data: u64) -> Self::Owner;
    fn data(owner: &Self::Owner) -> u64;
    fn new(owner: &Self::Owner) -> Self;
    fn upgrade(&self) -> Option<Self::Owner>;
    fn is_dead(&self) -> bool;
}

macro_rules! reference {
    ($weak:ty, $owner:ty, $own:expr, $new:expr, $is_dead:expr) => {
        impl Reference for $weak {
            type Owner = $owner;

            fn own(data: u64) -> Self::Owner {
                $own(data)
            }

            fn data(owner: &Self::Owner) -> u64 {
                owner.data
            }

            fn new(owner: &Self::Owner) -> Self {
                $new(owner)
            }

            fn upgrade(&self) -> Option<Self::Owner> {
                self.upgrade()
            }

            fn is_dead(&self) -> bool {
                $is_dead(self)
            }
        }
    };
}
reference!(WeakRef<LocalItem>, Rc<LocalItem>, LocalItem::owner, Self::new, Self::is_dead);
reference!(WeakRef<SharedItem>, Arc<SharedItem>, SharedItem::owner, Self::new, Self::is_dead);
reference!(rc::Weak<Plain>, Rc<Plain>, Own::own, Rc::downgrade, |weak: &Self| weak.strong_count()
    == 0);
reference!(sync::Weak<Plain>, Arc<Plain>, Own::own, Arc::downgrade, |weak: &Self| weak
    .strong_count()
    == 0);

/// References to living objects are made, upgraded, both; and some of the living and the dead, in
/// turn, are asked which they are.
fn references<W: Reference>(operations: u32) -> impl FnMut() -> Vec<f64> {
    let numbers = || (0..OBJECTS).map(u64::from);
    let objects: Vec<W::Owner> = numbers().map(W::own).collect();
    let living: Vec<W> = objects.iter().map(W::new).collect();
    let mixed: Vec<W> = (numbers().zip(&objects))
        .map(
            |(number, owner)| {
                if number.is_multiple_of(2) { W::new(owner) } else { W::new(&W::own(number)) }
            },
        )
        .collect();
    let at = |index: u32| (index % OBJECTS) as usize;
    let read = |owner: Option<W::Owner>| owner.as_ref().map_or(0, W::data);
    let expected = (0..operations).map(|index| u64::from(index % OBJECTS)).sum::<u64>();
    move || {
        let mut clocks: [Clock; REFERENCES.len()] = Default::default();
        let [create, upgrade, cycle, is_dead] = &mut clocks;
        create.time(operations, || {
            for index in 0..operations {
                drop(black_box(W::new(&objects[at(index)])));
            }
        });
        let sum = upgrade.time(operations, || {
            (0..operations).fold(0, |sum, index| sum + read(black_box(living[at(index)].upgrade())))
        });
        assert_eq!(sum, expected);
        let sum = cycle.time(operations, || {
            (0..operations).fold(0, |sum, index| {
                let reference = black_box(W::new(&objects[at(index)]));
                sum + read(black_box(reference.upgrade()))
            })
        });
        assert_eq!(sum, expected);
        let dead = is_dead.time(operations, || {
            let dead = |index| black_box(&mixed[at(index)]).is_dead();
            (0..operations).fold(0, |sum, index| sum + u32::from(dead(index)))
        });
        assert_eq!(dead, operations / 2);
        clocks.iter().map(Clock::figure).collect()
    }
}

/// The groups of both flavours.
pub fn groups(options: &Options) -> Vec<Group> {
    let n = options.size(500_000);
    let group = |names: Vec<String>, cases| Group {
        names,
        cases,
        turns: options.times(4),
        warm_up: true,
        runs: None,
    };
    let names = |flavor| REFERENCES.map(|name| format!("weakref/{flavor}/{name}")).to_vec();
    vec![
        group(
            vec!["object/rc/create+drop".into()],
            vec![
                Case::new("unused slot", births(n, LocalItem::owner)),
                Case::new("u64 field", births(n, <Rc<Plain> as Own>::own)),
            ],
        ),
        group(
            vec!["object/arc/create+drop".into()],
            vec![
                Case::new("unused slot", births(n, SharedItem::owner)),
                Case::new("u64 field", births(n, <Arc<Plain> as Own>::own)),
            ],
        ),
        group(
            names("rc"),
            vec![
                Case::new("ours", references::<WeakRef<LocalItem>>(n)),
                Case::new("std", references::<rc::Weak<Plain>>(n)),
            ],
        ),
        group(
            names("arc"),
            vec![
                Case::new("ours", references::<WeakRef<SharedItem>>(n)),
                Case::new("std", references::<sync::Weak<Plain>>(n)),
            ],
        ),
    ]
}
