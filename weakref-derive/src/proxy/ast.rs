//! The trait or the impl under `#[proxy]`: what there is to forward.
//!
//! Nothing is checked when an item is read. `validate`, in `valid.rs`, reports what is wrong, and
//! marks it (`is_wrong`), so that the code for the rest can be generated beside the errors.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, GenericParam, Generics, ImplItem, Item, ItemImpl, ItemTrait, Lifetime,
    LifetimeParam, TraitItem, TraitItemConst, TraitItemType, Type, Visibility,
};

use super::method::{Home, Method, Taken};
use super::options::{Options, take_marks};
use super::tokens::name_lifetimes;
use crate::ast::{openness, without_defaults};

/// The input of `#[proxy]`.
pub(super) enum Input {
    Trait(Trait),
    Impl(Box<Impl>),
    /// An item that is neither a trait nor an inherent impl.
    Other(Item),
}

impl Input {
    pub(super) fn read(item: Item, options: &Options) -> Self {
        match item {
            Item::Trait(item) => Self::Trait(Trait::read(item)),
            Item::Impl(item) if item.trait_.is_none() => {
                Self::Impl(Box::new(Impl::read(item, options)))
            }
            other => Self::Other(other),
        }
    }
}

pub(super) struct Trait {
    /// The trait without the marks, as it is given to the compiler.
    pub(super) item: ItemTrait,
    /// Its items, in order.
    pub(super) parts: Vec<Part>,
    /// The names of its types and constants.
    pub(super) own: HashSet<String>,
    /// Whether no proxy can implement it.
    pub(super) is_wrong: bool,
}

/// An item of a trait.
pub(super) enum Part {
    Method(Method),
    Type(AssocType),
    Const(AssocConst),
    /// What another macro makes items of, or what syn does not know.
    Unseen(TokenStream),
}

pub(super) struct AssocType {
    pub(super) marks: Vec<Attribute>,
    pub(super) item: TraitItemType,
}

pub(super) struct AssocConst {
    pub(super) marks: Vec<Attribute>,
    pub(super) item: TraitItemConst,
    /// Whether a proxy's constant would be of another type than the object's.
    pub(super) is_wrong: bool,
}

impl Trait {
    fn read(mut item: ItemTrait) -> Self {
        let parts: Vec<_> = item.items.iter_mut().map(Part::read).collect();
        let own = parts.iter().filter_map(|part| match part {
            Part::Type(ty) => Some(ty.item.ident.to_string()),
            Part::Const(constant) => Some(constant.item.ident.to_string()),
            Part::Method(_) | Part::Unseen(_) => None,
        });
        Self { own: own.collect(), item, parts, is_wrong: false }
    }

    /// All methods, whether they are forwarded or not.
    pub(super) fn methods(&self) -> impl Iterator<Item = &Method> {
        self.parts.iter().filter_map(|part| match part {
            Part::Method(method) => Some(method),
            _ => None,
        })
    }

    pub(super) fn types(&self) -> impl Iterator<Item = &TraitItemType> {
        self.parts.iter().filter_map(|part| match part {
            Part::Type(ty) => Some(&ty.item),
            _ => None,
        })
    }

    pub(super) fn constants(&self) -> impl Iterator<Item = &AssocConst> {
        self.parts.iter().filter_map(|part| match part {
            Part::Const(constant) => Some(constant),
            _ => None,
        })
    }
}

impl Part {
    /// Reads an item, and takes the marks off it.
    fn read(part: &mut TraitItem) -> Self {
        match part {
            TraitItem::Fn(part) => {
                let marks = take_marks(&mut part.attrs);
                let home = if part.default.is_some() { Home::Provided } else { Home::Required };
                let (attrs, sig) = (part.attrs.clone(), part.sig.clone());
                Self::Method(Method::new(marks, attrs, Visibility::Inherited, sig, home))
            }
            TraitItem::Type(part) => {
                let marks = take_marks(&mut part.attrs);
                Self::Type(AssocType { marks, item: part.clone() })
            }
            TraitItem::Const(part) => {
                let marks = take_marks(&mut part.attrs);
                Self::Const(AssocConst { marks, item: part.clone(), is_wrong: false })
            }
            TraitItem::Macro(part) => Self::Unseen(part.mac.path.to_token_stream()),
            other => Self::Unseen(other.to_token_stream()),
        }
    }
}

