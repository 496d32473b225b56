//! What stands in `#[proxy(..)]`, on the item and on its methods.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Ident, LitStr, Meta, Path, Token, Visibility};

use crate::ast::last_is;
use crate::attr::{Value, once};
use crate::fallback::Errors;

/// What the user asked for, on the item.
#[derive(Default)]
pub(super) struct Options {
    name: Option<Ident>,
    krate: Option<(LitStr, Path)>,
}

impl Options {
    /// The name of the trait that is generated.
    pub(super) fn name(&self) -> Option<&Ident> {
        self.name.as_ref()
    }

    /// The path of the core crate.
    pub(super) fn krate(&self) -> Path {
        match &self.krate {
            Some((_, path)) => path.clone(),
            None => syn::parse_quote!(::weakref_core),
        }
    }

    pub(super) fn read(arguments: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                options.read_one(input, errors)?;
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(arguments) {
            errors.push(error);
        }
        options
    }

    fn read_one(&mut self, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        const KNOWN: &str = "`#[proxy(..)]` knows `name` and `crate`";
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format_args!("expected an option: {KNOWN}")));
        }
        let name = input.call(Ident::parse_any)?;
        let value = Value::parse(input)?;
        let read = match name.to_string().as_str() {
            "name" => identifier(value, &name).and_then(|it| once(&mut self.name, &name, it)),
            "crate" => value.krate(&name).and_then(|krate| once(&mut self.krate, &name, krate)),
            "skip" => Err(syn::Error::new_spanned(
                &name,
                "`skip` goes on a method that is to be left out, not on the whole",
            )),
            unknown => Err(syn::Error::new_spanned(
                &name,
                format_args!("unknown option `{unknown}`: {KNOWN}"),
            )),
        };
        if let Err(error) = read {
            errors.push(error);
        }
        Ok(())
    }
}

/// The value of `name`.
fn identifier(value: Value, name: &Ident) -> syn::Result<Ident> {
    if let Value::Is(Expr::Path(path)) = &value
        && let Some(ident) = path.path.get_ident()
    {
        return Ok(ident.clone());
    }
    Err(value
        .wrong(name, "`name` takes the name of the generated trait: `name = ThermometerProxy`"))
}

/// Takes every `#[proxy(..)]` away from what stands inside a trait or an impl. Returns the first,
/// whatever is wrong with it: the one reason to put it there is to leave something out.
pub(super) fn take_skip(attrs: &mut Vec<Attribute>, errors: &mut Errors) -> Option<Attribute> {
    let mut found: Option<Attribute> = None;
    for attr in attrs.extract_if(.., |attr| last_is(attr.path(), "proxy")) {
        let is_skip = match &attr.meta {
            Meta::List(list) => list.parse_args::<Ident>().is_ok_and(|word| word == "skip"),
            _ => false,
        };
        if !is_skip {
            errors.over(
                &attr.meta,
                "in here there is only `#[proxy(skip)]`, on a method that is to be left out",
            );
        } else if found.is_some() {
            errors.over(&attr.meta, "`#[proxy(skip)]` given twice on one method");
        }
        found.get_or_insert(attr);
    }
    found
}

/// `pub`, or `pub` with less behind it, in words.
pub(super) fn describe(vis: &Visibility) -> String {
    match vis {
        Visibility::Inherited => "private".into(),
        other => {
            let text = other.to_token_stream().to_string();
            format!("`{}`", text.replace(" :: ", "::").replace("pub (", "pub("))
        }
    }
}
