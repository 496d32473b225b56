//! Lists of operations, played on maps and on a plain model side by side.

mod local;
mod shared;
