//! The work of each thread: it publishes events, and its visitors come and go between them.

use std::sync::Arc;

use crate::listeners::{Bus, Event, Listener, Tally, Visitor};

/// Publishes an event for each of `stays`. The visitor that comes before it stays for so many
/// events.
pub(crate) fn publish(publisher: usize, stays: &[usize], bus: &Bus, tally: &Arc<Tally>) {
    let mut visitors: Vec<(usize, Arc<dyn Listener>)> = Vec::new();
    for (number, stay) in stays.iter().enumerate() {
        let until = number + stay;
        let visitor: Arc<dyn Listener> = Arc::new(Visitor::new(publisher, until, tally));
        bus.push(&visitor);
        visitors.push((until, visitor));
        let event = Event { publisher, number };
        bus.for_each(|listener| listener.hear(&event));
        // The visitors are only dropped. The bus is not called.
        visitors.retain(|(until, _)| *until > number + 1);
    }
}
