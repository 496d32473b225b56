//! The procedural macros of `weakref-core`, which re-exports them.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod ast;
mod attr;
mod expand;
mod fallback;
mod inject;
mod new;
mod valid;

use proc_macro::TokenStream;

/// Derives `Weakrefable`.
#[proc_macro_derive(Weakrefable, attributes(weakref))]
pub fn derive_weakrefable(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive(&input).into()
}

/// Adds the hidden slot.
#[proc_macro_attribute]
pub fn weakrefable(arguments: TokenStream, item: TokenStream) -> TokenStream {
    inject::weakrefable(arguments.into(), item.into()).into()
}

/// Makes a value.
#[proc_macro]
pub fn new(input: TokenStream) -> TokenStream {
    new::new(input.into()).into()
}
