//! `#[weakrefable]`: the hidden field and the derive.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{
    Attribute, DeriveInput, Field, Fields, FieldsNamed, ItemStruct, Path, Visibility, parse_quote,
};

use crate::ast::{Struct, condition, last_is};
use crate::attr::Options;
use crate::fallback::{self, Errors};
use crate::serde::Shape;
use crate::valid;

/// Reads, checks and rewrites the item under the attribute.
pub(crate) fn weakrefable(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::default();
    options.read_arguments(arguments, &mut errors);
    let helper = options.to_helper();
    let Ok(item) = syn::parse2::<ItemStruct>(item.clone()) else {
        return not_a_struct(item, &options, errors);
    };
    options.read_helpers(&item.attrs, &mut errors);
    valid::options(&options, &mut errors);
    let Checked { fits, sometimes } = check(&item, &mut errors);

    if let Some(errors) = errors.take() {
        let (item, dummy) = refused(item, &options, fits);
        return quote!(#errors #item #dummy);
    }
    let accepted = accepted(item.clone(), &helper, &options);
    if sometimes.is_empty() {
        return accepted;
    }
    let (item, dummy) = refused(item, &options, fits);
    let (conditions, errors): (Vec<_>, Vec<_>) = sometimes.into_iter().unzip();
    quote! {
        #(#[cfg(#conditions)] const _: () = { #errors };)*
        #[cfg(any(#(#conditions),*))]
        #item
        #[cfg(any(#(#conditions),*))]
        #dummy
        #[cfg(not(any(#(#conditions),*)))]
        #accepted
    }
}

/// The struct with its slot.
fn accepted(mut item: ItemStruct, helper: &TokenStream, options: &Options) -> TokenStream {
    let krate = options.krate();
    let serde = Shape::of(&item);
    add_slot(&mut item, &krate, options, &serde.on_slot());
    item.attrs.extend(serde.on_struct());
    // The derive comes first: `#[weakref(..)]` is an attribute of its.
    quote! {
        #[derive(#krate::Weakrefable)]
        #helper
        #item
    }
}

/// The struct as it stands beside errors, and what goes for its implementation. The hidden field is
/// there all the same, if it fits, for the sake of `new!`.
fn refused(mut item: ItemStruct, options: &Options, fits: bool) -> (ItemStruct, TokenStream) {
    if fits {
        let serde = Shape::of(&item);
        add_slot(&mut item, &options.krate(), options, &serde.on_slot());
    }
    strip(&mut item);
    let dummy = fallback::weakrefable(&item.ident, &item.generics, options);
    (item, dummy)
}

/// What is known of a struct under the attribute.
struct Checked {
    /// Whether there is room for the slot, be it beside errors.
    fits: bool,
    /// The errors at fields with a `#[cfg]`, each with the condition under which the field is there.
    sometimes: Vec<(TokenStream, TokenStream)>,
}

/// Finds what the attribute cannot work with.
fn check(item: &ItemStruct, errors: &mut Errors) -> Checked {
    let model = Struct::from_item(item);
    valid::packed(model.attrs, errors);
    valid::transparent(model.attrs, errors);
    valid::beside_injection(&model, errors);
    let mut checked = Checked { fits: true, sometimes: Vec::new() };
    let last = model.fields.iter().rposition(|field| field.condition.is_none()).unwrap_or(0);
    for (at, field) in model.fields.iter().enumerate() {
        let mut of_field = Errors::default();
        let errors = if field.condition.is_some() { &mut of_field } else { &mut *errors };
        valid::beside_slot(field, errors);
        // Of those after the last that is always there, each may be the last.
        if matches!(item.fields, Fields::Unnamed(_)) && at >= last {
            checked.fits &= valid::unsized_tail(field.ty, &model, errors);
        }
        checked.sometimes.extend(field.condition.clone().zip(of_field.take()));
    }
    checked
}

/// Adds the hidden field: first, so that with `drop = "slot"` it dies before the others; in a tuple
/// struct last, so that the others keep their numbers. A unit struct becomes one with named fields.
fn add_slot(item: &mut ItemStruct, krate: &Path, options: &Options, serde: &TokenStream) {
    let flavor = options.flavor();
    let vis = slot_visibility(item);
    let head = quote!(#[doc(hidden)] #[weakref] #serde #vis);
    let ty = quote!(#krate::WeakSlot<#krate::#flavor>);
    let field = |parser: fn(ParseStream<'_>) -> syn::Result<Field>, tokens| {
        parser.parse2(tokens).expect("the hidden field is well formed")
    };
    match &mut item.fields {
        Fields::Named(fields) => {
            fields.named.insert(0, field(Field::parse_named, quote!(#head __weakref__: #ty)));
        }
        Fields::Unnamed(fields) => {
            fields.unnamed.push(field(Field::parse_unnamed, quote!(#head #ty)));
        }
        Fields::Unit => {
            let fields: FieldsNamed = parse_quote!({ #head __weakref__: #ty });
            item.fields = Fields::Named(fields);
            item.semi_token = None;
        }
    }
}

/// The visibility of the hidden field: that of the most private field, so that `new!` works
/// wherever all the fields are visible, and nobody sees more of the slot than of the rest.
///
/// Fields with a `#[cfg]` do not count: they may not be there, and where they are, `new!` has to
/// write them, and asks for their visibility by itself.
///
/// Of two restricted ones (`pub(super)`, `pub(in path)`) either will do: where all the fields are
/// visible, each of them is.
fn slot_visibility(item: &ItemStruct) -> Visibility {
    item.fields
        .iter()
        .filter(|field| condition(&field.attrs).is_none())
        .map(|field| &field.vis)
        .min_by_key(|vis| openness(vis))
        .unwrap_or(&item.vis)
        .clone()
}

pub(crate) fn openness(vis: &Visibility) -> u8 {
    match vis {
        Visibility::Inherited => 0,
        Visibility::Restricted(vis) if vis.path.is_ident("self") => 0,
        Visibility::Restricted(vis) if vis.path.is_ident("crate") => 2,
        Visibility::Restricted(_) => 1,
        Visibility::Public(_) => 3,
    }
}

/// Removes what only the derive would understand, as it will not be run, and what was refused, so
/// that the compiler does not refuse it once more.
fn strip(item: &mut ItemStruct) {
    let foreign =
        |attr: &Attribute| !attr.path().is_ident("weakref") && !last_is(attr.path(), "weakrefable");
    item.attrs.retain(|attr| foreign(attr) && !attr.path().is_ident("repr"));
    for attr in &mut item.attrs {
        if attr.path().is_ident("derive") {
            let derives = valid::derive_paths(&attr.meta)
                .into_iter()
                .filter(|path| !last_is(path, "Copy") && !last_is(path, "Weakrefable"));
            attr.meta = parse_quote!(derive(#(#derives),*));
        }
    }
    for field in &mut item.fields {
        field.attrs.retain(foreign);
    }
}

/// The answer to anything but a struct: the item as it was, and the mistake at its keyword.
fn not_a_struct(item: &TokenStream, options: &Options, mut errors: Errors) -> TokenStream {
    if let Ok(mut input) = syn::parse2::<DeriveInput>(item.clone())
        && let Err(found) = Struct::from_derive(&input)
    {
        valid::no_struct(&input.ident, &found, &mut errors);
        input.attrs.retain(|attr| !attr.path().is_ident("weakref"));
        let dummy = fallback::weakrefable(&input.ident, &input.generics, options);
        let errors = errors.take();
        return quote!(#errors #input #dummy);
    }
    valid::no_type(item, &mut errors);
    let errors = errors.take();
    quote!(#errors #item)
}
