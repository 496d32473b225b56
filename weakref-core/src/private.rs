//! The items that generated code uses. They are not public API, and may change at any time.

use std::{fmt, hash, marker::PhantomData};

use crate::flavor::{Flavor, Shared};
use crate::slot::WeakSlot;

#[cfg(feature = "derive")]
pub use weakref_derive::__new;

/// The type of a slot field: `WeakSlot`, under any name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a slot",
    label = "this field cannot hold the weak references",
    note = "the field marked with `#[weakref]` must be a `weakref_core::WeakSlot` or an alias of \
            it; without a mark, it is the field whose type is written `WeakSlot`",
    note = "if this is another type of that name, mark the field that is the slot with `#[weakref]`"
)]
pub trait SlotField {
    /// The flavour of objects with this slot.
    type Flavor: Flavor;

    /// Returns the slot.
    fn get(&self) -> &WeakSlot<Self::Flavor>;

    /// Returns the slot.
    fn get_mut(&mut self) -> &mut WeakSlot<Self::Flavor>;

    /// Notifies all observers, which can see the object. A generated `Drop` does this first. The
    /// slot is empty afterwards, and its own `Drop` does nothing.
    #[inline]
    fn died<T: ?Sized>(object: &mut T, slot: impl FnOnce(&mut T) -> &mut Self)
    where
        Self: Sized,
    {
        WeakSlot::die_in(object, slot);
    }

    /// Ends what was registered while the object was being dropped, without running callbacks.
    fn forget(&mut self);
}

// The compiler should not suggest this implementation in the user's error.
#[diagnostic::do_not_recommend]
impl<F: Flavor> SlotField for WeakSlot<F> {
    type Flavor = F;

    #[inline]
    fn get(&self) -> &WeakSlot<F> {
        self
    }

    #[inline]
    fn get_mut(&mut self) -> &mut WeakSlot<F> {
        self
    }

    #[inline]
    fn forget(&mut self) {
        WeakSlot::forget(self);
    }
}

/// The type of the field that `#[weakrefable]` adds: a [`WeakSlot`].
///
/// Its name appears in the compiler's error for `Id(3)` instead of `new!(Id(3))`: an argument of
/// type `SlotSetByNewMacro` is missing. It is `Serialize` only in the two forms below. So a derive
/// that does not skip the field does not compile.
///
/// `D` says how serde treats the field.
#[repr(transparent)]
pub struct SlotSetByNewMacro<F: Flavor = Shared, D = Skipped>(WeakSlot<F>, PhantomData<D>);

/// Serde skips the field.
#[allow(missing_debug_implementations)]
pub enum Skipped {}

/// The field represents a whole unit struct. The feature `serde` defines how that is written.
#[allow(missing_debug_implementations)]
pub enum UnitByFeatureSerde {}

/// The field represents a whole tuple struct without fields.
#[allow(missing_debug_implementations)]
pub enum TupleByFeatureSerde {}

impl<F: Flavor, D> SlotSetByNewMacro<F, D> {
    /// Returns an empty slot.
    #[cfg(not(weakref_loom))]
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(WeakSlot::new(), PhantomData)
    }

    /// Returns an empty slot.
    #[cfg(weakref_loom)]
    #[must_use]
    pub fn new() -> Self {
        Self(WeakSlot::new(), PhantomData)
    }
}

// The compiler should not suggest this implementation in the user's error.
#[diagnostic::do_not_recommend]
impl<F: Flavor, D> SlotField for SlotSetByNewMacro<F, D> {
    type Flavor = F;

    #[inline]
    fn get(&self) -> &WeakSlot<F> {
        &self.0
    }

    #[inline]
    fn get_mut(&mut self) -> &mut WeakSlot<F> {
        &mut self.0
    }

    #[inline]
    fn forget(&mut self) {
        self.0.forget();
    }
}

// For derives below `#[weakrefable]`, the field has the implementations of a `WeakSlot`. They are
// not derived, as a derive would ask for the same bounds on `F` and `D`.

impl<F: Flavor, D> Default for SlotSetByNewMacro<F, D> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<F: Flavor, D> Clone for SlotSetByNewMacro<F, D> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }

    fn clone_from(&mut self, source: &Self) {
        self.0.clone_from(&source.0);
    }
}

impl<F: Flavor, D> PartialEq for SlotSetByNewMacro<F, D> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<F: Flavor, D> Eq for SlotSetByNewMacro<F, D> {}

impl<F: Flavor, D> PartialOrd for SlotSetByNewMacro<F, D> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<F: Flavor, D> Ord for SlotSetByNewMacro<F, D> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<F: Flavor, D> hash::Hash for SlotSetByNewMacro<F, D> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<F: Flavor, D> fmt::Debug for SlotSetByNewMacro<F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Lets the compiler decide whether a type is a slot.
///
/// A macro sees only that the type of a field is written `WeakSlot`, and a user can have a type of
/// that name. `Probe::<Ty>::NEW.verdict()` calls the method below if `Ty` is the crate's type, as
/// inherent methods have precedence, and otherwise the method of [`OtherType`]. This works for all
/// generic arguments of the type.
#[allow(missing_debug_implementations)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Probe<T> {
    pub const NEW: Self = Self(PhantomData);
}

impl<F: Flavor> Probe<WeakSlot<F>> {
    #[must_use]
    pub fn verdict(self) -> SecondSlot {
        SecondSlot
    }
}

pub trait OtherType: Sized {
    #[must_use]
    fn verdict(self) -> NoSlot {
        NoSlot
    }
}

impl<T: ?Sized> OtherType for Probe<T> {}

/// The verdict for a slot.
#[allow(missing_debug_implementations)]
pub struct SecondSlot;

/// The verdict for any other type.
#[allow(missing_debug_implementations)]
pub struct NoSlot;

/// The verdicts that a field beside the slot may have.
#[diagnostic::on_unimplemented(
    message = "a second slot, and a struct has one: remove this field",
    label = "a slot beside the one that the struct has already",
    note = "`#[weakrefable]` adds a hidden slot: to declare it yourself, write \
            `#[derive(Weakrefable)]` in its place, with the options in `#[weakref(..)]`, as in \
            `#[weakref(drop = \"slot\")]`"
)]
pub trait MayStandBesideSlot {}

// The compiler should not suggest this type, which is of no use to the user.
#[diagnostic::do_not_recommend]
impl MayStandBesideSlot for NoSlot {}

pub fn beside_slot<V: MayStandBesideSlot>(_: V) {}

/// Runs the user's `on_drop`, then `forget`, even if it panics.
///
/// The value is being dropped, so there is no strong pointer to it. But `on_drop` has it by `&mut`,
/// and can move it into a new pointer, register with it, and move it back.
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
/// If the user has written another `Drop`, the compiler reports a conflict, and mentions in its
/// last line the macro that has written this one. So the name of the macro says what to do.
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

/// Makes containers that are created from now on behave as on a machine with this number of
/// threads. `None` ends that. For tests and benchmarks of this repository.
pub fn force_parallelism(threads: Option<std::num::NonZero<usize>>) {
    crate::container::force_parallelism(threads);
}
