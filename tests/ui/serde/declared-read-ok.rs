use serde::Deserialize;
use weakref_core::{Local, WeakSlot, Weakrefable};

#[derive(Weakrefable, Deserialize)]
struct Image(String, #[serde(skip)] WeakSlot<Local>);

fn main() {}
