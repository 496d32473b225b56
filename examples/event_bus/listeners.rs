//! What listens, and two kinds of listeners. Neither knows the bus.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use weakref_core::{Shared, WeakList, Weakrefable, new, weak_fn_or, weakrefable};

/// An event: the thread that publishes it, and the number of those that it has published before.
pub(crate) struct Event {
    pub(crate) publisher: usize,
    pub(crate) number: usize,
}

pub(crate) trait Listener: Weakrefable<Flavor = Shared> + Send + Sync {
    fn hear(&self, event: &Event);
}

/// The bus. It owns no listener: one that is dropped leaves it, within that drop.
pub(crate) type Bus = WeakList<dyn Listener>;

/// Counts of all listeners together.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) made: AtomicUsize,
    pub(crate) dropped: AtomicUsize,
    /// How many events they have handled.
    pub(crate) delivered: AtomicUsize,
}

/// A part of each listener, which counts it.
struct Counted(Arc<Tally>);

impl Counted {
    fn new(tally: &Arc<Tally>) -> Self {
        tally.made.fetch_add(1, Relaxed);
        Self(Arc::clone(tally))
    }

    fn deliver(&self) {
        self.0.delivered.fetch_add(1, Relaxed);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Relaxed);
    }
}

/// Lives in a house until it has handled so many events, then leaves, in the middle of a dispatch.
#[weakrefable]
struct Resident {
    heard: AtomicUsize,
    patience: usize,
    leave: Box<dyn Fn() + Send + Sync>,
    counted: Counted,
}

impl Listener for Resident {
    fn hear(&self, _: &Event) {
        let heard = self.heard.fetch_add(1, Relaxed) + 1;
        // Other threads may still call a listener that is leaving. It handles no more events.
        if heard <= self.patience {
            self.counted.deliver();
        }
        if heard == self.patience {
            (self.leave)();
        }
    }
}

/// Owns the residents.
#[weakrefable]
#[derive(Default)]
pub(crate) struct House {
    residents: Mutex<Vec<Option<Arc<dyn Listener>>>>,
}

impl House {
    /// Takes in a resident, and returns it.
    pub(crate) fn admit(
        self: &Arc<Self>,
        patience: usize,
        tally: &Arc<Tally>,
    ) -> Arc<dyn Listener> {
        let mut residents = self.residents.lock().expect("nothing panics under it");
        let number = residents.len();
        let resident: Arc<dyn Listener> = Arc::new(new!(Resident {
            heard: AtomicUsize::new(0),
            patience,
            // Holds the house weakly, as the house owns the resident.
            leave: Box::new(weak_fn_or!(self, (), |house| house.let_go(number))),
            counted: Counted::new(tally),
        }));
        residents.push(Some(Arc::clone(&resident)));
        resident
    }

    fn let_go(&self, number: usize) {
        let resident = self.residents.lock().expect("nothing panics under it")[number].take();
        // Not under the lock: this can drop the last owner.
        drop(resident);
    }
}

/// Comes and goes with one thread, and handles the events of that thread only.
#[weakrefable]
pub(crate) struct Visitor {
    host: usize,
    until: usize,
    counted: Counted,
}

impl Visitor {
    pub(crate) fn new(host: usize, until: usize, tally: &Arc<Tally>) -> Self {
        new!(Self { host, until, counted: Counted::new(tally) })
    }
}

impl Listener for Visitor {
    fn hear(&self, event: &Event) {
        // Other threads may still call a listener that is leaving, and so keep it alive a moment
        // longer. It handles no more events.
        if event.publisher == self.host && event.number < self.until {
            self.counted.deliver();
        }
    }
}
