//! `Slotted<[T]>` and `Slotted<str>`: a slot and a slice in the one allocation of their pointer.
//!
//! std makes an `Arc<[T]>` of a `Vec<T>`, but has no way to put a header before the slice. So memory
//! is allocated as an `Arc` of units, as many as make the size of the `Slotted<[T]>`, of the same
//! alignment. Slot and slice are written into it, and then `Arc::from_raw`, which asks for the same
//! size and alignment, takes it over under its type.
#![allow(unsafe_code)]

use std::{alloc::Layout, mem::MaybeUninit, ptr};

use super::Slotted;
use crate::{Flavor, WeakSlot};

/// Memory of which several make a `Slotted<[T], F>`: its alignment is that of a `Slotted<[T], F>`,
/// and its size is its alignment.
#[repr(C)]
struct Unit<T, F: Flavor> {
    alignment: [Slotted<T, F>; 0],
    memory: MaybeUninit<u8>,
}

impl<T, F: Flavor> Slotted<[T], F> {
    /// Moves the items into a new allocation, with an empty slot before them, and returns its
    /// owner: an `Rc` or an `Arc`.
    ///
    /// The flavour must be known: write `<Slotted<[T]>>::alloc(..)`, or a name for the type. As a
    /// factory, it stands in a closure: `|items| <Slotted<[T]>>::alloc(items)`.
    ///
    /// One allocation; and one more for the `Vec`, if the items are in none.
    ///
    /// # Panics
    ///
    /// Panics if the size overflows `isize`, like `Vec`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakRef};
    ///
    /// let primes: Arc<Slotted<[u32]>> = <Slotted<[u32]>>::alloc([2, 3, 5]);
    /// assert_eq!(primes[1..], [3, 5]);
    /// assert!(!WeakRef::new(&primes).is_dead());
    /// ```
    pub fn alloc(items: impl Into<Vec<T>>) -> F::Strong<Self> {
        let mut items = items.into();
        // SAFETY: the vector has so many items, which it does not own any more below. Nothing can
        // panic in between.
        let slice = unsafe { allocate::<T, F>(items.as_ptr(), items.len()) };
        // SAFETY: the vector has capacity for none. The items have been moved out.
        unsafe { items.set_len(0) };
        // SAFETY: it points to a `Slotted<[T], F>` of as many items as the pointer says, and comes
        // from `into_raw` of a pointer to memory of the same size and alignment.
        unsafe { F::from_raw(slice as *const Self) }
    }
}

impl<F: Flavor> Slotted<str, F> {
    /// Copies the text into a new allocation, with an empty slot before it, and returns its owner:
    /// an `Rc` or an `Arc`.
    ///
    /// The flavour must be known: write `<Slotted<str>>::alloc(..)`, or a name for the type. The
    /// path alone, `<Slotted<str>>::alloc`, is a factory for
    /// [`WeakSet::get_or_insert_with`](crate::WeakSet#method.get_or_insert_with).
    ///
    /// One allocation.
    ///
    /// # Panics
    ///
    /// Panics if the size overflows `isize`, like `String`.
    ///
    /// # Examples
    ///
    /// Words that are equal are one object, and need one allocation:
    ///
    /// ```
    /// use std::sync::Arc;
    /// use weakref_core::{Slotted, WeakSet};
    ///
    /// let words = WeakSet::<Slotted<str>>::new();
    /// let intern = |word: &str| words.get_or_insert_with(word, <Slotted<str>>::alloc);
    /// let hello: Arc<Slotted<str>> = intern("hello");
    /// assert!(Arc::ptr_eq(&hello, &intern("hello")));
    /// assert_eq!(hello.len(), 5);
    /// ```
    // Of a `&str`, and not of an `impl AsRef<str>`: with that, the path is no function of a `&str`
    // with any lifetime, as factories are.
    pub fn alloc(text: &str) -> F::Strong<Self> {
        // SAFETY: the text has so many bytes, which are copied.
        let bytes = unsafe { allocate::<u8, F>(text.as_ptr(), text.len()) };
        // SAFETY: it points to a `Slotted<[u8], F>` of as many bytes as the pointer says, which is
        // laid out like a `Slotted<str, F>`. The bytes are those of a `str`. It comes from
        // `into_raw` of a pointer to memory of the same size and alignment.
        unsafe { F::from_raw(bytes as *const str as *const Self) }
    }
}

/// Allocates a `Slotted<[T], F>` with an empty slot and the items, and returns a pointer to it, with
/// the number of items beside. To be given to [`Flavor::from_raw`].
///
/// # Safety
///
/// There are so many items at `items`. They are copied: the caller does not use them any more, unless
/// they are `Copy`.
unsafe fn allocate<T, F: Flavor>(items: *const T, len: usize) -> *const [T] {
    const OVERFLOW: &str = "capacity overflow";

    // A `Slotted` is `repr(C)`: this is how its layout is computed.
    let items_layout = Layout::array::<T>(len).expect(OVERFLOW);
    let (layout, offset) = Layout::new::<WeakSlot<F>>().extend(items_layout).expect(OVERFLOW);
    let layout = layout.pad_to_align();
    debug_assert_eq!(layout.align(), align_of::<Unit<T, F>>());
    let mut memory = F::new_uninit_slice::<Unit<T, F>>(layout.size() / size_of::<Unit<T, F>>());
    let units = F::get_mut(&mut memory).expect("there is no other pointer to it yet");
    let start = units.as_mut_ptr();
    // SAFETY: the memory has the size and the alignment of the layout, and the pointer has the
    // provenance of all units. The slot is at its beginning, and the items, of which there are `len`,
    // are at `offset`. The memory is new, so it overlaps with nothing.
    unsafe {
        start.cast::<WeakSlot<F>>().write(WeakSlot::new());
        ptr::copy_nonoverlapping(items, start.byte_add(offset).cast::<T>(), len);
    }
    ptr::slice_from_raw_parts(F::into_raw(memory).cast::<T>(), len)
}
