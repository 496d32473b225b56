//! Programs on the slots of objects and on finalizers, beside a model that runs the same program.
//!
//! The model knows everything that callbacks and finalizers do, so that it foretells in which order
//! they run, also where they run inside each other. Real world and model write down what happens;
//! after each outermost operation the two logs are compared, and what can be asked of each object.

mod model;
pub mod program;
mod real;

use program::Program;

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// The callback or finalizer of this number runs.
    Runs(usize),
    /// This finalizer, which runs, sees the object of that number, or none: at its beginning, and
    /// at its end.
    Sees(usize, Option<usize>),
    /// Somebody peeks at a finalizer, with its object or without.
    Peeks(usize, bool),
    /// The `on_drop` function of an object runs.
    Drops(usize),
}

/// Runs a program.
pub fn run(program: &Program) {
    real::run(program);
}
