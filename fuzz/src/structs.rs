//! Structs for the macros, as text.

use std::fmt::Write;

use arbitrary::Arbitrary;

/// A struct with a slot, and at most one mistake.
#[derive(Debug, Arbitrary)]
#[allow(clippy::struct_excessive_bools)]
pub struct Spec {
    slot: Slot,
    shape: Shape,
    vis: Vis,
    lifetime: bool,
    /// Type parameters; beyond two they are cut off.
    types: Vec<Param>,
    constant: bool,
    where_clause: bool,
    fields: Vec<FieldSpec>,
    derives: u8,
    docs: bool,
    repr_c: bool,
    raw_name: bool,
    on_drop: bool,
    drop_by_slot: bool,
    krate: bool,
    pub mistake: Option<Mistake>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
enum Slot {
    /// `#[weakrefable]`
    Hidden { local: bool },
    /// `#[derive(Weakrefable)]` with a field at this place.
    Declared { local: bool, at: u8, by_alias: bool, by_path: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
enum Shape {
    Named,
    Tuple,
    Unit,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Vis {
    Private,
    Public,
    Crate,
    Super,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Param {
    Plain,
    Bound,
    MaybeUnsized,
    Default,
}

#[derive(Debug, Arbitrary)]
struct FieldSpec {
    vis: Vis,
    ty: Ty,
    raw: bool,
    attribute: FieldAttribute,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum FieldAttribute {
    None,
    Doc,
    Allow,
    There,
    NotThere,
    ThereByAttr,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Ty {
    Byte,
    Text,
    Bytes,
    Pair,
    Optional,
    Function,
    Array,
    Unit,
    Boxed,
}

/// What is wrong with a struct. Each is one error of the macros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub enum Mistake {
    Packed,
    Enum,
    Union,
    SecondSlot,
    UnknownOption,
    OptionTwice,
    DropOfAnotherKind,
    CrateThatIsNoText,
    OnDropThatIsNoPath,
    OnDropAndDropBySlot,
    /// Where the slot is declared: it is not. Where it is hidden: a type that is `Copy`.
    NoSlotOrCopy,
    /// Where the slot is declared: `local`. Where it is hidden: `transparent`.
    LocalOrTransparent,
    /// Where the slot is declared: marked twice. Where it is hidden: the derive besides.
    MarkTwiceOrDerive,
}

/// A struct as text, with its attributes.
#[derive(Debug)]
pub struct Text {
    /// Whether the attribute macro is used, and not the derive.
    pub is_hidden: bool,
    /// What stands in `#[weakrefable(..)]`.
    pub arguments: String,
    /// The struct, without that attribute, or without that derive.
    pub item: String,
}

impl Vis {
    fn text(self) -> &'static str {
        match self {
            Self::Private => "",
            Self::Public => "pub ",
            Self::Crate => "pub(crate) ",
            Self::Super => "pub(super) ",
        }
    }
}

impl Ty {
    fn text(self) -> &'static str {
        match self {
            Self::Byte => "u8",
            Self::Text => "::std::string::String",
            Self::Bytes => "Vec<u8>",
            Self::Pair => "(u8, String)",
            Self::Optional => "Option<Box<[u16]>>",
            Self::Function => "::std::marker::PhantomData<fn(u8) -> bool>",
            Self::Array => "[u8; { 1 + 2 }]",
            Self::Unit => "()",
            Self::Boxed => "Box<str>",
        }
    }
}

impl FieldAttribute {
    fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Doc => "/// A field.\n",
            Self::Allow => "#[allow(dead_code)] ",
            Self::There => "#[cfg(all())] ",
            Self::NotThere => "#[cfg(any())] ",
            Self::ThereByAttr => "#[cfg_attr(all(), cfg(all()))] ",
        }
    }
}

const DERIVES: [&str; 8] =
    ["Clone", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];

impl Spec {
    /// Returns the text of the struct under this name.
    pub fn text(&self, name: &str) -> Text {
        let (options, twice) = self.options();
        let is_hidden = matches!(self.slot, Slot::Hidden { .. });
        let mut item = String::new();
        if self.docs {
            item.push_str("/// A struct.\n");
        }
        let mut arguments = String::new();
        if is_hidden {
            arguments = options;
        } else if !options.is_empty() {
            _ = writeln!(item, "#[weakref({options})]");
        }
        _ = writeln!(item, "{twice}{}{}", self.derives(), self.repr());
        _ = write!(item, "{}", self.body(name));
        Text { is_hidden, arguments, item }
    }

