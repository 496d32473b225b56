//! The attributes that keep the hidden slot out of what serde writes and reads.
//!
//! serde's derives below `#[weakrefable]` should write what they would write without the slot. In
//! most structs, skipping the additional field is enough for that. A newtype and a unit struct
//! would change their form, and are made `transparent` instead.
//!
//! The attributes are always generated, as serde's derives cannot be recognized by their names.
//! They do not need a derive of serde: `#[derive(Weakrefable)]` declares the attribute `serde` too.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Field, Fields, ItemStruct, Meta, Path, Type, parse_quote};

use crate::ast::{condition, derives, last_is, metas};

/// The form in which serde would write a struct without the slot.
pub(crate) enum Form {
    /// The user has given attributes for the slot, which decide.
    Given,
    /// The form that the struct also has with one more field that is skipped.
    Plain,
    /// A tuple struct that may have one field or none, as their `#[cfg]`s decide. serde writes one
    /// with one field, `struct Id(u32)`, as that field, and one without fields as an empty
    /// sequence.
    Tuple {
        /// When no field exists.
        empty: When,
        /// For each field, when it is the only one.
        alone: Vec<When>,
    },
    /// `struct Marker;`
    Unit,
}

/// When something holds.
pub(crate) enum When {
    Never,
    Always,
    /// As the `#[cfg]`s of the fields decide.
    If(TokenStream),
}

