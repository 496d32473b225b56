//! `zeroize`, below, with `zeroize(skip)`. `ZeroizeOnDrop` writes a `Drop`, so the generated one is
//! left out.

use weakref_core::{WeakRef, new, weakrefable};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::lives_in_arc;

#[weakrefable(slot(zeroize(skip)))]
#[derive(Zeroize)]
struct Key {
    bytes: [u8; 4],
}

#[weakrefable(local, drop = "slot", slot(zeroize(skip)))]
#[derive(Zeroize, ZeroizeOnDrop)]
struct Secret(Vec<u8>);

/// Cleared by the function of the generated `Drop`.
#[weakrefable(local, on_drop = Zeroize::zeroize, slot(zeroize(skip)))]
#[derive(Zeroize)]
struct Password(u64);

#[test]
fn clears_the_other_fields_and_keeps_the_references() {
    let mut key = std::sync::Arc::new(new!(Key { bytes: [1, 2, 3, 4] }));
    // The reference of a finalizer keeps no `Weak`, with which `get_mut` would fail.
    weakref_core::finalize_on(&*key, || ());
    std::sync::Arc::get_mut(&mut key).unwrap().zeroize();
    assert_eq!(key.bytes, [0; 4]);
    assert_eq!(weakref_core::weakref_count(&key), 1);
    lives_in_arc(new!(Key { bytes: [1; 4] }));

    let secret = std::rc::Rc::new(new!(Secret(vec![1])));
    let weak = WeakRef::with_callback(&secret, |_| ());
    drop(secret);
    assert!(weak.is_dead());

    let mut password = new!(Password(1));
    password.zeroize();
    assert_eq!(password.0, 0);
    super::lives_in_rc(password);
}
