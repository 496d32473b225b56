//! The options in `#[proxy(..)]`, on the item and on its methods.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Ident, Path};

use crate::ast::last_is;
use crate::attr::{Value, once, read_options, unknown};
use crate::errors::Errors;

/// The options on the item.
#[derive(Default)]
pub(super) struct Options {
    name: Option<Ident>,
    krate: Option<Path>,
}

impl Options {
    /// The name of the trait that is generated.
    pub(super) fn name(&self) -> Option<&Ident> {
        self.name.as_ref()
    }

    /// The path of the core crate.
    pub(super) fn krate(&self) -> Path {
        self.krate.clone().unwrap_or_else(|| syn::parse_quote!(::weakref_core))
    }

    pub(super) fn read(arguments: TokenStream, errors: &mut Errors) -> Self {
        const KNOWN: &str = "`#[proxy(..)]` knows `name` and `crate`";
        let mut options = Self::default();
        read_options(arguments, KNOWN, errors, |name, value| match name.to_string().as_str() {
            "name" => once(&mut options.name, name, identifier(value, name)?),
            "crate" => once(&mut options.krate, name, value.krate(name)?),
            "skip" => Err(syn::Error::new_spanned(
                name,
                "`skip` goes on a method that is to be left out, not on the whole",
            )),
            _ => Err(unknown(name, KNOWN)),
        });
        options
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

/// Takes every `#[proxy(..)]` off an item of a trait or an impl. Even one that is not well formed
/// is a mark: there is no other reason to write it there than to leave the item out.
pub(super) fn take_marks(attrs: &mut Vec<Attribute>) -> Vec<Attribute> {
    attrs.extract_if(.., |attr| last_is(attr.path(), "proxy")).collect()
}
