//! `#[weakrefable]`: the hidden field and the derive.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Field, Fields, FieldsNamed, ItemStruct, Meta, Path, Token, Visibility, parse_quote,
};

use crate::ast::{Struct, last_is};
use crate::attr::Options;
use crate::fallback::{self, Errors};
use crate::valid;

/// Reads, checks and rewrites the item under the attribute.
pub(crate) fn weakrefable(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::default();
    options.read_arguments(arguments, &mut errors);
    let helper = options.to_helper();
    let Ok(mut item) = syn::parse2::<ItemStruct>(item.clone()) else {
        return not_a_struct(item, errors);
    };
    options.read_helpers(&item.attrs, &mut errors);
    valid::options(&options, &mut errors);
    let fits = check(&item, &mut errors);

    let krate = options.krate();
    let serde = Serde::of(&item);
    if fits {
        add_slot(&mut item, &krate, &options, &serde.on_slot());
    }
    if let Some(errors) = errors.take() {
        // The field is there all the same, for the sake of `new!`.
        strip(&mut item);
        let dummy = fallback::weakrefable(&item.ident, &item.generics, &options);
        return quote!(#errors #item #dummy);
    }
    item.attrs.extend(serde.on_struct());
    // The derive comes first: `#[weakref(..)]` is an attribute of its.
    quote! {
        #[derive(#krate::Weakrefable)]
        #helper
        #item
    }
}

/// Finds what the attribute cannot work with. Returns whether there is room for the slot.
fn check(item: &ItemStruct, errors: &mut Errors) -> bool {
    let model = Struct::from_item(item);
    valid::packed(model.attrs, errors);
    valid::transparent(model.attrs, errors);
    valid::beside_injection(&model, errors);
    match &item.fields {
        Fields::Unnamed(fields) => valid::unsized_tail(fields.unnamed.last(), &model, errors),
        _ => true,
    }
}

/// Adds the hidden field: first, so that with `drop = "slot"` it dies before the others; in a tuple
/// struct last, so that the others keep their numbers. A unit struct becomes one with named fields.
fn add_slot(item: &mut ItemStruct, krate: &Path, options: &Options, serde: &TokenStream) {
    let flavor = options.flavor();
    let vis = slot_visibility(item);
    let head = quote!(#[doc(hidden)] #[weakref] #serde #vis);
    let ty = quote!(#krate::WeakSlot<#krate::#flavor>);
    let field = |parser: fn(syn::parse::ParseStream<'_>) -> syn::Result<Field>, tokens| {
        parser.parse2(tokens).expect("the hidden field is well formed")
    };
    match &mut item.fields {
        Fields::Named(fields) => {
            fields.named.insert(0, field(Field::parse_named, quote!(#head __weakref__: #ty)));
        }
        Fields::Unnamed(fields) => {
            fields.unnamed.push(field(Field::parse_unnamed, quote!(#head #ty)));
        }
        Fields::Unit => {
            let fields: FieldsNamed = parse_quote!({ #head __weakref__: #ty });
            item.fields = Fields::Named(fields);
            item.semi_token = None;
        }
    }
}

/// The visibility of the hidden field: that of the most private field, so that `new!` works
/// wherever all the fields are visible, and nobody sees more of the slot than of the rest.
///
/// Of two restricted ones (`pub(super)`, `pub(in path)`) either will do: where all the fields are
/// visible, each of them is.
fn slot_visibility(item: &ItemStruct) -> Visibility {
    item.fields.iter().map(|field| &field.vis).min_by_key(|vis| openness(vis)).unwrap_or(&item.vis).clone()
}

fn openness(vis: &Visibility) -> u8 {
    match vis {
        Visibility::Inherited => 0,
        Visibility::Restricted(vis) if vis.path.is_ident("self") => 0,
        Visibility::Restricted(vis) if vis.path.is_ident("crate") => 2,
        Visibility::Restricted(_) => 1,
        Visibility::Public(_) => 3,
    }
}

/// How serde's derives, where they stand below the attribute, are kept from seeing the slot.
struct Serde {
    /// The conditions under which they derive; `None` for "always".
    when: Option<Vec<TokenStream>>,
    shape: Shape,
}

/// What serde would make of the struct without the slot.
enum Shape {
    /// No serde derive is in sight.
    None,
    /// Fields that stay what they are when one more is skipped.
    Plain,
    /// `struct Id(u32)`, which is written as its only field.
    Newtype,
    /// `struct Marker;`, which is written as nothing at all, as the slot is.
    Unit,
}

impl Serde {
    fn of(item: &ItemStruct) -> Self {
        let mut when = Some(Vec::new());
        for attr in &item.attrs {
            find_serde(&attr.meta, &[], &mut when);
        }
        let shape = match &item.fields {
            _ if matches!(&when, Some(conditions) if conditions.is_empty()) => Shape::None,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 && !has_own_form(item) => Shape::Newtype,
            Fields::Unit if !has_own_form(item) => Shape::Unit,
            _ => Shape::Plain,
        };
        Self { when, shape }
    }

    /// The attribute on the slot.
    fn on_slot(&self) -> TokenStream {
        match self.shape {
            Shape::None | Shape::Unit => TokenStream::new(),
            Shape::Plain | Shape::Newtype => self.attr(&quote!(skip, default)),
        }
    }

    /// The attribute on the struct.
    fn on_struct(&self) -> Option<Attribute> {
        match self.shape {
            Shape::None | Shape::Plain => None,
            Shape::Newtype | Shape::Unit => {
                let attrs = Attribute::parse_outer.parse2(self.attr(&quote!(transparent)));
                attrs.ok().and_then(|mut attrs| attrs.pop())
            }
        }
    }

    fn attr(&self, content: &TokenStream) -> TokenStream {
        match &self.when {
            None => quote!(#[serde(#content)]),
            Some(when) => quote!(#[cfg_attr(any(#(#when),*), serde(#content))]),
        }
    }
}

/// Collects the conditions under which serde's derives stand in an attribute. `path` are the
/// conditions of the `cfg_attr` around it.
fn find_serde(meta: &Meta, path: &[TokenStream], when: &mut Option<Vec<TokenStream>>) {
    if meta.path().is_ident("derive") {
        if valid::derive_paths(meta).iter().any(is_serde) {
            match (path, when.as_mut()) {
                ([], _) => *when = None,
                (path, Some(when)) => when.push(quote!(all(#(#path),*))),
                (_, None) => {}
            }
        }
    } else if meta.path().is_ident("cfg_attr") {
        let Meta::List(list) = meta else { return };
        let Ok(metas) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
            return;
        };
        let mut metas = metas.into_iter();
        let Some(condition) = metas.next() else { return };
        let path = [path, &[condition.into_token_stream()]].concat();
        for meta in metas {
            find_serde(&meta, &path, when);
        }
    }
}

/// `Serialize` or `Deserialize`, alone or of a crate that is named after serde: others have
/// derives of these names too.
fn is_serde(path: &Path) -> bool {
    let named = last_is(path, "Serialize") || last_is(path, "Deserialize");
    let first = path.segments.first().map(|first| first.ident.to_string());
    named && (path.segments.len() == 1 || first.is_some_and(|first| first.contains("serde")))
}

/// Whether the user has told serde to write the struct in some form that excludes `transparent`.
fn has_own_form(item: &ItemStruct) -> bool {
    const FORMS: [&str; 6] = ["from", "into", "remote", "tag", "transparent", "try_from"];
    let words = item.attrs.iter().filter(|attr| attr.path().is_ident("serde") || attr.path().is_ident("cfg_attr"));
    words.filter_map(|attr| attr.meta.require_list().ok()).any(|list| has_word(list.tokens.clone(), &FORMS))
}

fn has_word(tokens: TokenStream, words: &[&str]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => words.iter().any(|known| word == known),
        TokenTree::Group(group) => has_word(group.stream(), words),
        _ => false,
    })
}

/// Removes what only the derive would understand, as it will not be run, and what was refused, so
/// that the compiler does not refuse it once more.
fn strip(item: &mut ItemStruct) {
    let foreign = |attr: &Attribute| !attr.path().is_ident("weakref") && !last_is(attr.path(), "weakrefable");
    item.attrs.retain(|attr| foreign(attr) && !attr.path().is_ident("repr"));
    for attr in &mut item.attrs {
        if attr.path().is_ident("derive") {
            let derives = valid::derive_paths(&attr.meta)
                .into_iter()
                .filter(|path| !last_is(path, "Copy") && !last_is(path, "Weakrefable"));
            attr.meta = parse_quote!(derive(#(#derives),*));
        }
    }
    for field in &mut item.fields {
        field.attrs.retain(foreign);
    }
}

/// The answer to anything but a struct: the item as it was, and the mistake at its keyword.
fn not_a_struct(item: TokenStream, mut errors: Errors) -> TokenStream {
    if let Ok(mut input) = syn::parse2::<syn::DeriveInput>(item.clone()) {
        if let Err(found) = Struct::from_derive(&input) {
            valid::no_struct(&input.ident, &found, &mut errors);
            input.attrs.retain(|attr| !attr.path().is_ident("weakref"));
            let options = Options::default();
            let dummy = fallback::weakrefable(&input.ident, &input.generics, &options);
            let errors = errors.take();
            return quote!(#errors #input #dummy);
        }
    }
    valid::no_type(&item, &mut errors);
    let errors = errors.take();
    quote!(#errors #item)
}
