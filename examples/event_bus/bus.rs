//! The bus. It holds its listeners weakly, and removes each as soon as it is dropped.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use weakref_core::{Shared, WeakMethod, Weakrefable};

/// A method of a listener of any type.
type Subscriber<E> = Arc<dyn Fn(&E) + Send + Sync>;

/// Calls all subscribed listeners with events of type `E`.
///
/// The bus owns no listener. A subscription is a [`WeakMethod`] with a callback, which removes it
/// from the bus when the listener is dropped. So no listener has to unsubscribe, and no dead ones
/// remain.
pub(crate) struct Bus<E> {
    /// In the order of their subscription. Locked to be read or changed, never during a call.
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
        // Weak too, or a listener would keep the bus alive.
        let bus = Arc::downgrade(self);
        let method = WeakMethod::with_callback(listener, method, move |_: &WeakMethod<T, F>| {
            if let Some(bus) = bus.upgrade() {
                bus.remove_dead(id);
            }
        });
        let subscriber: Subscriber<E> = Arc::new(move |event| {
            // A listener that was dropped since the dispatch began is not called.
            let _ = method.try_call((event,));
        });
        // The listener cannot be dropped before this, as the caller owns it.
        self.lock().insert(id, subscriber);
    }

    /// Calls all listeners that have subscribed before. They may subscribe others, publish, and be
    /// dropped meanwhile.
    pub(crate) fn publish(&self, event: &E) {
        let subscribers: Vec<_> = self.lock().values().cloned().collect();
        for subscriber in subscribers {
            subscriber(event);
        }
    }

    fn remove_dead(&self, id: usize) {
        let removed = self.lock().remove(&id);
        // Not under the lock, as dropping what it captured may run any code.
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
