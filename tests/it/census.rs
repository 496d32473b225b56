//! A census: what counts, for how long, and what is reported.
//!
//! Each file in `census/` but `threads.rs` is compiled twice, with `Ptr = Rc` and with `Ptr = Arc`.

/// Returns the words of each line, without the ages, which differ from run to run.
fn table(report: &weakref_core::census::Report) -> Vec<String> {
    let text = report.to_string();
    let words = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        [&words[..1], &words[2..]].concat().join(" ")
    };
    text.lines().map(words).collect()
}

#[path = "census"]
#[allow(clippy::duplicate_mod)]
mod local {
    use weakref_tests::flavours::local::{Here, Lock, Obj, Ptr, Shelf, owner};

    use super::table;

    /// Borrows what is in a lock.
    fn borrow<T>(lock: &Lock<T>) -> std::cell::RefMut<'_, T> {
        lock.borrow_mut()
    }

    mod basics;
    mod checks;
    mod deaths;
    mod leaks;
    mod reports;
}

#[path = "census"]
#[allow(clippy::duplicate_mod)]
mod shared {
    use weakref_tests::flavours::shared::{Here, Lock, Obj, Ptr, Shelf, owner};

    use super::table;

    /// Borrows what is in a lock.
    fn borrow<T>(lock: &Lock<T>) -> std::sync::MutexGuard<'_, T> {
        lock.lock().unwrap()
    }

    mod basics;
    mod checks;
    mod deaths;
    mod leaks;
    mod reports;
}

mod threads;
