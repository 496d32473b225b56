//! `#[proxy]` on a trait.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{
    FnArg, Generics, ItemTrait, Path, Signature, TraitItemConst, TraitItemType, TypeParamBound,
    WherePredicate,
};

use super::ast::Trait;
use super::attrs::{Target, carried, lints};
use super::caller::Caller;
use super::docs;
use super::method::{Method, Output, Taken};
use super::options::Options;
use super::tokens::{Rewrite, SelfUse, has_bare_self, is_self, selves};
use crate::ast::{last_is, predicates, without_defaults};

/// Generates the trait of the `try_` forms, and the implementations of both traits.
pub(super) fn expand(input: &Trait, options: &Options) -> TokenStream {
    let krate = options.krate();
    let name = options.name().cloned().unwrap_or_else(|| {
        format_ident!("Try{}", input.item.ident.unraw(), span = input.item.ident.span())
    });
    let item = &input.item;
    let declaration = input.declare_try(&name, &krate);
    let proxy = (!input.is_wrong).then(|| input.for_proxy(&name, &krate));
    let slotted = (!input.is_wrong).then(|| input.for_slotted(&krate));
    quote! {
        #item
        #declaration
        const _: () = {
            #proxy
            #slotted
        };
    }
}

impl Trait {
    /// The methods that a proxy forwards.
    fn forwarded(&self) -> impl Iterator<Item = &Method> {
        self.methods().filter(|method| !method.is_skipped())
    }

    /// The methods that have a `try_` form.
    fn fallible(&self) -> impl Iterator<Item = &Method> {
        self.forwarded().filter(|method| !method.is_wrong && method.is_shared())
    }

