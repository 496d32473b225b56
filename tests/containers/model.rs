//! Random operations on containers, which must do what a simple model does.

mod expected;
pub(crate) mod operation;
mod world;

use std::mem;

use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};

use self::{
    operation::{config, operation},
    world::World,
};
use super::harness::Container;

for_kinds! { model: b302_operations_do_what_the_model_does }

fn b302_operations_do_what_the_model_does<C: Container>() {
    let operations = prop::collection::vec(operation(), 1..100);
    let result = TestRunner::new(config()).run(&operations, |operations| {
        let mut world = World::<C>::new();
        for operation in operations {
            world.apply(operation);
            world.compare();
        }
        for owner in mem::take(&mut world.keys).into_iter().chain(mem::take(&mut world.values)) {
            world.forget(&owner);
        }
        world.remove_dropped();
        world.compare();
        assert!(world.containers.iter().all(C::is_empty));
        assert!(world.dropped.iter().all(|(_, weak)| weak.is_dead()), "something is kept");
        Ok(())
    });
    if let Err(TestError::Fail(reason, operations)) = &result {
        panic!("{reason} after {operations:?}");
    }
    result.unwrap();
}
