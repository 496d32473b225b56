//! `weak_fn!` and `weak_fn_or!`.

#[allow(unused_imports)]
use crate::decoys::{Default, Drop, Option, Result, Send, Sized, Slotted, core, std, weakref_core};
use crate::hidden::Named;
use ::core::ops::Fn;
use ::renamed::{weak_fn, weak_fn_or};
use ::std::sync::Arc;

/// Names that the macro uses are those of the caller here.
pub fn sum(owner: &Arc<Named>) -> impl Fn(u32, &u32) -> ::core::option::Option<u32> + use<> {
    let (object, result) = (100, 1000);
    weak_fn!(owner, |named, number, other| named.this + number + other + object + result)
}

/// The same, with a default.
pub fn sum_or(object: &Arc<Named>, result: u32) -> impl Fn(u32) -> u32 + use<> {
    weak_fn_or!(object, result, |object, number: u32| object.this + number + result)
}

/// Without a result.
pub fn ignore(object: &Arc<Named>) -> impl Fn() + use<> {
    weak_fn_or!(object, (), move |_| ())
}
