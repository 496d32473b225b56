//! The documentation of what is generated.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Safety};

use super::method::Method;

/// A doc comment, which may have several lines.
pub(super) fn doc(text: &str) -> TokenStream {
    let lines =
        text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    let lines: Vec<Expr> = lines.map(|line| syn::parse_quote!(#line)).collect();
    quote!(#(#[doc = #lines])*)
}

/// Describes a method that calls `original`, or panics.
pub(super) fn panicking(original: &str, method: &Method) -> TokenStream {
    let safety = safety(original, method);
    doc(&format!(
        "Calls `{original}` of the object.\n\n\
         # Panics\n\nWith `ReferenceError`'s message, if the object is dead.{safety}"
    ))
}

/// Describes a `try_` form.
pub(super) fn fallible(original: &str, method: &Method) -> TokenStream {
    let safety = safety(original, method);
    doc(&format!(
        "Calls `{original}` of the object, if it is not dead.\n\n\
         # Errors\n\n`ReferenceError` if it is.{safety}"
    ))
}

fn safety(original: &str, method: &Method) -> String {
    match method.sig.safety {
        Safety::Unsafe(_) => format!("\n\n# Safety\n\nThat of `{original}`."),
        _ => String::new(),
    }
}
