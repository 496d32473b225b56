//! Documentation that belongs to no single item.

// Prose names products, too: CPython.
#[allow(clippy::doc_markdown)]
pub mod python;
