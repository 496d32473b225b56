//! The one door that generated code uses. Not for anybody else, and free to change.

use crate::flavor::Flavor;
use crate::slot::WeakSlot;

/// The type of a field that is the slot: `WeakSlot`, by whatever name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a slot",
    label = "this field cannot hold the weak references",
    note = "the field marked with `#[weakref]`, or called `WeakSlot`, must be a `weakref_core::WeakSlot` or an alias of it"
)]
pub trait SlotField {
    /// Where values with this slot live.
    type Flavor: Flavor;

    /// The slot to register with.
    fn get(&self) -> &WeakSlot<Self::Flavor>;

    /// Tells everyone who asked: the first thing that a generated `Drop` does. The slot is empty
    /// afterwards, and its own `Drop` finds nothing to do.
    fn died(&mut self);

    /// Takes out, without a word to anyone, what was registered meanwhile.
    fn forget(&mut self);
}

// Not to be offered, under the user's error, as the place where the trait is implemented.
#[diagnostic::do_not_recommend]
impl<F: Flavor> SlotField for WeakSlot<F> {
    type Flavor = F;

    #[inline]
    fn get(&self) -> &WeakSlot<F> {
        self
    }

    #[inline]
    fn died(&mut self) {
        WeakSlot::die(self);
    }

    #[inline]
    fn forget(&mut self) {
        WeakSlot::forget(self);
    }
}

/// Runs the user's `on_drop`, then `forget`, even if it panics.
///
/// The value is on its way out, and nobody holds an owner of it; but a function that has all of it
/// by `&mut` can move it into a new pointer, register, and move it back.
#[inline]
pub fn run_on_drop<T: ?Sized>(value: &mut T, on_drop: fn(&mut T), forget: fn(&mut T)) {
    struct Forget<'a, T: ?Sized> {
        value: &'a mut T,
        forget: fn(&mut T),
    }

    impl<T: ?Sized> Drop for Forget<'_, T> {
        #[inline]
        fn drop(&mut self) {
            (self.forget)(self.value);
        }
    }

    let guard = Forget { value, forget };
    on_drop(guard.value);
}

/// Writes the generated `Drop`.
///
/// A type has one `Drop`. Where the user has written another, the compiler says that the two
/// conflict, and then, in its last line, by which macro the second came: the one place to tell what
/// to do about it.
#[doc(hidden)]
#[macro_export]
macro_rules! __drop_is_generated__use_weakref_on_drop_or_weakref_drop_slot {
    ([$($generics:tt)*] [$($ty:tt)*] [$($where_clause:tt)*] $($body:tt)*) => {
        #[automatically_derived]
        #[allow(deprecated, non_camel_case_types, non_upper_case_globals)]
        impl $($generics)* ::core::ops::Drop for $($ty)* $($where_clause)* {
            #[inline]
            $($body)*
        }
    };
}
