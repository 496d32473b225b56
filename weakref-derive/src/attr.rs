//! The options, as they stand in `#[weakrefable(..)]` and in `#[weakref(..)]`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Meta, Path, Token, token};

use crate::fallback::Errors;

/// Which attribute the options stand in: they share all but `local`.
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
    /// As written, and as read.
    krate: Option<(LitStr, Path)>,
}

impl Options {
    /// The path of the core crate.
    pub(crate) fn krate(&self) -> Path {
        match &self.krate {
            Some((_, path)) => path.clone(),
            None => syn::parse_quote!(::weakref_core),
        }
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
        let krate = self.krate.iter().map(|(text, _)| quote!(crate = #text,));
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
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                self.read_one(site, input, errors)?;
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = Parser::parse2(parser, options) {
            errors.push(error);
        }
    }

    /// Reads one option. What is wrong with it goes to `errors`; only what keeps the reader from
    /// finding the next option ends the reading.
    fn read_one(
        &mut self,
        site: Site,
        input: ParseStream<'_>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format_args!("expected an option: {}", site.known())));
        }
        let name = input.call(Ident::parse_any)?;
        let value = Value::parse(input)?;
        let read = match name.to_string().as_str() {
            "local" if site == Site::Helper => Err(syn::Error::new_spanned(
                &name,
                "`local` belongs to `#[weakrefable(local)]`: \
                 a declared slot says it by its type, `WeakSlot<Local>`",
            )),
            "local" => value.nothing().and_then(|()| once(&mut self.local, &name, name.span())),
            "on_drop" => value
                .path(&name)
                .and_then(|path| once(&mut self.on_drop, &name, (name.span(), path))),
            "drop" => {
                value.slot(&name).and_then(|()| once(&mut self.drop_by_slot, &name, name.span()))
            }
            "crate" => value.krate(&name).and_then(|krate| once(&mut self.krate, &name, krate)),
            unknown => Err(syn::Error::new_spanned(
                &name,
                format_args!("unknown option `{unknown}`: {}", site.known()),
            )),
        };
        if let Err(error) = read {
            errors.push(error);
        }
        Ok(())
    }
}

impl Site {
    fn known(self) -> &'static str {
        match self {
            Site::Attribute => "`#[weakrefable(..)]` knows `local`, `on_drop`, `drop` and `crate`",
            Site::Helper => "`#[weakref(..)]` knows `on_drop`, `drop` and `crate`",
        }
    }
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
            // What came through a macro's `$e:expr`.
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

    /// The value of `crate`.
    pub(crate) fn krate(self, name: &Ident) -> syn::Result<(LitStr, Path)> {
        let message = "`crate` takes a path in quotes: `crate = \"path::to::weakref_core\"`";
        let value = self.string(name, message)?;
        match value.parse_with(Path::parse_mod_style) {
            Ok(path) => Ok((value, path)),
            Err(_) => Err(syn::Error::new_spanned(value, message)),
        }
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
