//! `typed-builder`, below, with `builder(default, setter(skip))`.

use typed_builder::TypedBuilder;
use weakref_core::weakrefable;

use super::{lives_in_arc, lives_in_rc};

#[weakrefable(slot(builder(default, setter(skip))))]
#[derive(TypedBuilder)]
struct Image {
    #[builder(setter(into))]
    name: String,
    #[builder(default = 3)]
    size: u32,
}

#[weakrefable(local, slot(builder(default, setter(skip))))]
#[derive(TypedBuilder)]
struct Node<T> {
    value: T,
}

#[test]
fn builds_without_a_word_of_the_slot() {
    let image = Image::builder().name("dawn").build();
    assert_eq!((&*image.name, image.size), ("dawn", 3));
    lives_in_arc(image);
    let node = Node::builder().value(7).build();
    assert_eq!(node.value, 7);
    lives_in_rc(node);
}
