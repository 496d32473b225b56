//! Makes a tree smaller by what its profile says.

use crate::{
    expr::{Owner, Place},
    profile::Profile,
};

/// Replaces each choice that has always taken the same branch by that branch.
pub(crate) fn prune(place: &Place, profile: &Profile) {
    let branch = always_taken(&place.borrow(), profile);
    if let Some(branch) = branch {
        // The choice is dropped here, with its condition and the other branch.
        place.replace(branch);
        // The branch can be a choice in turn.
        return prune(place, profile);
    }
    for operand in place.borrow().operands() {
        prune(operand, profile);
    }
}

fn always_taken(node: &Owner, profile: &Profile) -> Option<Owner> {
    let branches = node.branches()?.map(|branch| branch.borrow().clone());
    let mut taken = branches.into_iter().filter(|branch| profile.knows(branch));
    let first = taken.next()?;
    taken.next().is_none().then_some(first)
}
