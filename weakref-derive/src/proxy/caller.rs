//! The generated methods, which call the user's.
//!
//! All code of a method has one span, `Method::place`. An error that is in both forms of the method
//! is then the same error at the same place, of which the compiler shows one.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{FnArg, GenericParam, Ident, Pat, Path, Receiver, Signature, Type};

use super::attrs::{self, Target};
use super::method::{Method, Output, Taken};
use super::tokens::Rewrite;
use crate::expand::at;

/// Where methods are generated, and how they call the user's.
pub(super) struct Caller<'a> {
    pub(super) krate: &'a Path,
    /// `<T as Trait>`, or the type.
    pub(super) target: TokenStream,
    /// Makes an expression for the object of an expression for its guard.
    pub(super) lend: fn(&Ident, Span) -> TokenStream,
    pub(super) rewrite: Rewrite,
}

impl Caller<'_> {
    /// The method as it is declared in a generated trait.
    pub(super) fn declare(&self, method: &Method) -> TokenStream {
        let output = self.output(method);
        let signature = self.signature(method, &method.sig.ident, &output, Names::Declared);
        quote!(#signature;)
    }

    /// The `try_` form as it is declared in a generated trait.
    pub(super) fn declare_try(&self, method: &Method) -> TokenStream {
        let output = self.try_output(method);
        let signature = self.signature(method, &method.try_name(), &output, Names::Declared);
        quote!(#signature;)
    }

    /// The method of a proxy that calls that of the object, or panics.
    pub(super) fn forward(&self, method: &Method) -> TokenStream {
        let place = method.place();
        let attrs = attrs::carried(&method.attrs, Target::Implementation);
        let output = self.output(method);
        let signature = self.signature(method, &method.sig.ident, &output, Names::Used);
        let track_caller = method.sig.abi.is_none().then(|| quote!(#[track_caller]));
        let krate = self.krate;
        let body = match (method.sig.receiver(), &method.output) {
            (_, Output::Future { .. }) if method.is_wrong => {
                quote_spanned!(place=> async move { loop {} })
            }
            _ if method.is_wrong => self.dummy(method),
            (None, _) => self.call(method, None),
            (Some(Receiver { self_token, .. }), output) => {
                let guard = guard(place);
                let lend = (self.lend)(&guard, place);
                let call = self.call(method, Some(quote_spanned!(place=> object)));
                let get = quote_spanned!(place=> let #guard = #krate::Proxy::get(#self_token););
                match output {
                    Output::Value => quote_spanned! {place=>
                        #get
                        let object = #lend;
                        let output = #call;
                        output
                    },
                    // The guard is moved into the future, and dropped only after the output exists.
                    Output::Future { .. } => quote_spanned! {place=>
                        #get
                        async move {
                            let object = #lend;
                            let output = #call.await;
                            ::core::mem::drop(#guard);
                            output
                        }
                    },
                }
            }
        };
        quote_spanned! {place=>
            #attrs
            #[inline]
            #track_caller
            #signature { #body }
        }
    }

    /// The method of a proxy that calls that of the object, or returns an error.
    pub(super) fn forward_try(&self, method: &Method) -> TokenStream {
        let place = method.place();
        let attrs = attrs::carried(&method.attrs, Target::Implementation);
        let output = self.try_output(method);
        let signature = self.signature(method, &method.try_name(), &output, Names::Used);
        let krate = self.krate;
        let guard = guard(place);
        let this = method.sig.receiver().map(|receiver| &receiver.self_token);
        let lend = (self.lend)(&guard, place);
        let call = self.call(method, Some(quote_spanned!(place=> object)));
        let body = match &method.output {
            Output::Value => quote_spanned! {place=>
                let #guard = #krate::Proxy::try_get(#this)?;
                let object = #lend;
                let output = #call;
                ::core::result::Result::Ok(output)
            },
            // The call finds out whether the object is dead, and the future returns the error.
            Output::Future { .. } => quote_spanned! {place=>
                let #guard = #krate::Proxy::try_get(#this);
                async move {
                    let #guard = #guard?;
                    let object = #lend;
                    let output = #call.await;
                    ::core::mem::drop(#guard);
                    ::core::result::Result::Ok(output)
                }
            },
        };
        quote_spanned! {place=>
            #attrs
            #[inline]
            #signature { #body }
        }
    }

    /// The method of a `Slotted`, called on the value in it.
    pub(super) fn forward_slotted(&self, method: &Method) -> TokenStream {
        let place = method.place();
        let attrs = attrs::carried(&method.attrs, Target::Implementation);
        let output = self.rewrite.apply(&method.sig.output);
        let signature = self.signature(method, &method.sig.ident, &output, Names::Used);
        let asyncness = &method.sig.asyncness;
        let object = method.sig.receiver().map(|receiver| {
            let this = &receiver.self_token;
            let mutability = matches!(method.taken(), Taken::Mutable).then(|| quote!(mut));
            quote_spanned!(place=> &#mutability **#this)
        });
        let body = if method.is_wrong {
            self.dummy(method)
        } else {
            let call = self.call(method, object);
            let wait = asyncness.map(|_| quote_spanned!(place=> .await));
            quote_spanned!(place=> #call #wait)
        };
        let track_caller =
            (method.sig.abi.is_none() && asyncness.is_none()).then(|| quote!(#[track_caller]));
        quote_spanned! {place=>
            #attrs
            #[inline]
            #track_caller
            #asyncness #signature { #body }
        }
    }

    /// The call of the user's method.
    fn call(&self, method: &Method, object: Option<TokenStream>) -> TokenStream {
        let place = method.place();
        // See the head of this file. The name keeps its hygiene.
        let target = at(place, self.target.clone());
        let mut name = method.sig.ident.clone();
        name.set_span(method.sig.ident.span().located_at(place));
        let params: Vec<_> = method
            .sig
            .generics
            .params
            .iter()
            .filter_map(|param| match param {
                GenericParam::Type(param) => Some(&param.ident),
                GenericParam::Const(param) => Some(&param.ident),
                GenericParam::Lifetime(_) => None,
            })
            .collect();
        let turbofish = (!params.is_empty()).then(|| quote_spanned!(place=> ::<#(#params),*>));
        let arguments = typed(&method.sig).map(|(at, pat, _)| Names::Used.name(at, pat));
        let arguments = object.into_iter().chain(arguments);
        let call = quote_spanned!(place=> #target::#name #turbofish(#(#arguments),*));
        match &method.sig.safety {
            syn::Safety::Unsafe(_) => quote_spanned!(place=> unsafe { #call }),
            _ => call,
        }
    }

    /// A body for a method that was refused. It fits any return type.
    fn dummy(&self, method: &Method) -> TokenStream {
        let place = method.place();
        let returned = method.sig.output.to_token_stream();
        let is_opaque = returned
            .into_iter()
            .any(|token| matches!(token, TokenTree::Ident(word) if word == "impl"));
        if is_opaque {
            // Only the original returns a type that is known to implement the trait.
            let object = method.sig.receiver().map(|_| quote_spanned!(place=> loop {}));
            return self.call(method, object);
        }
        quote_spanned!(place=> loop {})
    }

    /// All of a method that is written before its body, but for `async`.
    fn signature(
        &self,
        method: &Method,
        name: &Ident,
        output: &TokenStream,
        names: Names,
    ) -> TokenStream {
        let Signature { safety, abi, fn_token, generics, .. } = &method.sig;
        // A `try_` form returns a `Result`, which functions of other languages do not know.
        let abi = abi.as_ref().filter(|_| *name == method.sig.ident);
        let receiver = method.sig.receiver().map(|receiver| quote!(#receiver,));
        let arguments = typed(&method.sig).map(|(at, pat, ty)| {
            let name = names.name(at, pat);
            let ty = self.rewrite.apply(ty);
            quote!(#name: #ty)
        });
        let where_clause = self.rewrite.apply(&generics.where_clause);
        let generics = self.rewrite.apply(generics);
        quote! {
            #safety #abi #fn_token #name #generics (#receiver #(#arguments),*) #output
            #where_clause
        }
    }

    /// The return type of the method.
    fn output(&self, method: &Method) -> TokenStream {
        match &method.output {
            Output::Value => self.rewrite.apply(&method.sig.output),
            Output::Future { of, send } => {
                let of = self.rewrite.apply(of);
                let send = send.iter();
                quote!(-> impl ::core::future::Future<Output = #of> #(+ #send)*)
            }
        }
    }

    /// The return type of the `try_` form.
    fn try_output(&self, method: &Method) -> TokenStream {
        let krate = self.krate;
        let ty = match method.returned() {
            // On stable, `!` cannot be a parameter of `Result`.
            Some(Type::Never(_)) => quote!(::core::convert::Infallible),
            Some(ty) => self.rewrite.apply(ty),
            None => quote!(()),
        };
        let result = quote!(::core::result::Result<#ty, #krate::error::ReferenceError>);
        match &method.output {
            Output::Value => quote!(-> #result),
            Output::Future { send, .. } => {
                let send = send.iter();
                quote!(-> impl ::core::future::Future<Output = #result> #(+ #send)*)
            }
        }
    }
}

/// The variable that keeps the object alive during the call.
fn guard(place: Span) -> Ident {
    Ident::new("guard", place)
}

/// The arguments but `self`, each with its index.
fn typed(sig: &Signature) -> impl Iterator<Item = (usize, &Pat, &Type)> {
    sig.inputs.iter().enumerate().filter_map(|(at, argument)| match argument {
        FnArg::Typed(argument) => Some((at, &*argument.pat, &*argument.ty)),
        FnArg::Receiver(_) => None,
    })
}

/// How arguments are named.
#[derive(Clone, Copy)]
enum Names {
    /// In a declaration without a body: as the user has named them, or `_`.
    Declared,
    /// Where they are passed on: each needs a name, and not one that says that it is unused.
    Used,
}

impl Names {
    fn name(self, at: usize, pat: &Pat) -> TokenStream {
        let name = match pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
            _ => None,
        };
        match (self, name) {
            (Self::Declared, Some(name)) => quote!(#name),
            (Self::Declared, None) => quote!(_),
            (Self::Used, Some(name)) if !name.to_string().starts_with('_') => quote!(#name),
            (Self::Used, _) => {
                let name = Ident::new(&format!("__weakref_{at}"), Span::mixed_site());
                quote!(#name)
            }
        }
    }
}
