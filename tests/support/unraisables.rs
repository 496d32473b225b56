//! The panics that nobody can catch.

use std::{
    any::Any,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use weakref_core::{Unraisable, reset_unraisable_hook, set_unraisable_hook};

use crate::Log;

/// The panics at deaths in this thread, from here on.
///
/// The hook is one for the whole program: tests that set it take turns, by holding this.
#[derive(Debug)]
pub struct Unraisables {
    /// The message of each, and its source.
    seen: Log<(String, String)>,
    _turn: MutexGuard<'static, ()>,
}

impl Unraisables {
    /// Listens, and calls `also` with each.
    pub fn listen_and(also: impl Fn(&(dyn Any + Send)) + Send + Sync + 'static) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, here) = (Log::default(), thread::current().id());
        set_unraisable_hook({
            let seen = seen.clone();
            move |unraisable: &Unraisable<'_>| {
                // Other tests run meanwhile, and may panic at deaths as well.
                if thread::current().id() == here {
                    let message = unraisable.message().unwrap_or("no string");
                    seen.put((message.to_string(), unraisable.source().to_string()));
                    also(unraisable.payload());
                }
            }
        });
        Self { seen, _turn: turn }
    }

    /// Listens.
    pub fn listen() -> Self {
        Self::listen_and(|_| ())
    }

    /// Returns what there was since the last call: `<message> in <source>`.
    pub fn take(&self) -> Vec<String> {
        let seen = self.seen.take().into_iter();
        seen.map(|(message, source)| format!("{message} in {source}")).collect()
    }

    /// Returns the messages since the last call, whatever their source.
    pub fn messages(&self) -> Vec<String> {
        self.seen.take().into_iter().map(|(message, _)| message).collect()
    }
}

impl Drop for Unraisables {
    fn drop(&mut self) {
        reset_unraisable_hook();
    }
}
