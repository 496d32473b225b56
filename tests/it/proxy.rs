//! The behaviour of proxies, in both flavours: each file in `proxy/` is compiled twice, as those in
//! `flavours/` are.

use std::cell::RefCell;
use std::panic::{set_hook, take_hook};
use std::sync::Once;

use weakref_core::error::ReferenceError;
use weakref_tests::{caught, panic_of};

/// Asserts that `f` panics as a dead proxy does.
#[track_caller]
fn assert_raises<R>(f: impl FnOnce() -> R) {
    assert_eq!(panic_of(f), ReferenceError.to_string());
}

/// Returns in which file and line `f` panics.
fn panic_place<R>(f: impl FnOnce() -> R) -> (String, u32) {
    thread_local!(static PLACE: RefCell<Option<(String, u32)>> = const { RefCell::new(None) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            let place = info.location().map(|place| (place.file().to_string(), place.line()));
            PLACE.set(place);
            before(info);
        }));
    });
    PLACE.take();
    assert!(caught(f).is_err(), "it panics");
    PLACE.take().expect("a place")
}

/// What the files in `proxy/` have in common, but for the flavour.
macro_rules! flavoured {
    () => {
        /// A number whose operators take note of each call.
        #[derive(Debug, weakref_core::Weakrefable)]
        struct Num {
            value: std::sync::atomic::AtomicI64,
            log: weakref_tests::Log,
            slot: weakref_core::WeakSlot<Here>,
        }

        impl Num {
            fn owner(value: i64, log: &weakref_tests::Log) -> Ptr<Self> {
                Ptr::new(Self {
                    value: value.into(),
                    log: log.clone(),
                    slot: weakref_core::WeakSlot::new(),
                })
            }

            /// Takes note of a call, and returns the value.
            fn called(&self, what: &str) -> i64 {
                self.log.note(what);
                self.value()
            }

            fn value(&self) -> i64 {
                self.value.load(std::sync::atomic::Ordering::Relaxed)
            }

            fn set(&self, value: i64) {
                self.value.store(value, std::sync::atomic::Ordering::Relaxed);
            }
        }

        mod assign;
        mod compare;
        mod convert;
        mod general;
        mod guard;
        mod iterate;
        mod operators;
        mod slotted;
    };
}

#[path = "proxy"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_tests::flavours::local::{Here, Obj, Ptr, Shelf, owner};

    flavoured!();
}

#[path = "proxy"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_tests::flavours::shared::{Here, Obj, Ptr, Shelf, owner};

    flavoured!();
}

mod ordinary;
