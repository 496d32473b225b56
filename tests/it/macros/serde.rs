//! Serde, both ways: what is written is what the struct would be without its slot.

use std::fmt::Debug;
use std::rc::Rc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use weakref_core::{Local, WeakRef, WeakSlot, Weakrefable, new, weakrefable};

/// Writes a value, compares the text, reads it again, and compares the value.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    assert_eq!(&serde_json::from_str::<T>(text).unwrap(), value);
}

#[test]
fn structs_of_every_form() {
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Named {
        id: u8,
        name: String,
    }
    #[weakrefable(local)]
    #[derive(PartialEq, Debug, serde::Serialize, serde::Deserialize)]
    struct Tuple(u8, String);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Newtype(u8);
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Unit;
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Empty {}

    round_trip(&new!(Named { id: 1, name: "a".into() }), r#"{"id":1,"name":"a"}"#);
    round_trip(&new!(Tuple(1, "a".into())), r#"[1,"a"]"#);
    round_trip(&new!(Newtype(1)), "1");
    round_trip(&new!(Unit), "null");
    round_trip(&new!(Empty {}), "{}");
}

#[test]
fn what_is_read_is_referenceable_and_what_is_written_may_be_referenced() {
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Named {
        id: u8,
    }

    let value: Rc<Named> = Rc::new(serde_json::from_str(r#"{"id":1}"#).unwrap());
    let weak = WeakRef::with_callback(&value, |_| ());
    assert_eq!(serde_json::to_string(&*value).unwrap(), r#"{"id":1}"#);
    assert_eq!(weak.with(|value| value.id), Some(1));
    drop(value);
    assert!(weak.is_dead());
}

#[test]
fn under_a_condition() {
    #[weakrefable]
    #[cfg_attr(all(), derive(Serialize), derive(Debug))]
    #[cfg_attr(any(), derive(Clone), cfg_attr(all(), derive(NoSuchDerive)))]
    #[cfg_attr(all(), cfg_attr(all(), derive(serde::Deserialize, PartialEq)))]
    struct Named {
        id: u8,
    }
    #[weakrefable]
    #[derive(PartialEq, Debug)]
    #[cfg_attr(all(), derive(Serialize, Deserialize))]
    struct Newtype(u8);
    // The attribute on the slot must not be there when the derive is not.
    #[weakrefable]
    #[cfg_attr(any(), derive(Serialize, Deserialize))]
    struct Never(u8);

    round_trip(&new!(Named { id: 1 }), r#"{"id":1}"#);
    round_trip(&new!(Newtype(1)), "1");
    assert_eq!(new!(Never(1)).0, 1);
}

/// A newtype is what has one field that is there.
#[test]
fn fields_under_a_condition() {
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Newtype(u8, #[cfg(any())] u8);
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Two(u8, #[cfg(not(any()))] u8);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Either(#[cfg(any())] String, #[cfg(not(any()))] u8);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Both(#[cfg(not(any()))] u8, #[cfg_attr(all(), cfg(all()))] u8);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Neither(#[cfg(any())] u8);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Empty();
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Named {
        #[cfg(any())]
        gone: u8,
        id: u8,
    }

    round_trip(&new!(Newtype(1)), "1");
    round_trip(&new!(Two(1, 2)), "[1,2]");
    round_trip(&new!(Either(1)), "1");
    round_trip(&new!(Both(1, 2)), "[1,2]");
    round_trip(&new!(Neither()), "[]");
    round_trip(&new!(Empty()), "[]");
    round_trip(&new!(Named { id: 1 }), r#"{"id":1}"#);
}

#[test]
fn with_the_users_own_attributes() {
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "UPPERCASE", deny_unknown_fields)]
    struct Strict {
        id: u8,
        #[serde(default)]
        size: u8,
    }
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(transparent)]
    struct Transparent {
        id: u8,
    }
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
    #[serde(from = "u8", into = "u8")]
    struct Converted(u8);
    impl From<u8> for Converted {
        fn from(id: u8) -> Self {
            new!(Self(id + 1))
        }
    }
    impl From<Converted> for u8 {
        fn from(value: Converted) -> Self {
            value.0 - 1
        }
    }
    #[weakrefable(drop = "slot")]
    #[derive(Serialize, Deserialize, PartialEq, Debug, Default)]
    #[serde(default)]
    struct Defaulted {
        id: u8,
        name: String,
    }
    // The default of the whole struct, which has a `Drop`, cannot be taken apart.
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug, Default)]
    #[serde(default)]
    struct DefaultedWithDrop {
        id: u8,
    }
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(tag = "kind")]
    struct Tagged {
        id: u8,
    }

    round_trip(&new!(Strict { id: 1, size: 2 }), r#"{"ID":1,"SIZE":2}"#);
    assert_eq!(serde_json::from_str::<Strict>(r#"{"ID":1}"#).unwrap().size, 0);
    let text = r#"{"ID":1,"__weakref__set_by_new_macro":null}"#;
    let error = serde_json::from_str::<Strict>(text).unwrap_err();
    assert!(error.to_string().contains("unknown field"), "{error}");
    round_trip(&new!(Transparent { id: 1 }), "1");
    round_trip(&new!(Converted(2)), "1");
    round_trip(&new!(Defaulted { id: 1, name: "a".into() }), r#"{"id":1,"name":"a"}"#);
    assert_eq!(serde_json::from_str::<Defaulted>("{}").unwrap(), Defaulted::default());
    assert_eq!(serde_json::from_str::<DefaultedWithDrop>("{}").unwrap().id, 0);
    round_trip(&new!(Tagged { id: 1 }), r#"{"kind":"Tagged","id":1}"#);
}

#[test]
fn parameters() {
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Holder<T, const N: usize>
    where
        T: Copy,
    {
        value: T,
        more: Vec<T>,
    }

    round_trip(&new!(Holder::<u8, 3> { value: 1, more: vec![2] }), r#"{"value":1,"more":[2]}"#);
}

#[test]
fn a_declared_slot_is_skipped_by_the_user() {
    #[derive(Weakrefable, Serialize, Deserialize, PartialEq, Debug)]
    struct Skipped {
        id: u8,
        #[serde(skip)]
        slot: WeakSlot<Local>,
    }
    #[derive(Weakrefable, Serialize, Deserialize, PartialEq, Debug, Default)]
    #[serde(default)]
    struct Defaulted {
        id: u8,
        #[serde(skip, default)]
        slot: WeakSlot,
    }

    round_trip(&Skipped { id: 1, slot: WeakSlot::new() }, r#"{"id":1}"#);
    round_trip(&Defaulted { id: 1, slot: WeakSlot::new() }, r#"{"id":1}"#);
}

/// serde as a crate that re-exports it has it.
mod reexport {
    pub mod other_name {
        pub use serde::*;
    }
    pub use serde::{Deserialize as De, Serialize as Ser};
}

#[test]
fn however_the_derives_are_spelled() {
    use reexport::other_name;
    use reexport::{De, Ser};
    use serde::Serialize as Write;

    #[weakrefable]
    #[derive(
        reexport::other_name::Serialize, reexport::other_name::Deserialize, PartialEq, Debug,
    )]
    struct ByPath {
        id: u8,
    }
    #[weakrefable(local)]
    #[derive(PartialEq, Debug, other_name::Serialize, other_name::Deserialize)]
    struct ByShorterPath(u8);
    #[weakrefable]
    #[derive(Ser, De, PartialEq, Debug)]
    struct ByAlias {
        id: u8,
    }
    #[weakrefable(local)]
    #[derive(Ser, De, PartialEq, Debug)]
    struct TupleByAlias(u8, u8);
    #[weakrefable(local)]
    #[derive(Ser, De, PartialEq, Debug)]
    struct NewtypeByAlias(u8);
    #[weakrefable]
    #[derive(Ser, De, PartialEq, Debug)]
    struct UnitByAlias;
    #[weakrefable]
    #[derive(PartialEq, Debug)]
    #[cfg_attr(all(), derive(Ser), cfg_attr(all(), derive(De)))]
    struct UnderACondition(u8);
    #[weakrefable]
    #[derive(Write)]
    struct OnlyWritten {
        id: u8,
    }
    #[weakrefable]
    #[derive(::serde::Deserialize)]
    struct OnlyRead(u8);

    round_trip(&new!(ByPath { id: 1 }), r#"{"id":1}"#);
    round_trip(&new!(ByShorterPath(1)), "1");
    round_trip(&new!(ByAlias { id: 1 }), r#"{"id":1}"#);
    round_trip(&new!(TupleByAlias(1, 2)), "[1,2]");
    round_trip(&new!(NewtypeByAlias(1)), "1");
    round_trip(&new!(UnitByAlias), "null");
    round_trip(&new!(UnderACondition(1)), "1");
    assert_eq!(serde_json::to_string(&new!(OnlyWritten { id: 1 })).unwrap(), r#"{"id":1}"#);
    assert_eq!(serde_json::from_str::<OnlyRead>("1").unwrap().0, 1);
}

#[test]
fn between_attributes_of_other_crates() {
    #[weakrefable]
    #[weakref_tests_attrs::unchanged]
    #[derive(reexport::Ser, reexport::De, PartialEq, Debug)]
    struct Below(u8);
    #[weakref_tests_attrs::unchanged]
    #[weakrefable(local)]
    #[derive(reexport::Ser, reexport::De, PartialEq, Debug)]
    struct Above {
        id: u8,
    }

    round_trip(&new!(Below(1)), "1");
    round_trip(&new!(Above { id: 1 }), r#"{"id":1}"#);
}

/// They are written as without the slot, where serde itself passes over `default` and `skip`.
#[test]
fn newtypes_whose_field_has_attributes() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Plain<T>(T);
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Defaulted(#[serde(default)] u8);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct DefaultedBy(
        #[allow(dead_code)]
        #[serde(default = "seven", alias = "number")]
        u8,
    );
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Skipped(#[serde(skip)] u8);
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct SkippedWithoutSlot(#[serde(skip)] u8);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct HalfSkipped(#[serde(skip_serializing, skip_deserializing)] u8);
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct SkippedIf(#[serde(skip_serializing_if = "Option::is_none")] Option<u8>);
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct UnderACondition(
        #[cfg_attr(all(), serde(default), cfg_attr(all(), serde(skip)))]
        #[cfg_attr(any(), serde(no_such_attribute))]
        u8,
        #[cfg(any())] u8,
    );
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct NotAlone(u8, #[serde(default)] u8, #[serde(skip)] u8);
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct NotAloneUnderACondition(u8, #[serde(skip)] u8, #[cfg(any())] u8);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct With(#[serde(with = "as_text", default)] u8);

    fn seven() -> u8 {
        7
    }
    mod as_text {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        #[allow(clippy::trivially_copy_pass_by_ref)]
        pub fn serialize<S: Serializer>(value: &u8, serializer: S) -> Result<S::Ok, S::Error> {
            value.to_string().serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
            String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
        }
    }

    assert_eq!(seven(), 7);
    round_trip(&Plain(1), "1");
    round_trip(&SkippedWithoutSlot(1), "1");
    round_trip(&new!(Defaulted(1)), "1");
    round_trip(&new!(DefaultedBy(1)), "1");
    round_trip(&new!(Skipped(1)), "1");
    round_trip(&new!(HalfSkipped(1)), "1");
    round_trip(&new!(SkippedIf(None)), "null");
    round_trip(&new!(SkippedIf(Some(1))), "1");
    round_trip(&new!(UnderACondition(1)), "1");
    round_trip(&new!(NotAlone(1, 2, 0)), "[1,2]");
    assert_eq!(serde_json::from_str::<NotAlone>("[1]").unwrap(), new!(NotAlone(1, 0, 0)));
    round_trip(&new!(NotAloneUnderACondition(1, 0)), "[1]");
    round_trip(&new!(With(1)), r#""1""#);
}

#[test]
fn newtypes_of_phantom_data() {
    use std::marker::PhantomData;

    /// Neither written nor read.
    #[derive(PartialEq, Debug)]
    struct Tag;
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct WithoutSlot<T>(PhantomData<T>);
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Phantom<T>(PhantomData<T>);
    #[weakrefable(local)]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct UnderACondition<T>(std::marker::PhantomData<fn() -> T>, #[cfg(any())] u8);
    #[weakrefable]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct NotAlone<T>(PhantomData<T>, u8);

    round_trip(&WithoutSlot::<Tag>(PhantomData), "null");
    round_trip(&new!(Phantom::<Tag>(PhantomData)), "null");
    round_trip(&new!(UnderACondition::<Tag>(PhantomData)), "null");
    round_trip(&new!(NotAlone::<Tag>(PhantomData, 1)), "[null,1]");
}

#[test]
fn attributes_for_the_slot_are_all_that_it_has() {
    #[weakrefable(slot(serde(rename = "weak", serialize_with = "count", skip_deserializing)))]
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Counted {
        id: u8,
    }
    #[weakrefable(slot(serde(skip)), local)]
    #[derive(Serialize, PartialEq, Debug)]
    struct NoNewtype(u8);

    fn count<T: Debug, S: serde::Serializer>(slot: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{slot:?}"))
    }

    let counted = std::sync::Arc::new(new!(Counted { id: 1 }));
    let _weak = WeakRef::new(&counted);
    let text = serde_json::to_string(&*counted).unwrap();
    assert_eq!(text, r#"{"weak":"WeakSlot(0)","id":1}"#);
    assert_eq!(serde_json::from_str::<Counted>(r#"{"id":1}"#).unwrap(), *counted);
    assert_eq!(serde_json::to_string(&new!(NoNewtype(1))).unwrap(), "[1]");
}

/// Derives of the same name, of somebody else.
mod others {
    use weakref_core::weakrefable;

    pub mod rkyv {
        pub use core::clone::Clone as Serialize;
    }

    #[weakrefable]
    #[derive(rkyv::Serialize)]
    pub struct Named {
        pub id: u8,
    }
}

#[test]
fn a_derive_of_the_same_name_by_somebody_else_is_none_of_serdes() {
    assert_eq!(new!(others::Named { id: 1 }).clone().id, 1);
}
