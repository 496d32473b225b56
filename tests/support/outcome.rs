//! What comes of something that may panic, and with which message.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The message with which a weak container refuses to be used by its own keys' `Eq`.
pub const REENTRY: &str = "used by its own keys' `Eq`";

/// The message with which it refuses to wait for ever.
pub const CIRCLE: &str = "would wait for ever";

/// What panics say that a test makes.
pub const OOPS: &str = "oops";

/// Panics, as a factory or a hook may.
pub fn oops<T>(_: T) {
    panic!("{OOPS}");
}

/// Runs `f` and returns what it returns, or the message of its panic, as far as it is a string.
pub fn caught<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
    })
}

/// Runs `f`, which must panic, and returns its message.
#[track_caller]
pub fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match caught(f) {
        Ok(_) => panic!("did not panic"),
        Err(message) => message,
    }
}

/// Asserts that `f` panics with a message that contains `part`.
#[track_caller]
pub fn assert_panics<R>(part: &str, f: impl FnOnce() -> R) {
    let message = panic_of(f);
    assert!(message.contains(part), "{message:?} does not say {part:?}");
}
