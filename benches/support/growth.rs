//! The longest operations of a map with weak values that grows from nothing, and is emptied.

use crate::{
    container::{Container, Keyed},
    map::{ExactArc, ExactRc, OursArc, OursRc},
    measure::{Case, Group, Watch},
    options::Options,
};

/// What [`life`] measures.
const FIGURES: [&str; 2] = ["worst insert, growing", "worst drop, emptying"];

const SIZES: [(&str, u32); 4] =
    [("1e4", 10_000), ("1e5", 100_000), ("1e6", 1_000_000), ("1e7", 10_000_000)];

/// Fills a container that begins without room, and drops the owners, oldest first.
fn life<C: Container<Keys = ()>>(live: u32) -> Vec<f64> {
    let mut container = C::default();
    let mut owners = Vec::with_capacity(live as usize);
    let mut watch = Watch::start();
    for number in 0..live {
        let owner = C::own(number);
        watch.see(0, || container.insert(&(), number, &owner));
        owners.push(owner);
    }
    assert_eq!(container.visit(), (0..u64::from(live)).sum());
    for (number, owner) in (0..).zip(owners) {
        watch.see(1, || container.retire(&(), number, owner));
    }
    assert_eq!(container.visit(), 0);
    watch.worst().into()
}

/// A group for each size and flavour.
pub fn groups(options: &Options) -> Vec<Group> {
    let mut groups = Vec::new();
    for (label, size) in SIZES {
        let live = options.size(size);
        let mut add = |flavor, ours: fn(u32) -> Vec<f64>, exact: fn(u32) -> Vec<f64>| {
            groups.push(Group {
                names: FIGURES.map(|figure| format!("map/{flavor}/{label}/{figure}")).into(),
                cases: vec![
                    Case::new("ours", move || ours(live)),
                    Case::new("exact", move || exact(live)),
                ],
                turns: 1,
                warm_up: false,
                runs: Some(if size < 10_000_000 { 3 } else { 1 }),
            });
        };
        add("rc", life::<Keyed<u64, OursRc<u64>>>, life::<Keyed<u64, ExactRc<u64>>>);
        add("arc", life::<Keyed<u64, OursArc<u64>>>, life::<Keyed<u64, ExactArc<u64>>>);
    }
    groups
}