    fn is_hidden(&self) -> bool {
        matches!(self.slot, Slot::Hidden { .. })
    }

    fn is_local(&self) -> bool {
        match self.slot {
            Slot::Hidden { local } | Slot::Declared { local, .. } => local,
        }
    }

    /// What stands in the attribute, and a second attribute.
    fn options(&self) -> (String, &'static str) {
        let is_hidden = self.is_hidden();
        let mut options = Vec::new();
        if is_hidden && self.is_local()
            || self.mistake == Some(Mistake::LocalOrTransparent) && !is_hidden
        {
            options.push("local");
        }
        let (on_drop, by_slot) = match self.mistake {
            Some(Mistake::OnDropAndDropBySlot) => (true, true),
            Some(Mistake::OptionTwice | Mistake::DropOfAnotherKind) => (false, false),
            Some(Mistake::OnDropThatIsNoPath) => (false, self.drop_by_slot),
            _ => (self.on_drop && !self.drop_by_slot, self.drop_by_slot),
        };
        if on_drop {
            options.push("on_drop = self::end::<Self>");
        }
        if by_slot {
            options.push("drop = \"slot\"");
        }
        if self.krate && self.mistake != Some(Mistake::CrateThatIsNoText) {
            options.push("crate = \"::weakref_core\"");
        }
        let mut twice = "";
        match self.mistake {
            Some(Mistake::UnknownOption) => options.push("unknown"),
            Some(Mistake::DropOfAnotherKind) => options.push("drop = \"field\""),
            Some(Mistake::CrateThatIsNoText) => options.push("crate = 3"),
            Some(Mistake::OnDropThatIsNoPath) => options.push("on_drop = \"text\""),
            Some(Mistake::OptionTwice) => {
                options.push("drop = \"slot\"");
                twice = "#[weakref(drop = \"slot\")]\n";
            }
            _ => {}
        }
        (options.join(", "), twice)
    }

    fn derives(&self) -> String {
        // Of unsized fields, nothing can be derived here.
        let is_unsized = self.types().any(|param| matches!(param, Param::MaybeUnsized));
        let mut all: Vec<_> = (0..8).filter(|at| self.derives >> at & 1 == 1).collect();
        // Each needs those that it is built on.
        for (needs, needed) in [(6, 5), (6, 4), (5, 3), (4, 3)] {
            if all.contains(&needs) && !all.contains(&needed) {
                all.push(needed);
            }
        }
        let mut all: Vec<_> = all.into_iter().map(|at: usize| DERIVES[at]).collect();
        if is_unsized {
            all.clear();
        }
        match self.mistake {
            Some(Mistake::NoSlotOrCopy) if self.is_hidden() => all.push("Copy"),
            Some(Mistake::MarkTwiceOrDerive) if self.is_hidden() => all.push("Weakrefable"),
            Some(Mistake::Union) => all.clear(),
            _ => {}
        }
        if all.is_empty() { String::new() } else { format!("#[derive({})]\n", all.join(", ")) }
    }

    fn repr(&self) -> &'static str {
        match self.mistake {
            Some(Mistake::Packed) => "#[repr(C, packed)]\n",
            Some(Mistake::LocalOrTransparent) if self.is_hidden() => "#[repr(transparent)]\n",
            _ if self.repr_c => "#[repr(C)]\n",
            _ => "",
        }
    }

    fn types(&self) -> impl Iterator<Item = Param> {
        self.types.iter().copied().take(2)
    }

    /// The parameters and the conditions of the struct.
    fn generics(&self) -> (String, String) {
        let mut params = Vec::new();
        if self.lifetime {
            params.push("'a".to_owned());
        }
        let mut defaults = false;
        for (at, param) in self.types().enumerate() {
            let name = ["T", "U"][at];
            // Behind one with a default, all have one.
            defaults |= matches!(param, Param::Default);
            params.push(match param {
                Param::Bound if !defaults => format!("{name}: Send + ::core::marker::Sync"),
                Param::MaybeUnsized if !defaults => format!("{name}: ?Sized"),
                _ if defaults => format!("{name} = u8"),
                _ => name.to_owned(),
            });
        }
        if self.constant {
            let default = if defaults { " = 3" } else { "" };
            params.push(format!("const N: usize{default}"));
        }
        let clause = match self.types().next() {
            Some(_) if self.where_clause => " where T: 'static",
            _ => "",
        };
        let params =
            if params.is_empty() { String::new() } else { format!("<{}>", params.join(", ")) };
        (params, clause.to_owned())
    }

