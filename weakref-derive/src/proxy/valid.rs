//! What `#[proxy]` refuses. Each message says what to write instead.

mod method;

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, Generics, Item, ItemImpl, ItemTrait, Meta, Result, TraitItemType,
    TypeParamBound, Visibility, WherePredicate,
};

use super::ast::{Impl, Input, Part, Trait, is_candidate};
use super::method::{Home, Method};
use super::tokens::{SelfUse, has_bare_self, is_self, selves};
use crate::ast::{last_is, predicates, without_defaults};
use crate::errors::Errors;

impl Input {
    /// Finds all mistakes that the macro can see, and marks what is wrong.
    pub(super) fn validate(&mut self) -> Result<()> {
        match self {
            Input::Trait(item) => item.validate(),
            Input::Impl(item) => item.validate(),
            Input::Other(Item::Impl(item)) => Err(implementation(item)),
            Input::Other(item) => Err(neither(item)),
        }
    }
}

impl Trait {
    fn validate(&mut self) -> Result<()> {
        let mut errors = Errors::default();
        let Self { item, parts, own, is_wrong } = self;
        let mut fits = errors.add(whole_trait(item));
        fits &= errors.add(parameters(&item.generics));
        for part in &mut *parts {
            match part {
                Part::Method(method) => {
                    marks(&method.marks, &mut errors);
                    if let (Home::Required, Some(mark)) = (method.home, method.marks.first()) {
                        skip_of_required(mark, &method.sig.ident, &mut errors);
                        method.is_wrong = true;
                    }
                }
                Part::Type(ty) => {
                    marks_on_no_method(&ty.marks, &mut errors);
                    fits &= errors.add(associated(&ty.item));
                }
                Part::Const(constant) => {
                    marks_on_no_method(&constant.marks, &mut errors);
                    constant.is_wrong = !errors.add(no_self(&constant.item.ty, CONSTANT));
                }
                Part::Unseen(tokens) => {
                    errors.over(
                        tokens,
                        "what this makes cannot be seen by `#[proxy]`: write the items out",
                    );
                    fits = false;
                }
            }
        }
        for part in parts {
            if let Part::Method(method) = part
                && !method.is_skipped()
                && !method.is_wrong
            {
                method.is_wrong = !errors.add(method.validate_in_trait(own));
            }
        }
        *is_wrong = !fits;
        errors.finish()
    }
}

impl Impl {
    fn validate(&mut self) -> Result<()> {
        let mut errors = Errors::default();
        for method in &self.methods {
            marks(&method.marks, &mut errors);
        }
        for marks in &self.other_marks {
            marks_on_no_method(marks, &mut errors);
        }
        if !self.methods.iter().any(is_candidate) {
            errors.over(
                self.item.impl_token,
                "no method here takes `&self`, so there is none to call through a proxy: \
                 remove `#[proxy]`",
            );
        }
        for method in &self.methods {
            if self.is_widest(method) && !self.is_forwarded(method) {
                errors.push(incomparable(method, &self.vis));
            }
        }
        self.validate_methods(&mut errors);
        if self.name.is_none() {
            errors.over(
                &self.item.self_ty,
                "the trait of these methods needs a name: `#[proxy(name = ..)]`",
            );
        }
        errors.finish()
    }

    /// Checks each method that is forwarded, and their names.
    fn validate_methods(&mut self, errors: &mut Errors) {
        let forwarded: Vec<_> = self.methods.iter().map(|it| self.is_forwarded(it)).collect();
        let methods = self.methods.iter_mut().zip(forwarded);
        let mut methods: Vec<_> = methods.filter_map(|(it, is)| is.then_some(it)).collect();
        // By the names of their `try_` forms, the names of the methods.
        let mut tries = HashMap::new();
        for method in &mut methods {
            method.is_wrong = !errors.add(method.validate_in_impl());
            tries.insert(method.try_name().to_string(), method.sig.ident.clone());
        }
        for method in methods {
            if let Some(first) = tries.get(&method.sig.ident.unraw().to_string()) {
                errors.push(same_name(&method.sig.ident, first));
                method.is_wrong = true;
            }
        }
    }
}

