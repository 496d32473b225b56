//! The drop of a `Slotted`, and how the value is taken out without it.
#![allow(unsafe_code)]

use std::mem::ManuallyDrop;

use super::Slotted;
use crate::{Flavor, WeakSlot, finalize::LastLook};

impl<T: ?Sized, F: Flavor> Drop for Slotted<T, F> {
    /// Notifies the registrations, which see the whole object.
    #[inline]
    fn drop(&mut self) {
        WeakSlot::die_in(self, |this| &mut this.slot);
    }
}

// SAFETY: the slot is a field, and all of the object is passed on by the `Drop` above.
unsafe impl<T: ?Sized, F: Flavor> LastLook for Slotted<T, F> {}

impl<T, F: Flavor> Slotted<T, F> {
    /// Returns the value.
    ///
    /// Its weak references became dead when it was moved out of its pointer. Its registrations are
    /// notified now.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use weakref_core::{Local, Slotted, WeakRef};
    ///
    /// let name = Rc::new(Slotted::<_, Local>::new(String::from("Ada")));
    /// let weak = WeakRef::new(&name);
    /// assert_eq!(Rc::into_inner(name).unwrap().into_inner(), "Ada");
    /// assert!(weak.is_dead());
    /// ```
    pub fn into_inner(self) -> T {
        let mut this = ManuallyDrop::new(self);
        this.slot.die();
        // SAFETY: the value is moved out once, as `this` is neither used nor dropped after it. What
        // its slot would do in its drop has been done.
        unsafe { (&raw const this.value).read() }
    }
}
