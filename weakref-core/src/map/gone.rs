//! An entry that has left its table, and who is told about it.

use super::{
    cell::Place,
    lease::Keys,
    table::{Entry, Table},
};
use crate::{Flavor, callback, observer::Head};

/// Why an entry has left its container.
///
/// # Examples
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use weakref_core::{Local, RemovalCause, Slotted, WeakValueMap};
///
/// let log = Rc::new(RefCell::new(Vec::new()));
/// let map = WeakValueMap::new();
/// let seen = log.clone();
/// map.on_removal(move |key: &&str, cause| seen.borrow_mut().push((*key, cause)));
///
/// let value = Rc::new(Slotted::<_, Local>::new(7));
/// map.insert("removed", &value);
/// map.remove("removed");
/// map.insert("died", &value);
/// drop(value);
/// let expected = [("removed", RemovalCause::Removed), ("died", RemovalCause::Died)];
/// assert_eq!(*log.borrow(), expected);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemovalCause {
    /// Its referent has died, or has been made to look dead by
    /// [`clear_weakrefs`](crate::clear_weakrefs).
    Died,
    /// It was asked for: by `remove`, `pop`, `retain`, `drain`, `into_iter`, `-=` and the like.
    Removed,
    /// A value, or an object, has been put under an equal key: another one, or the same once more.
    Replaced,
    /// The container was cleared.
    Cleared,
}

/// What is called when an entry leaves. Does not panic.
pub(crate) type Listener<T> = Box<dyn Fn(&T, RemovalCause)>;

/// All listeners of a container: shared, so that they are called while nothing is locked.
pub(crate) type Listeners<F, T> = <F as Flavor>::Strong<Vec<<F as Flavor>::Strong<Listener<T>>>>;

/// An entry that has left its table. To be dropped, and its listeners to be told, outside.
#[must_use]
pub(crate) struct Gone<F: Flavor, E: Entry<F>> {
    pub(crate) entry: E,
    /// Owners of its referents, which can be the last by now.
    pub(crate) owners: E::Owners,
    told: Option<(Listeners<F, E::Told>, RemovalCause)>,
}

impl<F: Flavor, E: Entry<F>> Gone<F, E> {
    /// Tells the listeners, once.
    #[inline]
    pub(crate) fn tell(&mut self) {
        if let Some((listeners, cause)) = self.told.take() {
            self.entry.show(&mut |key| call::<F, E>(&listeners, key, cause));
            // The container can have been dropped meanwhile, and these be the last.
            callback::run::<E::User>(|| drop(listeners));
        }
    }

    /// Tells the listeners, and returns the entry and the owners.
    #[inline]
    pub(crate) fn into_parts(mut self) -> (E, E::Owners) {
        self.tell();
        (self.entry, self.owners)
    }

    /// Tells the listeners, and drops all that is in it. Does not panic.
    #[inline]
    pub(crate) fn end(mut self) {
        self.tell();
        if std::mem::needs_drop::<E::User>() || E::is_owned(&self.owners) {
            callback::run::<E::User>(|| drop(self));
        }
        // Else there are only `Weak`s in it by now.
    }

    /// Tells the listeners, drops the entry, and returns the owners.
    #[inline]
    pub(crate) fn into_owners(self) -> E::Owners {
        let (entry, owners) = self.into_parts();
        // First, as it can panic, and what is being returned would not be dropped then.
        drop(entry);
        owners
    }
}

/// Entries of which the listeners are told at the latest when this is dropped: of all, before the first of
/// them drops, and perhaps panics.
pub(crate) struct Untold<F: Flavor, E: Entry<F>>(pub(crate) Vec<Gone<F, E>>);

impl<F: Flavor, E: Entry<F>> Untold<F, E> {
    pub(crate) fn told(mut self) -> Vec<Gone<F, E>> {
        self.tell();
        std::mem::take(&mut self.0)
    }

    fn tell(&mut self) {
        self.0.iter_mut().for_each(Gone::tell);
    }
}

impl<F: Flavor, E: Entry<F>> Drop for Untold<F, E> {
    fn drop(&mut self) {
        self.tell();
    }
}

fn call<F: Flavor, E: Entry<F>>(
    listeners: &Listeners<F, E::Told>,
    key: &E::Told,
    cause: RemovalCause,
) {
    listeners.iter().for_each(|listener| listener(key, cause));
}

/// A key that was lent when its entry left. The listeners of that moment are told of it when it comes
/// back.
pub(crate) struct Late<F: Flavor, T> {
    place: Place,
    cause: RemovalCause,
    listeners: Listeners<F, T>,
}

impl<F: Flavor, E: Entry<F>> Table<F, E> {
    /// Takes the registrations of an entry back that has left the table, and whose referents have these
    /// owners.
    #[inline]
    pub(crate) fn release(
        &mut self,
        entry: E,
        owners: E::Owners,
        shard: *const Head,
        cause: RemovalCause,
    ) -> Gone<F, E> {
        self.outstanding -= entry.unregister(&owners, shard);
        let told = if self.listeners.is_some() { self.prepare(&entry, cause) } else { None };
        Gone { entry, owners, told }
    }

    #[cold]
    fn prepare(
        &mut self,
        entry: &E,
        cause: RemovalCause,
    ) -> Option<(Listeners<F, E::Told>, RemovalCause)> {
        let listeners = self.listeners.clone()?;
        // Whoever comes first takes an entry out that has died.
        let cause = if entry.is_dead() { RemovalCause::Died } else { cause };
        if let Err(place) = entry.cell().get() {
            self.late.push(Late { place, cause, listeners });
            return None;
        }
        Some((listeners, cause))
    }

    /// Adds a listener. Returns what it takes the place of, to be dropped outside.
    pub(crate) fn listen(
        &mut self,
        listener: F::Strong<Listener<E::Told>>,
    ) -> Option<Listeners<F, E::Told>> {
        let mut all = self.listeners.as_deref().cloned().unwrap_or_default();
        all.push(listener);
        self.listeners.replace(F::strong(all))
    }

    /// Returns those of the keys that have come back without an entry, who are still to be told of.
    pub(super) fn belated(&mut self, back: &[Keys<E::Key>]) -> Vec<Late<F, E::Told>> {
        let is_back = |Late { place, .. }: &mut Late<F, E::Told>| {
            let keys = back.get(place.chunk as usize);
            keys.and_then(|keys| keys.get(place.index as usize)).is_some_and(Option::is_some)
        };
        self.late.extract_if(.., is_back).collect()
    }
}

/// Tells of keys that have come back late.
pub(super) fn tell_late<F: Flavor, E: Entry<F>>(
    late: Vec<Late<F, E::Told>>,
    keys: &[Keys<E::Key>],
) {
    for Late { place, cause, listeners } in late {
        if let Some((_, key)) = &keys[place.chunk as usize][place.index as usize] {
            E::show_key(key, &mut |key| call::<F, E>(&listeners, key, cause));
        }
        // They can be the last by now.
        callback::run::<E::User>(|| drop(listeners));
    }
}

/// Makes a listener of what the user gives: one whose panic goes to the hook.
pub(crate) fn listener<T, C: Fn(&T, RemovalCause) + 'static>(call: C) -> Listener<T> {
    Box::new(move |key, cause| callback::run::<C>(|| call(key, cause)))
}
