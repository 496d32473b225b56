//! Any tokens: the macros do not panic, and what they generate can be parsed.
#![no_main]

use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};
use proc_macro2::TokenStream;
use weakref_fuzz::{check, words::Text};

#[path = "../src/derive.rs"]
mod derive;
#[allow(clippy::wildcard_imports)]
pub(crate) use derive::modules::*;

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Macro {
    Derive,
    Weakrefable,
    New,
    Proxy,
}

fn is<T: syn::parse::Parse>(tokens: &TokenStream) -> bool {
    syn::parse2::<T>(tokens.clone()).is_ok()
}

fuzz_target!(|input: (Macro, Text, Text)| {
    let (which, item, arguments) = input;
    let Some(item) = item.tokens() else { return };
    let arguments = || arguments.tokens().unwrap_or_default();
    let (output, fits) = match which {
        Macro::Derive => {
            let Ok(input) = syn::parse2(item.clone()) else { return };
            let output = expand::derive(&input);
            let fits = is::<syn::File>(&output);
            (output, fits)
        }
        Macro::New => {
            // The path of the core crate comes first, as `new!` puts it there.
            let mut input: TokenStream = "[::weakref_core]".parse().unwrap();
            input.extend(item.clone());
            let output = new::new(input);
            let fits = is::<syn::Expr>(&output);
            (output, fits)
        }
        Macro::Weakrefable | Macro::Proxy => {
            let output = match which {
                Macro::Proxy => proxy::proxy(arguments(), &item),
                _ => inject::weakrefable(arguments(), &item),
            };
            // What is no item, an attribute gives back as it is.
            let fits = !is::<syn::Item>(&item) || is::<syn::File>(&output);
            (output, fits)
        }
    };
    check!(fits, "this cannot be parsed: {output}\nmade by {which:?} of: {item}");
});
