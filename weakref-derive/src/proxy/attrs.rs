//! The attributes of the generated code: the user's that it has too, and its own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Meta};

use crate::ast::metas;

/// What the attributes are put on.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// An implementation, or an item in one, which callers do not read.
    Implementation,
    /// A trait, or a method in one that returns what the user's returns.
    Declaration,
    /// A method that returns a `Result`.
    Fallible,
}

/// The user's attributes that `target` has too. `#[cfg]` and allowed lints go everywhere.
/// Attributes that are for callers go on what callers see. Doc comments are not carried over: they,
/// and their examples, are about the original.
pub(super) fn carried(attrs: &[Attribute], target: Target) -> TokenStream {
    let metas = attrs.iter().filter_map(|attr| carry(&attr.meta, target));
    quote!(#(#[#metas])*)
}

fn carry(meta: &Meta, target: Target) -> Option<TokenStream> {
    let name = meta.path().get_ident()?.to_string();
    let seen = target != Target::Implementation;
    match (name.as_str(), meta) {
        ("cfg" | "allow", _) => Some(quote!(#meta)),
        // The expected lint need not occur in the generated code.
        ("expect", Meta::List(list)) => {
            let lints = &list.tokens;
            Some(quote!(allow(#lints)))
        }
        ("deprecated", _) => seen.then(|| quote!(#meta)),
        // A `Result` must be used anyway.
        ("must_use", _) => (target == Target::Declaration).then(|| quote!(#meta)),
        // `#[doc(hidden)]`
        ("doc", Meta::List(_)) => seen.then(|| quote!(#meta)),
        ("cfg_attr", Meta::List(list)) => {
            let mut parts = metas(list)?.into_iter();
            let condition = parts.next()?;
            let kept: Vec<_> = parts.filter_map(|meta| carry(&meta, target)).collect();
            (!kept.is_empty()).then(|| quote!(cfg_attr(#condition, #(#kept),*)))
        }
        _ => None,
    }
}

/// Switches off lints that are for code that people write.
pub(super) fn lints() -> TokenStream {
    quote! {
        #[allow(
            deprecated,
            improper_ctypes_definitions,
            non_camel_case_types,
            non_snake_case,
            non_upper_case_globals,
            refining_impl_trait,
            unreachable_code,
            unused_mut,
            unused_variables,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::future_not_send,
            clippy::let_and_return,
            clippy::let_unit_value,
            clippy::undocumented_unsafe_blocks
        )]
    }
}
