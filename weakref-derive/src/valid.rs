//! What the macros refuse. Each message says what to write instead.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Attribute, Error, Meta, Path, Result};

use crate::ast::{Field, Injection, Input, Item, NoStruct, Struct, derives, last_is};
use crate::attr::Options;
use crate::errors::Errors;

impl Input<'_> {
    /// Finds all mistakes that the macro can see.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut errors = Errors::default();
        errors.add(self.options.validate());
        match &self.item {
            Item::Struct(item) => item.validate(&self.options.krate(), &mut errors),
            Item::Other(other) => errors.push(other.error()),
        }
        errors.finish()
    }
}

impl Injection<'_> {
    /// Finds the mistakes that do not depend on a `--cfg`.
    pub(crate) fn validate(&self) -> Result<()> {
        let mut errors = Errors::default();
        errors.add(self.options.validate());
        packed(&self.item, &mut errors);
        transparent(&self.item, &mut errors);
        beside_injection(&self.item, &mut errors);
        for (at, field) in self.item.fields.iter().enumerate() {
            if field.condition.is_none() {
                errors.add(self.validate_field(at, field));
            }
        }
        errors.finish()
    }

    /// Finds mistakes at fields with a `#[cfg]`. Each error comes with the condition under which
    /// its field exists.
    pub(crate) fn validate_conditional(&self) -> Vec<(TokenStream, Error)> {
        let fields = self.item.fields.iter().enumerate();
        fields
            .filter_map(|(at, field)| {
                let condition = field.condition.clone()?;
                Some((condition, self.validate_field(at, field).err()?))
            })
            .collect()
    }

    fn validate_field(&self, at: usize, field: &Field<'_>) -> Result<()> {
        let mut errors = Errors::default();
        beside_slot(field, &mut errors);
        if self.item.is_unsized_tail(at) {
            errors.over(
                field.ty,
                "the hidden slot of a tuple struct comes last, and so must an unsized field: name \
                 the fields, or declare a `WeakSlot` before this one and write \
                 `#[derive(Weakrefable)]`",
            );
        }
        errors.finish()
    }
}

impl NoStruct<'_> {
    /// The mistake of putting a macro on it.
    pub(crate) fn error(&self) -> Error {
        let Self { ident, kind, .. } = self;
        Error::new(
            self.keyword,
            format_args!(
                "{kind} cannot carry a slot: keep it as `Arc<Slotted<{ident}>>` or \
                 `Rc<Slotted<{ident}, Local>>`, or in a struct that has one"
            ),
        )
    }
}

impl Options {
    /// Finds options that exclude each other.
    fn validate(&self) -> Result<()> {
        match (&self.on_drop, self.drop_by_slot) {
            (Some((span, _)), Some(_)) => Err(Error::new(
                *span,
                "`on_drop` is called by the generated `Drop`, which `drop = \"slot\"` leaves out: \
                 keep one of them, or call the function in a `Drop` of your own",
            )),
            _ => Ok(()),
        }
    }
}

impl Struct<'_> {
    /// Checks a struct with a declared slot.
    fn validate(&self, krate: &Path, errors: &mut Errors) {
        // The attribute below will add a slot, derive once more, and report everything else.
        if let Some(attr) = self.injections().next() {
            above_injection(self, attr, errors);
        } else {
            packed(self, errors);
            slot(self, krate, errors);
        }
    }
}

/// Checks that there is one slot, and that marks are well formed.
fn slot(item: &Struct<'_>, krate: &Path, errors: &mut Errors) {
    for field in &item.fields {
        marks(field, errors);
    }
    let slots = item.slots(krate);
    if slots.is_empty() {
        let name = item.ident.unraw();
        errors.at(
            item.ident.span(),
            format_args!(
                "`{name}` has no slot: add a field of type `WeakSlot` (or `WeakSlot<Local>`, for \
                 an `Rc`), mark one with `#[weakref]` if its type is an alias, or write \
                 `#[weakrefable]` in place of the derive, which adds a hidden one"
            ),
        );
    }
    let advice = if item.has_marks() {
        "or its `#[weakref]`"
    } else {
        "or, if it is another type of that name, mark the slot with `#[weakref]`"
    };
    for second in slots.iter().skip(1) {
        errors.at(
            second.span,
            format_args!("a second slot, and a struct has one: remove this field, {advice}"),
        );
    }
}

