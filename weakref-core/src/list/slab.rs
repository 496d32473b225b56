//! The entries of a list: a slab of them, linked in the order of the list.
//!
//! # Terms
//!
//! - An entry is *linked* while its element is in the list.
//! - An entry is *awaited* if it is not linked, but its registration has not ended: the object is
//!   being dropped, or was moved out of its pointer, so that the slot could not be reached. The
//!   notification that comes names the entry by its index, so nothing else may have that index.
//! - An entry is *free* if it is neither. The next insertion takes it.
//! - An entry is *retired* if its generation has come to its end. It is never used again.

use std::num::NonZero;

use super::ListKey;

/// No index.
pub(super) const NONE: u32 = u32::MAX;

/// The generation of a retired entry. No key has it.
const RETIRED: NonZero<u32> = NonZero::<u32>::MAX;

/// A slab with less capacity than this keeps it when its last entry is released.
const KEPT_CAPACITY: usize = 64;

/// One element of the list.
struct Entry<W> {
    /// The weak pointer to the object, if the entry is linked.
    weak: Option<W>,
    /// Tells the elements apart that have had this entry. Counted up when one of them leaves, so no
    /// key of an element that has left fits.
    generation: NonZero<u32>,
    /// The place of the registration in the slot of the object.
    place: u32,
    /// Linked: the element before this one, or `NONE`.
    previous: u32,
    /// Linked: the element after this one. Free: the next free entry. `NONE` at the end.
    next: u32,
}

/// The entries of a list. `W` is the weak pointer.
pub(super) struct Slab<W> {
    entries: Vec<Entry<W>>,
    /// The first element, or `NONE`.
    first: u32,
    /// The last element, or `NONE`.
    last: u32,
    /// The first of the free entries, or `NONE`.
    free: u32,
    /// The generation of an entry that has never been used: no key has been made with it, at any
    /// index.
    unused: NonZero<u32>,
    /// The number of linked entries.
    len: usize,
    /// The number of entries that are linked or awaited: each stands for one registration.
    registrations: usize,
    /// The list is gone.
    pub(super) closed: bool,
}

impl<W> Slab<W> {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
            first: NONE,
            last: NONE,
            free: NONE,
            unused: NonZero::<u32>::MIN,
            len: 0,
            registrations: 0,
            closed: false,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn first(&self) -> u32 {
        self.first
    }

    #[inline]
    pub(super) fn last(&self) -> u32 {
        self.last
    }

