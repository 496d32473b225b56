//! `derive-new`, below, with `new(default)`.

use derive_new::new as New;
use weakref_core::weakrefable;

use super::{lives_in_arc, lives_in_rc};

#[weakrefable(slot(new(default)))]
#[derive(New)]
struct Image {
    name: String,
    #[new(value = "3")]
    size: u32,
}

#[weakrefable(local, slot(new(default)))]
#[derive(New)]
struct Id(u32);

#[weakrefable(slot(new(default)))]
#[derive(New)]
struct Marker;

#[test]
fn takes_the_other_fields() {
    let image = Image::new("dawn".into());
    assert_eq!((&*image.name, image.size), ("dawn", 3));
    lives_in_arc(image);
    let id = Id::new(7);
    assert_eq!(id.0, 7);
    lives_in_rc(id);
    lives_in_arc(Marker::new());
}
