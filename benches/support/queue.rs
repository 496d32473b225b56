//! A queue of the keys of dropped objects, beside a channel to which a callback sends.

use std::{cell::RefCell, collections::VecDeque, hint::black_box, rc::Rc, sync::Arc};

use crossbeam_channel::{Receiver, Sender, unbounded};
use weakref_core::{DeathQueue, Local, Watch, WeakRef};

use crate::{
    measure::{Case, Clock, Group},
    options::Options,
    value::{LocalItem, SharedItem},
};

/// Where a key arrives when an object has been dropped.
trait Queue: Default + 'static {
    type Owner;
    /// What has to be kept for that to happen.
    type Watch;

    fn own(data: u64) -> Self::Owner;
    fn watch(&self, owner: &Self::Owner, key: u64) -> Self::Watch;
    fn receive(&self) -> Option<u64>;
}

macro_rules! queue {
    ($queue:ty, $pointer:ident<$item:ident>, $watch:ident, $body:expr, $receive:expr) => {
        impl Queue for $queue {
            type Owner = $pointer<$item>;
            type Watch = $watch<$item>;

            fn own(data: u64) -> Self::Owner {
                $item::owner(data)
            }

            fn watch(&self, owner: &Self::Owner, key: u64) -> Self::Watch {
                $body(self, owner, key)
            }

            fn receive(&self) -> Option<u64> {
                $receive(self)
            }
        }
    };
}

queue!(DeathQueue<u64, Local>, Rc<LocalItem>, Watch, DeathQueue::watch, DeathQueue::try_recv);
queue!(DeathQueue<u64>, Arc<SharedItem>, Watch, DeathQueue::watch, DeathQueue::try_recv);

/// A channel for threads.
struct Channel(Sender<u64>, Receiver<u64>);

impl Default for Channel {
    fn default() -> Self {
        let (sender, receiver) = unbounded();
        Self(sender, receiver)
    }
}

/// The same for owners in an `Rc`.
#[derive(Default)]
struct LocalChannel(Channel);

impl Channel {
    fn send(&self, key: u64) -> impl FnOnce() + use<> {
        let sender = self.0.clone();
        move || sender.send(key).expect("the receiver is there")
    }

    fn receive(&self) -> Option<u64> {
        self.1.try_recv().ok()
    }
}

queue!(
    Channel,
    Arc<SharedItem>,
    WeakRef,
    |channel: &Self, owner, key| {
        let send = channel.send(key);
        WeakRef::with_callback(owner, move |_: &WeakRef<SharedItem>| send())
    },
    Self::receive
);
queue!(
    LocalChannel,
    Rc<LocalItem>,
    WeakRef,
    |channel: &Self, owner, key| {
        let send = channel.0.send(key);
        WeakRef::with_callback(owner, move |_: &WeakRef<LocalItem>| send())
    },
    |channel: &Self| channel.0.receive()
);

/// A hand-written queue for one thread.
#[derive(Default)]
struct List(Rc<RefCell<VecDeque<u64>>>);

queue!(
    List,
    Rc<LocalItem>,
    WeakRef,
    |list: &Self, owner, key| {
        let list = Rc::clone(&list.0);
        WeakRef::with_callback(owner, move |_: &WeakRef<LocalItem>| {
            list.borrow_mut().push_back(key);
        })
    },
    |list: &Self| list.0.borrow_mut().pop_front()
);

/// Some objects are made and watched, they are dropped, and their keys are received. This is
/// repeated until there were `total` objects.
fn rounds<Q: Queue>(at_once: u32, total: u32) -> impl FnMut() -> Vec<f64> {
    let queue = Q::default();
    let mut watched: Vec<(Q::Owner, Q::Watch)> = Vec::with_capacity(at_once as usize);
    let mut kept: Vec<Q::Watch> = Vec::with_capacity(at_once as usize);
    let rounds = total / at_once;
    move || {
        let mut clock = Clock::default();
        let sum = clock.time(rounds * at_once, || {
            let mut sum = 0;
            for round in 0..u64::from(rounds) {
                let first = round * u64::from(at_once);
                watched.extend((first..first + u64::from(at_once)).map(|key| {
                    let owner = Q::own(black_box(key));
                    let watch = queue.watch(&owner, key);
                    (owner, watch)
                }));
                for (owner, watch) in watched.drain(..) {
                    drop(black_box(owner));
                    kept.push(watch);
                }
                for _ in 0..at_once {
                    sum += black_box(queue.receive()).expect("it has died");
                }
                kept.clear();
            }
            sum
        });
        assert_eq!(sum, (0..u64::from(rounds * at_once)).sum());
        assert_eq!(queue.receive(), None);
        vec![clock.figure()]
    }
}

/// The groups of both flavours.
pub fn groups(options: &Options) -> Vec<Group> {
    let mut groups = Vec::new();
    for (label, at_once) in [("1", 1), ("1e3", 1_000)] {
        let (at_once, total) = (options.size(at_once), options.size(200_000));
        let mut group = |flavor, cases| {
            groups.push(Group {
                names: vec![format!("queue/{flavor}/{label}/watch+die+receive")],
                cases,
                turns: options.times(4),
                warm_up: true,
                runs: None,
            });
        };
        let channel = "crossbeam-channel";
        group(
            "rc",
            vec![
                Case::new("ours", rounds::<DeathQueue<u64, Local>>(at_once, total)),
                Case::new(channel, rounds::<LocalChannel>(at_once, total)),
                Case::new("VecDeque", rounds::<List>(at_once, total)),
            ],
        );
        group(
            "arc",
            vec![
                Case::new("ours", rounds::<DeathQueue<u64>>(at_once, total)),
                Case::new(channel, rounds::<Channel>(at_once, total)),
            ],
        );
    }
    groups
}
