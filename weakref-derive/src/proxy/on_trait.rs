//! `#[proxy]` on a trait.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{
    FnArg, Generics, ItemTrait, Path, Signature, TraitItem, TraitItemConst, TraitItemType,
    TypeParamBound, WherePredicate,
};

use super::attrs::{Target, carried};
use super::caller::{Caller, doc};
use super::method::{Home, Method, Output, Taken};
use super::options::{Options, take_skip};
use super::tokens::{Rewrite, SelfUse, selves};
use super::valid;
use crate::ast::last_is;
use crate::fallback::Errors;

/// A trait and what there is to forward.
struct Model {
    item: ItemTrait,
    /// All of them, in order, whether skipped or not.
    methods: Vec<Method>,
    types: Vec<TraitItemType>,
    /// Each with whether its type can be that of a proxy's.
    constants: Vec<(TraitItemConst, bool)>,
    /// The names of the types and constants.
    own: HashSet<String>,
    /// Whether a proxy can implement it at all.
    fits: bool,
}

pub(super) fn expand(item: ItemTrait, options: &Options, mut errors: Errors) -> TokenStream {
    let model = Model::read(item, &mut errors);
    let errors = errors.take();
    let krate = options.krate();
    let name = options.name().cloned().unwrap_or_else(|| {
        format_ident!("Try{}", model.item.ident.unraw(), span = model.item.ident.span())
    });
    let item = &model.item;
    let declaration = model.declare_try(&name, &krate);
    let proxy = model.fits.then(|| model.for_proxy(&name, &krate));
    let slotted = model.fits.then(|| model.for_slotted(&krate));
    quote! {
        #errors
        #item
        #declaration
        const _: () = {
            #proxy
            #slotted
        };
    }
}

impl Model {
    fn read(mut item: ItemTrait, errors: &mut Errors) -> Self {
        let mut fits = valid::whole_trait(&item, errors);
        fits &= valid::parameters(&item.generics, errors);
        let mut methods = Vec::new();
        let (mut types, mut constants) = (Vec::new(), Vec::new());
        for part in &mut item.items {
            match part {
                TraitItem::Fn(part) => {
                    let skip = take_skip(&mut part.attrs, errors);
                    let home = if part.default.is_some() { Home::Provided } else { Home::Required };
                    let mut method = Method::new(part.attrs.clone(), part.sig.clone(), home);
                    match (skip, home) {
                        (Some(skip), Home::Required) => {
                            valid::skip_of_required(&skip, &part.sig.ident, errors);
                            method.is_wrong = true;
                        }
                        (skip, _) => method.skip = skip.is_some(),
                    }
                    methods.push(method);
                }
                TraitItem::Type(part) => {
                    if let Some(skip) = take_skip(&mut part.attrs, errors) {
                        valid::skip_of_no_method(&skip, errors);
                    }
                    fits &= valid::associated(part, errors);
                    types.push(part.clone());
                }
                TraitItem::Const(part) => {
                    if let Some(skip) = take_skip(&mut part.attrs, errors) {
                        valid::skip_of_no_method(&skip, errors);
                    }
                    let fits = valid::constant(&part.ty, errors);
                    constants.push((part.clone(), fits));
                }
                TraitItem::Macro(part) => {
                    valid::unseen(&part.mac.path, errors);
                    fits = false;
                }
                other => {
                    valid::unseen(other, errors);
                    fits = false;
                }
            }
        }
        let own = types.iter().map(|ty: &TraitItemType| &ty.ident);
        let own =
            own.chain(constants.iter().map(|(constant, _): &(TraitItemConst, _)| &constant.ident));
        let own = own.map(ToString::to_string).collect();
        for method in methods.iter_mut().filter(|method| !method.skip && !method.is_wrong) {
            method.is_wrong = !valid::in_trait(method, &own, errors);
        }
        Self { item, methods, types, constants, own, fits }
    }

