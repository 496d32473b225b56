//! What the macros refuse, with the words that say what to write instead.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Attribute, Meta, Path, Token, Type, punctuated::Punctuated};

use crate::ast::{Field, NoStruct, Struct, last_is};
use crate::attr::Options;
use crate::fallback::Errors;

/// An enum or a union, by the derive or under the attribute.
pub(crate) fn no_struct(name: &Ident, found: &NoStruct, errors: &mut Errors) {
    let (span, kind) = match found {
        NoStruct::Enum(span) => (*span, "an enum"),
        NoStruct::Union(span) => (*span, "a union"),
    };
    errors.at(
        span,
        format_args!(
            "{kind} cannot carry a slot: keep it as `Arc<Slotted<{name}>>` or `Rc<Slotted<{name}, Local>>`, \
             or in a struct that has one"
        ),
    );
}

/// The options that exclude each other.
pub(crate) fn options(options: &Options, errors: &mut Errors) {
    if let (Some((span, _)), Some(_)) = (&options.on_drop, options.drop_by_slot) {
        errors.at(
            *span,
            "`on_drop` is called by the generated `Drop`, which `drop = \"slot\"` leaves out: \
             keep one of them, or call the function in a `Drop` of your own",
        );
    }
}

/// The one field that is the slot.
pub(crate) fn slot<'s, 'a>(item: &'s Struct<'a>, errors: &mut Errors) -> Option<&'s Field<'a>> {
    for field in &item.fields {
        marks(field, errors);
    }
    let mut slots = item.fields.iter().filter(|field| field.is_slot());
    let Some(slot) = slots.next() else {
        let name = item.ident.unraw();
        errors.at(
            item.ident.span(),
            format_args!(
                "`{name}` has no slot: add a field of type `WeakSlot` (or `WeakSlot<Local>`, for an `Rc`), \
                 mark one with `#[weakref]` if its type is an alias, \
                 or write `#[weakrefable]` in place of the derive, which adds a hidden one"
            ),
        );
        return None;
    };
    for second in slots {
        errors.at(
            second.span,
            "a second slot, and a struct has one: remove this field, or its `#[weakref]`",
        );
    }
    Some(slot)
}

/// The marks on one field: `#[weakref]`, once.
fn marks(field: &Field<'_>, errors: &mut Errors) {
    for mark in &field.marks {
        if !matches!(mark.meta, Meta::Path(_)) {
            errors.over(
                &mark.meta,
                "`#[weakref]` on a field takes no options: they stand in `#[weakref(..)]` on the struct",
            );
        }
    }
    for mark in field.marks.iter().skip(1) {
        errors.over(&mark.meta, "`#[weakref]` given twice on one field");
    }
}

/// A slot has to be borrowed, and a field of a packed struct cannot be. Returns whether it is.
pub(crate) fn packed(attrs: &[Attribute], errors: &mut Errors) -> bool {
    let words = repr_words(attrs);
    let packed = words.iter().find(|word| word.unraw() == "packed");
    if let Some(word) = packed {
        errors.at(
            word.span(),
            "a packed struct cannot carry a slot, as its fields cannot be borrowed: \
             remove `packed`, or wrap the struct as `Slotted<..>`",
        );
    }
    packed.is_some()
}

/// With the hidden slot there are two fields, and `transparent` allows one.
pub(crate) fn transparent(attrs: &[Attribute], errors: &mut Errors) {
    for word in repr_words(attrs).iter().filter(|word| word.unraw() == "transparent") {
        errors.at(
            word.span(),
            "`#[weakrefable]` adds a field, so the struct cannot be `transparent`: \
             remove it, or wrap the struct as `Slotted<..>`",
        );
    }
}

/// The words in all `#[repr(..)]` of an item.
fn repr_words(attrs: &[Attribute]) -> Vec<Ident> {
    let lists = attrs.iter().filter(|attr| attr.path().is_ident("repr")).filter_map(|attr| {
        match &attr.meta {
            Meta::List(list) => Some(list.tokens.clone()),
            _ => None,
        }
    });
    lists
        .flatten()
        .filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word),
            _ => None,
        })
        .collect()
}

/// What stands beside `#[weakrefable]` and cannot: checked there only, as a derive is not shown
/// the other derives of its item.
pub(crate) fn beside_injection(item: &Struct<'_>, errors: &mut Errors) {
    for path in derives(item.attrs) {
        if last_is(&path, "Copy") {
            errors.over(
                path,
                "a type with a slot has a destructor and cannot be `Copy`: remove it, \
                 or keep the value as `Slotted<..>` of a type that is",
            );
        } else if last_is(&path, "Weakrefable") {
            errors.over(path, "`#[weakrefable]` derives `Weakrefable` by itself: remove it here");
        }
    }
    for attr in item.attrs.iter().filter(|attr| last_is(attr.path(), "weakrefable")) {
        errors.over(attr.path(), "`#[weakrefable]` given twice: put all options into one");
    }
}

