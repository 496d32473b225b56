//! Assertions.

use weakref_core::Census;
use weakref_tests::{assert_panics, caught, panic_at, panic_of};

use super::{Obj, owner};

#[test]
fn a_census_that_is_not_empty_panics_at_the_caller() {
    let census = Census::<Obj<i32>>::new();
    census.assert_empty();
    let (one, two) = (owner(1), owner(2));
    census.register_with_label(&one, "one");
    let registered = line!() - 1;
    let (message, file, line) = panic_at(|| census.assert_empty());
    assert_eq!((&*file, line), (file!(), line!() - 1));
    let name = std::any::type_name::<Obj<i32>>();
    let cause = format!("`assert_empty` of a census: 1 object is alive, of type `{name}`: ");
    assert!(message.starts_with(&cause), "{message}");
    assert!(message.contains("drop the strong pointers first"), "{message}");
    assert!(message.contains(&format!("{}:{registered}:12  one", file!())), "{message}");

    census.register(&two);
    assert_panics("2 objects are alive", || census.assert_empty());
    drop((one, two));
    census.assert_empty();
}

#[test]
fn a_test_that_leaves_nothing_behind_passes() {
    let census = Census::<Obj<i32>>::new();
    let earlier = owner(0);
    census.register(&earlier);
    let result = census.assert_no_leaks(|| {
        let one = owner(1);
        census.register(&one);
        // Nor does it matter what becomes of the others.
        drop(earlier);
        **one
    });
    assert_eq!(result, 1);
    census.assert_empty();
}

#[test]
fn a_test_that_leaves_something_behind_fails() {
    let census = Census::<Obj<i32>>::new();
    let earlier = owner(0);
    census.register_with_label(&earlier, "earlier");
    let mut left = None;
    let leaks = || {
        let one = owner(1);
        census.register_with_label(&one, "left");
        left = Some(one);
    };
    let (message, file, line) = panic_at(|| census.assert_no_leaks(leaks));
    assert_eq!((&*file, line), (file!(), line!() - 1));
    assert!(message.starts_with("`assert_no_leaks` of a census: 1 object is alive"), "{message}");
    assert!(message.ends_with("  left") && !message.contains("earlier"), "{message}");
    assert_eq!(left.as_deref().map(|left| **left), Some(1));
}

#[test]
fn what_the_result_owns_is_left_behind() {
    let census = Census::<Obj<i32>>::new();
    let make = || {
        let one = owner(1);
        census.register(&one);
        one
    };
    assert_panics("1 object is alive", || census.assert_no_leaks(make));
    // The panic has dropped it.
    census.assert_empty();
}

#[test]
fn a_panic_of_the_test_is_passed_on() {
    let census = Census::<Obj<i32>>::new();
    let mut left = Vec::new();
    let message = panic_of(|| {
        census.assert_no_leaks(|| {
            left.push(owner(1));
            census.register(&left[0]);
            panic!("a panic of the test");
        })
    });
    assert_eq!(message, "a panic of the test");
    assert_eq!(census.alive().len(), 1);
}

#[test]
fn checks_can_be_nested() {
    let census = Census::<Obj<i32>>::new();
    let result = caught(|| {
        census.assert_no_leaks(|| {
            let outer = owner(1);
            census.register(&outer);
            census.assert_no_leaks(|| census.register(&owner(2)));
            drop(outer);
        });
    });
    assert_eq!(result, Ok(()));
}
