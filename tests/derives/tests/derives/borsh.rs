//! `borsh`, below, with `borsh(skip)`.

use borsh::{BorshDeserialize, BorshSerialize};
use weakref_core::{new, weakrefable};

use super::{lives_in_arc, lives_in_rc};

#[weakrefable(slot(borsh(skip)))]
#[derive(BorshSerialize, BorshDeserialize, PartialEq, Debug)]
struct Image {
    size: u8,
    depth: u16,
}

#[weakrefable(local, slot(borsh(skip)))]
#[derive(BorshSerialize, BorshDeserialize, PartialEq, Debug)]
struct Id(u8);

#[test]
fn writes_and_reads_the_other_fields_alone() {
    let image = new!(Image { size: 3, depth: 7 });
    let bytes = borsh::to_vec(&image).unwrap();
    assert_eq!(bytes, [3, 7, 0]);
    assert_eq!(borsh::from_slice::<Image>(&bytes).unwrap(), image);
    lives_in_arc(borsh::from_slice::<Image>(&bytes).unwrap());
    assert_eq!(borsh::to_vec(&new!(Id(5))).unwrap(), [5]);
    lives_in_rc(borsh::from_slice::<Id>(&[5]).unwrap());
}
