//! The book: documentation that belongs to no single item.
//!
//! | page | answers |
//! |---|---|
//! | [`choosing`] | Which type do I need? |
//! | [`recipes`] | How do I write an observer, a cache, an interner, .. ? |
//! | [`lifecycle`] | What happens when an object is dropped? What can I rely on? |
//! | [`performance`] | What does each operation cost? |
//! | [`limitations`] | What can this crate not do, and why? |
//! | [`coming_from`] | What is it called in Java, C#, Swift, glib, C++? |
//! | [`python`] | What is it called in Python, and where does it differ? |

pub mod choosing;
// Prose names products, too: CPython.
#[allow(clippy::doc_markdown)]
pub mod coming_from;
pub mod lifecycle;
pub mod limitations;
#[allow(clippy::doc_markdown)]
pub mod python;
pub mod recipes;

#[doc = include_str!("docs/performance.md")]
pub mod performance {}
