//! `bon`, below, with `builder(skip)`, or `#[builder]` on a function, which needs no attribute.

use bon::{Builder, bon};
use weakref_core::{new, weakrefable};

use super::{lives_in_arc, lives_in_rc};

#[weakrefable(slot(builder(skip)))]
#[derive(Builder)]
struct Image {
    #[builder(into)]
    name: String,
    #[builder(default = 3)]
    size: u32,
}

#[weakrefable(local)]
struct Node {
    value: u32,
}

#[bon]
impl Node {
    #[builder]
    fn new(value: u32) -> Self {
        new!(Self { value })
    }
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
