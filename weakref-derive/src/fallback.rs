//! What is generated beside errors, in place of the code that they prevent.
//!
//! A wrong input still gets an implementation of `Weakrefable`, so that the rest of the program,
//! which relies on it, does not answer one mistake with a page of errors.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, ImplItem, Item, TraitItem};

use crate::attr::Options;

/// Returns a refused item as it was. Tokens that no parser accepts as an item are left out: the
/// compiler would report them once more, in the middle of the generated code.
pub(crate) fn item(tokens: &TokenStream) -> Option<&TokenStream> {
    let is_item = syn::parse2::<Item>(tokens.clone()).is_ok()
        || syn::parse2::<ImplItem>(tokens.clone()).is_ok()
        || syn::parse2::<TraitItem>(tokens.clone()).is_ok();
    is_item.then_some(tokens)
}

/// An implementation for a type whose own could not be generated. It is never run.
pub(crate) fn weakrefable(ident: &Ident, generics: &Generics, options: &Options) -> TokenStream {
    let krate = options.krate();
    let flavor = options.flavor();
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        const _: () = {
            #[automatically_derived]
            #[allow(deprecated, non_camel_case_types, non_upper_case_globals)]
            impl #impl_generics #krate::Weakrefable for #ident #ty_generics #where_clause {
                type Flavor = #krate::#flavor;
                fn weak_slot(&self) -> &#krate::WeakSlot<Self::Flavor> {
                    loop {}
                }
            }
        };
    }
}
