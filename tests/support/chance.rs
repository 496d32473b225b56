//! Chance that is the same each time.

/// Numbers that look like chance, and are the same in each run (xorshift).
#[derive(Debug)]
pub struct Numbers(pub u64);

impl Numbers {
    /// Returns the next, which is less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}
