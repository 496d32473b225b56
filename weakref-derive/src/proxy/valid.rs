//! What `#[proxy]` refuses, with the words that say what to write instead.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{
    Attribute, FnArg, Generics, Ident, ItemImpl, ItemTrait, Lifetime, Receiver, ReceiverKind,
    TraitItemType, Type, TypeParamBound, WherePredicate,
};

use super::method::{Home, Method, Taken};
use super::on_trait::without_defaults;
use super::tokens::{SelfUse, selves};
use super::types::{Borrow, Tied};
use crate::ast::last_is;
use crate::fallback::Errors;

/// Something that has no methods.
pub(super) fn neither(span: Span, kind: &str, errors: &mut Errors) {
    errors.at(
        span,
        format_args!(
            "expected a trait or an inherent impl, found {kind}: write `#[proxy]` on the trait \
             or on the `impl` block with the methods that are to be called through a proxy"
        ),
    );
}

/// The implementation of a trait.
pub(super) fn implementation(item: &ItemImpl, errors: &mut Errors) {
    let Some((path, _)) = &item.trait_ else { return };
    let name = path.segments.last().map_or_else(String::new, |last| last.ident.unraw().to_string());
    errors.over(
        path,
        format_args!(
            "`#[proxy]` does not go on the implementation of a trait: \
             write it on `trait {name}`, once for all types that implement it"
        ),
    );
}

impl Home {
    /// How to live without a proxy's version of a method.
    fn leave(self) -> &'static str {
        match self {
            Home::Provided | Home::Impl => "leave it out with `#[proxy(skip)]`",
            Home::Required => "move it to another trait",
        }
    }
}

/// What a trait as a whole must not be. Returns whether a proxy can implement it.
pub(super) fn whole_trait(item: &ItemTrait, errors: &mut Errors) -> bool {
    let mut fits = true;
    if let Some(token) = &item.unsafety {
        errors.over(
            token,
            "what an `unsafe trait` promises, nobody can promise for a proxy of any object: \
             make the trait safe, or move the methods to one that is",
        );
        fits = false;
    }
    let in_where =
        item.generics.where_clause.iter().flat_map(|clause| &clause.predicates).filter_map(
            |predicate| match predicate {
                WherePredicate::Type(predicate) if is_self(&predicate.bounded_ty) => {
                    Some(&predicate.bounds)
                }
                _ => None,
            },
        );
    for bound in [&item.supertraits].into_iter().chain(in_where).flatten() {
        if let TypeParamBound::Trait(bound) = bound
            && last_is(&bound.path, "Weakrefable")
        {
            let name = item.ident.unraw();
            errors.over(
                &bound.path,
                format_args!(
                    "a proxy has no slot, so it could not be a `{name}`: remove this supertrait, write \
                     `T: {name} + Weakrefable` where a slot is needed, and `Slotted<dyn {name}>` for trait objects"
                ),
            );
            fits = false;
        }
    }
    fits
}

