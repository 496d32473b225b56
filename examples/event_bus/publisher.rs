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
    for (number, stay) in stays.iter().enumerate() {
        let until = number + stay;
        let visitor = Visitor::new(publisher, until, delivered);
        bus.subscribe(&visitor, Visitor::hear);
        visitors.push((until, visitor));
        bus.publish(&Event { publisher, number });
        // They only drop them: nobody tells the bus.
        visitors.retain(|(until, _)| *until > number + 1);
    }
}
