//! `#[proxy]`: the methods of a trait or of a type, on a `Proxy` of an object that has them.

mod attrs;
mod caller;
mod method;
mod on_impl;
mod on_trait;
mod options;
mod tokens;
mod types;
mod valid;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::Item;
use syn::spanned::Spanned;

use crate::fallback::Errors;
use options::Options;

/// Reads, checks and expands the item under the attribute.
pub(crate) fn proxy(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::read(arguments, &mut errors);
    match syn::parse2(item.clone()) {
        Ok(Item::Trait(item)) => on_trait::expand(item, &options, errors),
        Ok(Item::Impl(item)) if item.trait_.is_none() => on_impl::expand(item, &options, errors),
        other => {
            match other {
                Ok(Item::Impl(item)) => valid::implementation(&item, &mut errors),
                Ok(other) => {
                    let (span, kind) = kind(&other);
                    valid::neither(span, kind, &mut errors);
                }
                Err(error) => errors.push(error),
            }
            let errors = errors.take();
            quote!(#errors #item)
        }
    }
}

/// The keyword of an item, and what to call it.
fn kind(item: &Item) -> (Span, &'static str) {
    match item {
        Item::Const(item) => (item.const_token.span, "a constant"),
        Item::Enum(item) => (item.enum_token.span, "an enum"),
        Item::Fn(item) => (item.sig.fn_token.span, "a function"),
        Item::Macro(item) => (item.mac.path.span(), "a macro"),
        Item::Mod(item) => (item.mod_token.span, "a module"),
        Item::Static(item) => (item.static_token.span, "a static"),
        Item::Struct(item) => (item.struct_token.span, "a struct"),
        Item::TraitAlias(item) => (item.trait_token.span, "a trait alias"),
        Item::Type(item) => (item.type_token.span, "an alias"),
        Item::Union(item) => (item.union_token.span, "a union"),
        Item::Use(item) => (item.use_token.span, "an import"),
        // A method without a body, of a trait.
        Item::Verbatim(tokens) if words(tokens).any(|word| word == "fn") => {
            (tokens.span(), "a function")
        }
        other => (other.span(), "something else"),
    }
}

fn words(tokens: &TokenStream) -> impl Iterator<Item = Ident> {
    tokens.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    })
}
