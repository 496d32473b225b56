//! The macros on inputs that nobody would write: they do not panic, and their output can be parsed.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::{expand, inject, new, proxy};

/// What stands in one place of the input, and sometimes in another.
#[rustfmt::skip]
const ATTRIBUTES: [&str; 16] = [
    "#[cfg(a)]", "#[cfg_attr(a, cfg(b), serde(default))]", "#[serde(default)]", "#[derive(Copy)]",
    "#[serde(skip, x = 1)]", "#[serde(transparent)]", "#[weakref]", "#[weakref(drop = \"slot\")]",
    "#[weakref(crate = a::b, on_drop = c)]", "#[weakrefable]", "#[weakrefable(slot(a))]",
    "#[derive(Weakrefable, Ser)]", "#[repr(packed)]", "#[repr(transparent)]", "#[proxy(skip)]",
    "pub",
];
const GENERICS: [&str; 4] = ["<T>", "<'a, T: 'a, const N: usize>", "<T: ?Sized>", "<T,"];
#[rustfmt::skip]
const TYPES: [&str; 16] = [
    "u8", "WeakSlot", "weakref_core::WeakSlot<Local>", "(WeakSlot)", "PhantomData<T>", "T", "str",
    "[u8; { use x; 3 }]", "&T", "&'a mut [Self]", "impl Sized + use<'a, Self>",
    "impl Future<Output = u8>", "[Self::Item; use]", "dyn Fn(&u8) -> &u8", "use<", "Self",
];
const RECEIVERS: [&str; 6] = ["&self", "&mut self", "self", "self: &Self", "&'a self", "a: u8"];
#[rustfmt::skip]
const OPTIONS: [&str; 16] = [
    "local", "drop = \"slot\"", "on_drop = a::b::<u8>", "crate = \"a\"", "crate = a::b", "crate",
    "slot(serde(skip), a = 1)", "slot()", "slot(,)", "slot(cfg_attr(a, serde(skip)))", "name = N",
    "skip", "3", "\"text\"", "r#local", "crate = 3",
];
#[rustfmt::skip]
const LITERALS: [&str; 16] = [
    "Name { a: 1 }", "Name(1)", "Name", "Self { 0: a }", "Self { 4294967295: a, ..b }", "Self(,)",
    "Name { a, .. }", "Name { a, ..b }", "<T as U>::V { a }", "a::b::<T>(1,)", "a.b()", "1 + 1",
    "{ Name }", "(Name)", "#[a] Name { a }", "r#type",
];
#[rustfmt::skip]
const OTHERS: [&str; 16] = [
    "struct", "enum", "trait", "impl", "fn", "where", "for", "use", "crate", "::", "..", "=", ",",
    "{}", "()", "'a",
];

/// A generator of numbers, always the same ones (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits fit") % end
    }

    fn any<const N: usize>(&mut self, pieces: [&'static str; N]) -> &'static str {
        if self.below(24) == 0 { OTHERS[self.below(OTHERS.len())] } else { pieces[self.below(N)] }
    }

    /// Up to `most` of the pieces.
    fn some<const N: usize>(&mut self, pieces: [&'static str; N], most: usize) -> String {
        let some: Vec<_> = (0..self.below(most + 1)).map(|_| self.any(pieces)).collect();
        some.join(" ")
    }

    /// Options, with commas where they should be, nearly always.
    fn options(&mut self) -> String {
        let comma = |numbers: &mut Self| if numbers.below(16) == 0 { " " } else { ", " };
        (0..self.below(4)).map(|_| self.any(OPTIONS).to_owned() + comma(self)).collect()
    }

    /// A struct, or another item that the macros look into.
    fn item(&mut self) -> String {
        let attrs = self.some(ATTRIBUTES, 3);
        let generics = self.some(GENERICS, 1);
        let mut part = |name| format!("{} {name} {}", self.some(ATTRIBUTES, 2), self.any(TYPES));
        let (one, two, three, four) = (part("a:"), part("b:"), part(""), part(""));
        let (receiver, returned) = (self.any(RECEIVERS), self.any(TYPES));
        match self.below(6) {
            0 => format!("{attrs} struct Name {generics} {{ {one}, {two} }}"),
            1 => format!("{attrs} struct Name {generics} ({three}, {four});"),
            2 => format!("{attrs} struct Name {generics} ({three});"),
            3 => format!("{attrs} struct Name {generics};"),
            4 => format!(
                "{attrs} trait Name {generics} {{ fn f({receiver}, {one}) -> {returned}; }}"
            ),
            _ => format!(
                "{attrs} impl {generics} Name {{ fn f({receiver}, {one}) -> {returned} {{ }} }}"
            ),
        }
    }
}

/// The tokens of a text, if it is some.
fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

fn is_file(output: &TokenStream, what: &dyn Fn() -> String) {
    if let Err(error) = syn::parse2::<syn::File>(output.clone()) {
        panic!("{error} in what came of {}:\n{output}", what());
    }
}

#[test]
fn any_tokens_give_something_that_can_be_parsed() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut read = [0; 3];
    for _ in 0..2_000 {
        let (arguments, item) = (tokens(&numbers.options()), tokens(&numbers.item()));
        let what = || format!("#[..({arguments})] {item}");
        is_file(&inject::weakrefable(arguments.clone(), &item), &what);
        is_file(&proxy::proxy(arguments.clone(), &item), &what);
        if let Ok(input) = syn::parse2::<DeriveInput>(item.clone()) {
            is_file(&expand::derive(&input), &what);
            read[0] += 1;
        }
        read[1] += usize::from(syn::parse2::<syn::Item>(item).is_ok());
        let literal = tokens(&numbers.some(LITERALS, 2));
        let output = new::new(quote::quote!([krate] #literal));
        if let Err(error) = syn::parse2::<syn::Expr>(output.clone()) {
            panic!("{error} in what came of new!({literal}):\n{output}");
        }
        read[2] += usize::from(!output.to_string().contains("compile_error"));
    }
    // Enough of them were what the macros are made for.
    assert!(read.iter().all(|&read| read > 250), "{read:?}");
}

#[test]
fn what_is_no_literal_is_kept_for_editors() {
    let slot = "__weakref__set_by_new_macro : krate :: __private :: SlotSetByNewMacro :: new () ,";
    for (literal, kept) in [
        ("Image { name: self. }", format!("Image {{ {slot} name : self . }}")),
        ("a.b() + { 3 }", "a . b () + { 3 }".into()),
        ("Image { name } , 3", "Image { name } , 3".into()),
        ("self.", "self .".into()),
    ] {
        let literal: TokenStream = literal.parse().expect("tokens, if no literal");
        let output = new::new(quote::quote!([krate] #literal)).to_string();
        assert_eq!(output.matches("compile_error").count(), 1, "{output}");
        let kept = format!("krate :: __new_literal ! {{ [wrong] ({kept}) ");
        assert!(output.starts_with(&kept), "{output}\n{kept}");
    }
}
