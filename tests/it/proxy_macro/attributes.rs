//! What else may stand on and around a method.

use std::sync::Arc;

use weakref_core::{Proxy, Slotted, error::ReferenceError, proxy};

/// A trait with everything that a method may have.
#[proxy(name = Attempt)]
#[allow(unsafe_code)]
pub(crate) trait Odd {
    #[cfg(any())]
    fn is_not_there(&self) -> NoSuchType;
    #[cfg(not(weakref_loom))]
    fn is_there(&self) -> u8;
    #[cfg(any())]
    type Absent;
    #[must_use]
    #[inline]
    fn must(&self) -> u8 {
        1
    }
    #[deprecated = "use `must`"]
    fn old(&self) -> u8;
    #[cfg_attr(all(), must_use, doc(hidden))]
    fn conditional(&self) -> u8 {
        2
    }
    #[expect(clippy::too_many_arguments)]
    #[rustfmt::skip]
    fn many(&self, _a: u8, _b: u8, _c: u8, _d: u8, _e: u8, _f: u8, _g: u8, _h: u8) {}
    /// # Safety
    ///
    /// None.
    unsafe fn reckless(&self, at: *const u8) -> u8;
    extern "C" fn foreign(&self, number: u8) -> u8;
    fn r#type(&self, r#fn: u8) -> u8;
    fn never(&self) -> !;
    #[track_caller]
    fn place(&self) -> u32 {
        std::panic::Location::caller().line()
    }
}

#[allow(unsafe_code)]
impl Odd for u8 {
    fn is_there(&self) -> u8 {
        *self
    }
    fn old(&self) -> u8 {
        *self
    }
    unsafe fn reckless(&self, at: *const u8) -> u8 {
        // SAFETY: that of the caller.
        unsafe { *at }
    }
    extern "C" fn foreign(&self, number: u8) -> u8 {
        *self + number
    }
    fn r#type(&self, r#fn: u8) -> u8 {
        *self + r#fn
    }
    fn never(&self) -> ! {
        std::panic::panic_any("never")
    }
}

#[test]
#[allow(unsafe_code)]
fn attributes_go_where_they_belong() {
    let owner = Arc::new(Slotted::<_>::new(7_u8));
    let proxy = Proxy::new(&owner);
    assert_eq!((proxy.is_there(), proxy.must(), proxy.conditional()), (7, 1, 2));
    // SAFETY: it points to something.
    assert_eq!(unsafe { (proxy.reckless(&3), proxy.try_reckless(&4)) }, (3, Ok(4)));
    assert_eq!((proxy.foreign(1), proxy.try_foreign(2)), (8, Ok(9)));
    assert_eq!((proxy.r#type(1), proxy.try_type(2)), (8, Ok(9)));
    #[allow(deprecated)]
    let old = (proxy.old(), proxy.try_old());
    assert_eq!(old, (7, Ok(7)));
    assert_eq!(proxy.place(), line!());
    assert_eq!(super::super::panics(|| proxy.never()).0, "never");
    proxy.many(1, 2, 3, 4, 5, 6, 7, 8);
    drop(owner);
    assert!(matches!(proxy.try_never(), Err(ReferenceError)));
    assert_eq!(proxy.try_place(), Err(ReferenceError));
}

/// Attributes of other crates, above and below.
#[test]
fn it_stands_beside_others() {
    #[weakref_tests_attrs::unchanged]
    #[proxy]
    #[weakref_tests_attrs::unchanged]
    #[diagnostic::on_unimplemented(message = "no sensor")]
    trait Sensor {
        #[weakref_tests_attrs::unchanged]
        fn degrees(&self) -> u8;
    }
    impl Sensor for u8 {
        fn degrees(&self) -> u8 {
            *self
        }
    }
    struct Meter(u8);
    #[weakref_tests_attrs::unchanged]
    #[proxy]
    #[weakref_tests_attrs::unchanged]
    impl Meter {
        #[weakref_tests_attrs::unchanged]
        fn read(&self) -> u8 {
            self.0
        }
    }
    let dead = Proxy::new(&Arc::new(Slotted::<_>::new(7_u8)));
    assert_eq!(dead.try_degrees(), Err(ReferenceError));
    let meter = Arc::new(Slotted::<_>::new(Meter(7)));
    assert_eq!(Proxy::new(&meter).read(), 7);
}
