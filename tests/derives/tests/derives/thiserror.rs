//! `thiserror`, below. `#[error(transparent)]` and `#[from]` allow one field: see the table.

use std::error::Error as _;

use thiserror::Error;
use weakref_core::{new, weakrefable};

use super::{lives_in_arc, lives_in_rc};

#[weakrefable]
#[derive(Error, Debug)]
#[error("cannot read {name}: {source}")]
struct ReadError {
    name: String,
    source: std::fmt::Error,
}

#[weakrefable(local)]
#[derive(Error, Debug)]
#[error("code {0}")]
struct Code(u32);

/// Above, as the struct has one field only there.
#[derive(Error, Debug)]
#[error(transparent)]
#[weakrefable]
struct Opaque(std::fmt::Error);

impl From<std::fmt::Error> for Opaque {
    fn from(error: std::fmt::Error) -> Self {
        new!(Self(error))
    }
}

#[test]
fn tells_of_the_other_fields() {
    let error = new!(ReadError { name: "dawn".into(), source: std::fmt::Error });
    let source = std::fmt::Error.to_string();
    assert_eq!(error.to_string(), format!("cannot read dawn: {source}"));
    assert!(error.source().is_some());
    lives_in_arc(error);
    assert_eq!(new!(Code(3)).to_string(), "code 3");
    lives_in_rc(new!(Code(3)));
    let opaque = Opaque::from(std::fmt::Error);
    assert_eq!(opaque.to_string(), source);
    lives_in_arc(opaque);
}
