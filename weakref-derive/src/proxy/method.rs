//! A method, as the user has written it.

use proc_macro2::Span;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, Lifetime, PathArguments, PathSegment, ReceiverKind,
    ReturnType, Signature, Type, TypeParamBound,
};

use crate::ast::last_is;

/// A method of the user's.
pub(super) struct Method {
    pub(super) attrs: Vec<Attribute>,
    pub(super) sig: Signature,
    pub(super) home: Home,
    pub(super) skip: bool,
    /// It has been complained about.
    pub(super) is_wrong: bool,
    pub(super) output: Output,
}

/// Where a method stands, and so how it can be left out.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Home {
    /// In a trait, with a default body.
    Provided,
    /// In a trait, without.
    Required,
    /// In an inherent impl.
    Impl,
}

/// By what a method takes its object.
pub(super) enum Taken<'a> {
    /// It has none.
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

/// What a method gives.
pub(super) enum Output {
    /// Its return type.
    Value,
    /// A future of this, from an `async fn` or an `-> impl Future`, and `+ Send` if that is asked for.
    Future { of: Box<Type>, send: Option<TypeParamBound> },
}

impl Method {
    pub(super) fn new(attrs: Vec<Attribute>, mut sig: Signature, home: Home) -> Self {
        if let Some(FnArg::Receiver(receiver)) = sig.inputs.first_mut() {
            receiver.attrs.clear();
        }
        let mut output = Output::of(&sig);
        if let (Home::Impl, Output::Future { send, .. }) = (home, &mut output) {
            // Whether the one or the other future is `Send`, the compiler sees for itself: here the
            // type is known, and there is nobody to whom it is promised for all types.
            *send = None;
        }
        Self { attrs, sig, home, skip: false, is_wrong: false, output }
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

    /// Whether a proxy is asked for the object to call it.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self.taken(), Taken::Shared(_))
    }

    /// `try_` and the name.
    pub(super) fn try_name(&self) -> Ident {
        format_ident!("try_{}", self.sig.ident.unraw(), span = self.sig.ident.span())
    }

    /// The type that is returned.
    pub(super) fn returned(&self) -> Option<&Type> {
        match (&self.output, &self.sig.output) {
            (Output::Future { of, .. }, _) => Some(of),
            (Output::Value, ReturnType::Type(_, ty)) => Some(ty),
            (Output::Value, ReturnType::Default) => None,
        }
    }

    /// Where the compiler is to point if the generated code does not fit: at the return type.
    pub(super) fn place(&self) -> Span {
        let at = self.returned().map_or_else(|| self.sig.ident.span(), Spanned::span);
        Span::mixed_site().located_at(at)
    }
}

/// `self: &Self`
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

    /// `impl Future<Output = T>`, alone or with `+ Send`. Anything more, an `async` block may not be.
    fn future(ty: &Type) -> Option<Self> {
        let Type::ImplTrait(ty) = ty else { return None };
        let mut bounds = ty.bounds.iter();
        let future = bounds.next()?;
        let send = bounds.next();
        let is_send = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(it) if last_is(&it.path, "Send"));
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
