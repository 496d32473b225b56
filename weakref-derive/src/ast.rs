//! The models of the inputs, and questions about syn's tree.
//!
//! Nothing is checked here: that is done in `valid.rs`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Fields, Generics, Ident, ItemStruct, Member, Meta, MetaList,
    Path, Token, Type, TypeParamBound, Visibility, WherePredicate,
};

use crate::attr::Options;
use crate::errors::Errors;

/// The input of `#[derive(Weakrefable)]`.
pub(crate) struct Input<'a> {
    pub(crate) options: Options,
    pub(crate) item: Item<'a>,
}

/// The input of `#[weakrefable]`, if it is a struct.
pub(crate) struct Injection<'a> {
    pub(crate) options: Options,
    pub(crate) item: Struct<'a>,
}

/// The item under a macro.
pub(crate) enum Item<'a> {
    Struct(Struct<'a>),
    Other(NoStruct<'a>),
}

/// An enum or a union.
pub(crate) struct NoStruct<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// The place of its keyword.
    pub(crate) keyword: Span,
    /// What it is, with its article.
    pub(crate) kind: &'static str,
}

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
    /// Where the compiler is to report that the type is not right: its last word.
    pub(crate) ty_span: Span,
    /// Where an error about the field points: its name, or its type if it has none.
    pub(crate) span: Span,
    /// The `#[weakref]` attributes on it.
    pub(crate) marks: Vec<&'a Attribute>,
    /// The `#[cfg]` under which the field exists. A derive is shown existing fields only, without
    /// their `#[cfg]`.
    pub(crate) condition: Option<TokenStream>,
}

impl<'a> Input<'a> {
    /// Options that cannot be read go to `errors`.
    pub(crate) fn from_derive(input: &'a DeriveInput, errors: &mut Errors) -> Self {
        let mut options = Options::default();
        options.read_helpers(&input.attrs, errors);
        Self { options, item: Item::from_derive(input) }
    }
}

impl<'a> Item<'a> {
    pub(crate) fn from_derive(input: &'a DeriveInput) -> Self {
        let DeriveInput { ident, generics, .. } = input;
        let no_struct = |keyword, kind| Self::Other(NoStruct { ident, generics, keyword, kind });
        match &input.data {
            Data::Struct(data) => Self::Struct(Struct {
                ident,
                generics,
                attrs: &input.attrs,
                fields: Field::all(&data.fields),
            }),
            Data::Enum(data) => no_struct(data.enum_token.span, "an enum"),
            Data::Union(data) => no_struct(data.union_token.span, "a union"),
        }
    }
}

impl<'a> Struct<'a> {
    pub(crate) fn from_item(item: &'a ItemStruct) -> Self {
        Self {
            ident: &item.ident,
            generics: &item.generics,
            attrs: &item.attrs,
            fields: Field::all(&item.fields),
        }
    }

    /// The fields that the user has made the slot, of which there should be one: those with the
    /// mark, or else those whose type is written `WeakSlot`, or else, if several are, the one that
    /// is written with the path of the core crate.
    pub(crate) fn slots(&self, krate: &Path) -> Vec<&Field<'a>> {
        if self.has_marks() {
            return self.fields.iter().filter(|field| field.is_marked()).collect();
        }
        let named = self.fields.iter().filter(|field| field.weak_slot().is_some());
        let of_crate =
            |field: &&&Field<'_>| field.weak_slot().is_some_and(|path| is_in(path, krate));
        let mut qualified = named.clone().filter(|field| of_crate(&field));
        match (qualified.next(), qualified.next()) {
            (Some(only), None) => vec![only],
            _ => named.collect(),
        }
    }

    /// The slot; beside errors, the first of several.
    pub(crate) fn slot(&self, krate: &Path) -> Option<&Field<'a>> {
        let slots = self.slots(krate);
        let (slot, others) = slots.split_first()?;
        // If they are called by different paths, the first need not be a slot.
        let path = |field: &Field<'_>| field.weak_slot().map(words);
        others.iter().all(|other| path(other) == path(slot)).then_some(*slot)
    }

    /// Whether a field is marked as the slot.
    pub(crate) fn has_marks(&self) -> bool {
        self.fields.iter().any(Field::is_marked)
    }

    /// The `#[weakrefable]` attributes that stand on the struct, below the macro that reads it.
    pub(crate) fn injections(&self) -> impl Iterator<Item = &'a Attribute> {
        self.attrs.iter().filter(|attr| last_is(attr.path(), "weakrefable"))
    }

    /// The places of a word in the `#[repr(..)]` attributes.
    pub(crate) fn repr(&self, name: &str) -> impl Iterator<Item = Span> {
        let lists = self.attrs.iter().filter(|attr| attr.path().is_ident("repr"));
        let lists = lists.filter_map(|attr| attr.meta.require_list().ok());
        lists.flat_map(|list| list.tokens.clone()).filter_map(move |token| match token {
            TokenTree::Ident(word) if word.unraw() == name => Some(word.span()),
            _ => None,
        })
    }

    pub(crate) fn is_packed(&self) -> bool {
        self.repr("packed").next().is_some()
    }

    /// Whether the hidden slot can be added.
    pub(crate) fn has_room(&self) -> bool {
        !(0..self.fields.len()).any(|at| self.is_unsized_tail(at))
    }

    /// Whether a field of a tuple struct is unsized, and can be the last one, behind which the
    /// hidden slot would be put: the last field that always exists, or one with a `#[cfg]` after
    /// it.
    pub(crate) fn is_unsized_tail(&self, at: usize) -> bool {
        let field = &self.fields[at];
        let last = self.fields.iter().rposition(|field| field.condition.is_none()).unwrap_or(0);
        matches!(field.member, Member::Unnamed(_)) && at >= last && self.is_unsized(field.ty)
    }

    /// Whether a type is unsized, as far as its words say so.
    fn is_unsized(&self, ty: &Type) -> bool {
        match ty {
            Type::Slice(_) | Type::TraitObject(_) => true,
            Type::Path(ty) => {
                ty.path.is_ident("str")
                    || ty.path.get_ident().is_some_and(|ident| self.is_relaxed(ident))
            }
            _ => false,
        }
    }

    /// Whether `ident` is a type parameter that is declared `?Sized`.
    fn is_relaxed(&self, ident: &Ident) -> bool {
        let relaxed = |bounds: &Punctuated<TypeParamBound, Token![+]>| {
            let starts = |bound: &TypeParamBound| bound.to_token_stream().into_iter().next();
            let is_mark = |token| matches!(token, TokenTree::Punct(it) if it.as_char() == '?');
            bounds.iter().filter_map(starts).any(is_mark)
        };
        let declared = self
            .generics
            .type_params()
            .any(|param| param.ident == *ident && relaxed(&param.bounds));
        declared
            || predicates(self.generics).any(|predicate| match predicate {
                WherePredicate::Type(predicate) => {
                    matches!(&predicate.bounded_ty, Type::Path(ty) if ty.path.is_ident(ident))
                        && relaxed(&predicate.bounds)
                }
                _ => false,
            })
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

    /// Whether the field is said to be the slot.
    pub(crate) fn is_marked(&self) -> bool {
        !self.marks.is_empty()
    }

    /// The path by which its type is called `WeakSlot`, if it is.
    pub(crate) fn weak_slot(&self) -> Option<&'a Path> {
        weak_slot(self.ty)
    }
}

