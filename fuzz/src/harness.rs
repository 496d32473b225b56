//! Panics: those that a target plans, those that the library documents, and all others.
//!
//! libFuzzer's own panic hook aborts at every panic. Here user code panics on purpose, so each
//! target replaces the hook by [`install`] before the first input.

use std::{
    any::Any,
    cell::Cell,
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind},
};

/// The payload of a panic that a target has planned.
#[derive(Debug)]
pub struct Planned;

/// Panics with [`Planned`], without a call of the panic hook. Does nothing during unwinding, as a
/// second panic would abort.
pub fn panic_as_planned() {
    if !std::thread::panicking() {
        count();
        resume_unwind(Box::new(Planned));
    }
}

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    PANICS.set(PANICS.get() + 1);
}

/// Returns how many panics there were in this thread, caught or not.
pub fn panics() -> usize {
    PANICS.get()
}

/// The messages of the panics that the library documents, as far as one thread can cause them.
const DOCUMENTED: [&str; 5] = [
    "a weak container was used by its own keys' `Eq`",
    "needs a value of the map that a closure of this thread is changing",
    "needs for itself a value of the map that a closure of this thread is looking at",
    "of a finalizer was called inside of its own `peek`",
    "would wait for ever",
];

fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

fn is_documented(payload: &(dyn Any + Send)) -> bool {
    message(payload).is_some_and(|message| DOCUMENTED.iter().any(|text| message.contains(text)))
}

/// Makes every panic abort that is neither planned nor documented, wherever it is caught.
pub fn install() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
        if is_documented(info.payload()) {
            count();
        } else {
            default(info);
            std::process::abort();
        }
    }));
    // The panics that a death catches have passed the hook above.
    weakref_core::set_unraisable_hook(|_| ());
}

/// Runs `f`, and returns its result unless it panics.
pub fn caught<R>(f: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(f)).ok()
}

/// Aborts with a message if the condition does not hold, as an assertion whose panic the library
/// could catch.
#[macro_export]
macro_rules! check {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            eprintln!("check failed at {}:{}: {}", file!(), line!(), format_args!($($message)+));
            std::process::abort();
        }
    };
}

/// The same of two things that should be equal.
#[macro_export]
macro_rules! check_eq {
    ($found:expr, $expected:expr, $($message:tt)+) => {{
        let (found, expected) = (&$found, &$expected);
        $crate::check!(
            found == expected,
            "{}\n   found: {found:?}\nexpected: {expected:?}",
            format_args!($($message)+)
        );
    }};
}
