//! Token streams, as raw text or by words that the macros know.

use arbitrary::{Arbitrary, Unstructured};
use proc_macro2::TokenStream;

/// Text that may be a token stream.
#[derive(Debug)]
pub struct Text(String);

/// Beyond it, the parsers that are tested with would run out of stack.
const DEEPEST: usize = 24;

const WORDS: [&str; 171] = [
    "struct",
    "enum",
    "union",
    "trait",
    "impl",
    "fn",
    "mod",
    "use",
    "type",
    "const",
    "static",
    "let",
    "pub",
    "pub(crate)",
    "pub(super)",
    "pub(in a::b)",
    "where",
    "for",
    "dyn",
    "unsafe",
    "async",
    "extern",
    "mut",
    "ref",
    "self",
    "Self",
    "&self",
    "&mut self",
    "&'a self",
    "self: Rc<Self>",
    "crate",
    "super",
    "$crate",
    "S",
    "T",
    "U",
    "N",
    "a",
    "b",
    "x",
    "r#type",
    "'a",
    "'b",
    "'static",
    "'_",
    "u8",
    "str",
    "String",
    "Vec<u8>",
    "Option<T>",
    "&'a T",
    "[u8; N]",
    "[T]",
    "(u8, T)",
    "dyn Trait",
    "impl Trait",
    "fn(u8) -> T",
    "PhantomData<T>",
    "WeakSlot",
    "WeakSlot<Local>",
    "WeakSlot<Shared>",
    "::weakref_core::WeakSlot",
    "weakref_core",
    "Local",
    "Shared",
    "Slotted<T>",
    "Weakrefable",
    "weakrefable",
    "weakref",
    "proxy",
    "skip",
    "name",
    "slot",
    "__weakref__",
    "#[weakref]",
    "#[weakref(on_drop = f)]",
    "#[weakref(drop = \"slot\")]",
    "#[weakref(crate = \"a::b\")]",
    "#[weakrefable]",
    "#[weakrefable(local)]",
    "#[proxy(skip)]",
    "#[proxy(name = P)]",
    "#[repr(packed)]",
    "#[repr(transparent)]",
    "#[repr(C)]",
    "#[derive(Clone)]",
    "#[derive(Copy)]",
    "#[derive(Weakrefable)]",
    "#[derive(serde::Serialize)]",
    "#[derive(Serialize, Deserialize)]",
    "#[serde(skip)]",
    "#[serde(transparent)]",
    "#[cfg(a)]",
    "#[cfg(not(a))]",
    "#[cfg_attr(a, cfg(b))]",
    "#[cfg_attr(a, serde(skip))]",
    "#[doc = \"a\"]",
    "#[allow(x)]",
    "#[must_use]",
    "#[inline]",
    "#[deprecated]",
    "#[track_caller]",
    "#[automatically_derived]",
    "#![allow(x)]",
    "local",
    "on_drop = f",
    "on_drop = Self::f",
    "on_drop",
    "drop = \"slot\"",
    "drop",
    "\"slot\"",
    "crate = \"a::b\"",
    "crate = \"::\"",
    "name = P",
    "<",
    ">",
    "<T>",
    "<'a>",
    "<T: Clone>",
    "<T: ?Sized>",
    "<const N: usize>",
    "<'a, T: 'a>",
    "<T = u8>",
    "for<'a>",
    "where T: Clone",
    "where Self: Sized",
    "T: ?Sized",
    "T: 'a",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    ":",
    "::",
    "=",
    "->",
    "=>",
    "-> T",
    "-> Self",
    "-> &T",
    "-> impl Future<Output = T>",
    "-> Self::Item",
    "-> impl Trait + use<T>",
    "-> impl Trait + 'a",
    "&",
    "*",
    "+",
    "-",
    "!",
    "?",
    "#",
    ".",
    "..",
    "...",
    "|",
    "@",
    "_",
    "0",
    "1",
    "\"text\"",
    "'c'",
    "b\"x\"",
    "1.5e3",
    "r#\"a\"#",
    "fn f(&self);",
    "fn f(&self) -> u8 { 0 }",
    "async fn g(&self) {}",
];

impl<'a> Arbitrary<'a> for Text {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        if u.ratio(1, 4)? {
            return u.arbitrary().map(Self);
        }
        let words: Vec<u8> = u.arbitrary()?;
        let mut text = String::new();
        let mut open = Vec::new();
        for word in words {
            let word = WORDS[usize::from(word) % WORDS.len()];
            // Brackets match, or there are no tokens.
            match word {
                "(" => open.push(")"),
                "{" => open.push("}"),
                "[" => open.push("]"),
                ")" | "}" | "]" => {
                    text.push_str(open.pop().unwrap_or(""));
                    continue;
                }
                _ => {}
            }
            text.push_str(word);
            text.push(' ');
        }
        text.extend(open.into_iter().rev());
        Ok(Self(text))
    }
}

impl Text {
    /// Returns the tokens, if the text is made of such.
    pub fn tokens(&self) -> Option<TokenStream> {
        let mut deep = 0_usize;
        for byte in self.0.bytes() {
            match byte {
                b'(' | b'[' | b'{' | b'<' => deep += 1,
                b')' | b']' | b'}' => deep = deep.saturating_sub(1),
                _ => {}
            }
            // Unary operators nest as well.
            if deep > DEEPEST {
                return None;
            }
        }
        self.0.parse().ok()
    }
}
