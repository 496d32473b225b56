//! What only several threads can show.

mod deaths;
mod interner;

use std::{hash::RandomState, sync::Arc, thread};

use weakref_core::{Slotted, WeakSet, WeakWeakMap, weakref_count};
use weakref_tests::{
    AllAlike, CIRCLE, Call, Key, Tally, Token, caught, on, once, without_deadlock,
};

type Word = Slotted<String>;

/// A number, with a token that is counted.
type Number = Slotted<(u32, Token)>;

fn word(text: &str) -> Arc<Word> {
    Arc::new(Slotted::new(text.to_owned()))
}

/// Makes `rounds`, each with what two threads do at once.
fn at_once(one: impl FnOnce() + Send, two: impl FnOnce() + Send) {
    let barrier = std::sync::Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            barrier.wait();
            one();
        });
        barrier.wait();
        two();
    });
}