/// Checks that a field has `#[weakref]` once at most, and without options.
fn marks(field: &Field<'_>, errors: &mut Errors) {
    for mark in &field.marks {
        if !matches!(mark.meta, Meta::Path(_)) {
            errors.over(
                &mark.meta,
                "`#[weakref]` on a field takes no options: they stand in `#[weakref(..)]` on the \
                 struct",
            );
        }
    }
    for mark in field.marks.iter().skip(1) {
        errors.over(&mark.meta, "`#[weakref]` given twice on one field");
    }
}

/// Refuses a packed struct: a slot has to be borrowed, which fields of such a struct cannot be.
fn packed(item: &Struct<'_>, errors: &mut Errors) {
    if let Some(word) = item.repr("packed").next() {
        errors.at(
            word,
            "a packed struct cannot carry a slot, as its fields cannot be borrowed: \
             remove `packed`, or wrap the struct as `Slotted<..>`",
        );
    }
}

/// Refuses a `transparent` struct, which may have one field only beside those of size zero.
fn transparent(item: &Struct<'_>, errors: &mut Errors) {
    for word in item.repr("transparent") {
        errors.at(
            word,
            "`#[weakrefable]` adds a field, so the struct cannot be `transparent`: \
             remove it, or wrap the struct as `Slotted<..>`",
        );
    }
}

/// Refuses attributes that cannot be used together with `#[weakrefable]`. Only the attribute can
/// check them: a derive is not shown the other derives of its item.
fn beside_injection(item: &Struct<'_>, errors: &mut Errors) {
    for path in derives(item.attrs) {
        if last_is(&path, "Copy") {
            errors.over(
                path,
                "a type with a slot has a destructor and cannot be `Copy`: remove it, \
                 or keep the value as `Slotted<..>` of a type that is",
            );
        } else if last_is(&path, "Weakrefable") {
            let declared = item.fields.iter().any(|field| field.weak_slot().is_some());
            errors.over(
                path,
                if declared {
                    "`#[weakrefable]` derives `Weakrefable` by itself, for a slot that it adds: \
                     remove the derive here or, to declare the slot, the attribute, and write its \
                     options as `#[weakref(..)]`"
                } else {
                    "`#[weakrefable]` derives `Weakrefable` by itself: remove it here"
                },
            );
        }
    }
    for attr in item.injections() {
        errors.over(attr.path(), "`#[weakrefable]` given twice: put all options into one");
    }
}

/// Refuses a field that is marked as the slot, beside the hidden one. What a field is whose type is
/// only written `WeakSlot`, the generated code finds out.
fn beside_slot(field: &Field<'_>, errors: &mut Errors) {
    if field.is_marked() {
        errors.at(
            field.span,
            "`#[weakrefable]` adds a slot, and here is another: remove this field, \
             or write `#[derive(Weakrefable)]` in place of `#[weakrefable]`",
        );
    }
}

/// Reports the derive above the attribute, in the words that suit the user's intention: a struct
/// that declares a slot needs the derive, and no attribute.
fn above_injection(item: &Struct<'_>, attr: &Attribute, errors: &mut Errors) {
    if !item.fields.iter().any(|field| field.is_marked() || field.weak_slot().is_some()) {
        errors.over(
            attr.path(),
            "`#[weakrefable]` derives `Weakrefable` by itself: remove it from the derives above",
        );
        return;
    }
    let (options, example) = match &attr.meta {
        Meta::List(list) => (list.tokens.to_string(), ""),
        _ => (String::from(".."), ", as in `#[weakref(drop = \"slot\")]`"),
    };
    errors.over(
        attr.path(),
        format_args!(
            "the options of `#[derive(Weakrefable)]` are written `#[weakref({options})]`{example}; \
             `#[weakrefable]` would add a second slot, and derive by itself"
        ),
    );
}

/// The error for `#[weakrefable]` on something that is not a type.
pub(crate) fn no_type(item: &TokenStream) -> Error {
    let (span, kind) = keyword(item.clone());
    Error::new(
        span,
        format_args!(
            "expected a struct, found {kind}: write `#[weakrefable]` on the type of the values \
             that are to be weakly referenced"
        ),
    )
}

/// The keyword that says what an item is. It is looked for among the tokens, as a parser of whole
/// items does not accept methods, among others.
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
    // `const` also stands before `fn`, `trait` and `impl`. The word after that of a constant is its
    // name.
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
