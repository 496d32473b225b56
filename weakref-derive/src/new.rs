//! `new!`: a struct's literal, and in it the hidden slot.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprPath, ExprStruct, Member, Path, Token};

use crate::fallback::Errors;

const FORMS: &str = "`new!` takes the literal of a struct: \
    `Path { field: value, field, ..base }`, `Path(value, ..)` or `Path`";

pub(crate) fn new(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let literal = match syn::parse2(input) {
        Ok(literal) => with_slot(literal, &mut errors),
        Err(error) => {
            // No expression, or more than one; the span of an empty input is that of the call.
            errors.at(error.span(), FORMS);
            TokenStream::new()
        }
    };
    match errors.take() {
        // As this never returns, it fits wherever the value was to go.
        Some(errors) => quote!({ #errors loop {} }),
        None => literal,
    }
}

fn with_slot(literal: Expr, errors: &mut Errors) -> TokenStream {
    match literal {
        Expr::Struct(literal) => braced(&literal, errors),
        Expr::Call(ExprCall { attrs, func, paren_token, args }) => {
            if let Expr::Path(path) = &*func {
                let slot = empty_slot(&path.path);
                let comma = (!args.empty_or_trailing()).then(<Token![,]>::default);
                let inner = quote_spanned!(paren_token.span.join()=> (#args #comma #slot));
                quote!(#(#attrs)* #func #inner)
            } else {
                errors.over(func, FORMS);
                TokenStream::new()
            }
        }
        Expr::Path(ExprPath { attrs, qself: None, path }) => {
            let name = slot_name(&path);
            let slot = empty_slot(&path);
            quote!(#(#attrs)* #path { #name: #slot })
        }
        // What came through a macro's `$e:expr`.
        Expr::Group(group) => with_slot(*group.expr, errors),
        other => {
            errors.over(other, FORMS);
            TokenStream::new()
        }
    }
}

fn braced(literal: &ExprStruct, errors: &mut Errors) -> TokenStream {
    if let (Some(dots), None) = (&literal.dot2_token, &literal.rest) {
        errors.over(dots, "`..` needs a value to take the other fields from: `..base`");
    }
    for field in &literal.fields {
        if matches!(&field.member, Member::Named(name) if name == "__weakref__") {
            errors.over(&field.member, "`new!` adds the slot by itself: remove this field");
        }
    }
    let mut literal = literal.clone();
    let name = slot_name(&literal.path);
    let slot = empty_slot(&literal.path);
    literal.fields.insert(0, syn::parse_quote!(#name: #slot));
    quote!(#literal)
}

/// The name of the hidden field, at the place of the struct's name: where the compiler will point
/// if there is no such field.
fn slot_name(path: &Path) -> TokenStream {
    let at = place(path);
    quote_spanned!(at=> __weakref__)
}

/// An empty slot. Its type is known from the field, so that no path to the core crate is needed.
fn empty_slot(path: &Path) -> TokenStream {
    let at = place(path);
    quote_spanned!(at=> ::core::default::Default::default())
}

fn place(path: &Path) -> Span {
    let last = path.segments.last().map_or_else(|| path.span(), |last| last.ident.span());
    // The user's place, but code of ours: no lint is to take it for the user's.
    last.resolved_at(Span::call_site()).located_at(last)
}