    /// Whether nothing can reach the slab any more: no slot and no list.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.closed && self.registrations == 0
    }

    #[inline]
    fn entry(&self, index: u32) -> Option<&Entry<W>> {
        self.entries.get(index as usize)
    }

    #[inline]
    fn entry_mut(&mut self, index: u32) -> &mut Entry<W> {
        &mut self.entries[index as usize]
    }

    /// Returns the index of an element, if it is in the list.
    #[inline]
    pub(super) fn find(&self, key: ListKey) -> Option<u32> {
        let entry = self.entry(key.index)?;
        (entry.generation == key.generation && entry.weak.is_some()).then_some(key.index)
    }

    /// Returns the element at an index: its key, its weak pointer, and the index of the next
    /// element. `None` if the index is `NONE`.
    #[inline]
    pub(super) fn element(&self, index: u32) -> Option<(ListKey, &W, u32)> {
        let entry = self.entry(index)?;
        let key = ListKey { index, generation: entry.generation };
        Some((key, entry.weak.as_ref()?, entry.next))
    }

    /// Returns the elements, dead ones among them, from the first to the last.
    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = (ListKey, &W)> {
        // Of the slab, nothing is read again: in a walk, the compiler does not know that it stays.
        let (entries, mut index) = (&*self.entries, self.first);
        std::iter::from_fn(move || {
            let entry = entries.get(index as usize)?;
            let key = ListKey { index, generation: entry.generation };
            index = entry.next;
            Some((key, entry.weak.as_ref()?))
        })
    }

    /// Like [`iter`](Self::iter), from the last to the first.
    pub(super) fn iter_back(&self) -> impl Iterator<Item = (ListKey, &W)> {
        let mut index = self.last;
        std::iter::from_fn(move || {
            let (key, weak, _) = self.element(index)?;
            index = self.entry(index)?.previous;
            Some((key, weak))
        })
    }

    /// Returns the index that the next insertion takes, after making room for it. `None` if that is
    /// not possible.
    #[inline]
    pub(super) fn vacancy(&mut self) -> Option<u32> {
        if self.free != NONE {
            return Some(self.free);
        }
        let index = u32::try_from(self.entries.len()).ok().filter(|&index| index != NONE)?;
        self.entries.try_reserve(1).ok()?;
        Some(index)
    }

    /// Inserts an element at the vacant index, before the one at `next`, or at the end if that is
    /// `NONE`. Its registration has this place.
    pub(super) fn insert(&mut self, vacant: u32, next: u32, weak: W, place: u32) -> ListKey {
        let previous = if next == NONE { self.last } else { self.entry_mut(next).previous };
        let generation = if self.free == vacant {
            let entry = self.entry_mut(vacant);
            let free = entry.next;
            let generation = entry.generation;
            *entry = Entry { weak: Some(weak), generation, place, previous, next };
            self.free = free;
            generation
        } else {
            let generation = self.unused;
            self.entries.push(Entry { weak: Some(weak), generation, place, previous, next });
            generation
        };
        self.join(previous, vacant);
        self.join(vacant, next);
        self.len += 1;
        self.registrations += 1;
        ListKey { index: vacant, generation }
    }

    /// Links two neighbours. `NONE` stands for the end of the list.
    #[inline]
    fn join(&mut self, previous: u32, next: u32) {
        match previous {
            NONE => self.first = next,
            _ => self.entry_mut(previous).next = next,
        }
        match next {
            NONE => self.last = previous,
            _ => self.entry_mut(next).previous = previous,
        }
    }

    /// Takes an element out of the list, and returns its weak pointer and the place of its
    /// registration. The entry is awaited. `None` if it is not linked.
    #[inline]
    pub(super) fn unlink(&mut self, index: u32) -> Option<(W, u32)> {
        let entry = self.entry_mut(index);
        let weak = entry.weak.take()?;
        entry.generation = entry.generation.saturating_add(1);
        let (previous, next, place) = (entry.previous, entry.next, entry.place);
        self.join(previous, next);
        self.len -= 1;
        Some((weak, place))
    }

    /// The registration of an awaited entry has ended: frees the entry.
    #[inline]
    pub(super) fn release(&mut self, index: u32) {
        self.registrations -= 1;
        let free = self.free;
        let entry = self.entry_mut(index);
        debug_assert!(entry.weak.is_none(), "an element has a registration");
        if entry.generation != RETIRED {
            entry.next = free;
            self.free = index;
        }
        if self.registrations == 0 && self.entries.capacity() > KEPT_CAPACITY {
            self.free_memory();
        }
    }

    /// A registration has ended that was not taken back: removes the element, if it is still
    /// there, and returns its weak pointer.
    #[inline]
    pub(super) fn end(&mut self, index: u32) -> Option<W> {
        let weak = self.unlink(index).map(|(weak, _)| weak);
        self.release(index);
        weak
    }

    /// Frees the memory of a slab without elements, which nothing refers to but keys of elements
    /// that have left.
    #[cold]
    fn free_memory(&mut self) {
        // No key has the generation of an entry that is free.
        let newest = self.entries.iter().map(|entry| entry.generation).max();
        // A generation that is nearly used up at one index is not carried to all.
        if let Some(newest) = newest.filter(|newest| newest.get() < RETIRED.get() / 2) {
            self.entries = Vec::new();
            self.free = NONE;
            self.unused = self.unused.max(newest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(slab: &mut Slab<u32>, element: u32) -> ListKey {
        let vacant = slab.vacancy().unwrap();
        slab.insert(vacant, NONE, element, 0)
    }

    fn elements(slab: &Slab<u32>) -> Vec<u32> {
        let all: Vec<u32> = slab.iter().map(|(_, &element)| element).collect();
        let mut back: Vec<u32> = slab.iter_back().map(|(_, &element)| element).collect();
        back.reverse();
        assert_eq!(all, back);
        assert_eq!(all.len(), slab.len());
        all
    }

    #[test]
    fn an_index_is_not_used_again_before_its_registration_has_ended() {
        let mut slab = Slab::new();
        let [one, two] = [1, 2].map(|element| push(&mut slab, element));
        assert_eq!(slab.unlink(one.index), Some((1, 0)));
        let three = push(&mut slab, 3);
        assert!(three.index != one.index && three.index != two.index);
        assert_eq!(slab.end(one.index), None);
        let four = push(&mut slab, 4);
        assert_eq!(four.index, one.index);
        assert!(slab.find(one).is_none() && slab.find(four) == Some(one.index));
        assert_eq!(elements(&slab), [2, 3, 4]);
    }

    #[test]
    fn an_entry_whose_generations_are_used_up_is_retired() {
        let mut slab = Slab::new();
        let first = push(&mut slab, 1);
        slab.end(first.index);
        let generation = NonZero::new(RETIRED.get() - 1).unwrap();
        slab.entry_mut(first.index).generation = generation;
        let last = push(&mut slab, 2);
        assert_eq!(last, ListKey { index: first.index, generation });
        assert_eq!(slab.end(last.index), Some(2));
        let next = push(&mut slab, 3);
        assert!(next.index != last.index && slab.find(last).is_none());
        assert_eq!(slab.end(next.index), Some(3));
        assert_eq!(push(&mut slab, 4).index, next.index);
    }

    #[test]
    fn memory_is_freed_and_old_keys_stay_stale() {
        let mut slab = Slab::new();
        let keys: Vec<_> = (0..100).map(|element| push(&mut slab, element)).collect();
        for key in &keys {
            slab.end(key.index);
        }
        assert_eq!(slab.entries.capacity(), 0);
        for element in 0..100 {
            push(&mut slab, element);
        }
        assert!(keys.iter().all(|&key| slab.find(key).is_none()));
        assert_eq!(elements(&slab), (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_generation_that_is_nearly_used_up_is_not_carried_to_all_entries() {
        let mut slab = Slab::new();
        let keys: Vec<_> = (0..100).map(|element| push(&mut slab, element)).collect();
        slab.entry_mut(7).generation = NonZero::new(RETIRED.get() / 2).unwrap();
        for key in keys {
            slab.end(key.index);
        }
        assert!(slab.entries.capacity() >= 100);
        let all: Vec<_> = (0..100).map(|element| push(&mut slab, element)).collect();
        assert!(all.iter().filter(|key| key.generation.get() > 2).count() == 1);
    }

    #[test]
    fn layout_of_an_entry_is_a_weak_pointer_and_two_words() {
        #[cfg(target_pointer_width = "64")]
        assert_eq!(size_of::<Entry<std::sync::Weak<u8>>>(), 24);
        assert!(size_of::<Entry<std::rc::Weak<dyn Send>>>() <= 32);
    }
}
