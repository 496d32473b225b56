//! The hand-written container of weak keys: std's map and std's weak pointers. The user removes the
//! entry of an owner before dropping it.

use std::{collections::HashMap, fmt, hint::black_box, marker::PhantomData};

use weak_table::traits::WeakElement as _;

use crate::{
    container::Container,
    shape::{By, Nothing, Number, Shape, Value},
    value::Owner,
};

/// What the map has for a key, beside a weak pointer to it.
pub trait Kept<P: Owner>: Shape<P> {
    /// The type of what is kept.
    type Beside: fmt::Debug;

    /// Makes what is kept for an owner.
    fn keep(number: u32, owner: &Self::Owner) -> Self::Beside;

    /// Returns what a lookup of the key with this number gives.
    fn find(beside: &Self::Beside, number: u32) -> Option<Self::Found>;
}

impl<P: Owner> Kept<P> for Number {
    type Beside = u64;

    fn keep(number: u32, _: &P) -> u64 {
        number.into()
    }

    fn find(beside: &u64, _: u32) -> Option<u64> {
        Some(*beside)
    }
}

impl<P: Owner> Kept<P> for Value {
    type Beside = P::Weak;

    fn keep(_: u32, (_, value): &(P, P)) -> P::Weak {
        P::Weak::new(value)
    }

    fn find(beside: &P::Weak, _: u32) -> Option<P> {
        beside.view()
    }
}

impl<P: Owner> Kept<P> for Nothing {
    type Beside = ();

    fn keep(_: u32, _: &P) {}

    fn find((): &(), number: u32) -> Option<u64> {
        Some(number.into())
    }
}

/// Weak pointers and what is kept beside them, by the names of the keys.
#[derive(Debug)]
pub struct Manual<B, S: Kept<P>, P: Owner>(HashMap<u64, (P::Weak, S::Beside)>, PhantomData<B>);

impl<B, S: Kept<P>, P: Owner> Default for Manual<B, S, P> {
    fn default() -> Self {
        Self(HashMap::new(), PhantomData)
    }
}

impl<B: By, S: Kept<P>, P: Owner> Container for Manual<B, S, P> {
    type Keys = ();
    type Owner = S::Owner;
    type Found = S::Found;

    const BY_IDENTITY: bool = B::IDENTITY;
    const MANUAL: bool = true;

    fn own(number: u32) -> S::Owner {
        S::own(number)
    }

    fn insert(&mut self, (): &(), number: u32, owner: &S::Owner) {
        let key = S::key(owner);
        let entry = (P::Weak::new(key), S::keep(number, owner));
        black_box(self.0.insert(B::name(number, key), entry));
    }

    fn get(&self, (): &(), number: u32, owner: &S::Owner) -> Option<S::Found> {
        let name = B::name(number, S::key(owner));
        S::find(&self.0.get(&name)?.1, number)
    }

    fn data(found: &S::Found) -> u64 {
        S::data(found)
    }

    fn forget(&mut self, (): &(), number: u32, owner: &S::Owner) {
        black_box(self.0.remove(&B::name(number, S::key(owner))));
    }

    fn visit(&self) -> u64 {
        let living = self.0.values().filter_map(|(key, beside)| {
            let owner = key.view()?;
            black_box(S::find(beside, 0)?);
            Some(owner)
        });
        living.fold(0, |sum, owner| sum.wrapping_add(black_box(&owner).data()))
    }
}
