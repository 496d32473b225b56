//! Whether a return type borrows from the receiver.
//!
//! A macro sees the words of a type, not what they mean. The lifetime in `Ref<u8>`, which is not
//! written, is found by the compiler only, when it checks the generated code.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, CapturedParam, GenericArgument, GenericParam, Generics,
    Lifetime, Path, PathArguments, ReturnType, Token, Type, TypeImplTrait, TypeParamBound,
    WherePredicate,
};

use crate::ast::predicates;

/// The place in a return type that borrows from the receiver, or may do so.
pub(super) enum Borrow {
    /// `&T`, `'_`, or a lifetime that the receiver's outlives.
    Reference(TokenStream),
    /// `impl Trait`, which captures every lifetime there is.
    Opaque(TokenStream),
}

/// The lifetimes that end with the borrow of the receiver.
pub(super) struct Tied(HashSet<String>);

impl Tied {
    /// The receiver's lifetime, if it has a name, and those that it outlives.
    pub(super) fn new(receiver: Option<&Lifetime>, generics: &Generics) -> Self {
        let mut tied = HashSet::new();
        tied.extend(receiver.map(ToString::to_string));
        let mut outlives: Vec<(&Lifetime, &Lifetime)> = Vec::new();
        for param in &generics.params {
            if let GenericParam::Lifetime(param) = param {
                outlives.extend(param.bounds.iter().map(|shorter| (&param.lifetime, shorter)));
            }
        }
        for predicate in predicates(generics) {
            if let WherePredicate::Lifetime(predicate) = predicate {
                let bounds = predicate.bounds.iter();
                outlives.extend(bounds.map(|shorter| (&predicate.lifetime, shorter)));
            }
        }
        // Each round finds all that are one bound further away. There are at most as many rounds as
        // bounds.
        for _ in 0..outlives.len() {
            for (longer, shorter) in &outlives {
                if tied.contains(&longer.to_string()) {
                    tied.insert(shorter.to_string());
                }
            }
        }
        Self(tied)
    }

    fn has(&self, lifetime: &Lifetime) -> bool {
        self.0.contains(&lifetime.to_string())
    }

    /// The first place in a type that borrows from the receiver.
    pub(super) fn find(&self, ty: &Type) -> Option<Borrow> {
        self.ty(ty, Elided::OfReceiver)
    }
}

/// The meaning of a lifetime without a name.
#[derive(Clone, Copy, PartialEq)]
enum Elided {
    /// The receiver's, by the rule of elision.
    OfReceiver,
    /// A new one in each call, inside the type of a function.
    OfFunction,
}

impl Tied {
    fn ty(&self, ty: &Type, elided: Elided) -> Option<Borrow> {
        match ty {
            Type::Array(ty) => self.ty(&ty.elem, elided),
            Type::FnPtr(ty) => self.function(ty.inputs.iter().map(|input| &input.ty), &ty.output),
            Type::Group(ty) => self.ty(&ty.elem, elided),
            Type::ImplTrait(ty) => self.opaque(ty, elided),
            Type::Paren(ty) => self.ty(&ty.elem, elided),
            Type::Path(ty) => ty
                .qself
                .as_ref()
                .and_then(|qself| self.ty(&qself.ty, elided))
                .or_else(|| self.path(&ty.path, elided)),
            Type::Ptr(ty) => self.ty(&ty.elem, elided),
            Type::Reference(ty) => match &ty.lifetime {
                Some(lifetime) => self.lifetime(lifetime, elided),
                None => (elided == Elided::OfReceiver)
                    .then(|| Borrow::Reference(ty.and_token.to_token_stream())),
            }
            .or_else(|| self.ty(&ty.elem, elided)),
            Type::Slice(ty) => self.ty(&ty.elem, elided),
            Type::TraitObject(ty) => self.bounds(&ty.bounds, elided),
            Type::Tuple(ty) => ty.elems.iter().find_map(|ty| self.ty(ty, elided)),
            _ => None,
        }
    }

    fn lifetime(&self, lifetime: &Lifetime, elided: Elided) -> Option<Borrow> {
        let found =
            if lifetime.ident == "_" { elided == Elided::OfReceiver } else { self.has(lifetime) };
        found.then(|| Borrow::Reference(lifetime.to_token_stream()))
    }

    /// `impl Trait` borrows nothing only if it says so.
    fn opaque(&self, ty: &TypeImplTrait, elided: Elided) -> Option<Borrow> {
        if !ty.bounds.iter().any(|bound| matches!(bound, TypeParamBound::PreciseCapture(_))) {
            return Some(Borrow::Opaque(ty.impl_token.to_token_stream()));
        }
        self.bounds(&ty.bounds, elided)
    }

    fn bounds(
        &self,
        bounds: &Punctuated<TypeParamBound, Token![+]>,
        elided: Elided,
    ) -> Option<Borrow> {
        bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => self.path(&bound.path, elided),
            TypeParamBound::Lifetime(lifetime) => self.lifetime(lifetime, elided),
            TypeParamBound::PreciseCapture(capture) => {
                capture.params.iter().find_map(|param| match param {
                    CapturedParam::Lifetime(lifetime) => self.lifetime(lifetime, elided),
                    _ => None,
                })
            }
            _ => None,
        })
    }

    fn path(&self, path: &Path, elided: Elided) -> Option<Borrow> {
        path.segments.iter().find_map(|segment| match &segment.arguments {
            PathArguments::None => None,
            PathArguments::AngleBracketed(arguments) => self.arguments(arguments, elided),
            PathArguments::Parenthesized(arguments) => {
                self.function(arguments.inputs.iter().map(|input| &input.ty), &arguments.output)
            }
        })
    }

    fn arguments(
        &self,
        arguments: &AngleBracketedGenericArguments,
        elided: Elided,
    ) -> Option<Borrow> {
        let nested = |generics: &Option<AngleBracketedGenericArguments>| {
            generics.as_ref().and_then(|arguments| self.arguments(arguments, elided))
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Lifetime(lifetime) => self.lifetime(lifetime, elided),
            GenericArgument::Type(ty) => self.ty(ty, elided),
            GenericArgument::AssocType(argument) => {
                nested(&argument.generics).or_else(|| self.ty(&argument.ty, elided))
            }
            GenericArgument::Constraint(argument) => {
                nested(&argument.generics).or_else(|| self.bounds(&argument.bounds, elided))
            }
            _ => None,
        })
    }

    /// A named lifetime can be tied inside the type of a function too.
    fn function<'t>(
        &self,
        inputs: impl Iterator<Item = &'t Type>,
        output: &'t ReturnType,
    ) -> Option<Borrow> {
        let output = match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(&**ty),
        };
        inputs.chain(output).find_map(|ty| self.ty(ty, Elided::OfFunction))
    }
}
