//! `derive_more`: derives that look at one field go above or have an attribute. Those that compare
//! or borrow go below.

use derive_more::{AsRef, Constructor, Debug, Deref, DerefMut, Display, From, Into};
use weakref_core::{new, weakrefable};

use super::{lives_in_arc, lives_in_rc};

/// Below: derives that name their field.
#[weakrefable(slot(deref(ignore), deref_mut(ignore), as_ref(skip)))]
#[derive(Display, Deref, DerefMut, AsRef)]
#[display("{name}")]
struct Image {
    name: String,
}

/// Above: derives that take the only field.
#[derive(Display, Deref, AsRef)]
#[weakrefable(local)]
struct Id(u32);

/// `Debug` can leave the slot out.
#[weakrefable(slot(debug(skip)))]
#[derive(Debug)]
struct Quiet {
    id: u32,
}

/// Derives that make a value, or take it apart, go on the plain type.
#[derive(Constructor, From, Into, PartialEq, Debug)]
struct Point {
    x: u32,
    y: u32,
}

#[test]
fn newtypes_are_their_field() {
    let mut image = new!(Image { name: String::from("dawn") });
    image.push('!');
    assert_eq!((image.to_string(), image.len()), ("dawn!".into(), 5));
    let name: &String = image.as_ref();
    assert_eq!(name, "dawn!");
    lives_in_arc(image);
    let id = new!(Id(3));
    assert_eq!((id.to_string(), *id + 1), ("3".into(), 4));
    let number: &u32 = id.as_ref();
    assert_eq!(*number, 3);
    lives_in_rc(id);
    let quiet = new!(Quiet { id: 3 });
    assert_eq!(format!("{quiet:?}"), format!("Quiet {{ id: {}, .. }}", quiet.id));
    lives_in_arc(quiet);
    let point = weakref_core::Slotted::<_>::new(Point::new(1, 2));
    assert_eq!(*point, (1, 2).into());
    assert_eq!(<(u32, u32)>::from(point.into_inner()), (1, 2));
}
