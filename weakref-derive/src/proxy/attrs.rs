//! Which of the user's attributes the generated code has too.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// What is written with the attributes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// An implementation, or an item in one, where a caller does not look.
    Implementation,
    /// A trait, or a method in one that returns what the user's returns.
    Declaration,
    /// A method that returns a `Result`.
    Fallible,
}

/// `#[cfg]` goes everywhere, and so do the lints that are allowed; what is meant for callers goes on
/// what they see. The text of a doc comment does not: it, and its examples, are of the original.
pub(super) fn carried(attrs: &[Attribute], target: Target) -> TokenStream {
    let metas = attrs.iter().filter_map(|attr| carry(&attr.meta, target));
    quote!(#(#[#metas])*)
}

fn carry(meta: &Meta, target: Target) -> Option<TokenStream> {
    let name = meta.path().get_ident()?.to_string();
    let seen = target != Target::Implementation;
    match (name.as_str(), meta) {
        ("cfg" | "allow", _) => Some(quote!(#meta)),
        // What is expected need not happen here.
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
            let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
            let mut metas = list.parse_args_with(parser).ok()?.into_iter();
            let condition = metas.next()?;
            let kept: Vec<_> = metas.filter_map(|meta| carry(&meta, target)).collect();
            (!kept.is_empty()).then(|| quote!(cfg_attr(#condition, #(#kept),*)))
        }
        _ => None,
    }
}
