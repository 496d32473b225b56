//! `Self` in the user's code: where it is, and how it is replaced.
//!
//! In the generated code, `Self` is the proxy, but the user means the object. Tokens are searched,
//! and not syn's tree, so that `Self` is found in every place where a type can be.

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

/// Every `Self` in some code, but not those in `use<..>` and in `<Self as Trait>`.
pub(super) fn selves(code: impl ToTokens) -> Vec<SelfUse> {
    let mut found = Vec::new();
    find_selves(code.into_token_stream(), &mut found);
    found
}

/// Whether a type is `Self`.
pub(super) fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(ty) if ty.qself.is_none() && ty.path.is_ident("Self"))
}

/// Whether `Self` itself stands in a type.
pub(super) fn has_bare_self(ty: &Type) -> bool {
    selves(ty).iter().any(|this| matches!(this, SelfUse::Bare(_)))
}

fn find_selves(code: TokenStream, found: &mut Vec<SelfUse>) {
    let tokens: Vec<_> = code.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => find_selves(group.stream(), found),
            TokenTree::Ident(word) if word == "use" => {
                at = end_of_captures(&tokens, at).unwrap_or(at);
            }
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

/// The name after `::`, if there is one at this index.
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

/// The index of the `>` of the `use<..>` that starts here. A block in a type, as in the length of
/// an array, can have a `use` of another kind.
fn end_of_captures(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let is =
        |token: &TokenTree, char| matches!(token, TokenTree::Punct(it) if it.as_char() == char);
    if !tokens.get(at + 1).is_some_and(|next| is(next, '<')) {
        return None;
    }
    tokens[at..].iter().position(|token| is(token, '>')).map(|length| at + length)
}

/// What replaces `Self`.
pub(super) struct Rewrite {
    /// Replaces the type itself, if given.
    pub(super) bare: Option<TokenStream>,
    /// Replaces `Self` before `::name`, for the names in `own`.
    pub(super) qualified: TokenStream,
    /// The names for which `qualified` is used. `None` stands for all.
    pub(super) own: Option<HashSet<String>>,
    /// What `use<..>` captures in place of `Self`, whether it names that or not.
    pub(super) captured: TokenStream,
    /// The lifetimes that `use<..>` captures in addition.
    pub(super) lifetimes: Vec<Lifetime>,
}

impl Rewrite {
    /// Leaves everything as it is.
    pub(super) fn nothing() -> Self {
        Self {
            bare: None,
            qualified: quote!(Self),
            own: None,
            captured: quote!(Self,),
            lifetimes: Vec::new(),
        }
    }

    /// Replaces each `Self` in some code.
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
                TokenTree::Ident(word) if word == "use" => match end_of_captures(&tokens, at) {
                    Some(end) => {
                        result.extend(self.captures(&tokens[at..=end]));
                        at = end;
                    }
                    None => result.extend([token.clone()]),
                },
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

/// Gives a name to each lifetime in a type that has none, and returns the names. Lifetimes must
/// have names in the code that is generated.
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
            // A lifetime is two tokens.
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
            // In braces, as in the length of an array, there is code.
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
