//! Attributes like those of other crates. A derive above does not see what they do to an item.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

/// Packs a struct.
#[proc_macro_attribute]
pub fn packed(_: TokenStream, item: TokenStream) -> TokenStream {
    "#[repr(packed)]".parse::<TokenStream>().into_iter().chain([item]).collect()
}

/// Leaves an item as it is.
#[proc_macro_attribute]
pub fn unchanged(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}
