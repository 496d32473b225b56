//! Proxies and weak methods: the cost of a call, beside the upgrade of a std `Weak` and the same
//! call.

use std::{
    hint::black_box,
    rc::{self, Rc},
    sync::{self, Arc},
};

use weakref_core::{Proxy, WeakMethod, Weakrefable, flavor::Pointer, proxy};

use crate::{
    measure::{Case, Clock, Group},
    options::Options,
    value::{LocalItem, SharedItem},
};

/// How many objects take turns: few enough to stay in the nearest cache.
const OBJECTS: u32 = 256;

/// What [`ours`] measures, and [`upgrades`] as often beside it.
const USES: [&str; 4] = ["proxy/get", "proxy/with", "proxy/forwarded", "method/call"];

/// The method that is called. It is not inlined: without a call the owner would not be needed, and
/// the compiler would remove the counting of std's `Rc`.
#[proxy]
pub trait Read {
    /// Returns what it is about.
    fn read(&self) -> u64;
}

macro_rules! read {
    ($($Item:ident)*) => {$(
        impl Read for $Item {
            #[inline(never)]
            fn read(&self) -> u64 {
                self.data
            }
        }
    )*};
}
read!(LocalItem SharedItem);

/// Times so many calls on objects that take turns, and checks their sum.
fn calls<W>(clock: &mut Clock, operations: u32, all: &[W], read: impl Fn(&W) -> u64) {
    let sum = clock.time(operations, || {
        all.iter().cycle().take(operations as usize).fold(0, |sum, one| sum + read(black_box(one)))
    });
    assert_eq!(sum, (0..operations).map(|index| u64::from(index % OBJECTS)).sum::<u64>());
}

/// Each way to use an object that is held weakly.
fn ours<P, T>(operations: u32, own: impl Fn(u64) -> P) -> impl FnMut() -> Vec<f64>
where
    P: Pointer<Referent = T> + 'static,
    T: Read + Weakrefable + 'static,
{
    let objects: Vec<P> = (0..OBJECTS).map(|number| own(number.into())).collect();
    let proxies: Vec<Proxy<T>> = objects.iter().map(Proxy::new).collect();
    let methods: Vec<_> = objects.iter().map(|owner| WeakMethod::new(owner, T::read)).collect();
    move || {
        let _objects = &objects;
        let mut clocks: [Clock; USES.len()] = Default::default();
        let [get, with, forwarded, method] = &mut clocks;
        calls(get, operations, &proxies, |proxy| proxy.get().read());
        calls(with, operations, &proxies, |proxy| proxy.with(T::read));
        calls(forwarded, operations, &proxies, Read::read);
        calls(method, operations, &methods, |method| method.call(()));
        clocks.iter().map(Clock::figure).collect()
    }
}

/// The same by hand, with the same objects.
fn upgrades<P, W: 'static>(
    operations: u32,
    own: impl Fn(u64) -> P,
    downgrade: impl Fn(&P) -> W,
    upgrade: impl Fn(&W) -> Option<P> + 'static,
) -> impl FnMut() -> Vec<f64>
where
    P: Pointer<Referent: Read> + 'static,
{
    let objects: Vec<P> = (0..OBJECTS).map(|number| own(number.into())).collect();
    let references: Vec<W> = objects.iter().map(downgrade).collect();
    move || {
        let _objects = &objects;
        let mut clocks: [Clock; USES.len()] = Default::default();
        for clock in &mut clocks {
            calls(clock, operations, &references, |weak| upgrade(weak).expect("it lives").read());
        }
        clocks.iter().map(Clock::figure).collect()
    }
}

/// The groups of both flavours.
pub fn groups(options: &Options) -> Vec<Group> {
    let n = options.size(500_000);
    let group = |flavor: &str, ours, theirs| Group {
        names: USES.map(|name| name.replace('/', &format!("/{flavor}/"))).to_vec(),
        cases: vec![ours, theirs],
        turns: options.times(4),
        warm_up: true,
        runs: None,
    };
    vec![
        group(
            "rc",
            Case::new("ours", ours(n, LocalItem::owner)),
            Case::new("std", upgrades(n, LocalItem::owner, Rc::downgrade, rc::Weak::upgrade)),
        ),
        group(
            "arc",
            Case::new("ours", ours(n, SharedItem::owner)),
            Case::new("std", upgrades(n, SharedItem::owner, Arc::downgrade, sync::Weak::upgrade)),
        ),
    ]
}
