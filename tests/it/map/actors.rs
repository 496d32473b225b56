//! Keys that misbehave on demand, and those who count what is left.

use std::{
    any::Any,
    borrow::Borrow,
    cell::RefCell,
    hash::{BuildHasherDefault, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// What can be called of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Hash,
    Eq,
    Clone,
    Drop,
}

/// A key that does what [`on`] has told it to, in this thread.
#[derive(Debug)]
pub(crate) struct Key(pub(crate) u32);

type Hook = Rc<dyn Fn(u32)>;

thread_local! {
    static HOOKS: RefCell<Vec<(Call, Hook)>> = const { RefCell::new(Vec::new()) };
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

/// Calls `hook` with the key's number, whenever `call` is called of a key in this thread, until the
/// result is dropped.
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

impl Key {
    fn called(&self, call: Call) {
        // At the end of a thread there is nobody to tell.
        let hook = HOOKS.try_with(|hooks| {
            let hooks = hooks.borrow();
            hooks.iter().rfind(|hook| hook.0 == call).map(|hook| Rc::clone(&hook.1))
        });
        if let Ok(Some(hook)) = hook {
            hook(self.0);
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.called(Call::Eq);
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.called(Call::Hash);
        self.0.hash(state);
    }
}

impl Clone for Key {
    fn clone(&self) -> Self {
        self.called(Call::Clone);
        Self(self.0)
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.called(Call::Drop);
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

/// Counts how many of its tokens exist.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally(Arc<AtomicUsize>);

impl Tally {
    pub(crate) fn token(&self) -> Token {
        self.0.fetch_add(1, Ordering::Relaxed);
        Token(self.clone())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
pub(crate) struct Token(Tally);

impl Clone for Token {
    fn clone(&self) -> Self {
        self.0.token()
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A key that is counted.
#[derive(Debug, Clone)]
#[allow(dead_code)] // the token, which is there to be dropped
pub(crate) struct Counted(pub(crate) u32, pub(crate) Token);

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Counted {}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Borrow<u32> for Counted {
    fn borrow(&self) -> &u32 {
        &self.0
    }
}

/// The message with which a weak container refuses to be used by its own keys' `Eq`.
pub(crate) const REENTRY: &str = "used by its own keys' `Eq`";

/// The message with which it refuses to wait for ever.
pub(crate) const CIRCLE: &str = "would wait for ever";

/// Runs `f`, which must panic, and returns its message.
#[track_caller]
pub(crate) fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match caught(f) {
        Ok(_) => panic!("did not panic"),
        Err(message) => message,
    }
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
