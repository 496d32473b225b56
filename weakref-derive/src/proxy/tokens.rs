//! `Self` in what the user wrote: where it stands, and what to put in its place.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Lifetime, Type};

/// One `Self`.
pub(super) enum SelfUse {
    /// The type itself.
    Bare(Ident),
    /// `Self::name`
    Item { this: Ident, name: Ident },
}

/// Every `Self` in some code, but for those in `use<..>`, and in `<Self as Trait>`.
pub(super) fn selves(code: impl ToTokens) -> Vec<SelfUse> {
    let mut found = Vec::new();
    find_selves(code.into_token_stream(), &mut found);
    found
}

fn find_selves(code: TokenStream, found: &mut Vec<SelfUse>) {
    let tokens: Vec<_> = code.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => find_selves(group.stream(), found),
            TokenTree::Ident(word) if word == "use" => at = end_of_captures(&tokens, at),
            TokenTree::Ident(word) if word == "Self" => {
                let next = tokens.get(at + 1);
                if let Some(name) = after_path_separator(&tokens, at + 1) {
                    found.push(SelfUse::Item { this: word.clone(), name: name.clone() });
                } else if !matches!(next, Some(TokenTree::Ident(next)) if next == "as") {
                    found.push(SelfUse::Bare(word.clone()));
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The name after `::`, if that is what stands there.
fn after_path_separator(tokens: &[TokenTree], at: usize) -> Option<&Ident> {
    match tokens.get(at..at + 3)? {
        [TokenTree::Punct(first), TokenTree::Punct(second), TokenTree::Ident(name)]
            if first.as_char() == ':'
                && first.spacing() == Spacing::Joint
                && second.as_char() == ':' =>
        {
            Some(name)
        }
        _ => None,
    }
}

/// Where the `>` of the `use<..>` is that starts here.
fn end_of_captures(tokens: &[TokenTree], at: usize) -> usize {
    let closing = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == '>');
    tokens[at..].iter().position(closing).map_or(at, |length| at + length)
}

/// What is put in the place of `Self`.
pub(super) struct Rewrite {
    /// For the type itself; without, it stays.
    pub(super) bare: Option<TokenStream>,
    /// Before `::`, for the names in `own`.
    pub(super) qualified: TokenStream,
    /// The names for which `qualified` stands; without, for all.
    pub(super) own: Option<HashSet<String>>,
    /// What `use<..>` captures in place of `Self`, which it need not name.
    pub(super) captured: TokenStream,
    /// The lifetimes that it captures besides.
    pub(super) lifetimes: Vec<Lifetime>,
}

impl Rewrite {
    pub(super) fn apply(&self, code: impl ToTokens) -> TokenStream {
        let tokens: Vec<_> = code.into_token_stream().into_iter().collect();
        let mut result = TokenStream::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.apply(group.stream()));
                    inner.set_span(group.span());
                    result.extend([TokenTree::Group(inner)]);
                }
                TokenTree::Ident(word) if word == "use" => {
                    let end = end_of_captures(&tokens, at);
                    result.extend(self.captures(&tokens[at..=end]));
                    at = end;
                }
                TokenTree::Ident(word) if word == "Self" => {
                    match after_path_separator(&tokens, at + 1) {
                        Some(name) if self.owns(name) => result.extend(self.qualified.clone()),
                        _ => match &self.bare {
                            Some(bare) => result.extend(bare.clone()),
                            None => result.extend([token.clone()]),
                        },
                    }
                }
                other => result.extend([other.clone()]),
            }
            at += 1;
        }
        result
    }

    fn owns(&self, name: &Ident) -> bool {
        self.own.as_ref().is_none_or(|own| own.contains(&name.to_string()))
    }

    /// `use<..>`, with the lifetimes first, as they must be.
    fn captures(&self, tokens: &[TokenTree]) -> TokenStream {
        let mut named = self.lifetimes.clone();
        let mut types = Vec::new();
        let mut quoted = false;
        for token in tokens.iter().skip(1) {
            match token {
                TokenTree::Punct(it) if it.as_char() == '\'' => quoted = true,
                TokenTree::Ident(name) if quoted => {
                    let lifetime = Lifetime { apostrophe: name.span(), ident: name.clone() };
                    if !named.contains(&lifetime) {
                        named.push(lifetime);
                    }
                    quoted = false;
                }
                TokenTree::Ident(name) if name != "Self" => types.push(name),
                _ => {}
            }
        }
        let captured = &self.captured;
        quote!(use<#(#named,)* #captured #(#types),*>)
    }
}

/// Gives a name to each lifetime in a type that has none: where the type is used, they must have.
pub(super) fn name_lifetimes(ty: &Type) -> (Type, Vec<Lifetime>) {
    let mut names = Vec::new();
    let with_names = name_in(ty.to_token_stream(), &mut names);
    match syn::parse2(with_names) {
        Ok(ty) => (ty, names),
        Err(_) => (ty.clone(), Vec::new()),
    }
}

fn name_in(code: TokenStream, names: &mut Vec<Lifetime>) -> TokenStream {
    let next = |names: &mut Vec<Lifetime>| {
        let name = Lifetime::new(&format!("'__weakref_{}", names.len()), Span::call_site());
        names.push(name.clone());
        name
    };
    let mut result = TokenStream::new();
    let mut tokens = code.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(it) if it.as_char() == '\'' => match tokens.next() {
                Some(TokenTree::Ident(word)) if word == "_" => {
                    next(names).to_tokens(&mut result);
                }
                word => result.extend([token].into_iter().chain(word)),
            },
            TokenTree::Punct(it) if it.as_char() == '&' => {
                let has_one =
                    matches!(tokens.peek(), Some(TokenTree::Punct(it)) if it.as_char() == '\'');
                result.extend([token]);
                if !has_one {
                    next(names).to_tokens(&mut result);
                }
            }
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {
                let mut inner = Group::new(group.delimiter(), name_in(group.stream(), names));
                inner.set_span(group.span());
                result.extend([TokenTree::Group(inner)]);
            }
            _ => result.extend([token]),
        }
    }
    result
}
