//! Two kinds of listeners. Neither knows the bus.

use std::sync::{
    Arc, Mutex, Weak,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use weakref_core::{new, weakrefable};

/// An event: the thread that publishes it, and the number of those that it has published before.
pub(crate) struct Event {
    pub(crate) publisher: usize,
    pub(crate) number: usize,
}

/// How many events all listeners together have handled.
pub(crate) type Delivered = Arc<AtomicUsize>;

/// Lives in a house until it has handled so many events, then leaves, in the middle of a dispatch.
#[weakrefable]
pub(crate) struct Resident {
    heard: AtomicUsize,
    patience: usize,
    number: usize,
    house: Weak<House>,
    delivered: Delivered,
}

impl Resident {
    pub(crate) fn hear(&self, _: &Event) {
        let heard = self.heard.fetch_add(1, Relaxed) + 1;
        // Other threads may still call a listener that is leaving. It handles no more events.
        if heard <= self.patience {
            self.delivered.fetch_add(1, Relaxed);
        }
        if heard == self.patience
            && let Some(house) = self.house.upgrade()
        {
            house.leave(self.number);
        }
    }
}

/// Owns the residents.
#[derive(Default)]
pub(crate) struct House {
    residents: Mutex<Vec<Option<Arc<Resident>>>>,
}

impl House {
    pub(crate) fn enter(self: &Arc<Self>, patience: usize, delivered: &Delivered) -> Arc<Resident> {
        let mut residents = self.residents.lock().expect("nothing panics under it");
        let resident = Arc::new(new!(Resident {
            heard: AtomicUsize::new(0),
            patience,
            number: residents.len(),
            house: Arc::downgrade(self),
            delivered: Arc::clone(delivered),
        }));
        residents.push(Some(Arc::clone(&resident)));
        resident
    }

    fn leave(&self, number: usize) {
        let left = self.residents.lock().expect("nothing panics under it")[number].take();
        // Not under the lock: this can drop the last owner.
        drop(left);
    }
}

/// Comes and goes with one thread, and handles the events of that thread only.
#[weakrefable]
pub(crate) struct Visitor {
    host: usize,
    until: usize,
    delivered: Delivered,
}

impl Visitor {
    pub(crate) fn new(host: usize, until: usize, delivered: &Delivered) -> Arc<Self> {
        Arc::new(new!(Visitor { host, until, delivered: Arc::clone(delivered) }))
    }

    pub(crate) fn hear(&self, event: &Event) {
        // Other threads may still call a listener that is leaving, and so keep it alive a moment
        // longer. It handles no more events.
        if event.publisher == self.host && event.number < self.until {
            self.delivered.fetch_add(1, Relaxed);
        }
    }
}