impl When {
    /// An attribute that is there only then.
    fn then(&self, meta: &TokenStream) -> Option<Attribute> {
        match self {
            Self::Never => None,
            Self::Always => Some(parse_quote!(#[#meta])),
            Self::If(condition) => Some(parse_quote!(#[cfg_attr(#condition, #meta)])),
        }
    }

    fn not(&self) -> Self {
        match self {
            Self::Never => Self::Always,
            Self::Always => Self::Never,
            Self::If(condition) => Self::If(quote!(not(#condition))),
        }
    }
}

impl Form {
    pub(crate) fn of(item: &ItemStruct, slot: &[Meta]) -> Self {
        if slot.iter().any(mentions_serde) {
            return Self::Given;
        }
        match &item.fields {
            _ if is_said(item) => Self::Plain,
            Fields::Unnamed(fields) => {
                let conditions: Vec<_> =
                    fields.unnamed.iter().map(|field| condition(&field.attrs)).collect();
                Self::of_tuple(&conditions)
            }
            Fields::Unit => Self::Unit,
            Fields::Named(_) => Self::Plain,
        }
    }

    /// The form of a struct beside an error. As `#[derive(Weakrefable)]` is not there to declare
    /// `#[serde(..)]`, the attribute needs a derive of serde. Derives that are imported under other
    /// names do not count, and find the slot in the struct.
    pub(crate) fn of_refused(item: &ItemStruct, slot: &[Meta]) -> Self {
        let is_serde = |path: &Path| last_is(path, "Serialize") || last_is(path, "Deserialize");
        if derives(&item.attrs).iter().any(is_serde) { Self::of(item, slot) } else { Self::Given }
    }

    /// The form of a tuple struct whose fields exist under these conditions.
    fn of_tuple(conditions: &[Option<TokenStream>]) -> Self {
        if conditions.iter().filter(|condition| condition.is_none()).count() > 1 {
            return Self::Plain;
        }
        match conditions {
            [] => return Self::Tuple { empty: When::Always, alone: Vec::new() },
            [None] => return Self::Tuple { empty: When::Never, alone: vec![When::Always] },
            _ => {}
        }
        let conditions: Vec<_> = conditions
            .iter()
            .map(|condition| condition.clone().unwrap_or_else(|| quote!(all())))
            .collect();
        let alone = conditions.iter().enumerate().map(|(at, this)| {
            let (before, after) = (&conditions[..at], &conditions[at + 1..]);
            When::If(quote!(all(#this, not(any(#(#before,)* #(#after,)*)))))
        });
        Self::Tuple { empty: When::If(quote!(not(any(#(#conditions),*)))), alone: alone.collect() }
    }

    /// The parameter of the slot's type that decides what the slot is for serde, if it is not
    /// skipped.
    pub(crate) fn data(&self) -> Option<Ident> {
        let name = match self {
            Self::Given | Self::Plain | Self::Tuple { empty: When::Never, .. } => return None,
            Self::Tuple { .. } => "TupleByFeatureSerde",
            Self::Unit => "UnitByFeatureSerde",
        };
        Some(Ident::new(name, Span::call_site()))
    }

    /// The attribute on the slot.
    pub(crate) fn on_slot(&self) -> Option<Attribute> {
        // `default`, as the user may have put `#[serde(default)]` on the struct: missing fields
        // would be moved out of a value of the struct, which has a `Drop`.
        let skip = quote!(serde(skip, default));
        match self {
            Self::Given | Self::Unit => None,
            Self::Plain => When::Always.then(&skip),
            Self::Tuple { empty, .. } => empty.not().then(&skip),
        }
    }

    /// Puts the attribute on the struct, and makes a newtype's field one that `transparent` takes.
    pub(crate) fn mark_struct(&self, item: &mut ItemStruct) {
        let transparent = quote!(serde(transparent));
        match self {
            Self::Given | Self::Plain => {}
            Self::Unit => item.attrs.extend(When::Always.then(&transparent)),
            Self::Tuple { empty, alone } => {
                // At most one of them holds.
                let whens = std::iter::once(empty).chain(alone);
                item.attrs.extend(whens.filter_map(|when| when.then(&transparent)));
                for (field, alone) in item.fields.iter_mut().zip(alone) {
                    make_transparent(field, alone);
                }
            }
        }
    }
}

/// Removes attributes that serde ignores on the only field of a newtype, but does not allow in a
/// `transparent` struct.
fn make_transparent(field: &mut Field, alone: &When) {
    let attrs = std::mem::take(&mut field.attrs);
    for attr in attrs {
        let Some(effective) = effective(&attr.meta) else {
            field.attrs.push(attr);
            continue;
        };
        field.attrs.extend(alone.not().then(&attr.meta.to_token_stream()));
        field.attrs.extend(effective.iter().filter_map(|meta| alone.then(&quote!(#meta))));
    }
    // For `transparent`, a field whose type is called `PhantomData` does not count. In parentheses,
    // it does.
    if is_phantom(&field.ty) {
        let ty = &field.ty;
        field.ty = parse_quote!((#ty));
    }
}

/// The part of an attribute that takes effect on the field of a newtype. `None` stands for all of
/// it.
fn effective(meta: &Meta) -> Option<Vec<Meta>> {
    const PASSED_OVER: [&str; 5] =
        ["default", "skip", "skip_serializing", "skip_deserializing", "skip_serializing_if"];
    let Meta::List(list) = meta else { return None };
    let parts = || metas(list);
    if list.path.is_ident("serde") {
        let parts = parts()?;
        let passed_over = |part: &Meta| PASSED_OVER.iter().any(|name| part.path().is_ident(name));
        if !parts.iter().any(passed_over) {
            return None;
        }
        let rest: Vec<_> = parts.iter().filter(|part| !passed_over(part)).collect();
        return Some(if rest.is_empty() {
            Vec::new()
        } else {
            vec![parse_quote!(serde(#(#rest),*))]
        });
    }
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let mut parts = parts()?.into_iter();
    let applies = parts.next()?;
    let parts: Vec<_> = parts.collect();
    if !parts.iter().any(|part| effective(part).is_some()) {
        return None;
    }
    let rest: Vec<_> =
        parts.into_iter().flat_map(|part| effective(&part).unwrap_or_else(|| vec![part])).collect();
    Some(if rest.is_empty() { rest } else { vec![parse_quote!(cfg_attr(#applies, #(#rest),*))] })
}

/// Whether serde's derives take a type for `PhantomData`.
fn is_phantom(ty: &Type) -> bool {
    match ty {
        Type::Path(ty) => last_is(&ty.path, "PhantomData"),
        Type::Group(ty) => is_phantom(&ty.elem),
        _ => false,
    }
}

/// Whether an attribute that the user gives to the slot is meant for serde.
fn mentions_serde(meta: &Meta) -> bool {
    match meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            metas(list).is_some_and(|parts| parts.iter().skip(1).any(mentions_serde))
        }
        _ => meta.path().is_ident("serde"),
    }
}

/// Whether an attribute of serde's selects a form that excludes `transparent`.
fn is_said(item: &ItemStruct) -> bool {
    const FORMS: [&str; 6] = ["from", "into", "remote", "tag", "transparent", "try_from"];
    let lists = item.attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    lists.filter_map(|attr| attr.meta.require_list().ok()).any(|list| {
        list.tokens.clone().into_iter().any(|token| match token {
            TokenTree::Ident(word) => FORMS.iter().any(|form| word == form),
            _ => false,
        })
    })
}