/// A field that is a slot itself, beside the hidden one.
pub(crate) fn beside_slot(field: &Field<'_>, errors: &mut Errors) {
    if field.is_slot() {
        errors.at(
            field.span,
            "`#[weakrefable]` adds a slot, and here is another: remove this field, \
             or write `#[derive(Weakrefable)]` in place of `#[weakrefable]`",
        );
    }
}

/// In a tuple struct the hidden slot comes last, where an unsized field would have to stand.
/// Returns whether there is room.
pub(crate) fn unsized_tail(tail: &Type, item: &Struct<'_>, errors: &mut Errors) -> bool {
    let is_unsized = match tail {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(ty) => {
            ty.path.is_ident("str")
                || ty.path.get_ident().is_some_and(|ident| maybe_unsized(item, ident))
        }
        _ => false,
    };
    if is_unsized {
        errors.over(
            tail,
            "the hidden slot of a tuple struct comes last, and so must an unsized field: name the fields, \
             or declare a `WeakSlot` before this one and write `#[derive(Weakrefable)]`",
        );
    }
    !is_unsized
}

/// Whether `ident` is a type parameter that is declared `?Sized`.
fn maybe_unsized(item: &Struct<'_>, ident: &Ident) -> bool {
    use syn::{TypeParamBound, WherePredicate};
    let relaxed = |bounds: &Punctuated<TypeParamBound, Token![+]>| {
        bounds
            .iter()
            .any(|bound| quote::quote!(#bound).to_string().replace(' ', "").starts_with('?'))
    };
    let declared =
        item.generics.type_params().any(|param| param.ident == *ident && relaxed(&param.bounds));
    let in_where =
        item.generics.where_clause.iter().flat_map(|clause| &clause.predicates).any(|predicate| {
            match predicate {
                WherePredicate::Type(predicate) => {
                    matches!(&predicate.bounded_ty, Type::Path(ty) if ty.path.is_ident(ident))
                        && relaxed(&predicate.bounds)
                }
                _ => false,
            }
        });
    declared || in_where
}

/// The paths in all `#[derive(..)]` that are still to be run.
pub(crate) fn derives(attrs: &[Attribute]) -> Vec<Path> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("derive"))
        .flat_map(|attr| derive_paths(&attr.meta))
        .collect()
}

/// The paths in one `derive(..)`. What cannot be read is the compiler's to complain about.
pub(crate) fn derive_paths(meta: &Meta) -> Vec<Path> {
    let Meta::List(list) = meta else { return Vec::new() };
    list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
        .map_or_else(|_| Vec::new(), |paths| paths.into_iter().collect())
}

/// `#[weakrefable]` on something that is no type at all.
pub(crate) fn no_type(item: &TokenStream, errors: &mut Errors) {
    let (span, kind) = keyword(item.clone());
    errors.at(span, format_args!("expected a struct, found {kind}: write `#[weakrefable]` on the type of the values that are to be weakly referenced"));
}

/// The keyword that says what an item is. Only tokens are looked at, so that it is found in methods
/// and in whatever else a parser of whole items does not take.
fn keyword(item: TokenStream) -> (Span, &'static str) {
    const KINDS: [(&str, &str); 11] = [
        ("trait", "a trait"),
        ("fn", "a function"),
        ("impl", "an impl"),
        ("mod", "a module"),
        ("struct", "none that can be read"),
        ("type", "an alias"),
        ("static", "a static"),
        ("use", "an import"),
        ("macro_rules", "a macro"),
        ("let", "a variable"),
        ("const", "a constant"),
    ];
    let words: Vec<Ident> = item
        .clone()
        .into_iter()
        .filter_map(|token| if let TokenTree::Ident(word) = token { Some(word) } else { None })
        .collect();
    // `const` also stands before `fn`, `trait` and `impl`, and `fn` in the type of a constant.
    let is_constant = |at: usize| {
        !words[at + 1..].iter().take(1).any(|next| {
            ["fn", "unsafe", "async", "extern", "trait", "impl"].iter().any(|word| next == word)
        })
    };
    words
        .iter()
        .enumerate()
        .find_map(|(at, word)| {
            let (_, kind) = KINDS.iter().find(|(name, _)| word == name)?;
            (word != "const" || is_constant(at)).then(|| (word.span(), *kind))
        })
        .unwrap_or_else(|| {
            (item.into_iter().next().map_or_else(Span::call_site, |token| token.span()), "none")
        })
}
