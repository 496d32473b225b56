//! What only several threads can show: of both kinds of maps.

mod equality;
mod identity;
