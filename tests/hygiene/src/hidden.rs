//! `#[weakrefable]`, with every option.

#[allow(unused_imports)]
use crate::decoys::{Default, Drop, Option, SlotField, Weakrefable, core, std, weakref_core};
use ::core::clone::Clone;
use ::core::cmp::{Eq, Ord, PartialEq, PartialOrd};
use ::core::fmt::Debug;
use ::core::hash::Hash;
use ::renamed::weakrefable;

/// A struct with named fields.
#[weakrefable(crate = "::renamed", on_drop = Named::close)]
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    ::core::default::Default,
    ::serde::Serialize,
    ::serde::Deserialize,
)]
pub struct Named {
    /// A field.
    pub this: u32,
    /// Another, with a name that the generated code uses.
    pub slot: u32,
}

impl Named {
    const fn close(&mut self) {
        self.this = 0;
    }
}

/// A struct with all kinds of parameters.
#[weakrefable(local, crate = "::renamed")]
#[derive(Clone, Debug)]
pub struct Generic<'a, T: Clone, F, const N: usize = 3>
where
    F: ?::core::marker::Sized,
{
    /// The names of the parameters are those that a macro might use.
    pub values: [&'a T; N],
    /// The last field.
    pub last: F,
}

/// A tuple struct.
#[weakrefable(local, crate = "::renamed")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
pub struct Tuple(pub u32, pub u32);

/// A newtype.
#[weakrefable(crate = ::renamed, drop = "slot")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
pub struct Newtype(pub u32);

impl ::core::ops::Drop for Newtype {
    fn drop(&mut self) {
        self.0 = 0;
    }
}

/// A unit struct.
#[weakrefable(crate = "::renamed")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
pub struct Unit;

/// A deprecated struct does not warn about itself.
#[deprecated]
#[weakrefable(crate = "::renamed")]
#[derive(Debug)]
pub struct Old {
    /// A field.
    pub id: u32,
}

/// A raw name, with raw fields.
#[weakrefable(crate = "::renamed")]
#[derive(Clone, Debug)]
pub struct r#Type {
    /// A field.
    pub r#fn: u32,
}

/// Private fields, seen from here only.
#[weakrefable(crate = "::renamed")]
#[derive(Clone, Debug)]
pub struct Private {
    id: u32,
}

impl Private {
    /// Makes one.
    #[must_use]
    pub const fn make(id: u32) -> Self {
        ::renamed::new!(Self { id })
    }

    /// Reads it.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }
}
