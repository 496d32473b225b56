//! A list of a `dyn Trait` takes an owner of that type.

use std::rc::Rc;

use weakref_core::{Local, WeakList, Weakrefable, new, weakrefable};

trait Listener: Weakrefable<Flavor = Local> {}

#[weakrefable(local)]
struct Label(u32);

impl Listener for Label {}

fn main() {
    let label = Rc::new(new!(Label(7)));
    let listeners = WeakList::<dyn Listener>::new();
    listeners.push(&label);
    assert_eq!(label.0, 7);
}
