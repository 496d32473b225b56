//! The programs, by their names, and what they write with.
#![allow(unsafe_code)]
// A reference would be a burden on every call.
#![allow(clippy::needless_pass_by_value)]

mod forks;
mod last;
mod races;
mod runs;
mod slots;

use std::{rc::Rc, sync::Arc};

use weakref_core::{
    Finalizer, Local, Slotted, Unraisable, finalize, flavor::Pointer, set_unraisable_hook,
};

pub(crate) fn main() {
    set_unraisable_hook(|unraisable: &Unraisable<'_>| {
        say(format!("unraisable: {}", unraisable.message().unwrap_or("?")));
    });
    let name = std::env::args().nth(1).expect("the name of a program");
    let all = [runs::ALL, last::ALL, forks::ALL, races::ALL, slots::ALL].concat();
    let program = all.iter().find(|program| program.0 == name);
    program.expect("the name of a program").1();
}

type Program = (&'static str, fn());

/// Names functions.
macro_rules! programs {
    ($($name:ident)*) => {
        pub(crate) const ALL: &[super::Program] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use programs;

/// Writes a line, in one go and without a lock.
fn say(what: impl ToString) {
    let line = what.to_string() + "\n";
    // SAFETY: the bytes are there.
    let written = unsafe { libc::write(1, line.as_ptr().cast(), line.len()) };
    assert_eq!(written.unsigned_abs(), line.len());
}

/// Returns a function that says `what`.
fn saying<W: ToString>(what: W) -> impl FnOnce() + Send + use<W> {
    let what = what.to_string();
    move || say(what)
}

/// Has this thread do nothing until the program has ended.
fn park_for_ever() {
    loop {
        std::thread::park();
    }
}

type Here = Arc<Slotted<u32>>;

fn shared(number: u32) -> Here {
    Arc::new(Slotted::new(number))
}

fn local(number: u32) -> Rc<Slotted<u32, Local>> {
    Rc::new(Slotted::new(number))
}

/// Finalizes an object that never dies, by `say`.
fn leak<P, W: ToString>(object: P, what: W) -> Finalizer<P::Referent, Function>
where
    P: Pointer<Referent: Sized + 'static>,
    Function: weakref_core::flavor::Callback<
            P::Referent,
            <P::Referent as weakref_core::Weakrefable>::Flavor,
        >,
{
    let function: Function = Box::new(saying(what.to_string()));
    let finalizer = finalize(&object, function);
    std::mem::forget(object);
    finalizer
}

type Function = Box<dyn FnOnce() + Send>;
