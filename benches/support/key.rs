//! Keys: every contestant meets the same ones in the same order.

use std::{fmt, hash::Hash, ops::Range};

/// A type of keys, numbered.
pub trait Key: Eq + Hash + Clone + Send + Sync + fmt::Debug + 'static {
    /// What the keys are read from.
    type Source: fmt::Debug;

    /// Prepares the keys 0 .. `len`.
    fn source(len: u32) -> Self::Source;

    /// Returns key `index` to keep.
    fn own(source: &Self::Source, index: u32) -> Self;

    /// Looks at key `index`. A `String` is not copied for it.
    fn look<R>(source: &Self::Source, index: u32, at: impl FnOnce(&Self) -> R) -> R;
}

/// Computed, so that no memory is read for a key that a map would not read either.
impl Key for u64 {
    type Source = ();

    fn source(_: u32) {}

    fn own((): &(), index: u32) -> Self {
        // Odd, so that no two indices give one key.
        u64::from(index).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn look<R>((): &(), index: u32, at: impl FnOnce(&Self) -> R) -> R {
        at(&Self::own(&(), index))
    }
}

/// As long as a short path.
impl Key for String {
    type Source = Vec<Self>;

    fn source(len: u32) -> Vec<Self> {
        (0..len).map(|index| format!("photos/{index:012}.jpeg")).collect()
    }

    fn own(source: &Vec<Self>, index: u32) -> Self {
        source[index as usize].clone()
    }

    fn look<R>(source: &Vec<Self>, index: u32, at: impl FnOnce(&Self) -> R) -> R {
        at(&source[index as usize])
    }
}

/// Returns the numbers of a range in an order without order, the same each time.
pub fn shuffled(range: Range<u32>) -> Vec<u32> {
    let mut numbers: Vec<u32> = range.collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for last in (1..numbers.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        #[expect(clippy::cast_possible_truncation, reason = "less than the length of a slice")]
        let other = (state % (last as u64 + 1)) as usize;
        numbers.swap(last, other);
    }
    numbers
}
