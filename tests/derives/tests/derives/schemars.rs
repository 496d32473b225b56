//! `schemars`, below: it reads `#[serde(skip)]`, which the slot has.

use schemars::{JsonSchema, schema_for};
use weakref_core::{new, weakrefable};

use super::{lives_in_arc, lives_in_rc};

#[weakrefable]
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Image {
    name: String,
    size: u8,
}

#[weakrefable(local)]
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Id(u8);

/// The same structs without a slot.
mod plain {
    use schemars::JsonSchema;

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    pub(super) struct Image {
        name: String,
        size: u8,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    pub(super) struct Id(u8);
}

#[test]
fn the_schema_is_that_of_the_other_fields() {
    assert_eq!(schema_for!(Image), schema_for!(plain::Image));
    // A newtype is `transparent`, and so has the title of its field.
    let (mut id, mut plain) = (schema_for!(Id), schema_for!(plain::Id));
    assert_eq!(id.remove("title").unwrap(), "uint8");
    assert_eq!(plain.remove("title").unwrap(), "Id");
    assert_eq!(id, plain);
    lives_in_arc(new!(Image { name: "dawn".into(), size: 3 }));
    lives_in_rc(new!(Id(3)));
}
