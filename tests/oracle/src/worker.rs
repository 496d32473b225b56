//! The process that runs programs with the crate, one per line on stdin, and writes their traces.

use std::{
    io::{self, BufRead, BufWriter, Write},
    panic, process,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use weakref_core::set_unraisable_hook;

use crate::{combination::Combination, language::Program};

/// What the operation `raise` panics with.
pub(crate) struct Boom;

/// How many panics of callbacks have gone to the hook.
pub(crate) static UNRAISABLE: AtomicUsize = AtomicUsize::new(0);

/// Runs the programs of stdin. An empty line asks for what has been written so far.
pub(crate) fn work(combination: Combination) -> io::Result<()> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // Of a program's own, and of proxies that it compares.
        let text = info.to_string();
        if !info.payload().is::<Boom>() && !text.contains("weakly-referenced") {
            hook(info);
        }
    }));
    set_unraisable_hook(|event| {
        UNRAISABLE.fetch_add(1, Relaxed);
        if !event.payload().is::<Boom>() {
            eprintln!("unexpected: {event}");
            process::abort();
        }
    });
    let mut out = BufWriter::new(io::stdout());
    for line in io::stdin().lock().lines() {
        let line = line?;
        if line.is_empty() {
            out.flush()?;
            continue;
        }
        let program: Program = line.parse().map_err(io::Error::other)?;
        writeln!(out, "{}", combination.run(program))?;
    }
    out.flush()?;
    // Nothing that was leaked runs at the end.
    process::exit(0)
}
