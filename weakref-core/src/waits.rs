//! Who waits for whom, so that a circle of threads ends in a panic and not in silence.
//!
//! Only a thread that holds something can close a circle, and it holds something only while code of
//! the user's runs in the middle of an operation: a key's `Eq` in a search, the factory of
//! `get_or_insert_with`, the look of a finalizer's `peek`, a closure that has a value of a map.
//! Everybody else waits without coming here.

#![allow(unsafe_code)]

use std::{
    cell::Cell,
    iter,
    marker::PhantomData,
    ptr::{self, NonNull},
    sync::{Mutex, PoisonError, atomic::Ordering},
};

use crate::sync::{AtomicUsize, per_thread, thread_token};

per_thread! {
    static HOLDING: Cell<usize> = const { Cell::new(0) };
    /// The innermost of the values that this thread looks at.
    static VALUES: Cell<*const Value> = const { Cell::new(ptr::null()) };
}

/// Says, while it lives, that this thread holds something that others can wait for.
#[derive(Debug)]
pub(crate) struct Holding(());

impl Holding {
    #[inline]
    pub(crate) fn new() -> Self {
        HOLDING.with(|holding| holding.set(holding.get() + 1));
        Self(())
    }
}

impl Drop for Holding {
    #[inline]
    fn drop(&mut self) {
        HOLDING.with(|holding| holding.set(holding.get() - 1));
    }
}

/// Whether this thread holds something.
#[inline]
pub(crate) fn holding() -> bool {
    HOLDING.with(Cell::get) != 0
}

/// A value that a closure is just looking at, in the stack frame of [`with_value`].
struct Value {
    address: *const (),
    outer: *const Value,
    _holding: Holding,
}

impl Drop for Value {
    #[inline]
    fn drop(&mut self) {
        VALUES.with(|values| values.set(self.outer));
    }
}

/// Runs `f`, which has the value at `address` for itself or together with others, so that somebody
/// can wait until it returns.
#[inline]
pub(crate) fn with_value<R>(address: *const (), f: impl FnOnce() -> R) -> R {
    let outer = VALUES.with(Cell::get);
    let value = Value { address, outer, _holding: Holding::new() };
    VALUES.with(|values| values.set(&raw const value));
    f()
}

/// The values that closures of this thread are looking at.
fn values() -> impl Iterator<Item = *const ()> {
    // SAFETY: a `Value` stands in a stack frame below this one, and takes itself out as it goes.
    let look = |value: *const Value| unsafe { value.as_ref() };
    iter::successors(look(VALUES.with(Cell::get)), move |value| look(value.outer))
        .map(|value| value.address)
}

/// What a thread waits for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum For<'a> {
    /// The thread with this token: 0 or another, once that one has gone on. So nobody has to take
    /// the wait out of the list the moment it is over, which is earlier than when the one who waits
    /// wakes up.
    Thread(&'a AtomicUsize),
    /// All threads that look at this value.
    Value(*const ()),
}

/// A thread that waits.
struct Wait {
    who: usize,
    whom: Whom,
    /// The values that it looks at meanwhile.
    values: Vec<*const ()>,
}

#[derive(Clone, Copy)]
enum Whom {
    Thread(NonNull<AtomicUsize>),
    Value(*const ()),
}

impl From<For<'_>> for Whom {
    fn from(whom: For<'_>) -> Self {
        match whom {
            For::Thread(token) => Self::Thread(token.into()),
            For::Value(address) => Self::Value(address),
        }
    }
}

// SAFETY: the token that it points to is `Sync`; the addresses of values are only compared.
unsafe impl Send for Wait {}

static WAITS: Mutex<Vec<Wait>> = Mutex::new(Vec::new());

/// Says, while it lives, that this thread waits.
#[derive(Debug)]
pub(crate) struct Waiting<'a>(PhantomData<&'a AtomicUsize>);

/// Records that this thread is going to wait.
///
/// # Panics
///
/// If what it waits for waits for this thread, by way of others or not, or is this thread.
pub(crate) fn on(whom: For<'_>) -> Waiting<'_> {
    let me = Wait { who: thread_token(), whom: whom.into(), values: values().collect() };
    let circle = {
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        // What a waiting thread has written before, it has before it took the lock. And as it does
        // not go on while the lock is held, the circle is there if it is seen.
        let circle = is_circle(&me, &waits);
        if !circle {
            waits.push(me);
        }
        circle
    };
    assert!(
        !circle,
        "this would wait for ever: a key's `Eq`, the factory of `get_or_insert_with`, the look of \
         `peek` or a closure with a value of a map needs what this very thread is in the middle of"
    );
    Waiting(PhantomData)
}

/// Whether `me` would wait for itself, by way of those who wait already.
fn is_circle(me: &Wait, waits: &[Wait]) -> bool {
    // Each is looked at once: there can be a circle without `me`, which one of those in it notices.
    let mut left: Vec<&Wait> = waits.iter().collect();
    let mut whoms = vec![me.whom];
    while let Some(whom) = whoms.pop() {
        let is_waited_for = |wait: &Wait| match whom {
            // SAFETY: `Waiting` borrows it, and takes the wait out of the list as it goes.
            Whom::Thread(token) => unsafe { token.as_ref() }.load(Ordering::Relaxed) == wait.who,
            Whom::Value(address) => wait.values.contains(&address),
        };
        if is_waited_for(me) {
            return true;
        }
        whoms.extend(left.extract_if(.., |wait| is_waited_for(wait)).map(|wait| wait.whom));
    }
    false
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let me = thread_token();
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = waits.iter().position(|wait| wait.who == me) {
            waits.swap_remove(mine);
        }
    }
}
