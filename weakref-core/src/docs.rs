//! Documentation that belongs to no single item.

// Prose names products, too: CPython.
#[allow(clippy::doc_markdown)]
pub mod python;

#[doc = include_str!("docs/performance.md")]
pub mod performance {}
