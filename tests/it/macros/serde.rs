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
    // Where the slot is the only field of a tuple, serde makes a unit of it.
    round_trip(&new!(Neither()), "null");
    round_trip(&new!(Empty()), "null");
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
    let error = serde_json::from_str::<Strict>(r#"{"ID":1,"__weakref__":null}"#).unwrap_err();
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
fn a_declared_slot_is_skipped_by_the_user_or_written_as_nothing() {
    #[derive(Weakrefable, Serialize, Deserialize, PartialEq, Debug)]
    struct Skipped {
        id: u8,
        #[serde(skip)]
        slot: WeakSlot<Local>,
    }
    #[derive(Weakrefable, Serialize, Deserialize, PartialEq, Debug)]
    struct Written {
        id: u8,
        slot: WeakSlot<Local>,
    }

    round_trip(&Skipped { id: 1, slot: WeakSlot::new() }, r#"{"id":1}"#);
    round_trip(&Written { id: 1, slot: WeakSlot::new() }, r#"{"id":1,"slot":null}"#);
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
