//! From syn's tree to the little that the macros need to know of a struct.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Fields, Generics, Ident, ItemStruct, Member, Meta, Path, Token,
    Type,
};

/// A struct that has a slot or is about to get one.
pub(crate) struct Struct<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) attrs: &'a [Attribute],
    pub(crate) fields: Vec<Field<'a>>,
}

/// A field of such a struct.
pub(crate) struct Field<'a> {
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    /// The last word of the type.
    pub(crate) ty_span: Span,
    /// Where the field is pointed at: its name, or its type if it has none.
    pub(crate) span: Span,
    /// The `#[weakref]` attributes on it.
    pub(crate) marks: Vec<&'a Attribute>,
    /// When it is there, if not always. A derive sees none but those that are.
    pub(crate) condition: Option<TokenStream>,
}

/// What stands where a struct should.
pub(crate) enum NoStruct {
    Enum(Span),
    Union(Span),
}

impl<'a> Struct<'a> {
    pub(crate) fn from_derive(input: &'a DeriveInput) -> Result<Self, NoStruct> {
        let fields = match &input.data {
            Data::Struct(data) => &data.fields,
            Data::Enum(data) => return Err(NoStruct::Enum(data.enum_token.span)),
            Data::Union(data) => return Err(NoStruct::Union(data.union_token.span)),
        };
        Ok(Self {
            ident: &input.ident,
            generics: &input.generics,
            attrs: &input.attrs,
            fields: Field::all(fields),
        })
    }

    pub(crate) fn from_item(item: &'a ItemStruct) -> Self {
        Self {
            ident: &item.ident,
            generics: &item.generics,
            attrs: &item.attrs,
            fields: Field::all(&item.fields),
        }
    }
}

impl<'a> Field<'a> {
    fn all(fields: &'a Fields) -> Vec<Self> {
        fields
            .iter()
            .zip(fields.members())
            .map(|(field, member)| Field {
                span: field.ident.as_ref().map_or_else(|| span_of_type(&field.ty), Ident::span),
                member,
                ty: &field.ty,
                ty_span: span_of_type(&field.ty),
                marks: field.attrs.iter().filter(|a| a.path().is_ident("weakref")).collect(),
                condition: condition(&field.attrs),
            })
            .collect()
    }

    /// Whether the field is meant to be the slot: by its type's name, or by its mark.
    pub(crate) fn is_slot(&self) -> bool {
        !self.marks.is_empty() || names_weak_slot(self.ty)
    }
}

/// Whether a type is written `WeakSlot`, by whatever path it is reached.
fn names_weak_slot(ty: &Type) -> bool {
    match ty {
        Type::Path(ty) => last_is(&ty.path, "WeakSlot"),
        // A type that came through a macro's `$t:ty`, or that stands in needless parentheses.
        Type::Group(ty) => names_weak_slot(&ty.elem),
        Type::Paren(ty) => names_weak_slot(&ty.elem),
        _ => false,
    }
}

/// Whether the last segment of a path is this name, raw (`r#name`) or not.
pub(crate) fn last_is(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident.unraw() == name)
}

/// When a field is there, if it has a `#[cfg]`: to an attribute of the struct, unlike to a derive,
/// the compiler shows fields with it, and leaves out those that are not there only afterwards.
pub(crate) fn condition(attrs: &[Attribute]) -> Option<TokenStream> {
    fn of(meta: &Meta) -> Option<TokenStream> {
        let Meta::List(list) = meta else { return None };
        let tokens = &list.tokens;
        if list.path.is_ident("cfg") {
            return Some(quote!(all(#tokens)));
        }
        if !list.path.is_ident("cfg_attr") {
            return None;
        }
        let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
        let mut metas = list.parse_args_with(parser).ok()?.into_iter();
        let applies = metas.next()?;
        let conditions: Vec<_> = metas.filter_map(|meta| of(&meta)).collect();
        (!conditions.is_empty()).then(|| quote!(any(not(#applies), all(#(#conditions),*))))
    }
    let conditions: Vec<_> = attrs.iter().filter_map(|attr| of(&attr.meta)).collect();
    (!conditions.is_empty()).then(|| quote!(all(#(#conditions),*)))
}

/// One token of a type that stands for it in a message: on stable, spans cannot be joined.
fn span_of_type(ty: &Type) -> Span {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.span()),
        Type::Group(group) => Some(span_of_type(&group.elem)),
        _ => None,
    }
    .unwrap_or_else(|| syn::spanned::Spanned::span(ty))
}
