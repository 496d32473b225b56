//! What all weak containers have to bear.

mod local;
mod shared;

/// How large a test is: as large as it says if the environment variable `WEAKREF_STRESS` is set, else
/// a twentieth of it.
fn sized(full: usize) -> usize {
    if std::env::var_os("WEAKREF_STRESS").is_some() { full } else { full / 20 }
}
