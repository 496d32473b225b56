//! Programs on weak containers, beside plain models of them.

pub mod hashers;
pub mod local;
pub mod program;
pub mod shared;