    /// The fields, each with its attributes, its visibility and its type; all parameters are used.
    fn fields(&self) -> Vec<(&'static str, &'static str, String, bool)> {
        let mut fields = Vec::new();
        let mut push = |vis: Vis, ty: &str| fields.push(("", vis.text(), ty.to_owned(), false));
        if self.lifetime {
            push(self.vis, "&'a str");
        }
        for (at, param) in self.types().enumerate() {
            let name = ["T", "U"][at];
            match param {
                Param::MaybeUnsized => {
                    push(Vis::Public, &format!("::core::marker::PhantomData<{name}>"));
                }
                _ => push(Vis::Private, name),
            }
        }
        if self.constant {
            push(Vis::Crate, "::core::marker::PhantomData<[u8; N]>");
        }
        if self.shape == Shape::Unit && self.mistake.is_none() {
            return fields;
        }
        for field in self.fields.iter().take(6) {
            fields.push((
                field.attribute.text(),
                field.vis.text(),
                field.ty.text().to_owned(),
                field.raw,
            ));
        }
        fields
    }

    fn slot_fields(&self) -> Vec<String> {
        let flavor = if self.is_local() { "Local" } else { "Shared" };
        let has_second = self.mistake == Some(Mistake::SecondSlot);
        // Next to a hidden or marked slot, only a mark makes another field a slot; next to one written
        // with the path of the crate, only the same path does.
        let second = match self.slot {
            Slot::Declared { by_alias: false, by_path: true, .. } => "\u{0}::weakref_core::WeakSlot",
            Slot::Declared { by_alias: false, .. } => "\u{0}WeakSlot",
            _ => "#[weakref] \u{0}WeakSlot",
        }
        .to_owned();
        match self.slot {
            Slot::Hidden { .. } if has_second => vec![second],
            Slot::Hidden { .. } => Vec::new(),
            Slot::Declared { .. } if self.mistake == Some(Mistake::NoSlotOrCopy) => Vec::new(),
            Slot::Declared { by_alias, by_path, .. } => {
                let marks = match self.mistake {
                    Some(Mistake::MarkTwiceOrDerive) => "#[weakref] #[weakref] ",
                    _ if by_alias => "#[weakref] ",
                    _ => "",
                };
                let ty = match () {
                    () if by_alias => format!("{flavor}Slot"),
                    () if by_path => format!("::weakref_core::WeakSlot<::weakref_core::{flavor}>"),
                    () => format!("WeakSlot<{flavor}>"),
                };
                let mut slots = vec![format!("{marks}\u{0}{ty}")];
                slots.extend(has_second.then_some(second));
                slots
            }
        }
    }

    fn body(&self, name: &str) -> String {
        let (params, clause) = self.generics();
        let vis = self.vis.text();
        let name = if self.raw_name { format!("r#{name}") } else { name.to_owned() };
        match self.mistake {
            Some(Mistake::Enum) => return format!("{vis}enum {name}<T> {{ One, Two(T) }}"),
            Some(Mistake::Union) => return format!("{vis}union {name} {{ one: u8, two: i8 }}"),
            _ => {}
        }
        let mut fields: Vec<(String, String, bool)> = Vec::new();
        for (attribute, vis, ty, raw) in self.fields() {
            fields.push((format!("{attribute}{vis}"), ty, raw));
        }
        let mut at = match self.slot {
            Slot::Declared { at, .. } => usize::from(at),
            Slot::Hidden { .. } => 0,
        };
        for slot in self.slot_fields() {
            let (marks, ty) = slot.split_once('\u{0}').unwrap_or(("", &slot));
            at %= fields.len() + 1;
            fields.insert(at, (marks.to_owned(), ty.to_owned(), false));
        }
        let mut text = format!("{vis}struct {name}{params}");
        match self.shape {
            Shape::Unit if fields.is_empty() => _ = write!(text, "{clause};"),
            Shape::Tuple => {
                let fields: Vec<_> =
                    fields.iter().map(|(start, ty, _)| format!("{start}{ty}")).collect();
                _ = write!(text, "({}){clause};", fields.join(", "));
            }
            _ => {
                let names = fields.iter().enumerate().map(|(at, (start, ty, raw))| {
                    let raw = if *raw { "r#" } else { "" };
                    format!("{start}{raw}field_{at}: {ty},\n")
                });
                _ = write!(text, "{clause} {{\n{}}}", names.collect::<String>());
            }
        }
        text
    }
}