/// The error for an item that has no methods.
fn neither(item: &Item) -> Error {
    let (span, kind) = kind(item);
    Error::new(
        span,
        format_args!(
            "expected a trait or an inherent impl, found {kind}: write `#[proxy]` on the trait \
             or on the `impl` block with the methods that are to be called through a proxy"
        ),
    )
}

/// The keyword of an item, and its name in a message.
fn kind(item: &Item) -> (Span, &'static str) {
    match item {
        Item::Const(item) => (item.const_token.span, "a constant"),
        Item::Enum(item) => (item.enum_token.span, "an enum"),
        Item::Fn(item) => (item.sig.fn_token.span, "a function"),
        Item::Macro(item) => (item.mac.path.span(), "a macro"),
        Item::Mod(item) => (item.mod_token.span, "a module"),
        Item::Static(item) => (item.static_token.span, "a static"),
        Item::Struct(item) => (item.struct_token.span, "a struct"),
        Item::TraitAlias(item) => (item.trait_token.span, "a trait alias"),
        Item::Type(item) => (item.type_token.span, "an alias"),
        Item::Union(item) => (item.union_token.span, "a union"),
        Item::Use(item) => (item.use_token.span, "an import"),
        // A method without a body, of a trait.
        Item::Verbatim(tokens) if words(tokens).any(|word| word == "fn") => {
            (tokens.span(), "a function")
        }
        other => (other.span(), "something else"),
    }
}

fn words(tokens: &TokenStream) -> impl Iterator<Item = Ident> {
    tokens.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    })
}

/// The error for the implementation of a trait.
fn implementation(item: &ItemImpl) -> Error {
    let path = item.trait_.as_ref().map(|(path, _)| path);
    let last = path.and_then(|path| path.segments.last());
    let name = last.map_or_else(String::new, |last| last.ident.unraw().to_string());
    Error::new_spanned(
        path,
        format_args!(
            "`#[proxy]` does not go on the implementation of a trait: \
             write it on `trait {name}`, once for all types that implement it"
        ),
    )
}

/// Checks the `#[proxy(..)]` attributes on an item of a trait or an impl: `skip`, once.
fn marks(marks: &[Attribute], errors: &mut Errors) {
    for (at, mark) in marks.iter().enumerate() {
        let is_skip = match &mark.meta {
            Meta::List(list) => list.parse_args::<Ident>().is_ok_and(|word| word == "skip"),
            _ => false,
        };
        if !is_skip {
            errors.over(
                &mark.meta,
                "in here there is only `#[proxy(skip)]`, on a method that is to be left out",
            );
        } else if at > 0 {
            errors.over(&mark.meta, "`#[proxy(skip)]` given twice on one method");
        }
    }
}

/// Checks those on a type or a constant, which must not be there.
fn marks_on_no_method(attrs: &[Attribute], errors: &mut Errors) {
    marks(attrs, errors);
    if let Some(mark) = attrs.first() {
        errors.over(&mark.meta, "only methods can be left out: remove this");
    }
}

/// What keeps proxies from implementing a trait at all.
fn whole_trait(item: &ItemTrait) -> Result<()> {
    let mut errors = Errors::default();
    if let Some(token) = &item.unsafety {
        errors.over(
            token,
            "what an `unsafe trait` promises, nobody can promise for a proxy of any object: \
             make the trait safe, or move the methods to one that is",
        );
    }
    let in_where = predicates(&item.generics).filter_map(|predicate| match predicate {
        WherePredicate::Type(it) if is_self(&it.bounded_ty) => Some(&it.bounds),
        _ => None,
    });
    for bound in [&item.supertraits].into_iter().chain(in_where).flatten() {
        if let TypeParamBound::Trait(bound) = bound
            && last_is(&bound.path, "Weakrefable")
        {
            let name = item.ident.unraw();
            errors.over(
                &bound.path,
                format_args!(
                    "a proxy has no slot, so it could not be a `{name}`: remove this supertrait, \
                     write `T: {name} + Weakrefable` where a slot is needed, and \
                     `Slotted<dyn {name}>` for trait objects"
                ),
            );
        }
    }
    errors.finish()
}

