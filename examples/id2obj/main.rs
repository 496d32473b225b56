//! Objects by number: the example of Python's documentation for `weakref.WeakValueDictionary`. A
//! number can be used where an object cannot: in a log, a command, a callback of a C library. It
//! leads to the object as long as that is alive, and does not keep it alive.
//!
//! ```text
//! cargo run --release --example id2obj
//! ```
//!
//! Read `ids.rs` first: it is the part that needs `weakref_core`.

mod ids;

use std::{sync::Arc, thread};

use weakref_core::{new, weakrefable};

use ids::{Id, Ids};

/// An order in a restaurant.
#[weakrefable]
struct Order {
    dish: &'static str,
}

fn main() {
    let ids = Ids::new();
    let bread = order("bread");
    let soup = order("soup");
    let more_soup = order("soup");

    println!("orders come in, and get their numbers");
    for order in [&bread, &soup, &more_soup, &bread] {
        println!("  {}: {}", order.dish, ids.remember(order));
    }

    println!("the numbers lead back to the orders");
    let (first, second, third) =
        (ids.remember(&bread), ids.remember(&soup), ids.remember(&more_soup));
    look(&ids, &[first, second, third]);

    println!("the first soup is served: its last owner goes");
    drop(soup);
    look(&ids, &[first, second, third]);

    println!("a new order may stand where that stood in memory: it has a number of its own");
    let last_soup = order("soup");
    println!("  {}: {}", last_soup.dish, ids.remember(&last_soup));
    look(&ids, &[second]);

    println!("a waiter has only a note, and is another thread");
    let note = third.to_string();
    thread::scope(|scope| {
        scope.spawn(|| look(&ids, &[note.parse().expect("it was written by us")]));
    });

    println!("the restaurant closes");
    drop((bread, more_soup, last_soup));
    look(&ids, &[first, second, third]);
}

fn order(dish: &'static str) -> Arc<Order> {
    Arc::new(new!(Order { dish }))
}

fn look(ids: &Ids<Order>, numbers: &[Id]) {
    for &number in numbers {
        match ids.object(number) {
            Some(order) => println!("  {number}: {}", order.dish),
            None => println!("  {number}: nothing"),
        }
    }
    println!("  remembered: {}", ids.len());
}
