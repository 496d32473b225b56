//! `#[proxy]` on an inherent impl.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{GenericParam, Generics, ImplItem, ItemImpl, Lifetime, LifetimeParam, Type, Visibility};

use super::attrs::{Target, carried};
use super::caller::{Caller, doc};
use super::method::{Home, Method, Taken};
use super::on_trait::{fallible_docs, lints, without_defaults};
use super::options::{Options, take_skip};
use super::tokens::{Rewrite, name_lifetimes};
use super::valid;
use crate::fallback::Errors;
use crate::inject::openness;

/// An impl and what there is to forward.
struct Model {
    item: ItemImpl,
    methods: Vec<Method>,
    /// That of the methods, and so of the trait.
    vis: Visibility,
    /// The type, and the parameters of the impl, with a name for every lifetime.
    ty: Type,
    generics: Generics,
}

pub(super) fn expand(item: ItemImpl, options: &Options, mut errors: Errors) -> TokenStream {
    let model = Model::read(item, &mut errors);
    let name = options.name().cloned().or_else(|| model.name());
    if name.is_none() {
        valid::nameless(&model.item.self_ty, &mut errors);
    }
    let generated = name.map(|name| model.generate(&name, options));
    let (errors, item) = (errors.take(), &model.item);
    quote!(#errors #item #generated)
}

impl Model {
    fn read(mut item: ItemImpl, errors: &mut Errors) -> Self {
        let mut candidates = Vec::new();
        for part in &mut item.items {
            let skip = match part {
                ImplItem::Fn(part) => {
                    if take_skip(&mut part.attrs, errors).is_none() {
                        let method = Method::new(part.attrs.clone(), part.sig.clone(), Home::Impl);
                        // Who has no object to call it on, does not need a proxy.
                        if !matches!(method.taken(), Taken::Nothing) {
                            candidates.push((method, part.vis.clone()));
                        }
                    }
                    None
                }
                ImplItem::Const(part) => take_skip(&mut part.attrs, errors),
                ImplItem::Type(part) => take_skip(&mut part.attrs, errors),
                _ => None,
            };
            if let Some(skip) = skip {
                valid::skip_of_no_method(&skip, errors);
            }
        }
        if candidates.is_empty() {
            valid::empty(&item, errors);
        }
        let (methods, vis) = widest(candidates, errors);
        let methods = checked(methods, errors);
        let (ty, lifetimes) = name_lifetimes(&item.self_ty);
        let generics = with_lifetimes(&item.generics, lifetimes);
        Self { item, methods, vis, ty, generics }
    }

    /// The name of the type, and `Proxy`.
    fn name(&self) -> Option<Ident> {
        fn last(ty: &Type) -> Option<&Ident> {
            match ty {
                Type::Path(ty) => ty.path.segments.last().map(|last| &last.ident),
                Type::Group(ty) => last(&ty.elem),
                Type::Paren(ty) => last(&ty.elem),
                _ => None,
            }
        }
        let name = last(&self.item.self_ty)?;
        Some(format_ident!("{}Proxy", name.unraw(), span = name.span()))
    }

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
        let clause = generics.where_clause.iter();
        let predicates = clause
            .flat_map(|clause| &clause.predicates)
            .map(|predicate| declaring.rewrite.apply(predicate));
        let predicates = quote!(#(#predicates,)*);
        let attrs = carried(&self.item.attrs, Target::Declaration);
        let plain = self.item.self_ty.to_token_stream().to_string().replace(' ', "");
        let docs = doc(&format!(
            "The methods of `{plain}` on a `Proxy`. They panic when the object is dead; \
             those with `try_` return an error.\n\n\
             It is there for a `Proxy` of a `{plain}`, and of a `Slotted` one."
        ));
        let methods = self.methods.iter().filter(|method| !method.is_wrong).map(|method| {
            let original = format!("{plain}::{}", method.sig.ident.unraw());
            let (attrs, fallible_attrs) = (
                carried(&method.attrs, plain_target(method)),
                carried(&method.attrs, Target::Fallible),
            );
            let (docs, fallible_docs) =
                (doc(&plain_docs(&original, method)), doc(&fallible_docs(&original, method)));
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
        let methods = self.methods.iter().filter(|method| !method.is_wrong).map(|method| {
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
                    #object: ?::core::marker::Sized + #krate::Weakrefable + ::core::borrow::Borrow<#ty>,
                    #predicates
                {
                    #(#methods)*
                }
            };
        }
    }
}

/// The most visible methods, and how visible they are. As all methods of a trait are as visible as
/// the trait, those that are less so are left out: they are for the type's own use.
fn widest(candidates: Vec<(Method, Visibility)>, errors: &mut Errors) -> (Vec<Method>, Visibility) {
    // Of several, the first.
    let vis = candidates.iter().map(|(_, vis)| vis);
    let widest = vis.rev().max_by_key(|vis| openness(vis)).cloned();
    let widest = widest.unwrap_or(Visibility::Inherited);
    let text = |vis: &Visibility| vis.to_token_stream().to_string();
    let methods = candidates
        .into_iter()
        .filter(|(_, vis)| openness(vis) == openness(&widest))
        .filter_map(|(method, vis)| {
            let is_same = openness(&vis) != 1 || text(&vis) == text(&widest);
            if !is_same {
                valid::incomparable(&method.sig.ident, &vis, &widest, errors);
            }
            is_same.then_some(method)
        })
        .collect();
    (methods, widest)
}

/// Looks each method over, and their names.
fn checked(mut methods: Vec<Method>, errors: &mut Errors) -> Vec<Method> {
    let mut tries = HashMap::new();
    for method in &mut methods {
        method.is_wrong = !valid::in_impl(method, errors);
        tries.insert(method.try_name().to_string(), method.sig.ident.clone());
    }
    for method in &mut methods {
        if let Some(first) = tries.get(&method.sig.ident.unraw().to_string()) {
            valid::same_name(&method.sig.ident, first, errors);
            method.is_wrong = true;
        }
    }
    methods
}

/// The parameters of the impl, and those that stand for lifetimes without a name.
fn with_lifetimes(generics: &Generics, lifetimes: Vec<Lifetime>) -> Generics {
    let mut generics = without_defaults(generics);
    let params: Punctuated<_, _> = lifetimes
        .into_iter()
        .map(|lifetime| GenericParam::Lifetime(LifetimeParam::new(lifetime)))
        .chain(generics.params)
        .collect();
    generics.params = params;
    generics
}

/// What is said of a future is said by its type.
fn plain_target(method: &Method) -> Target {
    if method.sig.asyncness.is_some() { Target::Fallible } else { Target::Declaration }
}

fn plain_docs(original: &str, method: &Method) -> String {
    let safety = match method.sig.safety {
        syn::Safety::Unsafe(_) => format!("\n\n# Safety\n\nThat of `{original}`."),
        _ => String::new(),
    };
    format!(
        "Calls `{original}` of the object.\n\n\
         # Panics\n\nWith `ReferenceError`'s message, if the object is dead.{safety}"
    )
}

/// The object, or what a `Slotted` has around it.
fn lend(guard: &Ident, place: Span) -> TokenStream {
    quote_spanned!(place=> ::core::borrow::Borrow::borrow(&*#guard))
}
