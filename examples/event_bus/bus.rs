//! The bus: who listens, held weakly, and gone from here as soon as it has died.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use weakref_core::{Shared, WeakMethod, Weakrefable};

/// A method of a listener, of whatever type that is.
type Subscriber<E> = Arc<dyn Fn(&E) + Send + Sync>;

/// Tells everybody who has subscribed of events of type `E`.
///
/// It owns no listener. A subscription is a [`WeakMethod`]; its callback, run by the listener's death,
/// takes it out of the bus: nobody has to unsubscribe, and no dead ones are dragged along.
pub(crate) struct Bus<E> {
    /// In the order of their subscription. Locked for a look or a change, never for a call.
    subscribers: Mutex<BTreeMap<usize, Subscriber<E>>>,
    subscribed: AtomicUsize,
    died: AtomicUsize,
}

impl<E: 'static> Bus<E> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            subscribers: Mutex::default(),
            subscribed: AtomicUsize::new(0),
            died: AtomicUsize::new(0),
        })
    }

    /// Calls `method` of the listener with every event from here on, as long as it lives.
    pub(crate) fn subscribe<T, F>(self: &Arc<Self>, listener: &Arc<T>, method: F)
    where
        T: Weakrefable<Flavor = Shared> + Send + Sync + 'static,
        F: Fn(&T, &E) + Clone + Send + Sync + 'static,
    {
        let id = self.subscribed.fetch_add(1, Relaxed);
        // Weak too, or a listener would keep the bus.
        let bus = Arc::downgrade(self);
        let method = WeakMethod::with_callback(listener, method, move |_: &WeakMethod<T, F>| {
            if let Some(bus) = bus.upgrade() {
                bus.remove_dead(id);
            }
        });
        let subscriber: Subscriber<E> = Arc::new(move |event| {
            // If it has died since the dispatch began, there is nobody to tell.
            let _ = method.try_call((event,));
        });
        // The listener cannot die before this, as the caller owns it.
        self.lock().insert(id, subscriber);
    }

    /// Tells all who have subscribed before. They may subscribe others, publish, and die meanwhile.
    pub(crate) fn publish(&self, event: &E) {
        let subscribers: Vec<_> = self.lock().values().cloned().collect();
        for subscriber in subscribers {
            subscriber(event);
        }
    }

    fn remove_dead(&self, id: usize) {
        let removed = self.lock().remove(&id);
        // Not under the lock: what it captured is its listener's business.
        drop(removed);
        self.died.fetch_add(1, Relaxed);
    }

    pub(crate) fn subscribed(&self) -> usize {
        self.subscribed.load(Relaxed)
    }

    pub(crate) fn unsubscribed_by_death(&self) -> usize {
        self.died.load(Relaxed)
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, Subscriber<E>>> {
        self.subscribers.lock().expect("nothing panics under it")
    }
}
