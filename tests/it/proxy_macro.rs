//! `#[proxy]`: what a proxy can do that has the methods of its object.

// Methods are written here in every way in which they can be.
#![allow(
    clippy::arc_with_non_send_sync,
    clippy::float_cmp,
    clippy::items_after_statements,
    clippy::multiple_bound_locations,
    clippy::needless_arbitrary_self_type,
    clippy::needless_pass_by_value,
    clippy::unnecessary_literal_bound,
    clippy::unnecessary_wraps,
    clippy::unused_self
)]

#[path = "proxy_macro"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_tests::flavours::local::{Here, Obj, Ptr, owner};

    mod on_impl;
    mod on_trait;
}

#[path = "proxy_macro"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_tests::flavours::shared::{Here, Obj, Ptr, owner};

    mod on_impl;
    mod on_trait;
}

#[path = "proxy_macro"]
mod either {
    mod attributes;
    mod futures;
    mod generics;
    mod slotted;
}

use std::panic::{self, Location};
use std::sync::{Mutex, PoisonError};

use weakref_tests::caught;

/// Calls `f`, which is to panic, and returns with what, and where in this file's crate.
pub(crate) fn panics<R>(f: impl FnOnce() -> R) -> (String, u32) {
    static HOOK: Mutex<()> = Mutex::new(());
    let _one_at_a_time = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    static LINE: Mutex<u32> = Mutex::new(0);
    let thread = std::thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == thread {
            *LINE.lock().unwrap() = info.location().map_or(0, Location::line);
        }
    }));
    let caught = caught(f);
    panic::set_hook(before);
    let Err(message) = caught else { panic!("it did not panic") };
    let line = *LINE.lock().unwrap();
    (message, line)
}

const MESSAGE: &str = "weakly-referenced object no longer exists";
