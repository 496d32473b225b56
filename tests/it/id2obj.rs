//! The example of objects by number, run as its users run it; and its numbers, given out by several threads.

use std::{
    process::Command,
    sync::{Arc, Barrier},
    thread,
};

use weakref_core::Slotted;
use weakref_tests::rounds;

use crate::examples::program;
use ids::{Id, Ids};

#[path = "../../examples/id2obj/ids.rs"]
mod ids;

const TOLD: &str = "\
orders come in, and get their numbers
  bread: #1
  soup: #2
  soup: #3
  bread: #1
the numbers lead back to the orders
  #1: bread
  #2: soup
  #3: soup
  remembered: 3
the first soup is served: its last owner goes
  #1: bread
  #2: nothing
  #3: soup
  remembered: 2
a new order may stand where that stood in memory: it has a number of its own
  soup: #4
  #2: nothing
  remembered: 3
a waiter has only a note, and is another thread
  #3: soup
  remembered: 3
the restaurant closes
  #1: nothing
  #2: nothing
  #3: nothing
  remembered: 0
";

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_whole_story() {
    let output = Command::new(program("id2obj")).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), TOLD);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_object_has_one_number_whichever_threads_ask_at_once() {
    const THREADS: usize = 8;

    let ids = Ids::new();
    let barrier = Barrier::new(THREADS);
    for round in 0..rounds(200) {
        let object = Arc::new(Slotted::new(round));
        let remember = || {
            barrier.wait();
            ids.remember(&object)
        };
        let given: Vec<Id> = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(remember)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(given, [number(1 + round); THREADS]);
        assert!(Arc::ptr_eq(&ids.object(given[0]).unwrap(), &object));
        assert_eq!(ids.len(), 1, "the one of the round before has gone");
    }
}

#[cfg_attr(miri, ignore = "depends on which addresses the allocator gives")]
#[test]
fn a_number_is_never_given_again_though_addresses_are() {
    let ids = Ids::new();
    let mut addresses = Vec::new();
    for round in 0..1_000 {
        let object = Arc::new(Slotted::new(round));
        addresses.push(Arc::as_ptr(&object).addr());
        assert_eq!(ids.remember(&object), number(1 + round));
        drop(object);
        assert_eq!(ids.len(), 0);
    }
    assert!((1..=1_000).all(|round| ids.object(number(round)).is_none()));
    addresses.sort_unstable();
    addresses.dedup();
    // Else this has not shown what it says.
    assert!(addresses.len() < 1_000, "the allocator gives no address twice");
}

#[test]
fn numbers_go_through_text() {
    for text in ["#7", "7"] {
        let id: Id = text.parse().unwrap();
        assert_eq!(id.to_string(), "#7");
    }
    for text in ["", "#", "##7", "seven", "-1"] {
        assert!(text.parse::<Id>().is_err(), "{text}");
    }
}

fn number(number: u64) -> Id {
    number.to_string().parse().unwrap()
}