    /// The trait of the `try_` forms. It is a subtrait, so that `Self::Item` is there too.
    fn declare_try(&self, name: &Ident, krate: &Path) -> TokenStream {
        let ItemTrait { vis, ident, generics, .. } = &self.item;
        let attrs = carried(&self.item.attrs, Target::Declaration);
        let (_, ty_generics, where_clause) = generics.split_for_impl();
        let plain = ident.unraw();
        let docs = docs::doc(&format!(
            "[`{plain}`] on a proxy whose object may be dead: each method returns a \
             `Result` with what that of the object returns."
        ));
        let caller =
            Caller { krate, target: TokenStream::new(), lend, rewrite: Rewrite::nothing() };
        let methods = self.fallible().map(|method| {
            let attrs = carried(&method.attrs, Target::Fallible);
            let original = format!("{plain}::{}", method.sig.ident.unraw());
            let docs = docs::fallible(&original, method);
            let declaration = caller.declare_try(method);
            quote!(#attrs #docs #declaration)
        });
        let supertrait = quote_spanned!(ident.span()=> #ident #ty_generics);
        let params = Generics { where_clause: None, ..generics.clone() };
        quote! {
            #attrs
            #docs
            #[allow(dead_code, async_fn_in_trait, unreachable_pub, clippy::wrong_self_convention)]
            #vis trait #name #params: #supertrait #where_clause {
                #(#methods)*
            }
        }
    }

    /// The implementations for proxies of any object that implements the trait.
    fn for_proxy(&self, try_name: &Ident, krate: &Path) -> TokenStream {
        let ident = &self.item.ident;
        let object = format_ident!("__WeakrefT");
        let (_, ty_generics, _) = self.item.generics.split_for_impl();
        let caller = self.caller(krate, &object, &quote!(#object));
        let params = self.params(&caller);
        let where_clause = self.where_clause(&object);
        let sized = self.relaxed();
        let kept = self.kept(&object, krate);
        let attrs = carried(&self.item.attrs, Target::Implementation);
        let lints = lints();
        let items = self.items(&caller);
        let methods = self.forwarded().map(|method| caller.forward(method));
        let try_methods = self.fallible().map(|method| caller.forward_try(method));
        let head = quote! {
            #attrs
            #[automatically_derived]
            #lints
        };
        let bounds = quote! {
            where
                #object: #sized #ident #ty_generics + #krate::Weakrefable,
                #kept
                #where_clause
        };
        quote! {
            #head
            impl<#params #object> #ident #ty_generics for #krate::Proxy<#object> #bounds {
                #items
                #(#methods)*
            }
            #head
            impl<#params #object> #try_name #ty_generics for #krate::Proxy<#object> #bounds {
                #(#try_methods)*
            }
        }
    }

    /// The implementation for `Slotted<T>`, which has every method that can be called on the `T` in
    /// it.
    fn for_slotted(&self, krate: &Path) -> TokenStream {
        let ident = &self.item.ident;
        let (object, flavor) = (format_ident!("__WeakrefT"), format_ident!("__WeakrefF"));
        let (_, ty_generics, _) = self.item.generics.split_for_impl();
        let caller = self.caller(krate, &object, &quote!(#object, #flavor));
        let params = self.params(&caller);
        let where_clause = self.where_clause(&object);
        let sized = self.relaxed();
        let attrs = carried(&self.item.attrs, Target::Implementation);
        let lints = lints();
        let items = self.items(&caller);
        let methods = self
            .methods()
            .filter(|method| !method.is_skipped() || self.is_lent_by_slotted(method))
            .map(|method| caller.forward_slotted(method));
        quote! {
            #attrs
            #[automatically_derived]
            #lints
            impl<#params #object, #flavor> #ident #ty_generics for #krate::Slotted<#object, #flavor>
            where
                #object: #sized #ident #ty_generics,
                #flavor: #krate::Flavor,
                #where_clause
            {
                #items
                #(#methods)*
            }
        }
    }

    /// Whether a method that is skipped for proxies can be called on the value in a `Slotted`.
    fn is_lent_by_slotted(&self, method: &Method) -> bool {
        let is_lent = matches!(method.taken(), Taken::Shared(_) | Taken::Mutable | Taken::Nothing);
        is_lent && self.names_own_only(method)
    }

    /// Whether a method's signature has no `Self` but in the names of this trait's own types.
    fn names_own_only(&self, method: &Method) -> bool {
        let Signature { inputs, output, generics, .. } = &method.sig;
        let inputs = inputs.iter().filter(|input| matches!(input, FnArg::Typed(_)));
        let where_clause = &generics.where_clause;
        selves(quote!(#(#inputs)* #output #generics #where_clause)).iter().all(|this| {
            matches!(this, SelfUse::Item { name, .. } if self.own.contains(&name.to_string()))
        })
    }

    /// What writes the methods of an implementation in which the trait is that of `object`, and in
    /// which `use<..>` has to name the parameters `captured`.
    fn caller<'c>(&self, krate: &'c Path, object: &Ident, captured: &TokenStream) -> Caller<'c> {
        let ident = &self.item.ident;
        let (_, ty_generics, _) = self.item.generics.split_for_impl();
        let target = quote!(<#object as #ident #ty_generics>);
        let rewrite = Rewrite {
            bare: None,
            qualified: target.clone(),
            own: Some(self.own.clone()),
            captured: quote!(#captured,),
            lifetimes: Vec::new(),
        };
        Caller { krate, target, lend, rewrite }
    }

    /// The parameters of the trait, as an implementation declares them.
    fn params(&self, caller: &Caller<'_>) -> TokenStream {
        let generics = without_defaults(&self.item.generics);
        let params = generics.params.iter().map(|param| caller.rewrite.apply(param));
        quote!(#(#params,)*)
    }

    /// The bounds of the trait, on its implementations and on its parameters.
    fn where_clause(&self, object: &Ident) -> TokenStream {
        let ident = &self.item.ident;
        let (_, ty_generics, _) = self.item.generics.split_for_impl();
        // The types of the trait are always the object's: those of the proxy are only about to be
        // declared, to be the same.
        let rewrite = |bare| Rewrite {
            bare,
            qualified: quote!(<#object as #ident #ty_generics>),
            own: Some(self.own.clone()),
            captured: TokenStream::new(),
            lifetimes: Vec::new(),
        };
        let (of_object, of_proxy) = (rewrite(Some(quote!(#object))), rewrite(None));
        let supertraits = of_proxy.apply(&self.item.supertraits);
        let supertraits = (!supertraits.is_empty()).then(|| quote!(Self: #supertraits,));
        let predicates = predicates(&self.item.generics).map(|predicate| match predicate {
            WherePredicate::Type(it) if is_self(&it.bounded_ty) => of_proxy.apply(predicate),
            // As with a supertrait, a proxy for which this does not hold does not have the trait.
            WherePredicate::Type(it) if has_bare_self(&it.bounded_ty) => {
                let (object, proxy) = (of_object.apply(it), of_proxy.apply(it));
                quote!(#object, #proxy)
            }
            other => of_object.apply(other),
        });
        quote!(#supertraits #(#predicates,)*)
    }

    /// The bounds that make futures `Send`, if a method asks for that: they keep the object's
    /// guard.
    fn kept(&self, object: &Ident, krate: &Path) -> TokenStream {
        let send = self.forwarded().find_map(|method| match &method.output {
            Output::Future { send: Some(send), .. } if method.is_shared() => Some(send),
            _ => None,
        });
        let Some(send) = send else { return TokenStream::new() };
        quote! {
            #object: ::core::marker::Sync,
            for<'__weakref_kept> #krate::reference::ProxyGuard<'__weakref_kept, #object>: #send,
        }
    }

    /// `?Sized`, unless an item that is forwarded exists for sized objects only.
    fn relaxed(&self) -> TokenStream {
        let is_sized = |bound: &TypeParamBound| match bound {
            TypeParamBound::Trait(bound) => last_is(&bound.path, "Sized"),
            _ => false,
        };
        let of_methods = self.forwarded().map(|method| &method.sig.generics);
        let of_types = self.types().map(|ty| &ty.generics);
        let for_sized_only = of_methods.chain(of_types).any(|generics| {
            predicates(generics).any(|predicate| match predicate {
                WherePredicate::Type(predicate) => {
                    is_self(&predicate.bounded_ty) && predicate.bounds.iter().any(is_sized)
                }
                _ => false,
            })
        });
        // A method that was refused may ask for more than its dummy can give to unsized objects.
        let wrong = |method: &Method| method.is_wrong && !self.names_own_only(method);
        let for_sized_only = for_sized_only
            || self.forwarded().any(wrong)
            || self.constants().any(|constant| constant.is_wrong);
        if for_sized_only { TokenStream::new() } else { quote!(?::core::marker::Sized+) }
    }

    /// The associated types and constants, which are those of the object.
    fn items(&self, caller: &Caller<'_>) -> TokenStream {
        let target = &caller.target;
        let types = self.types().map(|ty| {
            let attrs = carried(&ty.attrs, Target::Implementation);
            let TraitItemType { ident, generics, .. } = ty;
            let (params, arguments, where_clause) = generics.split_for_impl();
            quote!(#attrs type #ident #params = #target::#ident #arguments #where_clause;)
        });
        let constants = self.constants().map(|constant| {
            let attrs = carried(&constant.item.attrs, Target::Implementation);
            let TraitItemConst { ident, ty, .. } = &constant.item;
            let ty = caller.rewrite.apply(ty);
            let value = if constant.is_wrong {
                quote!(::core::unimplemented!())
            } else {
                quote!(#target::#ident)
            };
            quote!(#attrs const #ident: #ty = #value;)
        });
        quote!(#(#types)* #(#constants)*)
    }
}

/// The object itself, from its guard.
fn lend(guard: &Ident, place: Span) -> TokenStream {
    quote_spanned!(place=> &*#guard)
}