pub(super) struct Impl {
    /// The impl without the marks, as it is given to the compiler.
    pub(super) item: ItemImpl,
    /// The name of the generated trait. A type that is not a path gives it none.
    pub(super) name: Option<Ident>,
    /// All methods, whether they are forwarded or not.
    pub(super) methods: Vec<Method>,
    /// The marks on each constant and type.
    pub(super) other_marks: Vec<Vec<Attribute>>,
    /// The visibility of the generated trait: that of the most visible method, and of several the
    /// first.
    pub(super) vis: Visibility,
    /// The type, with a name for every lifetime.
    pub(super) ty: Type,
    /// The parameters of the impl, and those lifetimes.
    pub(super) generics: Generics,
}

impl Impl {
    fn read(mut item: ItemImpl, options: &Options) -> Self {
        let (mut methods, mut other_marks) = (Vec::new(), Vec::new());
        for part in &mut item.items {
            match part {
                ImplItem::Fn(part) => {
                    let marks = take_marks(&mut part.attrs);
                    let (attrs, vis, sig) =
                        (part.attrs.clone(), part.vis.clone(), part.sig.clone());
                    methods.push(Method::new(marks, attrs, vis, sig, Home::Impl));
                }
                ImplItem::Const(part) => other_marks.push(take_marks(&mut part.attrs)),
                ImplItem::Type(part) => other_marks.push(take_marks(&mut part.attrs)),
                _ => {}
            }
        }
        let visible =
            methods.iter().filter(|method| is_candidate(method)).map(|method| &method.vis);
        // `max_by_key` returns the last of several.
        let vis = visible.rev().max_by_key(|vis| openness(vis)).cloned();
        let name = options.name().cloned().or_else(|| proxy_name(&item.self_ty));
        let (ty, lifetimes) = name_lifetimes(&item.self_ty);
        let generics = with_lifetimes(&item.generics, lifetimes);
        let vis = vis.unwrap_or(Visibility::Inherited);
        Self { item, name, methods, other_marks, vis, ty, generics }
    }

    /// Whether a method is in the generated trait. All methods of a trait are as visible as the
    /// trait, so the less visible ones, which are for the type's own use, are left out.
    pub(super) fn is_forwarded(&self, method: &Method) -> bool {
        self.is_widest(method) && has_same_scope(&method.vis, &self.vis)
    }

    /// Whether a method could be in the generated trait but for the scope that it is restricted to.
    pub(super) fn is_widest(&self, method: &Method) -> bool {
        is_candidate(method) && openness(&method.vis) == openness(&self.vis)
    }
}

/// Whether a method is to be called through a proxy. One without an object does not need a proxy.
pub(super) fn is_candidate(method: &Method) -> bool {
    !method.is_skipped() && !matches!(method.taken(), Taken::Nothing)
}

/// Whether two visibilities of the same openness are the same: `pub(in a)` and `pub(in b)` are not.
fn has_same_scope(one: &Visibility, other: &Visibility) -> bool {
    let text = |vis: &Visibility| vis.to_token_stream().to_string();
    !matches!(one, Visibility::Restricted(_)) || openness(one) != 1 || text(one) == text(other)
}

/// The name of a type, and `Proxy`.
fn proxy_name(ty: &Type) -> Option<Ident> {
    match ty {
        Type::Path(ty) => {
            let name = &ty.path.segments.last()?.ident;
            Some(format_ident!("{}Proxy", name.unraw(), span = name.span()))
        }
        Type::Group(ty) => proxy_name(&ty.elem),
        Type::Paren(ty) => proxy_name(&ty.elem),
        _ => None,
    }
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
