//! serde under other names: that of another crate, and through `serde_with`.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use serde_with::{DisplayFromStr, apply, serde_as, skip_serializing_none};
use weakref_core::{new, weakrefable};

use super::{lives_in_arc, lives_in_rc};

/// Writes a value, compares the text, reads it again, and compares the value.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    assert_eq!(&serde_json::from_str::<T>(text).unwrap(), value);
}

#[test]
fn by_the_name_of_another_dependency() {
    #[weakrefable]
    #[derive(data_format::Serialize, data_format::Deserialize, PartialEq, Debug)]
    #[serde(crate = "data_format")]
    struct Named {
        id: u8,
    }
    #[weakrefable(local)]
    #[derive(data_format::Serialize, data_format::Deserialize, PartialEq, Debug)]
    #[serde(crate = "data_format")]
    struct Newtype(u8);

    round_trip(&new!(Named { id: 1 }), r#"{"id":1}"#);
    round_trip(&new!(Newtype(1)), "1");
    lives_in_arc(new!(Named { id: 1 }));
    lives_in_rc(new!(Newtype(1)));
}

#[test]
fn with_the_attributes_of_serde_with() {
    #[serde_as]
    #[weakrefable]
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Above {
        #[serde_as(as = "DisplayFromStr")]
        id: u8,
    }
    #[weakrefable]
    #[serde_as]
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Below {
        #[serde_as(as = "DisplayFromStr")]
        id: u8,
    }
    #[weakrefable(local)]
    #[serde_as]
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Newtype(#[serde_as(as = "DisplayFromStr")] u8);
    #[weakrefable(local)]
    #[skip_serializing_none]
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct WithoutNone {
        id: u8,
        size: Option<u8>,
    }
    #[weakrefable]
    #[apply(u8 => #[serde(default)])]
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Applied {
        id: u8,
    }

    round_trip(&new!(Above { id: 1 }), r#"{"id":"1"}"#);
    round_trip(&new!(Below { id: 1 }), r#"{"id":"1"}"#);
    round_trip(&new!(Newtype(1)), r#""1""#);
    round_trip(&new!(WithoutNone { id: 1, size: None }), r#"{"id":1}"#);
    round_trip(&new!(WithoutNone { id: 1, size: Some(2) }), r#"{"id":1,"size":2}"#);
    round_trip(&new!(Applied { id: 1 }), r#"{"id":1}"#);
    assert_eq!(serde_json::from_str::<Applied>("{}").unwrap().id, 0);
}
