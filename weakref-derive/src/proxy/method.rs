//! A method, as the user has written it.

use proc_macro2::Span;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, Lifetime, PathArguments, PathSegment, ReceiverKind,
    ReturnType, Signature, Type, TypeParamBound, Visibility,
};

use crate::ast::last_is;

/// A method of the user's.
pub(super) struct Method {
    /// The `#[proxy(..)]` attributes.
    pub(super) marks: Vec<Attribute>,
    /// The other attributes.
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) sig: Signature,
    pub(super) home: Home,
    pub(super) output: Output,
    /// Whether an error about it has been reported. The generated method then has a dummy body.
    pub(super) is_wrong: bool,
}

/// Where a method is written. It decides how the method can be left out.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Home {
    /// In a trait, with a default body.
    Provided,
    /// In a trait, without one.
    Required,
    /// In an inherent impl.
    Impl,
}

/// How a method takes its object.
pub(super) enum Taken<'a> {
    /// Not at all: a function without `self`.
    Nothing,
    /// `&self`, with its lifetime.
    Shared(Option<&'a Lifetime>),
    /// `&mut self`
    Mutable,
    /// `self`
    Value,
    /// `self: Rc<Self>`, and the like.
    Other(&'a Type),
}

/// What a method returns.
pub(super) enum Output {
    /// Its return type.
    Value,
    /// A future of this, from an `async fn` or an `-> impl Future`, with `+ Send` if that is
    /// written.
    Future { of: Box<Type>, send: Option<TypeParamBound> },
}

impl Method {
    pub(super) fn new(
        marks: Vec<Attribute>,
        attrs: Vec<Attribute>,
        vis: Visibility,
        mut sig: Signature,
        home: Home,
    ) -> Self {
        if let Some(FnArg::Receiver(receiver)) = sig.inputs.first_mut() {
            receiver.attrs.clear();
        }
        let mut output = Output::of(&sig);
        if let (Home::Impl, Output::Future { send, .. }) = (home, &mut output) {
            // The compiler infers whether the future is `Send`: the type is known here, so the
            // bound does not have to be promised for all types.
            *send = None;
        }
        Self { marks, attrs, vis, sig, home, output, is_wrong: false }
    }

    /// Whether it is left out. What a proxy must have cannot be.
    pub(super) fn is_skipped(&self) -> bool {
        !self.marks.is_empty() && self.home != Home::Required
    }

    pub(super) fn taken(&self) -> Taken<'_> {
        let Some(receiver) = self.sig.receiver() else { return Taken::Nothing };
        match &receiver.kind {
            ReceiverKind::Reference(_, lifetime, None) => Taken::Shared(lifetime.as_ref()),
            ReceiverKind::Reference(..) => Taken::Mutable,
            ReceiverKind::Typed(_, ty) => match by_reference(ty) {
                Some(taken) => taken,
                None => Taken::Other(ty),
            },
            _ => Taken::Value,
        }
    }

    /// Whether a call through a proxy needs the object to be alive.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self.taken(), Taken::Shared(_))
    }

    /// The name of the `try_` form.
    pub(super) fn try_name(&self) -> Ident {
        format_ident!("try_{}", self.sig.ident.unraw(), span = self.sig.ident.span())
    }

    /// The type that a call returns, or that its future has as output.
    pub(super) fn returned(&self) -> Option<&Type> {
        match (&self.output, &self.sig.output) {
            (Output::Future { of, .. }, _) => Some(of),
            (Output::Value, ReturnType::Type(_, ty)) => Some(ty),
            (Output::Value, ReturnType::Default) => None,
        }
    }

    /// The span of the generated code: the return type, where the compiler is to report what does
    /// not fit.
    pub(super) fn place(&self) -> Span {
        let at = self.returned().map_or_else(|| self.sig.ident.span(), Spanned::span);
        Span::mixed_site().located_at(at)
    }
}

/// Recognizes the long forms of `&self`, `&mut self` and `self`, such as `self: &Self`.
fn by_reference(ty: &Type) -> Option<Taken<'_>> {
    match ty {
        Type::Reference(ty) if matches!(&*ty.elem, Type::Path(ty) if ty.path.is_ident("Self")) => {
            Some(match ty.mutability {
                None => Taken::Shared(ty.lifetime.as_ref()),
                Some(_) => Taken::Mutable,
            })
        }
        Type::Path(ty) if ty.path.is_ident("Self") => Some(Taken::Value),
        Type::Group(ty) => by_reference(&ty.elem),
        Type::Paren(ty) => by_reference(&ty.elem),
        _ => None,
    }
}

impl Output {
    fn of(sig: &Signature) -> Self {
        let ty = match &sig.output {
            ReturnType::Type(_, ty) => (**ty).clone(),
            ReturnType::Default => syn::parse_quote!(()),
        };
        if sig.asyncness.is_some() {
            return Self::Future { of: Box::new(ty), send: None };
        }
        Self::future(&ty).unwrap_or(Self::Value)
    }

    /// Recognizes `impl Future<Output = T>`, alone or with `+ Send`. With other bounds, it is a
    /// value like any other, as an `async` block could not be known to meet them.
    fn future(ty: &Type) -> Option<Self> {
        let Type::ImplTrait(ty) = ty else { return None };
        let mut bounds = ty.bounds.iter();
        let future = bounds.next()?;
        let send = bounds.next();
        let is_send = |bound: &TypeParamBound| match bound {
            TypeParamBound::Trait(bound) => last_is(&bound.path, "Send"),
            _ => false,
        };
        if bounds.next().is_some() || !send.is_none_or(is_send) {
            return None;
        }
        let TypeParamBound::Trait(future) = future else { return None };
        let PathSegment { ident, arguments } = future.path.segments.last()?;
        let PathArguments::AngleBracketed(arguments) = arguments else { return None };
        match arguments.args.first()? {
            GenericArgument::AssocType(output) if ident == "Future" && output.ident == "Output" => {
                Some(Self::Future { of: Box::new(output.ty.clone()), send: send.cloned() })
            }
            _ => None,
        }
    }
}
