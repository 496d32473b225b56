//! Sets against a plain model: whatever is done, in whatever order, they hold the same.

use std::collections::BTreeMap;

use weakref_tests::Numbers;

use super::*;

type Owners = BTreeMap<u32, Ptr<Item>>;

/// A set, and the numbers that it must have.
struct Pair {
    set: Set,
    model: std::collections::BTreeSet<u32>,
}

impl Pair {
    fn new() -> Self {
        Self { set: Set::new(), model: std::collections::BTreeSet::new() }
    }

    #[track_caller]
    fn check(&self, owners: &Owners) {
        let found = places(&self.set.iter().collect::<Vec<_>>());
        assert_eq!(found, places(self.model.iter().map(|number| &owners[number])));
        assert_eq!(self.set.len(), self.model.len());
    }

    /// Does something to one element.
    fn act(&mut self, act: usize, number: u32, owners: &Owners) {
        let Some(item) = owners.get(&number) else { return };
        let (set, model) = (&self.set, &mut self.model);
        match act {
            0 => assert_eq!(set.insert(item), model.insert(number)),
            1 => assert_eq!(set.remove(&**item), model.remove(&number)),
            2 => assert_eq!(set.take(&**item).is_some(), model.remove(&number)),
            3 => assert_eq!(set.replace(item).is_some(), !model.insert(number)),
            4 => {
                set.get_or_insert(item);
                model.insert(number);
            }
            5 => match set.pop() {
                Some(popped) => assert!(model.remove(&popped.number())),
                None => assert!(model.is_empty()),
            },
            6 => {
                set.retain(|item| item.number() % 7 != number % 7);
                model.retain(|other| other % 7 != number % 7);
            }
            _ => assert_eq!(set.contains(&**item), model.contains(&number)),
        }
    }

    /// Does something with another set.
    fn meet(&mut self, act: usize, other: &Self) {
        let (set, model) = (&mut self.set, &mut self.model);
        match act {
            0 => {
                *set |= &other.set;
                *model = &*model | &other.model;
            }
            1 => {
                *set &= &other.set;
                *model = &*model & &other.model;
            }
            2 => {
                *set -= &other.set;
                *model = &*model - &other.model;
            }
            3 => {
                *set ^= &other.set;
                *model = &*model ^ &other.model;
            }
            4 => {
                *set = &*set ^ &other.set;
                *model = &*model ^ &other.model;
            }
            5 => {
                *set = &*set | &other.set;
                *model = &*model | &other.model;
            }
            _ => {
                assert_eq!(set.is_subset(&other.set), model.is_subset(&other.model));
                assert_eq!(set.is_superset(&other.set), model.is_superset(&other.model));
                assert_eq!(set.is_disjoint(&other.set), model.is_disjoint(&other.model));
                assert_eq!(*set == other.set, *model == other.model);
            }
        }
    }
}

#[test]
fn b302_all_that_a_set_does_against_a_model() {
    for seed in 1..=20 {
        let mut chance = Numbers(seed * 7919);
        let mut owners = Owners::new();
        let mut pairs = [Pair::new(), Pair::new()];
        for _ in 0..400 {
            let number = u32::try_from(chance.below(24)).unwrap();
            let which = chance.below(2);
            match chance.below(12) {
                0..4 => {
                    owners.entry(number).or_insert_with(|| item(number));
                }
                4 | 5 => {
                    if owners.remove(&number).is_some() {
                        for pair in &mut pairs {
                            pair.model.remove(&number);
                        }
                    }
                }
                6 => {
                    let [left, right] = &mut pairs;
                    left.meet(chance.below(8), right);
                }
                _ => pairs[which].act(chance.below(8), number, &owners),
            }
            for pair in &pairs {
                pair.check(&owners);
            }
            for (number, owner) in &owners {
                let sets = pairs.iter().filter(|pair| pair.model.contains(number)).count();
                assert_eq!(weakref_count(owner), sets);
            }
        }
    }
}
