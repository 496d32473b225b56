//! Insertion of an element.

use super::{ListKey, WeakList, slab::NONE};
use crate::{StrongOf, Weakrefable, flavor::Pointer, list::observer::Guard};

impl<T: ?Sized + Weakrefable> WeakList<T> {
    /// Adds the object that `owner` owns at the end of the list, and returns the key of the new
    /// element.
    ///
    /// The list does not keep the object alive. An object can be added several times.
    ///
    /// O(1), amortized: the array of entries grows as a `Vec` does.
    ///
    /// # Panics
    ///
    /// Panics if the list has no room: it can have 2^32 - 1 elements, and an object 2^31 - 4
    /// registrations.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::new();
    /// let key = words.push(&hello);
    /// words.push(&world);
    /// assert!(words.iter().eq([hello.clone(), world]));
    /// assert_eq!(words.get(key), Some(hello));
    /// ```
    ///
    /// A list of a `dyn Trait` takes an owner of that type. A reference to another one is not
    /// coerced, so coerce the pointer, or a clone of it:
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, WeakList, Weakrefable, new, weakrefable};
    ///
    /// trait Listener: Weakrefable<Flavor = Local> {
    ///     fn name(&self) -> String;
    /// }
    ///
    /// #[weakrefable(local)]
    /// struct Label { text: String }
    ///
    /// impl Listener for Label {
    ///     fn name(&self) -> String { self.text.clone() }
    /// }
    ///
    /// let listeners = WeakList::<dyn Listener>::new();
    /// let label = Rc::new(new!(Label { text: "OK".into() }));
    /// listeners.push(&(label.clone() as Rc<dyn Listener>));
    /// assert_eq!(listeners.front().map(|listener| listener.name()).as_deref(), Some("OK"));
    /// assert_eq!(listeners.remove_object(&*label), 1);
    /// ```
    #[doc(alias = "push_back", alias = "append")]
    #[track_caller]
    pub fn push<P: Pointer<Referent = T>>(&self, owner: &P) -> ListKey {
        self.push_strong(owner.strong())
    }

    #[track_caller]
    pub(super) fn push_strong(&self, owner: &StrongOf<T>) -> ListKey {
        with_room(self.root.lock_to_insert(), NONE, owner)
    }

    /// Adds the object that `owner` owns at the beginning of the list, and returns the key of the
    /// new element.
    ///
    /// O(1), amortized, like [`push`](Self::push).
    ///
    /// # Panics
    ///
    /// Like [`push`](Self::push).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::from([world.clone()]);
    /// words.push_front(&hello);
    /// assert!(words.iter().eq([hello, world]));
    /// ```
    #[track_caller]
    pub fn push_front<P: Pointer<Referent = T>>(&self, owner: &P) -> ListKey {
        let guard = self.root.lock_to_insert();
        let first = guard.first();
        with_room(guard, first, owner.strong())
    }

    /// Adds the object that `owner` owns before the element with this key, and returns the key of
    /// the new element. Does nothing and returns `None` if that element has left the list.
    ///
    /// O(1), amortized, like [`push`](Self::push).
    ///
    /// # Panics
    ///
    /// Like [`push`](Self::push).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::new();
    /// let key = words.push(&world);
    /// words.insert_before(key, &hello);
    /// assert!(words.iter().eq([hello.clone(), world.clone()]));
    ///
    /// drop(world);
    /// assert_eq!(words.insert_before(key, &hello), None);
    /// ```
    #[track_caller]
    pub fn insert_before<P: Pointer<Referent = T>>(
        &self,
        key: ListKey,
        owner: &P,
    ) -> Option<ListKey> {
        let guard = self.root.lock()?;
        let next = guard.find(key)?;
        Some(with_room(guard, next, owner.strong()))
    }

    /// Adds the object that `owner` owns after the element with this key, and returns the key of
    /// the new element. Does nothing and returns `None` if that element has left the list.
    ///
    /// O(1), amortized, like [`push`](Self::push).
    ///
    /// # Panics
    ///
    /// Like [`push`](Self::push).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakList};
    ///
    /// let [hello, world] = ["hello", "world"].map(|word| Arc::new(Slotted::new(word)));
    /// let words = WeakList::new();
    /// let key = words.push(&hello);
    /// words.push(&hello);
    /// words.insert_after(key, &world);
    /// assert!(words.iter().eq([hello.clone(), world, hello]));
    /// ```
    #[track_caller]
    pub fn insert_after<P: Pointer<Referent = T>>(
        &self,
        key: ListKey,
        owner: &P,
    ) -> Option<ListKey> {
        let guard = self.root.lock()?;
        let (_, _, next) = guard.element(guard.find(key)?)?;
        Some(with_room(guard, next, owner.strong()))
    }
}

/// Inserts before the element at `next`, or at the end if that is `NONE`, and unlocks.
#[inline]
#[track_caller]
fn with_room<T>(mut guard: Guard<'_, T>, next: u32, owner: &StrongOf<T>) -> ListKey
where
    T: ?Sized + Weakrefable,
{
    let inserted = guard.insert(next, owner);
    // Before a panic, which runs the user's hook.
    drop(guard);
    inserted.expect("a weak list has memory for its elements, and fewer than 2^32 of them")
}
