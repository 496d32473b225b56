//! Structs with at most one mistake: the macros say so once, or generate what can be parsed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proc_macro2::{TokenStream, TokenTree};
use weakref_fuzz::{check, check_eq, structs::Spec};

#[path = "../src/derive.rs"]
mod derive;
#[allow(clippy::wildcard_imports)]
pub(crate) use derive::modules::*;

/// The number of `compile_error!` in some code.
fn errors(code: TokenStream) -> usize {
    code.into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) => usize::from(word == "compile_error"),
            TokenTree::Group(group) => errors(group.stream()),
            _ => 0,
        })
        .sum()
}

fuzz_target!(|spec: Spec| {
    let text = spec.text("Name");
    let item: TokenStream = text.item.parse().expect("the struct is made of tokens");
    let output = if text.is_hidden {
        let arguments = text.arguments.parse().expect("the options are made of tokens");
        inject::weakrefable(arguments, &item)
    } else {
        let item = syn::parse2(item).expect("a derive is given an item");
        expand::derive(&item)
    };
    check!(
        syn::parse2::<syn::File>(output.clone()).is_ok(),
        "this cannot be parsed: {output}\nmade of: {text:#?}"
    );
    let expected = usize::from(spec.mistake.is_some());
    check_eq!(errors(output.clone()), expected, "errors in: {output}\nmade of: {text:#?}");
});
