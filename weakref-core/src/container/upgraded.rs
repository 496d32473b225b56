//! A vector that is filled with strong pointers.
#![allow(unsafe_code)]

/// Appends elements to a vector that has room for them.
///
/// `Vec::push` may panic, so the compiler keeps a strong pointer in memory until `push` returns,
/// from where it could be dropped. In a walk, that takes as long as all the rest. Here nothing can
/// panic between the upgrade and the store.
pub(crate) struct Upgraded<'a, T> {
    all: &'a mut Vec<T>,
    /// The number of elements written behind the end of the vector.
    written: usize,
}

impl<'a, T> Upgraded<'a, T> {
    /// Reserves room for `additional` elements.
    pub(crate) fn new(all: &'a mut Vec<T>, additional: usize) -> Self {
        all.reserve(additional);
        Self { all, written: 0 }
    }

    /// Appends the element that `upgrade` returns, unless it fails.
    ///
    /// # Panics
    ///
    /// If there is no room.
    #[inline]
    pub(crate) fn push<E>(&mut self, upgrade: impl FnOnce() -> Result<T, E>) -> Result<(), E> {
        let place = &mut self.all.spare_capacity_mut()[self.written];
        place.write(upgrade()?);
        self.written += 1;
        Ok(())
    }
}

impl<T> Drop for Upgraded<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: `push` has initialized the first `written` elements of the spare capacity, and
        // has found it to be that large. The vector has been borrowed exclusively since, so its
        // allocation is the same.
        unsafe { self.all.set_len(self.all.len() + self.written) };
    }
}
