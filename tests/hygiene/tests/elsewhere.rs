//! The macro of a library, used in a crate that depends on that library only.

use std::rc::Rc;
use std::sync::Arc;

use weakref_hygiene::library::{Proxy, WeakRef, error::ReferenceError};

weakref_hygiene::declare!(Hidden, Tuple, Declared, Sensor, weakref_hygiene::library);

#[test]
fn types_that_a_macro_of_a_library_declares() {
    let hidden = Arc::new(Hidden::make(7));
    let proxy = Proxy::new(&hidden);
    assert_eq!(proxy.id(), 7);
    drop(hidden);
    assert_eq!(proxy.try_id(), Err(ReferenceError));

    let tuple = Rc::new(Tuple::make(3));
    let weak = WeakRef::new(&tuple);
    assert_eq!(weak.with(|tuple| tuple.0), Some(3));
    drop(tuple);
    assert!(weak.is_dead());

    let declared = Rc::new(Declared::make());
    let weak = WeakRef::new(&declared);
    drop(declared);
    assert!(weak.is_dead());
}
