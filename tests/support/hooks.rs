//! What keys and values do on demand.

use std::{
    cell::RefCell,
    hash::{Hash, Hasher},
    rc::Rc,
};

/// What can be called of a key or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    KeyHash,
    KeyEq,
    KeyClone,
    KeyDrop,
    ValueClone,
    ValueDrop,
}

type Hook = Rc<dyn Fn(u32)>;

thread_local! {
    static HOOKS: RefCell<Vec<(Call, Hook)>> = const { RefCell::new(Vec::new()) };
}

/// Ends the effect of [`on`].
#[derive(Debug)]
#[must_use]
pub struct Until(Call);

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
pub fn on(call: Call, hook: impl Fn(u32) + 'static) -> Until {
    HOOKS.with_borrow_mut(|hooks| hooks.push((call, Rc::new(hook))));
    Until(call)
}

/// As [`on`], for the first time only.
pub fn once(call: Call, hook: impl FnOnce(u32) + 'static) -> Until {
    let hook = RefCell::new(Some(hook));
    on(call, move |number| {
        let first = hook.borrow_mut().take();
        if let Some(hook) = first {
            hook(number);
        }
    })
}

/// Calls who has asked by [`on`] for this call of the key or value of this number.
pub fn called(call: Call, number: u32) {
    // At the end of a thread there is nobody to tell.
    let hook = HOOKS.try_with(|hooks| {
        let hooks = hooks.borrow();
        hooks.iter().rfind(|hook| hook.0 == call).map(|hook| Rc::clone(&hook.1))
    });
    if let Ok(Some(hook)) = hook {
        hook(number);
    }
}

/// A key that does what [`on`] has told it to, in each thread what was told there.
#[derive(Debug, Default)]
pub struct Key(pub u32);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        called(Call::KeyEq, self.0);
        self.0 == other.0
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        called(Call::KeyHash, self.0);
        self.0.hash(state);
    }
}

impl Clone for Key {
    fn clone(&self) -> Self {
        called(Call::KeyClone, self.0);
        Self(self.0)
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        called(Call::KeyDrop, self.0);
    }
}

/// A field that does something as it is dropped.
#[derive(Debug)]
pub struct AtDrop<F: FnOnce()>(pub Option<F>);

impl<F: FnOnce()> Drop for AtDrop<F> {
    fn drop(&mut self) {
        if let Some(act) = self.0.take() {
            act();
        }
    }
}
