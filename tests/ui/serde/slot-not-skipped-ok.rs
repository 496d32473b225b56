use serde::Serialize;
use weakref_core::weakrefable;

#[weakrefable(slot(serde(skip)))]
#[derive(Serialize)]
struct Image {
    name: String,
}

fn main() {}