/// The path by which a type is called `WeakSlot`, if it is. What it means, only the compiler knows.
fn weak_slot(ty: &Type) -> Option<&Path> {
    match ty {
        Type::Path(ty) => last_is(&ty.path, "WeakSlot").then_some(&ty.path),
        // A type that came through a macro's `$t:ty`, or that stands in needless parentheses.
        Type::Group(ty) => weak_slot(&ty.elem),
        Type::Paren(ty) => weak_slot(&ty.elem),
        _ => None,
    }
}

/// The words of a path, raw (`r#name`) or not, without its parameters.
fn words(path: &Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect()
}

/// Whether a path is that of something in a crate or module.
fn is_in(path: &Path, krate: &Path) -> bool {
    let mut item = words(path);
    item.pop();
    item == words(krate)
}

/// Whether the last segment of a path is this name, raw (`r#name`) or not.
pub(crate) fn last_is(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident.unraw() == name)
}

/// `#[meta]`
pub(crate) fn attribute(meta: Meta) -> Attribute {
    let mut attribute: Attribute = syn::parse_quote!(#[meta]);
    attribute.meta = meta;
    attribute
}

/// The attributes in `(a, b, ..)`, as `cfg_attr` has them behind its condition.
pub(crate) fn metas(list: &MetaList) -> Option<Punctuated<Meta, Token![,]>> {
    list.parse_args_with(Punctuated::parse_terminated).ok()
}

/// The paths in all `#[derive(..)]` that are still to be run.
pub(crate) fn derives(attrs: &[Attribute]) -> Vec<Path> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("derive"))
        .flat_map(|attr| derive_paths(&attr.meta))
        .collect()
}

/// The paths in one `derive(..)`. One that cannot be read is reported by the compiler itself.
pub(crate) fn derive_paths(meta: &Meta) -> Vec<Path> {
    let Meta::List(list) = meta else { return Vec::new() };
    list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
        .map_or_else(|_| Vec::new(), |paths| paths.into_iter().collect())
}

/// The predicates of a `where` clause.
pub(crate) fn predicates(generics: &Generics) -> impl Iterator<Item = &WherePredicate> {
    generics.where_clause.iter().flat_map(|clause| &clause.predicates)
}

/// The parameters as an implementation declares them, which gives no defaults.
pub(crate) fn without_defaults(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for param in generics.type_params_mut() {
        param.default = None;
    }
    for param in generics.const_params_mut() {
        param.default = None;
    }
    generics
}

/// How visible something is, as a number. The scopes of two restricted visibilities (1) are not
/// compared.
pub(crate) fn openness(vis: &Visibility) -> u8 {
    match vis {
        Visibility::Inherited => 0,
        Visibility::Restricted(vis) if vis.path.is_ident("self") => 0,
        Visibility::Restricted(vis) if vis.path.is_ident("crate") => 2,
        Visibility::Restricted(_) => 1,
        Visibility::Public(_) => 3,
    }
}

/// The condition under which a field exists, if it has a `#[cfg]`. The compiler removes such fields
/// before it runs a derive, but after it has run an attribute.
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
        let mut metas = metas(list)?.into_iter();
        let applies = metas.next()?;
        // Where the `cfg_attr` does not apply, the field exists.
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
