//! The rows of the table in the docs of `#[weakrefable]`, a module for each.

/// serde under another name.
extern crate serde as data_format;

use std::rc::Rc;
use std::sync::Arc;

use weakref_core::{Local, Shared, WeakRef, Weakrefable, weakref_count};

mod arbitrary;
mod bon;
mod borsh;
mod clap;
mod derive_builder;
mod derive_more;
mod derive_new;
mod mockall;
mod schemars;
mod serde;
mod thiserror;
mod typed_builder;
mod zeroize;

/// Puts a value into an `Arc`, and checks that a reference to it is counted, and dead afterwards.
fn lives_in_arc<T: Weakrefable<Flavor = Shared> + Send + Sync + 'static>(value: T) {
    let owner = Arc::new(value);
    let weak = WeakRef::with_callback(&owner, |_| ());
    assert_eq!(weakref_count(&owner), 1);
    drop(owner);
    assert!(weak.is_dead());
}

/// The same for an `Rc`.
fn lives_in_rc<T: Weakrefable<Flavor = Local> + 'static>(value: T) {
    let owner = Rc::new(value);
    let weak = WeakRef::with_callback(&owner, |_| ());
    assert_eq!(weakref_count(&owner), 1);
    drop(owner);
    assert!(weak.is_dead());
}
