//! `derive_builder`, below, with `builder(default, setter(skip))`. Without that, it compiles, but
//! `build` returns an error about the slot.

use derive_builder::Builder;
use weakref_core::weakrefable;

use super::{lives_in_arc, lives_in_rc};

#[weakrefable(slot(builder(default, setter(skip))))]
#[derive(Builder, Debug)]
struct Image {
    name: String,
    #[builder(default = "3")]
    size: u32,
}

#[weakrefable(local, slot(builder(default, setter(skip))))]
#[derive(Builder, Clone)]
#[builder(pattern = "owned")]
struct Node<T: Clone> {
    value: T,
}

#[test]
fn builds_without_a_word_of_the_slot() {
    let image = ImageBuilder::default().name("dawn".into()).build().unwrap();
    assert_eq!((&*image.name, image.size), ("dawn", 3));
    lives_in_arc(image);
    let error = ImageBuilder::default().build().unwrap_err();
    assert_eq!(error.to_string(), "`name` must be initialized");
    let node = NodeBuilder::default().value(7).build().unwrap();
    assert_eq!(node.value, 7);
    lives_in_rc(node);
}