/// `Self` in what a trait asks of its parameters: the object's implementation says how these are to
/// the object, and nobody says how they are to the proxy. Returns whether there is none.
///
/// What is asked of a type with `Self` in it, as of `&Self`, is left as it is: for proxies that may
/// be so.
pub(super) fn parameters(generics: &Generics, errors: &mut Errors) -> bool {
    let clause = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let bounds = clause.filter_map(|predicate| match predicate {
        WherePredicate::Type(it) if !has_bare_self(&it.bounded_ty) => Some(&it.bounds),
        _ => None,
    });
    let params = without_defaults(generics).params;
    no_self(quote!(#params #(#bounds)*), BOUND, errors)
}

/// The same in what an associated type has to be, and asks of its own parameters, and bounds on
/// `Self` besides.
pub(super) fn associated(ty: &TraitItemType, errors: &mut Errors) -> bool {
    let clause = ty.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let (of_self, others): (Vec<_>, Vec<_>) = clause.partition(
        |predicate| matches!(predicate, WherePredicate::Type(it) if is_self(&it.bounded_ty)),
    );
    let (bounds, params) = (&ty.bounds, &ty.generics.params);
    let mut fits = no_self(quote!(#bounds #params #(#others)*), BOUND, errors);
    for predicate in of_self {
        let WherePredicate::Type(predicate) = predicate else { continue };
        for bound in &predicate.bounds {
            if let TypeParamBound::Trait(bound) = bound
                && !last_is(&bound.path, "Sized")
            {
                errors.over(
                    &bound.path,
                    "this would be asked of the proxy, and says nothing about the object: \
                     make it a supertrait, or ask for it where the trait is used",
                );
                fits = false;
            }
        }
    }
    fits
}

/// What to write instead of a bound with `Self` in it.
const BOUND: &str = "write a bound without it, or ask for it where the trait is used";

/// Complains of each `Self` itself in `tokens`. Returns whether there is none.
fn no_self(tokens: impl ToTokens, instead: &str, errors: &mut Errors) -> bool {
    let mut fits = true;
    for this in selves(tokens) {
        if let SelfUse::Bare(this) = this {
            errors.at(
                this.span(),
                format_args!(
                    "through a proxy, `Self` would be the proxy and not the object: {instead}"
                ),
            );
            fits = false;
        }
    }
    fits
}

/// Whether `Self` itself stands in a type.
pub(super) fn has_bare_self(ty: &Type) -> bool {
    selves(ty).iter().any(|this| matches!(this, SelfUse::Bare(_)))
}

/// What stands in a trait and is not seen, or not understood.
pub(super) fn unseen(tokens: impl ToTokens, errors: &mut Errors) {
    errors.over(tokens, "what this makes cannot be seen by `#[proxy]`: write the items out");
}

/// `#[proxy(skip)]` on something that a proxy must have.
pub(super) fn skip_of_required(attr: &Attribute, name: &Ident, errors: &mut Errors) {
    let name = name.unraw();
    errors.over(
        &attr.meta,
        format_args!(
            "without `{name}`, a proxy cannot implement the trait: give it a default body, or move it to another trait"
        ),
    );
}

/// `#[proxy(skip)]` on a type or a constant.
pub(super) fn skip_of_no_method(attr: &Attribute, errors: &mut Errors) {
    errors.over(&attr.meta, "only methods can be left out: remove this");
}

/// `Self` in the type of an associated constant. Returns whether there is none.
pub(super) fn constant(ty: &Type, errors: &mut Errors) -> bool {
    no_self(ty, "write a type without it, or move the constant to another trait", errors)
}

/// Everything that keeps one method of a trait from being called through a proxy. Returns whether
/// there is nothing.
pub(super) fn in_trait(method: &Method, own: &HashSet<String>, errors: &mut Errors) -> bool {
    let mut check = Check { method, errors, fits: true };
    check.receiver();
    if check.fits {
        check.arguments();
        let borrows = check.borrows();
        check.bounds_on_self();
        check.selves(own, borrows);
    }
    check.fits
}

/// The same for one of an inherent impl.
pub(super) fn in_impl(method: &Method, errors: &mut Errors) -> bool {
    let mut check = Check { method, errors, fits: true };
    check.receiver();
    if check.fits {
        check.arguments();
        check.borrows();
    }
    check.fits
}

struct Check<'c> {
    method: &'c Method,
    errors: &'c mut Errors,
    fits: bool,
}

impl Check<'_> {
    fn refuse(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.over(at, message);
        self.fits = false;
    }

    /// Out of the proxy comes a `&T`, for the time of the call.
    fn receiver(&mut self) {
        let method = self.method;
        let leave = method.home.leave();
        let Some(receiver) = method.sig.receiver() else { return };
        match method.taken() {
            Taken::Shared(Some(lifetime)) if !is_declared(method, lifetime) => self.refuse(
                lifetime,
                format_args!(
                    "the object is kept alive during the call, and not for all of `{lifetime}`: write `&self`, \
                     or {leave} and call it inside `proxy.with(|object| ..)`"
                ),
            ),
            Taken::Nothing | Taken::Shared(_) => {}
            Taken::Mutable => self.refuse(
                mutability(receiver),
                format_args!(
                    "an object with several owners is not lent as `&mut`, by `with` or otherwise: take `&self` \
                     and keep what changes in a `Cell`, `RefCell` or `Mutex`, or {leave}"
                ),
            ),
            Taken::Value => self.refuse(
                receiver.self_token,
                format_args!(
                    "a proxy does not own its object and cannot give it away: take `&self`, \
                     or {leave} and call it on `proxy.cloned()`"
                ),
            ),
            Taken::Other(ty) => self.refuse(
                ty,
                format_args!(
                    "a proxy lends its object as `&self` only: take that, \
                     or {leave} and call it on an owner from `ProxyGuard::into_owner(proxy.get())`"
                ),
            ),
        }
    }

    /// Arguments are passed on, all of them.
    fn arguments(&mut self) {
        for argument in &self.method.sig.inputs {
            let FnArg::Typed(argument) = argument else { continue };
            for attr in &argument.attrs {
                if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                    self.refuse(
                        &attr.meta,
                        "an argument that is not always there cannot be passed on: \
                         put the `#[cfg]` on two methods, one with it and one without",
                    );
                }
            }
        }
    }

    /// Nothing of the object gets out of the call. Returns whether something would.
    fn borrows(&mut self) -> bool {
        let method = self.method;
        let Taken::Shared(lifetime) = method.taken() else { return false };
        let Some(returned) = method.returned() else { return false };
        let leave = method.home.leave();
        match Tied::new(lifetime, &method.sig.generics).find(returned) {
            None => return false,
            Some(Borrow::Reference(token)) => self.refuse(
                token,
                format_args!(
                    "the object is kept alive during the call only, so nothing can be borrowed from it: return \
                     an owned value, or {leave} and call it inside `proxy.with(|object| ..)`"
                ),
            ),
            Some(Borrow::Opaque(token)) => self.refuse(
                token,
                format_args!(
                    "`impl Trait` may borrow from the object, which is kept alive during the call only: say \
                     by `+ use<..>` that it does not, or {leave} and call it inside `proxy.with(|object| ..)`"
                ),
            ),
        }
        true
    }

    /// `where Self: Trait` would be asked of the proxy.
    fn bounds_on_self(&mut self) {
        let method = self.method;
        let leave = method.home.leave();
        let clause = method.sig.generics.where_clause.iter();
        for predicate in clause.flat_map(|clause| &clause.predicates) {
            let WherePredicate::Type(predicate) = predicate else { continue };
            if !is_self(&predicate.bounded_ty) {
                continue;
            }
            for bound in &predicate.bounds {
                match bound {
                    TypeParamBound::Trait(bound) if !last_is(&bound.path, "Sized") => {
                        self.refuse(
                            &bound.path,
                            format_args!(
                                "this would be asked of the proxy, and says nothing about the object: make it \
                                 a supertrait, or {leave} and call it inside `proxy.with(|object| ..)`"
                            ),
                        );
                    }
                    _ => {}
                }
            }
        }
    }

    /// `Self` is the proxy there, and the object here.
    fn selves(&mut self, own: &HashSet<String>, borrows: bool) {
        let sig = &self.method.sig;
        let leave = self.method.home.leave();
        let mut code = sig.generics.params.to_token_stream();
        for predicate in sig.generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            match predicate {
                WherePredicate::Type(predicate) if is_self(&predicate.bounded_ty) => {}
                other => other.to_tokens(&mut code),
            }
        }
        for argument in &sig.inputs {
            if let FnArg::Typed(argument) = argument {
                argument.ty.to_tokens(&mut code);
            }
        }
        if !borrows {
            sig.output.to_tokens(&mut code);
        }
        for this in selves(code) {
            match this {
                SelfUse::Bare(this) => self.refuse(
                    this,
                    format_args!(
                        "through a proxy, `Self` would be the proxy and not the object: name a type, \
                         or {leave} and call it inside `proxy.with(|object| ..)`"
                    ),
                ),
                SelfUse::Item { name, .. } if own.contains(&name.to_string()) => {}
                SelfUse::Item { this, name } => self.refuse(
                    this,
                    format_args!(
                        "`{name}` is of a supertrait, and the proxy's need not be the object's: declare it \
                         in this trait, or {leave} and call it inside `proxy.with(|object| ..)`"
                    ),
                ),
            }
        }
    }
}