/// Refuses `Self` in the bounds of a trait's parameters. That the object's trait is implemented
/// shows that they hold for the object, but not that they hold for the proxy.
///
/// A bound of a type with `Self` in it, as of `&Self`, is allowed: the implementation for proxies
/// repeats it, and exists where it holds.
fn parameters(generics: &Generics) -> Result<()> {
    let bounds = predicates(generics).filter_map(|predicate| match predicate {
        WherePredicate::Type(it) if !has_bare_self(&it.bounded_ty) => Some(&it.bounds),
        _ => None,
    });
    let params = without_defaults(generics).params;
    no_self(quote!(#params #(#bounds)*), BOUND)
}

/// Refuses `Self` in the bounds of an associated type and of its parameters, and bounds of `Self`.
fn associated(ty: &TraitItemType) -> Result<()> {
    let mut errors = Errors::default();
    let (of_self, others): (Vec<_>, Vec<_>) = predicates(&ty.generics).partition(
        |predicate| matches!(predicate, WherePredicate::Type(it) if is_self(&it.bounded_ty)),
    );
    let (bounds, params) = (&ty.bounds, &ty.generics.params);
    errors.add(no_self(quote!(#bounds #params #(#others)*), BOUND));
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
            }
        }
    }
    errors.finish()
}

/// What to write instead of a bound with `Self` in it.
const BOUND: &str = "write a bound without it, or ask for it where the trait is used";

/// What to write instead of a constant with `Self` in its type.
const CONSTANT: &str = "write a type without it, or move the constant to another trait";

/// Refuses each `Self` itself, unlike `Self::Item`.
fn no_self(tokens: impl ToTokens, instead: &str) -> Result<()> {
    let mut errors = Errors::default();
    for this in selves(tokens) {
        if let SelfUse::Bare(this) = this {
            errors.at(
                this.span(),
                format_args!(
                    "through a proxy, `Self` would be the proxy and not the object: {instead}"
                ),
            );
        }
    }
    errors.finish()
}

/// Reports `#[proxy(skip)]` on a method that a proxy must have.
fn skip_of_required(attr: &Attribute, name: &Ident, errors: &mut Errors) {
    let name = name.unraw();
    errors.over(
        &attr.meta,
        format_args!(
            "without `{name}`, a proxy cannot implement the trait: give it a default body, or move \
             it to another trait"
        ),
    );
}

/// The error for a method whose name is that of the `try_` form of another method of the impl.
fn same_name(second: &Ident, first: &Ident) -> Error {
    let (second_name, first) = (second.unraw(), first.unraw());
    Error::new(
        second.span(),
        format_args!(
            "`{second_name}` is also the form of `{first}` that returns an error: \
             leave one of them out with `#[proxy(skip)]`"
        ),
    )
}

/// The error for two methods of which neither is more visible than the other.
fn incomparable(method: &Method, widest: &Visibility) -> Error {
    let (here, there) = (describe(&method.vis), describe(widest));
    Error::new(
        method.sig.ident.span(),
        format_args!(
            "this is {here}, others are {there}, and the trait of both has one visibility: \
             put it into an impl of its own, with `#[proxy(name = ..)]`"
        ),
    )
}

/// A visibility in a message.
fn describe(vis: &Visibility) -> String {
    match vis {
        Visibility::Inherited => "private".into(),
        other => {
            let text = other.to_token_stream().to_string();
            format!("`{}`", text.replace(" :: ", "::").replace("pub (", "pub("))
        }
    }
}
