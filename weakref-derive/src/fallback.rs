//! Errors, and what is put in the place of the code that they prevent.
//!
//! A wrong input still gets an implementation of `Weakrefable`, so that the rest of the program,
//! which relies on it, does not answer one mistake with a page of errors.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Generics, Ident, Path};

use crate::attr::Options;

/// The mistakes found so far, reported together.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// A mistake at one token.
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    /// A mistake at a run of tokens.
    pub(crate) fn over(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// The `compile_error!` calls, if there is anything to report.
    pub(crate) fn take(self) -> Option<TokenStream> {
        self.0.map(syn::Error::into_compile_error)
    }
}

/// An implementation for a type whose own could not be generated. It is never run.
pub(crate) fn weakrefable(ident: &Ident, generics: &Generics, options: &Options) -> TokenStream {
    let krate: Path = options.krate();
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
