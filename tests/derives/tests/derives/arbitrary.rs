//! `arbitrary`, below, with `arbitrary(default)`.

use arbitrary::{Arbitrary, Unstructured};
use weakref_core::weakrefable;

use super::{lives_in_arc, lives_in_rc};

#[weakrefable(slot(arbitrary(default)))]
#[derive(Arbitrary, Debug)]
struct Image {
    size: u8,
    depth: u8,
}

#[weakrefable(local, slot(arbitrary(default)))]
#[derive(Arbitrary)]
struct Id(u8);

#[test]
fn reads_the_other_fields_alone() {
    let image = Image::arbitrary(&mut Unstructured::new(&[3, 7])).unwrap();
    assert_eq!((image.size, image.depth), (3, 7));
    assert_eq!(Image::size_hint(0), <(u8, u8)>::size_hint(0));
    lives_in_arc(image);
    let id = Id::arbitrary(&mut Unstructured::new(&[5])).unwrap();
    assert_eq!(id.0, 5);
    lives_in_rc(id);
}
