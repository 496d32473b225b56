//! What keys and values do on demand, and those who count what is left.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    hash::{BuildHasherDefault, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use weakref_core::{Unraisable, reset_unraisable_hook, set_unraisable_hook};

/// What can be called of a key or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    KeyHash,
    KeyEq,
    KeyDrop,
    ValueClone,
    ValueDrop,
}

type Hook = Rc<dyn Fn(u32)>;

thread_local! {
    static HOOKS: RefCell<Vec<(Call, Hook)>> = const { RefCell::new(Vec::new()) };
    static ALIVE: Cell<isize> = const { Cell::new(0) };
}

/// Ends the effect of [`on`].
#[must_use]
pub(crate) struct Until(Call);

impl Drop for Until {
    fn drop(&mut self) {
        let mut mine = HOOKS.with_borrow_mut(|hooks| {
            let mine = hooks.iter().rposition(|(call, _)| *call == self.0);
            mine.map(|mine| hooks.remove(mine))
        });
        // What the hook owns goes while nothing is borrowed.
        drop(mine.take());
    }
}

/// Calls `hook` with the number of the key or value, whenever `call` is called in this thread, until
/// the result is dropped.
pub(crate) fn on(call: Call, hook: impl Fn(u32) + 'static) -> Until {
    HOOKS.with_borrow_mut(|hooks| hooks.push((call, Rc::new(hook))));
    Until(call)
}

/// As [`on`], for the first time only.
pub(crate) fn once(call: Call, hook: impl FnOnce(u32) + 'static) -> Until {
    let hook = RefCell::new(Some(hook));
    on(call, move |number| {
        let first = hook.borrow_mut().take();
        if let Some(hook) = first {
            hook(number);
        }
    })
}

pub(crate) fn called(call: Call, number: u32) {
    // At the end of a thread there is nobody to tell.
    let hook = HOOKS.try_with(|hooks| {
        let hooks = hooks.borrow();
        hooks.iter().rfind(|hook| hook.0 == call).map(|hook| Rc::clone(&hook.1))
    });
    if let Ok(Some(hook)) = hook {
        hook(number);
    }
}

/// Something that is counted by the thread that makes it, and is to be dropped there.
#[derive(Debug)]
pub(crate) struct Counted(());

impl Counted {
    pub(crate) fn new() -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let _ = ALIVE.try_with(|alive| alive.set(alive.get() - 1));
    }
}

/// Notices keys and values that are not dropped, or twice.
#[must_use]
pub(crate) struct Leaks {
    before: isize,
}

impl Leaks {
    pub(crate) fn watch() -> Self {
        Self { before: ALIVE.get() }
    }

    /// How many keys and values there are that there were not before.
    pub(crate) fn alive(&self) -> isize {
        ALIVE.get() - self.before
    }

    #[track_caller]
    pub(crate) fn assert_none(&self) {
        assert_eq!(self.alive(), 0, "so many keys and values are left");
    }
}

/// A value that calls who has asked for it by [`on`].
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) number: u32,
    _counted: Counted,
}

impl Value {
    pub(crate) fn new(number: u32) -> Self {
        Self { number, _counted: Counted::new() }
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        called(Call::ValueClone, self.number);
        Self::new(self.number)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        called(Call::ValueDrop, self.number);
    }
}

/// What maps are filled with here.
pub(crate) trait Numbered: Clone + Send + Sync + 'static {
    fn numbered(number: u32) -> Self;
    fn number(&self) -> u32;
}

impl Numbered for u32 {
    fn numbered(number: u32) -> Self {
        number
    }

    fn number(&self) -> u32 {
        *self
    }
}

impl Numbered for Value {
    fn numbered(number: u32) -> Self {
        Self::new(number)
    }

    fn number(&self) -> u32 {
        self.number
    }
}

/// A hasher for which all keys are the same: so every search asks `Eq` about every entry it meets.
pub(crate) type AllAlike = BuildHasherDefault<Alike>;

#[derive(Debug, Default)]
pub(crate) struct Alike;

impl Hasher for Alike {
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        7
    }
}

/// The message with which a weak container refuses to be used by its own keys' `Eq`.
pub(crate) const REENTRY: &str = "used by its own keys' `Eq`";

/// The message with which it refuses to wait for ever.
pub(crate) const CIRCLE: &str = "would wait for ever";

/// What panics here say.
pub(crate) const OOPS: &str = "oops";

pub(crate) fn oops<T>(_: T) {
    panic!("{OOPS}");
}

/// Runs `f`, which must panic, and returns its message.
#[track_caller]
pub(crate) fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match caught(f) {
        Ok(_) => panic!("did not panic"),
        Err(message) => message,
    }
}

/// Asserts that `f` panics with a message that contains `part`.
#[track_caller]
pub(crate) fn assert_panics<R>(part: &str, f: impl FnOnce() -> R) {
    let message = panic_of(f);
    assert!(message.contains(part), "{message:?} does not say {part:?}");
}

/// Runs `f` and returns what it returns, or the message of its panic.
pub(crate) fn caught<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| message(&*payload))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Runs `f` in another thread, and fails if that takes so long that it must be a deadlock.
#[track_caller]
pub(crate) fn without_deadlock<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let (send, receive) = mpsc::channel();
    let thread = thread::spawn(move || send.send(f()));
    match receive.recv_timeout(Duration::from_secs(60)) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("a deadlock"),
        Err(mpsc::RecvTimeoutError::Disconnected) => match thread.join() {
            Err(payload) => std::panic::resume_unwind(payload),
            Ok(_) => unreachable!("it has sent nothing and not panicked"),
        },
    }
}

/// Things that listeners note, in any thread.
#[derive(Debug)]
pub(crate) struct Log<T>(Arc<Mutex<Vec<T>>>);

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Log<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    pub(crate) fn note(&self, what: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    /// Returns all notes since the last call.
    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The panics at deaths in this thread, from here on.
///
/// The hook is one for the whole program: tests that set it take turns, by holding this.
pub(crate) struct Unraisables {
    seen: Log<String>,
    _turn: MutexGuard<'static, ()>,
}

impl Unraisables {
    pub(crate) fn listen() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, here) = (Log::new(), thread::current().id());
        set_unraisable_hook({
            let seen = seen.clone();
            move |unraisable: &Unraisable<'_>| {
                // Other tests run meanwhile, and may panic at deaths as well.
                if thread::current().id() == here {
                    seen.note(unraisable.message().unwrap_or("no string").to_string());
                }
            }
        });
        Self { seen, _turn: turn }
    }

    /// Returns the messages since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        self.seen.take()
    }
}

impl Drop for Unraisables {
    fn drop(&mut self) {
        reset_unraisable_hook();
    }
}
