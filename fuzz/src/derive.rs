//! The modules of `weakref-derive`, which as a crate of macros has no other interface.
//!
//! They refer to each other from the crate's root, so a target that includes this file re-exports
//! [`modules`] there.
#![allow(dead_code, unreachable_pub, clippy::pedantic)]

#[path = "../../weakref-derive/src"]
pub(crate) mod modules {
    pub(crate) mod ast;
    pub(crate) mod attr;
    pub(crate) mod errors;
    pub(crate) mod expand;
    pub(crate) mod fallback;
    pub(crate) mod inject;
    pub(crate) mod new;
    pub(crate) mod proxy;
    pub(crate) mod serde;
    pub(crate) mod valid;
}
