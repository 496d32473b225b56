//! `#[proxy]` on an inherent impl.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Lifetime;
use syn::ext::IdentExt;

use super::ast::Impl;
use super::attrs::{Target, carried, lints};
use super::caller::Caller;
use super::docs;
use super::method::Method;
use super::options::Options;
use super::tokens::Rewrite;
use crate::ast::predicates;

/// Generates the trait of an impl's methods, and its implementation for proxies.
pub(super) fn expand(input: &Impl, options: &Options) -> TokenStream {
    let item = &input.item;
    let generated = input.name.as_ref().map(|name| input.generate(name, options));
    quote!(#item #generated)
}

impl Impl {
    /// The methods of the generated trait.
    fn forwarded(&self) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(|method| self.is_forwarded(method) && !method.is_wrong)
    }

    /// The trait is declared in terms of the type, as `Self` is the proxy in it. It is implemented
    /// for a proxy of anything that is borrowed as the type: the type itself, and a `Slotted` one.
    fn generate(&self, name: &Ident, options: &Options) -> TokenStream {
        let krate = options.krate();
        let Self { vis, ty, generics, .. } = self;
        let object = format_ident!("__WeakrefT");
        let target = quote!(<#ty>);
        let lifetimes: Vec<Lifetime> =
            generics.lifetimes().map(|param| param.lifetime.clone()).collect();
        let caller = |captured: TokenStream| Caller {
            krate: &krate,
            target: target.clone(),
            lend,
            rewrite: Rewrite {
                bare: Some(ty.to_token_stream()),
                qualified: target.clone(),
                own: None,
                captured,
                lifetimes: lifetimes.clone(),
            },
        };

        let declaring = caller(quote!(Self,));
        let params = generics.params.iter().map(|param| declaring.rewrite.apply(param));
        let params = quote!(#(#params,)*);
        let (_, ty_generics, _) = generics.split_for_impl();
        let predicates = predicates(generics).map(|predicate| declaring.rewrite.apply(predicate));
        let predicates = quote!(#(#predicates,)*);
        let attrs = carried(&self.item.attrs, Target::Declaration);
        let plain = self.item.self_ty.to_token_stream().to_string().replace(' ', "");
        let docs = docs::doc(&format!(
            "The methods of `{plain}` on a `Proxy`. They panic when the object is dead; \
             those with `try_` return an error.\n\n\
             It is there for a `Proxy` of a `{plain}`, and of a `Slotted` one."
        ));
        let methods = self.forwarded().map(|method| {
            let original = format!("{plain}::{}", method.sig.ident.unraw());
            let (attrs, fallible_attrs) = (
                carried(&method.attrs, plain_target(method)),
                carried(&method.attrs, Target::Fallible),
            );
            let (docs, fallible_docs) =
                (docs::panicking(&original, method), docs::fallible(&original, method));
            let (forward, forward_try) = (declaring.declare(method), declaring.declare_try(method));
            quote!(#attrs #docs #forward #fallible_attrs #fallible_docs #forward_try)
        });
        let declaration = quote! {
            #attrs
            #docs
            #[allow(
                dead_code,
                private_bounds,
                private_interfaces,
                unreachable_pub,
                unnameable_types,
                clippy::wrong_self_convention
            )]
            #vis trait #name<#params>
            where
                #predicates
            {
                #(#methods)*
            }
        };

        let calling = caller(quote!(#object,));
        let attrs = carried(&self.item.attrs, Target::Implementation);
        let lints = lints();
        let methods = self.forwarded().map(|method| {
            let (forward, forward_try) = (calling.forward(method), calling.forward_try(method));
            quote!(#forward #forward_try)
        });
        quote! {
            #declaration
            const _: () = {
                #attrs
                #[automatically_derived]
                #lints
                impl<#params #object> #name #ty_generics for #krate::Proxy<#object>
                where
                    #object: ?::core::marker::Sized
                        + #krate::Weakrefable
                        + ::core::borrow::Borrow<#ty>,
                    #predicates
                {
                    #(#methods)*
                }
            };
        }
    }
}

/// What a method's attributes apply to. `#[must_use]` on an `async fn` is about its output, but the
/// declared method returns a future, which has to be used anyway.
fn plain_target(method: &Method) -> Target {
    if method.sig.asyncness.is_some() { Target::Fallible } else { Target::Declaration }
}

/// The object, or the value in it if it is a `Slotted`.
fn lend(guard: &Ident, place: Span) -> TokenStream {
    quote_spanned!(place=> ::core::borrow::Borrow::borrow(&*#guard))
}
