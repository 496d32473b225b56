//! What each thread does: it publishes, and visitors of its own come and go between its events.

use std::sync::Arc;

use crate::{
    bus::Bus,
    listeners::{Delivered, Event, Visitor},
};

/// Publishes an event for each of `stays`. The visitor who comes before it stays for so many.
pub(crate) fn publish(
    publisher: usize,
    stays: &[usize],
    bus: &Arc<Bus<Event>>,
    delivered: &Delivered,
) {
    let mut visitors: Vec<(usize, Arc<Visitor>)> = Vec::new();
    for (event, stay) in stays.iter().enumerate() {
        let visitor = Visitor::new(publisher, delivered);
        bus.subscribe(&visitor, Visitor::hear);
        visitors.push((event + stay, visitor));
        bus.publish(&Event { publisher });
        // They only drop them: nobody tells the bus.
        visitors.retain(|(until, _)| *until > event + 1);
    }
}
