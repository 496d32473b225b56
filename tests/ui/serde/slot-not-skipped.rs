use serde::Serialize;
use weakref_core::weakrefable;

#[weakrefable(slot(serde(rename = "weak")))]
#[derive(Serialize)]
struct Image {
    name: String,
}

fn main() {}
