//! `#[proxy]`: the methods of a trait or of a type, on a `Proxy` of an object that has them.

mod ast;
mod attrs;
mod caller;
mod docs;
mod method;
mod on_impl;
mod on_trait;
mod options;
mod tokens;
mod types;
mod valid;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
use crate::fallback;
use ast::Input;
use options::Options;

/// Reads, checks and expands the item under the attribute.
pub(crate) fn proxy(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::read(arguments, &mut errors);
    let code = match syn::parse2(item.clone()) {
        Ok(parsed) => {
            let mut input = Input::read(parsed, &options);
            errors.add(input.validate());
            match &input {
                Input::Trait(input) => Some(on_trait::expand(input, &options)),
                Input::Impl(input) => Some(on_impl::expand(input, &options)),
                Input::Other(_) => fallback::item(item).cloned(),
            }
        }
        Err(error) => {
            errors.push(error);
            fallback::item(item).cloned()
        }
    };
    let errors = errors.report();
    quote!(#errors #code)
}