/// Whether a lifetime is one of the method's own parameters.
fn is_declared(method: &Method, lifetime: &Lifetime) -> bool {
    lifetime.ident == "_" || method.sig.generics.lifetimes().any(|own| own.lifetime == *lifetime)
}

/// The `mut` that is too much.
fn mutability(receiver: &Receiver) -> TokenStream {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(token)) => token.to_token_stream(),
        ReceiverKind::Typed(_, ty) => ty.to_token_stream(),
        _ => receiver.to_token_stream(),
    }
}

/// Whether a type is `Self`.
pub(super) fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(ty) if ty.qself.is_none() && ty.path.is_ident("Self"))
}

/// A method whose `try_` form is another method of the same impl.
pub(super) fn same_name(second: &Ident, first: &Ident, errors: &mut Errors) {
    let (second_name, first) = (second.unraw(), first.unraw());
    errors.at(
        second.span(),
        format_args!(
            "`{second_name}` is also the form of `{first}` that returns an error: \
             leave one of them out with `#[proxy(skip)]`"
        ),
    );
}

/// An impl whose type has no name to make another one of.
pub(super) fn nameless(ty: &Type, errors: &mut Errors) {
    errors.over(ty, "the trait of these methods needs a name: `#[proxy(name = ..)]`");
}

/// An impl in which there is nothing to forward.
pub(super) fn empty(item: &ItemImpl, errors: &mut Errors) {
    errors.over(
        item.impl_token,
        "no method here takes `&self`, so there is none to call through a proxy: remove `#[proxy]`",
    );
}

/// Two methods of which neither is more visible than the other.
pub(super) fn incomparable(
    method: &Ident,
    vis: &syn::Visibility,
    widest: &syn::Visibility,
    errors: &mut Errors,
) {
    let (here, there) = (super::options::describe(vis), super::options::describe(widest));
    errors.at(
        method.span(),
        format_args!(
            "this is {here}, others are {there}, and the trait of both has one visibility: \
             put it into an impl of its own, with `#[proxy(name = ..)]`"
        ),
    );
}
