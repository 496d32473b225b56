//! Writes a module of as many structs without a mistake as its first argument says.
//!
//! `check-structs` beside this package has the compiler look at them.

use arbitrary::{Arbitrary, Unstructured};
use weakref_fuzz::structs::Spec;

/// A small generator of random numbers, the same in each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.to_le_bytes()[3]
    }
}

fn main() {
    let argument = std::env::args().nth(1);
    let count = argument.and_then(|count| count.parse().ok()).expect("usage: structs COUNT [SEED]");
    let seed = std::env::args().nth(2).map_or(1, |seed| seed.parse().expect("a number"));
    let mut chance = Chance(seed);
    println!("fn end<T: ?Sized>(_: &mut T) {{}}");
    let mut written = 0;
    while written < count {
        let bytes: Vec<u8> = (0..160).map(|_| chance.next()).collect();
        let Ok(mut spec) = Spec::arbitrary(&mut Unstructured::new(&bytes)) else { continue };
        spec.mistake = None;
        let name = format!("Struct{written}");
        let text = spec.text(&name);
        let head = if text.is_hidden {
            format!("#[weakref_core::weakrefable({})]", text.arguments)
        } else {
            "#[derive(weakref_core::Weakrefable)]".to_owned()
        };
        println!(
            "mod struct_{written} {{\n\
             use super::end;\n\
             use weakref_core::{{Local, Shared, WeakSlot}};\n\
             type LocalSlot = WeakSlot<Local>;\n\
             type SharedSlot = WeakSlot<Shared>;\n\
             {head}\n{}\n}}",
            text.item
        );
        written += 1;
    }
}
