//! What the containers by equality and those by identity do alike: of items that all differ.

mod algebra;
mod copies;
mod entries;
mod lives;
mod model;
mod pair_copies;
mod pair_deaths;
mod pair_visits;
mod pairs;
mod removals;
mod sets;
mod visits;

use super::{super::*, Map, Set};

/// A set of items with these numbers.
fn set_of(range: impl IntoIterator<Item = u32>) -> (Set, Vec<Ptr<Item>>) {
    let items = items(range);
    (items.iter().cloned().collect(), items)
}

/// A map from as many keys, numbered from 0, to a value each, numbered from 100.
fn map_of(count: u32) -> (Map, Vec<Ptr<Item>>, Vec<Ptr<Item>>) {
    let (keys, values) = (items(0..count), items(100..100 + count));
    (keys.iter().cloned().zip(values.iter().cloned()).collect(), keys, values)
}
