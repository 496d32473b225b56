//! The attributes that keep the hidden slot out of what serde writes and reads.
//!
//! What serde's derives below `#[weakrefable]` write is to be what it would be without the slot: one
//! more field, skipped, is enough for that in most structs. A newtype and a unit struct would change
//! their form, and are made `transparent` instead. A derive under a `cfg_attr` is seen like any
//! other: the compiler resolves those of an item before it runs the macros on it.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Fields, FieldsUnnamed, ItemStruct, Path, parse_quote};

use crate::ast::{condition, last_is};
use crate::valid;

/// What serde would make of a struct without the slot.
pub(crate) enum Shape {
    /// Nothing: none of its derives is in sight.
    None,
    /// What it also makes of it with one more field that is skipped.
    Plain,
    /// `struct Id(u32)` is written as its only field. Where a `#[cfg]` on a field decides whether it
    /// is the only one: under which condition.
    Newtype(Option<TokenStream>),
    /// `struct Marker;` is written as nothing at all, and so is the slot.
    Unit,
}

impl Shape {
    pub(crate) fn of(item: &ItemStruct) -> Self {
        if !valid::derives(&item.attrs).iter().any(is_serde) {
            return Self::None;
        }
        match &item.fields {
            _ if has_own_form(item) => Self::Plain,
            Fields::Unnamed(fields) => Self::of_tuple(fields),
            Fields::Unit => Self::Unit,
            Fields::Named(_) => Self::Plain,
        }
    }

    /// That of a tuple struct: a newtype, when one of its fields is there without the others.
    fn of_tuple(fields: &FieldsUnnamed) -> Self {
        let conditions: Vec<_> =
            fields.unnamed.iter().map(|field| condition(&field.attrs)).collect();
        match &conditions[..] {
            [] => return Self::Plain,
            [None] => return Self::Newtype(None),
            _ if conditions.iter().filter(|condition| condition.is_none()).count() > 1 => {
                return Self::Plain;
            }
            _ => {}
        }
        let conditions: Vec<_> =
            conditions.into_iter().map(|it| it.unwrap_or_else(|| quote!(all()))).collect();
        let alone = conditions.iter().enumerate().map(|(at, this)| {
            let (before, after) = (&conditions[..at], &conditions[at + 1..]);
            quote!(all(#this, not(any(#(#before,)* #(#after,)*))))
        });
        Self::Newtype(Some(quote!(any(#(#alone),*))))
    }

    /// The attribute on the slot.
    pub(crate) fn on_slot(&self) -> TokenStream {
        match self {
            Self::None | Self::Unit => TokenStream::new(),
            // A default of its own, as that of the struct, if the user has asked serde to take
            // missing fields from there, cannot be taken apart.
            Self::Plain | Self::Newtype(_) => quote!(#[serde(skip, default)]),
        }
    }

    /// The attribute on the struct.
    pub(crate) fn on_struct(&self) -> Option<Attribute> {
        match self {
            Self::None | Self::Plain => None,
            Self::Newtype(Some(condition)) => {
                Some(parse_quote!(#[cfg_attr(#condition, serde(transparent))]))
            }
            Self::Newtype(None) | Self::Unit => Some(parse_quote!(#[serde(transparent)])),
        }
    }
}

/// `Serialize` or `Deserialize`, alone or of a crate that is named after serde: others have
/// derives of these names too.
fn is_serde(path: &Path) -> bool {
    let named = last_is(path, "Serialize") || last_is(path, "Deserialize");
    let krate = path.segments.first().map(|first| first.ident.to_string());
    named && (path.segments.len() == 1 || krate.is_some_and(|krate| krate.contains("serde")))
}

/// Whether the user has told serde to write the struct in a form that excludes `transparent`.
fn has_own_form(item: &ItemStruct) -> bool {
    const FORMS: [&str; 6] = ["from", "into", "remote", "tag", "transparent", "try_from"];
    let lists = item.attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    lists.filter_map(|attr| attr.meta.require_list().ok()).any(|list| {
        list.tokens.clone().into_iter().any(|token| match token {
            TokenTree::Ident(word) => FORMS.iter().any(|form| word == form),
            _ => false,
        })
    })
}
