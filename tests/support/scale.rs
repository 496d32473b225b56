//! How much a test does, and how long it waits.
//!
//! Two environment variables scale all tests:
//!
//! - `WEAKREF_STRESS` is how much of its work each test does that does something many times, in
//!   percent of the test's own default. It is 100 if it is not set, and 1 under Miri.
//! - `WEAKREF_PATIENCE` is the factor by which every time limit grows. It is 1 if it is not set. A
//!   tool that slows programs down needs more: valgrind about 50. Under Miri, whose clock counts
//!   steps, it is 1,000.

use std::{env, sync::LazyLock, time::Duration};

/// Returns how many rounds a test goes, `default` of which are its ordinary work: at least one.
#[must_use]
pub fn rounds<N: TryFrom<u64> + TryInto<u64>>(default: N) -> N {
    static PERCENT: LazyLock<u64> =
        LazyLock::new(|| variable("WEAKREF_STRESS").unwrap_or(if cfg!(miri) { 1 } else { 100 }));
    let scaled = default.try_into().ok().map(|default| (default * *PERCENT / 100).max(1));
    scaled.and_then(|rounds| rounds.try_into().ok()).expect("a number of rounds that fits its type")
}

/// Returns how long a test waits for what must come before it fails: so many seconds, or longer
/// where programs are slow.
#[must_use]
pub fn limit(seconds: u64) -> Duration {
    static PATIENCE: LazyLock<u32> = LazyLock::new(|| {
        variable("WEAKREF_PATIENCE").unwrap_or(if cfg!(miri) { 1_000 } else { 1 })
    });
    Duration::from_secs(seconds) * *PATIENCE
}

/// Returns the whole number that an environment variable holds, if it is set.
///
/// # Panics
///
/// If it holds something else.
fn variable<N: std::str::FromStr>(name: &str) -> Option<N> {
    let text = env::var_os(name)?;
    let number = text.to_str().and_then(|text| text.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{name} is not a whole number: {}", text.display())))
}
