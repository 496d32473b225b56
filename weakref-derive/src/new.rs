//! `new!`: a struct's literal, and in it the hidden slot.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprPath, ExprStruct, Index, Member, Path, Token, bracketed};

use crate::errors::Errors;
use crate::expand::at;
use crate::inject::SLOT;

const FORMS: &str = "`new!` takes the literal of a struct: \
    `Path { field: value, field, ..base }`, `Path(value, ..)` or `Path`";

/// Expands `[path of the core crate] literal`.
pub(crate) fn new(input: TokenStream) -> TokenStream {
    let parser = |input: ParseStream<'_>| {
        let krate;
        bracketed!(krate in input);
        Ok((krate.call(Path::parse_mod_style)?, input.parse::<TokenStream>()?))
    };
    let (krate, input) = match parser.parse2(input) {
        Ok(input) => input,
        // Only a direct call of the hidden macro gets here.
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let literal = match syn::parse2(input.clone()) {
        Ok(literal) => Literal { krate: &krate, errors: &mut errors }.with_slot(literal),
        Err(error) => {
            // No expression, or more than one. The span of an empty input is that of the call.
            errors.at(error.span(), FORMS);
            TokenStream::new()
        }
    };
    let Some(errors) = errors.report() else {
        return quote!(#krate::__new_literal! { [right] (#literal) });
    };
    let input = half_written(&krate, input);
    quote!(#krate::__new_literal! { [wrong] (#input) #errors })
}

/// An input that is not a literal yet, for editors, which complete it as it is written. It is made
/// as similar to the later literal as possible: an editor looks for the place of the cursor in the
/// expansion.
fn half_written(krate: &Path, input: TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = input.into_iter().collect();
    if let [.., TokenTree::Ident(path), TokenTree::Group(fields)] = &mut *tokens
        && fields.delimiter() == Delimiter::Brace
    {
        let name = Ident::new(SLOT, path.span());
        let slot = empty_slot(krate, path.span());
        let rest = fields.stream();
        *fields = Group::new(Delimiter::Brace, quote!(#name: #slot, #rest));
    }
    tokens.into_iter().collect()
}

/// The context in which a literal is rewritten.
struct Literal<'a> {
    krate: &'a Path,
    errors: &'a mut Errors,
}

impl Literal<'_> {
    /// Adds the slot to a literal of any form.
    fn with_slot(&mut self, literal: Expr) -> TokenStream {
        match literal {
            Expr::Struct(literal) => self.braced(literal),
            Expr::Call(ExprCall { attrs, func, paren_token, args }) => {
                let func = ungrouped(*func);
                if let Expr::Path(path) = &func {
                    let slot = self.empty_slot(&path.path);
                    let comma = (!args.empty_or_trailing()).then(<Token![,]>::default);
                    let inner = quote_spanned!(paren_token.span.join()=> (#args #comma #slot));
                    quote!(#(#attrs)* #func #inner)
                } else {
                    self.wrong(&func)
                }
            }
            Expr::Path(ExprPath { attrs, qself: None, path }) => {
                let name = slot_name(&path);
                let slot = self.empty_slot(&path);
                quote!(#(#attrs)* #path { #name: #slot })
            }
            // A literal that came through a macro's `$e:expr` or `$p:path`.
            Expr::Group(group) => self.with_slot(*group.expr),
            other => self.wrong(&other),
        }
    }

    fn wrong(&mut self, found: &Expr) -> TokenStream {
        self.errors.over(found, FORMS);
        TokenStream::new()
    }

    /// Adds the slot to `Path { .. }`.
    fn braced(&mut self, mut literal: ExprStruct) -> TokenStream {
        if let (Some(dots), None) = (&literal.dot2_token, &literal.rest) {
            self.errors.over(dots, "`..` needs a value to take the other fields from: `..base`");
        }
        for field in &literal.fields {
            if matches!(&field.member, Member::Named(name) if name == SLOT) {
                self.errors
                    .over(&field.member, "`new!` adds the slot by itself: remove this field");
            }
        }
        // In `Path { 0: value }`, of a tuple struct, the slot is behind the last field.
        let last = literal.fields.iter().filter_map(|field| match &field.member {
            Member::Unnamed(at) => Some(at.index),
            Member::Named(_) => None,
        });
        let name = match last.max() {
            Some(last) => {
                if let (Some(dots), Some(_)) = (&literal.dot2_token, &literal.rest) {
                    self.errors.over(
                        dots,
                        "`new!` does not see how many fields `..` stands for, and the slot of a \
                         tuple struct is the last: name all of them, or write `Path(value, ..)`",
                    );
                }
                let last = Index { index: last.saturating_add(1), span: place(&literal.path) };
                quote!(#last)
            }
            None => slot_name(&literal.path),
        };
        let slot = self.empty_slot(&literal.path);
        literal.fields.insert(0, syn::parse_quote!(#name: #slot));
        quote!(#literal)
    }

    /// An empty slot. The compiler infers its parameters from the field.
    fn empty_slot(&self, path: &Path) -> TokenStream {
        empty_slot(self.krate, place(path))
    }
}

fn empty_slot(krate: &Path, place: Span) -> TokenStream {
    at(place, quote!(#krate::__private::SlotSetByNewMacro::new()))
}

/// Removes the invisible groups that a macro's `$p:path` leaves.
fn ungrouped(mut expr: Expr) -> Expr {
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    expr
}

/// The name of the hidden field, with the span of the struct's name. There, the compiler reports
/// that there is no such field.
fn slot_name(path: &Path) -> TokenStream {
    let name = Ident::new(SLOT, place(path));
    quote!(#name)
}

fn place(path: &Path) -> Span {
    let last = path.segments.last().map_or_else(|| path.span(), |last| last.ident.span());
    // The place is the user's, but lints must not take the code for the user's.
    last.resolved_at(Span::call_site()).located_at(last)
}
