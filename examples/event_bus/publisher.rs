//! The work of each thread: it publishes events, and its visitors come and go between them.

use std::sync::Arc;

use crate::{
    bus::Bus,
    listeners::{Delivered, Event, Visitor},
};

/// Publishes an event for each of `stays`. The visitor that comes before it stays for so many
/// events.
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
        // The visitors are only dropped. The bus is not called.
        visitors.retain(|(until, _)| *until > number + 1);
    }
}
