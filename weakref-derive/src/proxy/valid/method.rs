//! What keeps one method from being called through a proxy.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{FnArg, Lifetime, Receiver, ReceiverKind, Result, TypeParamBound, WherePredicate};

use crate::ast::{last_is, predicates};
use crate::errors::Errors;
use crate::proxy::method::{Home, Method, Taken};
use crate::proxy::tokens::{SelfUse, is_self, selves};
use crate::proxy::types::{Borrow, Tied};

impl Method {
    /// Finds everything that keeps a method of a trait, whose types and constants are `own`, from
    /// being called through a proxy.
    pub(super) fn validate_in_trait(&self, own: &HashSet<String>) -> Result<()> {
        let mut check = Check { method: self, errors: Errors::default() };
        check.receiver();
        // The other errors would be beside the point if the object cannot be lent at all.
        if check.errors.is_empty() {
            check.arguments();
            let borrows = check.borrows();
            check.bounds_on_self();
            check.selves(own, borrows);
        }
        check.errors.finish()
    }

    /// The same for a method of an inherent impl, where `Self` is the object in any case.
    pub(super) fn validate_in_impl(&self) -> Result<()> {
        let mut check = Check { method: self, errors: Errors::default() };
        check.receiver();
        if check.errors.is_empty() {
            check.arguments();
            check.borrows();
        }
        check.errors.finish()
    }
}

/// The state of the check of one method.
struct Check<'c> {
    method: &'c Method,
    errors: Errors,
}

impl Check<'_> {
    fn refuse(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.over(at, message);
    }

    /// A proxy lends its object as `&T`, for the time of the call.
    fn receiver(&mut self) {
        let method = self.method;
        let leave = method.home.leave();
        let Some(receiver) = method.sig.receiver() else { return };
        match method.taken() {
            Taken::Shared(Some(lifetime)) if !is_declared(method, lifetime) => self.refuse(
                lifetime,
                format_args!(
                    "the object is kept alive during the call, and not for all of `{lifetime}`: \
                     write `&self`, or {leave} and call it inside `proxy.with(|object| ..)`"
                ),
            ),
            Taken::Nothing | Taken::Shared(_) => {}
            Taken::Mutable => self.refuse(
                mutability(receiver),
                format_args!(
                    "an object with several owners is not lent as `&mut`, by `with` or otherwise: \
                     take `&self` and keep what changes in a `Cell`, `RefCell` or `Mutex`, or \
                     {leave}"
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

    /// Every argument is passed on, so it must always exist.
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

    /// The output must not borrow from the object, which may be dropped when the call returns.
    /// Returns whether it does.
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
                    "the object is kept alive during the call only, so nothing can be borrowed \
                     from it: return an owned value, or {leave} and call it inside \
                     `proxy.with(|object| ..)`"
                ),
            ),
            Some(Borrow::Opaque(token)) => self.refuse(
                token,
                format_args!(
                    "`impl Trait` may borrow from the object, which is kept alive during the call \
                     only: say by `+ use<..>` that it does not, or {leave} and call it inside \
                     `proxy.with(|object| ..)`"
                ),
            ),
        }
        true
    }

    /// `where Self: Trait` would have to hold for the proxy, as `Self` is the proxy in the
    /// generated implementation. `Sized` does.
    fn bounds_on_self(&mut self) {
        let method = self.method;
        let leave = method.home.leave();
        for predicate in predicates(&method.sig.generics) {
            let WherePredicate::Type(predicate) = predicate else { continue };
            if !is_self(&predicate.bounded_ty) {
                continue;
            }
            for bound in &predicate.bounds {
                if let TypeParamBound::Trait(bound) = bound
                    && !last_is(&bound.path, "Sized")
                {
                    self.refuse(
                        &bound.path,
                        format_args!(
                            "this would be asked of the proxy, and says nothing about the object: \
                             make it a supertrait, or {leave} and call it inside \
                             `proxy.with(|object| ..)`"
                        ),
                    );
                }
            }
        }
    }

    /// `Self` is the proxy for callers, and the object for the method that is called. Only the
    /// types and constants of this trait are the same for both.
    fn selves(&mut self, own: &HashSet<String>, borrows: bool) {
        let sig = &self.method.sig;
        let leave = self.method.home.leave();
        let mut code = sig.generics.params.to_token_stream();
        for predicate in predicates(&sig.generics) {
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
        // One error at a return type is enough.
        if !borrows {
            sig.output.to_tokens(&mut code);
        }
        for this in selves(code) {
            match this {
                SelfUse::Bare(this) => self.refuse(
                    this,
                    format_args!(
                        "through a proxy, `Self` would be the proxy and not the object: name a \
                         type, or {leave} and call it inside `proxy.with(|object| ..)`"
                    ),
                ),
                SelfUse::Item { name, .. } if own.contains(&name.to_string()) => {}
                SelfUse::Item { this, name } => self.refuse(
                    this,
                    format_args!(
                        "`{name}` is of a supertrait, and the proxy's need not be the object's: \
                         declare it in this trait, or {leave} and call it inside \
                         `proxy.with(|object| ..)`"
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

/// The `mut` of a receiver, or what comes nearest to it.
fn mutability(receiver: &Receiver) -> TokenStream {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(token)) => token.to_token_stream(),
        ReceiverKind::Typed(_, ty) => ty.to_token_stream(),
        _ => receiver.to_token_stream(),
    }
}

impl Home {
    /// What to do with a method that cannot be forwarded.
    fn leave(self) -> &'static str {
        match self {
            Home::Provided | Home::Impl => "leave it out with `#[proxy(skip)]`",
            Home::Required => "move it to another trait",
        }
    }
}
