//! A random plan of how long each listener stays, and the counts that must come out of it, however
//! the threads are scheduled.

pub(crate) struct Plan {
    /// After how many events each resident leaves.
    pub(crate) patience: Vec<usize>,
    /// For each thread and each of its events, for how many events the visitor stays that comes
    /// before it.
    pub(crate) stays: Vec<Vec<usize>>,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) published: usize,
    pub(crate) subscribed: usize,
    pub(crate) delivered: usize,
    pub(crate) dropped: usize,
    pub(crate) left: usize,
}

impl Plan {
    pub(crate) fn new(seed: u64, listeners: usize, events: usize, threads: usize) -> Self {
        let mut chance = Chance(seed);
        // About half of them outlast the events.
        let patience = (0..listeners).map(|_| 1 + chance.below(2 * events)).collect();
        let of_thread = |thread| events / threads + usize::from(thread < events % threads);
        let stays = (0..threads)
            .map(|thread| (0..of_thread(thread)).map(|_| 1 + chance.below(4)).collect())
            .collect();
        Self { patience, stays }
    }

    pub(crate) fn expected(&self) -> Counts {
        let published: usize = self.stays.iter().map(Vec::len).sum();
        // Every event reaches every resident, until it has had enough.
        let residents: usize = self.patience.iter().map(|&patience| patience.min(published)).sum();
        // A visitor handles the events of its own thread only, which end at some time.
        let visitors: usize = self.stays.iter().map(|stays| heard_from_host(stays)).sum();
        let left = self.patience.iter().filter(|&&patience| patience > published).count();
        let subscribed = self.patience.len() + published;
        Counts {
            published,
            subscribed,
            delivered: residents + visitors,
            dropped: subscribed - left,
            left,
        }
    }
}

fn heard_from_host(stays: &[usize]) -> usize {
    stays.iter().enumerate().map(|(event, &stay)| stay.min(stays.len() - event)).sum()
}

/// Pseudorandom numbers, the same for the same seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // Less than `end`, which is a `usize`.
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap_or_default()
    }
}
