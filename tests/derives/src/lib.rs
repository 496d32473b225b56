//! Empty. The tests in `tests/` put derives and attributes of other crates on structs with a hidden
//! slot.
//!
//! The table in the docs of `#[weakrefable]` says for each whether it goes below or above, and
//! which attribute the slot needs. There is a module for each row, and one for serde under other
//! names.
#![forbid(unsafe_code)]