    fn forwarded(&self) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(|method| !method.skip)
    }

    /// Those that have a `try_` form.
    fn fallible(&self) -> impl Iterator<Item = &Method> {
        self.forwarded().filter(|method| !method.is_wrong && method.is_shared())
    }

    /// The trait of the `try_` forms. It is a subtrait, so that `Self::Item` is there too.
    fn declare_try(&self, name: &Ident, krate: &Path) -> TokenStream {
        let ItemTrait { vis, ident, generics, .. } = &self.item;
        let attrs = carried(&self.item.attrs, Target::Declaration);
        let (_, ty_generics, where_clause) = generics.split_for_impl();
        let plain = ident.unraw();
        let docs = doc(&format!(
            "[`{plain}`] on a proxy whose object may be dead: each method returns a \
             `Result` with what that of the object returns."
        ));
        let caller =
            Caller { krate, target: TokenStream::new(), lend, rewrite: Rewrite::nothing() };
        let methods = self.fallible().map(|method| {
            let attrs = carried(&method.attrs, Target::Fallible);
            let docs =
                doc(&fallible_docs(&format!("{plain}::{}", method.sig.ident.unraw()), method));
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

    /// `Slotted<T>` is a `T` with a slot: all that it can do, it does as `T` does.
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
            .methods
            .iter()
            .filter(|method| !method.skip || self.is_lent_by_slotted(method))
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

    /// Whether a method that a proxy leaves out works on a `Slotted` as on what is in it.
    fn is_lent_by_slotted(&self, method: &Method) -> bool {
        let is_lent = matches!(method.taken(), Taken::Shared(_) | Taken::Mutable | Taken::Nothing);
        is_lent && self.names_own_only(method)
    }

    /// Whether a method's signature has no `Self`, but for this trait's own types.
    fn names_own_only(&self, method: &Method) -> bool {
        let Signature { inputs, output, generics, .. } = &method.sig;
        let inputs = inputs.iter().filter(|input| matches!(input, FnArg::Typed(_)));
        let where_clause = &generics.where_clause;
        selves(quote!(#(#inputs)* #output #generics #where_clause)).iter().all(|this| {
            matches!(this, SelfUse::Item { name, .. } if self.own.contains(&name.to_string()))
        })
    }

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

    /// What the trait asks of whoever implements it, and of its parameters.
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
        let clause = self.item.generics.where_clause.iter();
        let predicates =
            clause.flat_map(|clause| &clause.predicates).map(|predicate| match predicate {
                WherePredicate::Type(it) if valid::is_self(&it.bounded_ty) => {
                    of_proxy.apply(predicate)
                }
                // As with a supertrait, a proxy of which this is not so does not have the trait.
                WherePredicate::Type(it) if valid::has_bare_self(&it.bounded_ty) => {
                    let (object, proxy) = (of_object.apply(it), of_proxy.apply(it));
                    quote!(#object, #proxy)
                }
                other => of_object.apply(other),
            });
        quote!(#supertraits #(#predicates,)*)
    }

    /// A future that has to be `Send` holds the object, so that has to be.
    fn kept(&self, object: &Ident, krate: &Path) -> TokenStream {
        let send = self.forwarded().find_map(|method| match &method.output {
            Output::Future { send: Some(send), .. } if method.is_shared() => Some(send),
            _ => None,
        });
        let Some(send) = send else { return TokenStream::new() };
        quote! {
            #object: ::core::marker::Sync,
            for<'__weakref_kept> #krate::ProxyGuard<'__weakref_kept, #object>: #send,
        }
    }

    /// `?Sized`, unless something that is forwarded is there for sized objects only.
    fn relaxed(&self) -> TokenStream {
        let is_sized = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(it) if last_is(&it.path, "Sized"));
        let of_methods = self.forwarded().map(|method| &method.sig.generics);
        let of_types = self.types.iter().map(|ty| &ty.generics);
        let for_sized_only = of_methods.chain(of_types).any(|generics| {
            let clause = generics.where_clause.iter();
            clause.flat_map(|clause| &clause.predicates).any(|predicate| match predicate {
                WherePredicate::Type(predicate) => {
                    valid::is_self(&predicate.bounded_ty) && predicate.bounds.iter().any(is_sized)
                }
                _ => false,
            })
        });
        // What has been complained about, and may ask for more than it should.
        let wrong = |method: &Method| method.is_wrong && !self.names_own_only(method);
        let for_sized_only = for_sized_only
            || self.forwarded().any(wrong)
            || self.constants.iter().any(|(_, fits)| !fits);
        if for_sized_only { TokenStream::new() } else { quote!(?::core::marker::Sized+) }
    }

    /// The associated types and constants: those of the object.
    fn items(&self, caller: &Caller<'_>) -> TokenStream {
        let target = &caller.target;
        let types = self.types.iter().map(|ty| {
            let attrs = carried(&ty.attrs, Target::Implementation);
            let TraitItemType { ident, generics, .. } = ty;
            let (params, arguments, where_clause) = generics.split_for_impl();
            quote!(#attrs type #ident #params = #target::#ident #arguments #where_clause;)
        });
        let constants = self.constants.iter().map(|(constant, fits)| {
            let attrs = carried(&constant.attrs, Target::Implementation);
            let TraitItemConst { ident, ty, .. } = constant;
            let ty = caller.rewrite.apply(ty);
            let value =
                if *fits { quote!(#target::#ident) } else { quote!(::core::unimplemented!()) };
            quote!(#attrs const #ident: #ty = #value;)
        });
        quote!(#(#types)* #(#constants)*)
    }
}

/// What a caller of a `try_` form reads.
pub(super) fn fallible_docs(original: &str, method: &Method) -> String {
    let safety = match method.sig.safety {
        syn::Safety::Unsafe(_) => format!("\n\n# Safety\n\nThat of `{original}`."),
        _ => String::new(),
    };
    format!(
        "Calls `{original}` of the object, if it is not dead.\n\n\
         # Errors\n\n`ReferenceError` if it is.{safety}"
    )
}

/// Lints that are for what people write.
pub(super) fn lints() -> TokenStream {
    quote! {
        #[allow(
            deprecated,
            improper_ctypes_definitions,
            non_camel_case_types,
            non_snake_case,
            non_upper_case_globals,
            refining_impl_trait,
            unreachable_code,
            unused_mut,
            unused_variables,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::future_not_send,
            clippy::let_and_return,
            clippy::let_unit_value,
            clippy::undocumented_unsafe_blocks
        )]
    }
}

/// The object itself, from its guard.
fn lend(guard: &Ident, place: Span) -> TokenStream {
    quote_spanned!(place=> &*#guard)
}

/// The parameters as an implementation declares them.
pub(super) fn without_defaults(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for param in generics.type_params_mut() {
        param.default = None;
    }
    for param in generics.const_params_mut() {
        param.default = None;
    }
    generics
}

impl Rewrite {
    /// Leaves everything as it is.
    fn nothing() -> Self {
        Self {
            bare: None,
            qualified: quote!(Self),
            own: None,
            captured: quote!(Self,),
            lifetimes: Vec::new(),
        }
    }
}
