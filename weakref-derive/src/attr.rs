//! The options in `#[weakrefable(..)]` and in `#[weakref(..)]`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Meta, Path, Token, token};

use crate::errors::Errors;

/// Which attribute the options are written in. Both have all options but `local` and `slot`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// `#[weakrefable(..)]`
    Attribute,
    /// `#[weakref(..)]` on the struct
    Helper,
}

/// What the user asked for. The spans are those of the options' names.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) local: Option<Span>,
    pub(crate) on_drop: Option<(Span, ExprPath)>,
    pub(crate) drop_by_slot: Option<Span>,
    /// The attributes to put on the hidden slot.
    pub(crate) slot: Option<Vec<Meta>>,
    krate: Option<Path>,
}

impl Options {
    /// The path of the core crate.
    pub(crate) fn krate(&self) -> Path {
        self.krate.clone().unwrap_or_else(|| syn::parse_quote!(::weakref_core))
    }

    /// The flavour that the attribute asks for.
    pub(crate) fn flavor(&self) -> Ident {
        Ident::new(if self.local.is_some() { "Local" } else { "Shared" }, Span::call_site())
    }

    /// The options as `#[weakref(..)]` takes them.
    pub(crate) fn to_helper(&self) -> TokenStream {
        let on_drop =
            self.on_drop.iter().map(|(span, path)| quote_spanned!(*span=> on_drop = #path,));
        let drop = self.drop_by_slot.iter().map(|span| quote_spanned!(*span=> drop = "slot",));
        let krate = self.krate.iter().map(|path| quote!(crate = #path,));
        let options = quote!(#(#on_drop)* #(#drop)* #(#krate)*);
        if options.is_empty() { options } else { quote!(#[weakref(#options)]) }
    }

    /// Reads the arguments of `#[weakrefable(..)]`.
    pub(crate) fn read_arguments(&mut self, arguments: TokenStream, errors: &mut Errors) {
        self.read(Site::Attribute, arguments, errors);
    }

    /// Reads every `#[weakref(..)]` that stands on the struct.
    pub(crate) fn read_helpers(&mut self, attrs: &[Attribute], errors: &mut Errors) {
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("weakref")) {
            match &attr.meta {
                Meta::List(list) => self.read(Site::Helper, list.tokens.clone(), errors),
                // A value that is no literal is refused by the compiler itself.
                Meta::NameValue(pair) if !matches!(pair.value, Expr::Lit(_)) => {}
                other => errors.over(
                    other,
                    "`#[weakref]` without options marks a field as the slot; \
                     on the struct write `#[weakref(on_drop = ..)]` or another option",
                ),
            }
        }
    }

    fn read(&mut self, site: Site, options: TokenStream, errors: &mut Errors) {
        read_options(options, site.known(), errors, |name, value| {
            match name.to_string().as_str() {
                "local" if site == Site::Helper => Err(syn::Error::new_spanned(
                    name,
                    "`local` belongs to `#[weakrefable(local)]`: \
                     a declared slot says it by its type, `WeakSlot<Local>`",
                )),
                "slot" if site == Site::Helper => Err(syn::Error::new_spanned(
                    name,
                    "`slot` belongs to `#[weakrefable(slot(..))]`: \
                     on a declared slot, the attributes are written as on any field",
                )),
                "slot" => once(&mut self.slot, name, value.attributes(name)?),
                "local" => {
                    value.nothing()?;
                    once(&mut self.local, name, name.span())
                }
                "on_drop" => once(&mut self.on_drop, name, (name.span(), value.path(name)?)),
                "drop" => {
                    value.slot(name)?;
                    once(&mut self.drop_by_slot, name, name.span())
                }
                "crate" => once(&mut self.krate, name, value.krate(name)?),
                _ => Err(unknown(name, site.known())),
            }
        });
    }
}

impl Site {
    fn known(self) -> &'static str {
        match self {
            Site::Attribute => {
                "`#[weakrefable(..)]` knows `local`, `on_drop`, `drop`, `slot` and `crate`"
            }
            Site::Helper => "`#[weakref(..)]` knows `on_drop`, `drop` and `crate`",
        }
    }
}

/// Reads options, separated by commas, and gives the name and the value of each to `take`. A wrong
/// option goes to `errors`. If the end of an option cannot be found, the reading ends there.
pub(crate) fn read_options(
    options: TokenStream,
    known: &str,
    errors: &mut Errors,
    mut take: impl FnMut(&Ident, Value) -> syn::Result<()>,
) {
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if !input.peek(Ident::peek_any) {
                return Err(input.error(format_args!("expected an option: {known}")));
            }
            let name = input.call(Ident::parse_any)?;
            let value = Value::parse(input)?;
            errors.add(take(&name, value));
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    let read = parser.parse2(options);
    errors.add(read);
}

/// The error for an option that there is not.
pub(crate) fn unknown(name: &Ident, known: &str) -> syn::Error {
    syn::Error::new_spanned(name, format_args!("unknown option `{name}`: {known}"))
}

/// Takes an option, unless it was given before.
pub(crate) fn once<T>(place: &mut Option<T>, name: &Ident, value: T) -> syn::Result<()> {
    if place.is_some() {
        return Err(syn::Error::new_spanned(name, format_args!("option `{name}` given twice")));
    }
    *place = Some(value);
    Ok(())
}

/// What follows the name of an option.
pub(crate) enum Value {
    /// Nothing.
    None,
    /// `= value`
    Is(Expr),
    /// Something in brackets.
    Bracketed(TokenTree),
}

impl Value {
    pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            let mut value = input.parse()?;
            // An expression that came through a macro's `$e:expr`.
            while let Expr::Group(group) = value {
                value = *group.expr;
            }
            Ok(Value::Is(value))
        } else if input.peek(token::Paren) || input.peek(token::Brace) || input.peek(token::Bracket)
        {
            Ok(Value::Bracketed(input.parse()?))
        } else {
            Ok(Value::None)
        }
    }

    /// The value of `local`.
    fn nothing(self) -> syn::Result<()> {
        let message = "`local` takes no value";
        match self {
            Value::None => Ok(()),
            Value::Is(value) => Err(syn::Error::new_spanned(value, message)),
            Value::Bracketed(tokens) => Err(syn::Error::new_spanned(tokens, message)),
        }
    }

    /// The value of `on_drop`.
    fn path(self, name: &Ident) -> syn::Result<ExprPath> {
        match self {
            Value::Is(Expr::Path(path)) => Ok(path),
            other => Err(other.wrong(
                name,
                "`on_drop` takes the path of a function: `on_drop = path::to::function`",
            )),
        }
    }

    /// The value of `drop`.
    fn slot(self, name: &Ident) -> syn::Result<()> {
        let value = self.string(name, "`drop` takes a string: `drop = \"slot\"`")?;
        if value.value() == "slot" {
            Ok(())
        } else {
            Err(syn::Error::new_spanned(value, "`drop` takes one value only: `drop = \"slot\"`"))
        }
    }

    /// The value of `slot`.
    fn attributes(self, name: &Ident) -> syn::Result<Vec<Meta>> {
        let message = "`slot` takes attributes for the hidden slot: `slot(builder(default), ..)`";
        if let Value::Bracketed(TokenTree::Group(group)) = &self
            && group.delimiter() == Delimiter::Parenthesis
        {
            let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
            return match parser.parse2(group.stream()) {
                Ok(attributes) => Ok(attributes.into_iter().collect()),
                Err(error) => Err(syn::Error::new(error.span(), message)),
            };
        }
        Err(self.wrong(name, message))
    }

    /// The value of `crate`: a path, or one in quotes.
    pub(crate) fn krate(self, name: &Ident) -> syn::Result<Path> {
        let path = match &self {
            Value::Is(Expr::Path(path)) if path.qself.is_none() && path.attrs.is_empty() => {
                let is_plain = path.path.segments.iter().all(|segment| segment.arguments.is_none());
                is_plain.then(|| path.path.clone())
            }
            Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(value), .. })) => {
                value.parse_with(Path::parse_mod_style).ok()
            }
            _ => None,
        };
        path.ok_or_else(|| {
            self.wrong(name, "`crate` takes a path: `crate = path::to::weakref_core`")
        })
    }

    fn string(self, name: &Ident, message: &str) -> syn::Result<LitStr> {
        match self {
            Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(value), .. })) => Ok(value),
            other => Err(other.wrong(name, message)),
        }
    }

    /// An error at the wrong value; at the option's name, if there is none.
    pub(crate) fn wrong(self, name: &Ident, message: &str) -> syn::Error {
        match self {
            Value::None => syn::Error::new_spanned(name, message),
            Value::Is(value) => syn::Error::new_spanned(value, message),
            Value::Bracketed(tokens) => syn::Error::new_spanned(tokens, message),
        }
    }
}
