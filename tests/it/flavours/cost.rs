//! What must not take longer than it needs to. Quadratic work fails by hours or by a wide margin.

use weakref_core::{WeakRef, clear_weakrefs, weakref_count, weakrefs};
use weakref_tests::Numbers;

use super::owner;
use crate::support::assert_linear;

type Referent = super::Obj<()>;
type Refs = Vec<WeakRef<Referent>>;

fn with_refs(count: usize) -> (super::Ptr<Referent>, Refs) {
    let object = owner(());
    let refs = (0..count).map(|_| WeakRef::with_callback(&object, |_| ())).collect();
    (object, refs)
}

#[test]
fn slow_b060_a_death_is_linear_in_its_references() {
    assert_linear(with_refs, |(object, refs)| {
        drop(object);
        assert!(refs.iter().all(WeakRef::is_dead));
    });
}

#[test]
fn slow_b060_a_clear_is_linear_in_the_references() {
    assert_linear(with_refs, |(object, _refs)| clear_weakrefs(&object));
}

#[test]
fn slow_dropping_references_oldest_first_is_linear() {
    assert_linear(with_refs, |(object, refs)| {
        refs.into_iter().for_each(drop);
        assert_eq!(weakref_count(&object), 0);
    });
}

#[test]
fn slow_dropping_references_newest_first_is_linear() {
    assert_linear(with_refs, |(object, refs)| {
        refs.into_iter().rev().for_each(drop);
        assert_eq!(weakref_count(&object), 0);
    });
}

#[test]
fn slow_dropping_references_in_any_order_is_linear() {
    let shuffled = |count| {
        let (object, mut refs) = with_refs(count);
        let mut numbers = Numbers(60);
        for end in (1..=count).rev() {
            refs.swap(end - 1, numbers.below(end));
        }
        (object, refs)
    };
    assert_linear(shuffled, |(object, refs)| {
        refs.into_iter().for_each(drop);
        assert_eq!(weakref_count(&object), 0);
    });
}

#[test]
fn slow_a_list_is_linear() {
    assert_linear(with_refs, |(object, refs)| {
        assert_eq!(weakrefs(&object).len(), refs.len());
    });
}
