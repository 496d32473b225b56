//! Runs random programs without instrumentation, for many more of them in the same time:
//! `cargo run --release --example random -- TARGET [SECONDS [SEED]]`.
//!
//! Before a program runs, it is written to `random.input`, which the target of that name takes too.

use std::time::{Duration, Instant};

use arbitrary::{Arbitrary, Unstructured};
use weakref_core::{
    PtrWeakKeyMap, PtrWeakSet, PtrWeakWeakMap, WeakKeyMap, WeakSet, WeakValueMap, WeakWeakMap,
};
use weakref_fuzz::{
    containers::{
        hashers::Hashing,
        local::{self, item as rc},
        program::Program,
        shared::{self, item as arc},
    },
    harness,
    world::{
        self,
        program::{OnFinalizers, OnSlots},
    },
};

fn value_maps(program: &Program) {
    match program.which(2) {
        0 => local::run::<WeakValueMap<rc::Held, rc::Item, Hashing>>(program),
        _ => shared::run::<WeakValueMap<arc::Held, arc::Item, Hashing>>(program),
    }
}

fn key_maps(program: &Program) {
    match program.which(4) {
        0 => local::run::<WeakKeyMap<rc::Item, rc::Held, Hashing>>(program),
        1 => local::run::<PtrWeakKeyMap<rc::Item, rc::Held>>(program),
        2 => shared::run::<WeakKeyMap<arc::Item, arc::Held, Hashing>>(program),
        _ => shared::run::<PtrWeakKeyMap<arc::Item, arc::Held>>(program),
    }
}

fn pair_maps(program: &Program) {
    match program.which(4) {
        0 => local::run::<WeakWeakMap<rc::Item, rc::Item, Hashing>>(program),
        1 => local::run::<PtrWeakWeakMap<rc::Item, rc::Item>>(program),
        2 => shared::run::<WeakWeakMap<arc::Item, arc::Item, Hashing>>(program),
        _ => shared::run::<PtrWeakWeakMap<arc::Item, arc::Item>>(program),
    }
}

fn sets(program: &Program) {
    match program.which(4) {
        0 => local::run::<WeakSet<rc::Item, Hashing>>(program),
        1 => local::run::<PtrWeakSet<rc::Item>>(program),
        2 => shared::run::<WeakSet<arc::Item, Hashing>>(program),
        _ => shared::run::<PtrWeakSet<arc::Item>>(program),
    }
}

/// A small generator of random numbers, the same in each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Bytes of one program. Small numbers are more frequent.
    fn program(&mut self) -> Vec<u8> {
        let length = 20 + self.next() % 300;
        let byte = |chance: &mut Self| {
            let [byte, small, ..] = chance.next().to_be_bytes();
            if small < 64 { byte % 8 } else { byte }
        };
        (0..length).map(|_| byte(self)).collect()
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().expect("usage: random TARGET [SECONDS [SEED]]");
    let mut number =
        |default| arguments.next().map_or(default, |text| text.parse().expect("a number"));
    let (seconds, seed): (u64, u64) = (number(60), number(1));
    harness::install();
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (start, mut count) = (Instant::now(), 0_u64);
    while start.elapsed() < Duration::from_secs(seconds) {
        let bytes = chance.program();
        std::fs::write("random.input", &bytes).expect("the input can be written");
        let input = Unstructured::new(&bytes);
        macro_rules! run {
            ($Program:ty, |$program:ident| $run:expr) => {
                match <$Program>::arbitrary_take_rest(input) {
                    Ok($program) => $run,
                    Err(_) => continue,
                }
            };
        }
        match &*target {
            "value_maps" => run!(Program, |program| value_maps(&program)),
            "key_maps" => run!(Program, |program| key_maps(&program)),
            "pair_maps" => run!(Program, |program| pair_maps(&program)),
            "sets" => run!(Program, |program| sets(&program)),
            "slots" => run!(OnSlots, |program| world::run(&program.0)),
            "finalizers" => run!(OnFinalizers, |program| world::run(&program.0)),
            other => panic!("there is no target `{other}` of programs"),
        }
        count += 1;
    }
    println!("{target}: {count} programs in {seconds} s, seed {seed}");
}
