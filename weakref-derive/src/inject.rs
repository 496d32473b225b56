//! `#[weakrefable]`: the hidden field and the derive.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{
    Attribute, DeriveInput, Field, Fields, FieldsNamed, ItemStruct, Meta, Visibility, parse_quote,
};

use crate::ast::{Injection, Item, Struct, attribute, condition, derive_paths, last_is, openness};
use crate::attr::Options;
use crate::errors::Errors;
use crate::fallback;
use crate::serde::Form;
use crate::valid;

/// The name of the hidden field, unless it is one of a tuple struct. The compiler shows this name
/// when it reports that a literal without `new!` lacks a field.
pub(crate) const SLOT: &str = "__weakref__set_by_new_macro";

/// Reads, checks and rewrites the item under the attribute.
pub(crate) fn weakrefable(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::default();
    options.read_arguments(arguments, &mut errors);
    // Before the options in `#[weakref(..)]` are read: that attribute remains on the struct.
    let helper = options.to_helper();
    let Ok(item) = syn::parse2::<ItemStruct>(item.clone()) else {
        return not_a_struct(item, &options, errors);
    };
    options.read_helpers(&item.attrs, &mut errors);
    let input = Injection { options, item: Struct::from_item(&item) };
    errors.add(input.validate());
    let conditional = input.validate_conditional();
    let fits = input.item.has_room();
    let options = &input.options;

    if let Some(errors) = errors.report() {
        let (item, dummy) = refused(item.clone(), options, fits);
        return quote!(#errors #item #dummy);
    }
    let accepted = accepted(item.clone(), &helper, options);
    if conditional.is_empty() {
        return accepted;
    }
    let (item, dummy) = refused(item.clone(), options, fits);
    let conditions: Vec<_> = conditional.iter().map(|(condition, _)| condition).collect();
    let errors = conditional.iter().map(|(_, error)| error.to_compile_error());
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
    let form = Form::of(&item, attributes(options));
    add_slot(&mut item, options, &form);
    // The derive comes first, as it declares the attributes `#[weakref(..)]` and `#[serde(..)]`.
    quote! {
        #[derive(#krate::Weakrefable)]
        #helper
        #item
    }
}

/// The struct beside errors, and an implementation for it. The hidden field is added all the same,
/// if it fits, as each `new!` needs it.
fn refused(mut item: ItemStruct, options: &Options, fits: bool) -> (ItemStruct, TokenStream) {
    if fits {
        let form = Form::of_refused(&item, attributes(options));
        add_slot(&mut item, options, &form);
    }
    strip(&mut item);
    let dummy = fallback::weakrefable(&item.ident, &item.generics, options);
    (item, dummy)
}

/// Adds the hidden field: as the first, so that with `drop = "slot"` it is dropped before the
/// others; in a tuple struct as the last, so that the others keep their numbers. A unit struct
/// becomes one with named fields.
fn add_slot(item: &mut ItemStruct, options: &Options, form: &Form) {
    let krate = options.krate();
    let flavor = options.flavor();
    let vis = slot_visibility(item);
    let attrs = attributes(options);
    form.mark_struct(item);
    let data = form.data().map(|data| quote!(, #krate::__private::#data));
    let ty = quote!(#krate::__private::SlotSetByNewMacro<#krate::#flavor #data>);
    let field = |parser: fn(ParseStream<'_>) -> syn::Result<Field>, tokens| {
        let mut field = parser.parse2(tokens).expect("the hidden field is well formed");
        field.attrs = parse_quote!(#[doc(hidden)] #[weakref]);
        field.attrs.extend(form.on_slot());
        field.attrs.extend(attrs.iter().map(|meta| attribute(meta.clone())));
        field
    };
    let name = Ident::new(SLOT, Span::call_site());
    match &mut item.fields {
        Fields::Named(fields) => {
            fields.named.insert(0, field(Field::parse_named, quote!(#vis #name: #ty)));
        }
        Fields::Unnamed(fields) => {
            fields.unnamed.push(field(Field::parse_unnamed, quote!(#vis #ty)));
        }
        Fields::Unit => {
            let mut fields: FieldsNamed = parse_quote!({});
            fields.named.push(field(Field::parse_named, quote!(#vis #name: #ty)));
            item.fields = Fields::Named(fields);
            item.semi_token = None;
        }
    }
}

/// The attributes that the user gives to the slot.
fn attributes(options: &Options) -> &[Meta] {
    options.slot.as_deref().unwrap_or_default()
}

/// The visibility of the hidden field: that of the most private field, so that `new!` works exactly
/// where all the fields are visible.
///
/// Fields with a `#[cfg]` do not count, as they may not exist. Where they exist, `new!` has to
/// write them, which checks their visibility anyway.
///
/// Of two restricted visibilities (`pub(super)`, `pub(in path)`), either can be taken: where all
/// the fields are visible, so is a field with either.
fn slot_visibility(item: &ItemStruct) -> Visibility {
    item.fields
        .iter()
        .filter(|field| condition(&field.attrs).is_none())
        .map(|field| &field.vis)
        .min_by_key(|vis| openness(vis))
        .unwrap_or(&item.vis)
        .clone()
}

/// Removes the attributes of the derive, which will not be run, and those that were refused, which
/// the compiler would report once more.
fn strip(item: &mut ItemStruct) {
    let foreign =
        |attr: &Attribute| !attr.path().is_ident("weakref") && !last_is(attr.path(), "weakrefable");
    item.attrs.retain(|attr| foreign(attr) && !attr.path().is_ident("repr"));
    for attr in &mut item.attrs {
        if attr.path().is_ident("derive") {
            let derives = derive_paths(&attr.meta)
                .into_iter()
                .filter(|path| !last_is(path, "Copy") && !last_is(path, "Weakrefable"));
            attr.meta = parse_quote!(derive(#(#derives),*));
        }
    }
    for field in &mut item.fields {
        field.attrs.retain(foreign);
    }
}

/// What is generated for anything but a struct: the item as it was, and the error at its keyword.
fn not_a_struct(item: &TokenStream, options: &Options, mut errors: Errors) -> TokenStream {
    if let Ok(mut input) = syn::parse2::<DeriveInput>(item.clone())
        && let Item::Other(found) = Item::from_derive(&input)
    {
        errors.push(found.error());
        input.attrs.retain(|attr| !attr.path().is_ident("weakref"));
        let dummy = fallback::weakrefable(&input.ident, &input.generics, options);
        let errors = errors.report();
        return quote!(#errors #input #dummy);
    }
    errors.push(valid::no_type(item));
    let (errors, item) = (errors.report(), fallback::item(item));
    quote!(#errors #item)
}
