//! What an entry of a container of weak keys has, and how a key is found: the same for ours and for
//! those that are compared with it.

use crate::value::Own;

/// What an entry has beside the weak key.
pub trait Shape<P: Own> {
    /// What the user owns of an entry.
    type Owner;

    /// The result of a lookup.
    type Found;

    /// Returns an owner of a new key, and of what goes with it.
    fn own(number: u32) -> Self::Owner;

    /// The key.
    fn key(owner: &Self::Owner) -> &P;

    /// The number of a result.
    fn data(found: &Self::Found) -> u64;
}

/// The number itself, owned by the map: a map with weak keys.
#[derive(Debug)]
pub struct Number;
/// A weak pointer: a map with weak keys and weak values.
#[derive(Debug)]
pub struct Value;
/// Nothing: a set.
#[derive(Debug)]
pub struct Nothing;

macro_rules! found_by_number {
    ($($Shape:ident)*) => {$(
        impl<P: Own> Shape<P> for $Shape {
            type Owner = P;
            type Found = u64;

            fn own(number: u32) -> P {
                P::own(number.into())
            }

            fn key(owner: &P) -> &P {
                owner
            }

            fn data(found: &u64) -> u64 {
                *found
            }
        }
    )*};
}
found_by_number! { Number Nothing }

impl<P: Own> Shape<P> for Value {
    /// The key, and the value.
    type Owner = (P, P);
    type Found = P;

    fn own(number: u32) -> (P, P) {
        (P::own(number.into()), P::own(number.into()))
    }

    fn key((key, _): &(P, P)) -> &P {
        key
    }

    fn data(found: &P) -> u64 {
        found.data()
    }
}

/// How a key is found.
pub trait By {
    /// Whether that takes its owner, and not its number.
    const IDENTITY: bool;

    /// What a map whose keys are numbers knows it by.
    fn name<P: Own>(number: u32, key: &P) -> u64;
}

/// By its number, which is what it is equal by.
#[derive(Debug)]
pub struct Equality;
/// By its address.
#[derive(Debug)]
pub struct Identity;

impl By for Equality {
    const IDENTITY: bool = false;

    fn name<P: Own>(number: u32, _: &P) -> u64 {
        number.into()
    }
}

impl By for Identity {
    const IDENTITY: bool = true;

    fn name<P: Own>(_: u32, key: &P) -> u64 {
        (&raw const **key).cast::<()>().addr() as u64
    }
}
