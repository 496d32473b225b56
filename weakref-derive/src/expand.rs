//! The code of `#[derive(Weakrefable)]`.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Path};

use crate::ast::{Field, Struct, last_is};
use crate::attr::Options;
use crate::fallback::{self, Errors};
use crate::valid;

/// Reads, checks and expands the input of the derive.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::default();
    options.read_helpers(&input.attrs, &mut errors);
    valid::options(&options, &mut errors);
    let item = match Struct::from_derive(input) {
        Ok(item) => item,
        Err(found) => {
            valid::no_struct(&input.ident, &found, &mut errors);
            let errors = errors.take();
            let dummy = fallback::weakrefable(&input.ident, &input.generics, &options);
            return quote!(#errors #dummy);
        }
    };
    // The attribute that stands below will add the slot and derive once more: its implementation
    // is the one that the rest of the program wants to see.
    if let Some(attr) = input.attrs.iter().find(|attr| last_is(attr.path(), "weakrefable")) {
        errors.over(
            attr.path(),
            "`#[weakrefable]` derives `Weakrefable` by itself: remove it from the derives above",
        );
        return errors.take().unwrap_or_default();
    }
    let packed = valid::packed(item.attrs, &mut errors);
    let slot = valid::slot(&item, &mut errors);
    let errors = errors.take();
    match slot {
        Some(slot) if !packed => {
            let drop = errors.is_none() && options.drop_by_slot.is_none();
            let implementation = implementation(&item, slot, &options, drop);
            quote!(#errors #implementation)
        }
        _ => {
            let dummy = fallback::weakrefable(item.ident, item.generics, &options);
            quote!(#errors #dummy)
        }
    }
}

/// Everything that the derive generates, with or without the `Drop`.
fn implementation(
    item: &Struct<'_>,
    slot: &Field<'_>,
    options: &Options,
    drop: bool,
) -> TokenStream {
    let krate = options.krate();
    let Struct { ident, generics, .. } = item;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let body = getter(slot, &krate);
    let drop = drop.then(|| drop_impl(item, slot, options));
    quote! {
        const _: () = {
            #[automatically_derived]
            #[allow(deprecated, non_camel_case_types, non_upper_case_globals)]
            impl #impl_generics #krate::Weakrefable for #ident #ty_generics #where_clause {
                #body
            }
            #[automatically_derived]
            #[doc(hidden)]
            #[allow(deprecated, non_camel_case_types, non_upper_case_globals)]
            impl #impl_generics #krate::Operand for #ident #ty_generics #where_clause {}
            #drop
        };
    }
}

/// The contents of `impl Weakrefable`. The flavour is asked of the field's type: it may be an alias.
fn getter(slot: &Field<'_>, krate: &Path) -> TokenStream {
    let Field { ty, .. } = slot;
    let get = call(slot, krate, &quote!(get), &quote!(&self));
    let contents = quote! {
        type Flavor = <#ty as #krate::__private::SlotField>::Flavor;
        #[inline]
        fn weak_slot(&self) -> &#krate::WeakSlot<Self::Flavor> {
            #get
        }
    };
    at(slot.ty_span, contents)
}

fn drop_impl(item: &Struct<'_>, slot: &Field<'_>, options: &Options) -> TokenStream {
    let krate = options.krate();
    let Struct { ident, generics, .. } = item;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let died = call(slot, &krate, &quote!(died), &quote!(&mut self));
    let on_drop = options.on_drop.iter().map(|(_, path)| {
        let forget = call(slot, &krate, &quote!(forget), &quote!(&mut this));
        // The one place where the compiler sees the function's signature.
        let span = path.span().resolved_at(Span::call_site());
        let coerced = quote_spanned!(span=> let on_drop: fn(&mut Self) = #path;);
        quote! {
            #coerced
            #krate::__private::run_on_drop(self, on_drop, |this| #forget);
        }
    });
    quote! {
        #krate::__drop_is_generated__use_weakref_on_drop_or_weakref_drop_slot! {
            [#impl_generics] [#ident #ty_generics] [#where_clause]
            fn drop(&mut self) {
                #died;
                #(#on_drop)*
            }
        }
    }
}

/// A call of a method of `SlotField` on the slot of the borrowed `owner`.
///
/// Every use of the slot stands at the same place of the source, the slot's type: if that is no
/// slot, or if the struct is packed and has got this far, the compiler finds so more than once, and
/// of what it says twice in the same words at the same place it shows one.
fn call(slot: &Field<'_>, krate: &Path, method: &TokenStream, owner: &TokenStream) -> TokenStream {
    let Field { ty, member, .. } = slot;
    at(slot.ty_span, quote!(<#ty as #krate::__private::SlotField>::#method(#owner.#member)))
}

/// Code that is to be found at one place of the user's.
pub(crate) fn at(place: Span, code: TokenStream) -> TokenStream {
    let place = place.resolved_at(Span::call_site());
    let moved = code.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), at(place, group.stream()));
            moved.set_span(place);
            TokenTree::Group(moved)
        }
        // The one word in a type whose meaning depends on where it was written.
        TokenTree::Ident(word) if word == "$crate" => TokenTree::Ident(word),
        mut token => {
            token.set_span(place);
            token
        }
    });
    moved.collect()
}
