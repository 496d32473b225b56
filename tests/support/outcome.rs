//! What comes of something that may panic, and with which message.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::Once,
};

/// The message with which a weak container refuses to be used by its own keys' `Eq`.
pub const REENTRY: &str = "used by its own keys' `Eq`";

/// The message with which it refuses to wait for ever.
pub const CIRCLE: &str = "would wait for ever";

/// What the message says with which a map refuses to give a value that a closure further up has.
pub const BUSY: &str = "a closure of this thread is";

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

/// Runs `f`, which must panic, and returns its message, and the file and the line that it names.
#[track_caller]
pub fn panic_at<R>(f: impl FnOnce() -> R) -> (String, String, u32) {
    thread_local! {
        static PLACE: Cell<Option<(String, u32)>> = const { Cell::new(None) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            PLACE.set(info.location().map(|place| (place.file().to_string(), place.line())));
            before(info);
        }));
    });
    let message = panic_of(f);
    let (file, line) = PLACE.take().expect("a panic has a place");
    (message, file, line)
}

/// Asserts that `f` panics with a message that contains `part`.
#[track_caller]
pub fn assert_panics<R>(part: &str, f: impl FnOnce() -> R) {
    let message = panic_of(f);
    assert!(message.contains(part), "{message:?} does not say {part:?}");
}
