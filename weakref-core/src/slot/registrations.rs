//! The registrations of one object, as a value: the content of a slot's two words.
//!
//! The first registration is stored in the words. Only the second one makes a [`List`], so an
//! object with one callback, or one entry in one map, allocates nothing here.
//!
//! The caller holds the slot. So nothing here allocates, frees, or loops over a list that is in a
//! slot: memory comes in as [`Room`], and memory to be freed is returned ([`Removed`]). A walk
//! visits a stretch of at most 32 registrations at a time.
#![allow(unsafe_code)]

use std::{mem, ptr::NonNull};

use super::list::{List, Room};
use crate::observer::{Event, Header, Registration};

/// The registrations of one object.
pub(crate) enum Registrations {
    /// One, at place 0.
    One(Registration),
    /// None, or a list.
    Many(Option<Box<List>>),
}

/// The bit in the first word which says that it points to a `List`.
const LIST: usize = 1;

/// The result of adding a registration.
pub(super) struct Pushed {
    pub(super) place: u32,
    /// A spent registration, whose place the new one has. The caller ends it.
    pub(super) replaced: Option<Registration>,
}

/// The error of adding a registration without room for it.
pub(super) struct Full {
    pub(super) registration: Registration,
    /// The number of segments there are, for [`Room::new`].
    pub(super) segments: usize,
}

/// A registration that has been removed.
pub(super) struct Removed {
    pub(super) registration: Registration,
    /// The list in which it was the last one: the caller frees it while the slot is not held.
    #[allow(dead_code)] // only dropped
    emptied: Option<Box<List>>,
}

/// The progress of a walk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It has not begun, as another walk is under way.
    Busy,
    /// There may be more registrations to visit.
    More,
    /// All registrations have been visited.
    Done,
}

impl Default for Registrations {
    fn default() -> Self {
        Self::Many(None)
    }
}

impl Registrations {
    /// Returns the two words of a slot with these registrations.
    #[inline]
    pub(super) fn into_words(self) -> (*mut (), usize) {
        match self {
            Self::Many(None) => (std::ptr::null_mut(), 0),
            Self::One(registration) => {
                let (observer, token) = registration.into_parts();
                (observer.as_ptr().cast(), token as usize)
            }
            Self::Many(Some(list)) => {
                (Box::into_raw(list).cast::<()>().map_addr(|addr| addr | LIST), 0)
            }
        }
    }

    /// Returns the registrations in the two words of a slot.
    ///
    /// # Safety
    ///
    /// The words come from [`into_words`](Self::into_words), and are used once.
    #[inline]
    pub(super) unsafe fn from_words(head: *mut (), token: usize) -> Self {
        if let Some(list) = Self::list_in(head) {
            // SAFETY: only a list has the bit, as a `Header` is aligned to 8 bytes; and without it,
            // this is the list's address, as a `List` is aligned to at least 4. The pointer comes
            // from `Box::into_raw`, and `map_addr` has kept its provenance. The words are used
            // once, so the list has one owner.
            return Self::Many(Some(unsafe { Box::from_raw(list.as_ptr()) }));
        }
        match NonNull::new(head.cast::<Header>()) {
            Some(observer) => {
                #[allow(clippy::cast_possible_truncation)]
                let token = token as u32;
                // SAFETY: without the bit, and not null, the words are the parts from `into_parts`.
                // They are used once.
                Self::One(unsafe { Registration::from_parts((observer, token)) })
            }
            None => Self::default(),
        }
    }

    /// Returns the list, if the first word points to one.
    #[inline]
    pub(super) fn list_in(head: *mut ()) -> Option<NonNull<List>> {
        let list = head.map_addr(|addr| addr & !LIST).cast::<List>();
        NonNull::new(list).filter(|_| head.addr() & LIST != 0)
    }

    /// Removes those registrations from all that have left a slot, and returns them, newest
    /// first. O(n), and allocates.
    pub(crate) fn take_those(&mut self, which: fn(&Registration) -> bool) -> Vec<Registration> {
        match self {
            Self::One(one) if which(one) => mem::take(self).into_iter().collect(),
            Self::Many(Some(list)) => list.take_those(which),
            Self::One(_) | Self::Many(None) => Vec::new(),
        }
    }

    /// Adds a registration. Uses `room` if needed, and leaves memory to be freed in it.
    pub(super) fn push(
        &mut self,
        registration: Registration,
        room: &mut Option<Room>,
    ) -> Result<Pushed, Full> {
        match (&mut *self, room.take()) {
            (Self::Many(None), _) => {
                *self = Self::One(registration);
                Ok(Pushed { place: 0, replaced: None })
            }
            (Self::One(one), _) if one.is_spent() => {
                Ok(Pushed { place: 0, replaced: Some(mem::replace(one, registration)) })
            }
            (Self::One(_), Some(Room::List(mut list))) => {
                if let Self::One(first) = mem::take(self) {
                    // The first one stays at place 0.
                    list.fill(first, registration);
                }
                *self = Self::Many(Some(list));
                Ok(Pushed { place: 1, replaced: None })
            }
            // There is no room, or there is room for a list that has changed meanwhile.
            (Self::One(_), _) => Err(Full { registration, segments: 0 }),
            (Self::Many(Some(list)), offered) => {
                *room = list.grow(offered);
                match list.push(registration) {
                    Ok(place) => Ok(Pushed { place, replaced: None }),
                    Err(registration) => Err(Full { registration, segments: list.segments() }),
                }
            }
        }
    }

    /// Removes the registration at `place`, if it is the one of `observer` with this token.
    pub(super) fn remove(
        &mut self,
        place: u32,
        observer: *const Header,
        token: u32,
    ) -> Option<Removed> {
        let matches = self.get(place)?.is_from(observer, token);
        matches.then(|| self.remove_at(place)).flatten()
    }

    /// Takes the list out if it is empty. The caller frees it while the slot is not held.
    #[cold]
    pub(super) fn take_empty_list(&mut self) -> Option<Box<List>> {
        match self {
            Self::Many(list) => list.take_if(|list| list.is_empty()),
            Self::One(_) => None,
        }
    }

    /// Removes the registration at `place`.
    pub(super) fn remove_at(&mut self, place: u32) -> Option<Removed> {
        match self {
            Self::One(_) if place == 0 => match mem::take(self) {
                Self::One(registration) => Some(Removed { registration, emptied: None }),
                Self::Many(_) => None,
            },
            Self::Many(Some(list)) => {
                let registration = list.unlink(place)?;
                Some(Removed { registration, emptied: self.take_empty_list() })
            }
            _ => None,
        }
    }

    /// Returns the registration at `place`.
    pub(super) fn get(&self, place: u32) -> Option<&Registration> {
        match self {
            Self::One(one) => Some(one).filter(|_| place == 0),
            Self::Many(list) => list.as_ref()?.get(place),
        }
    }

    /// Returns the registration at `place`, to redirect it.
    pub(super) fn get_mut(&mut self, place: u32) -> Option<&mut Registration> {
        match self {
            Self::One(one) => Some(one).filter(|_| place == 0),
            Self::Many(list) => list.as_mut()?.get_mut(place),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(list) => list.as_ref().map_or(0, |list| list.len()),
        }
    }

    /// Returns the number of registrations whose observers hold no weak pointer to the object:
    /// these cannot be taken back.
    pub(super) fn without_weak(&self) -> usize {
        match self {
            Self::One(one) => usize::from(!one.has_weak()),
            Self::Many(list) => list.as_ref().map_or(0, |list| list.without_weak()),
        }
    }

    /// Whether more than half of the room is in use.
    pub(super) fn is_crowded(&self) -> bool {
        match self {
            Self::One(_) => true,
            Self::Many(list) => list.as_ref().is_some_and(|list| list.is_crowded()),
        }
    }

    /// Visits the next registrations of a walk, newest first, at most `most` of them. The first
    /// call begins the walk. `visit` may remove the registration at the place that it is given.
    pub(super) fn walk(
        &mut self,
        id: usize,
        is_first: bool,
        most: usize,
        mut visit: impl FnMut(&mut Self, u32),
    ) -> Progress {
        match self {
            Self::One(_) if is_first => {
                visit(self, 0);
                return Progress::Done;
            }
            Self::Many(Some(list)) if is_first => {
                if !list.begin_walk(id) {
                    return Progress::Busy;
                }
            }
            Self::Many(Some(list)) if list.has_walk(id) => {}
            // The registrations that the walk was to visit have been removed.
            _ => return Progress::Done,
        }
        for _ in 0..most {
            let Self::Many(Some(list)) = self else { return Progress::Done };
            let Some(place) = list.next_of_walk() else { return Progress::Done };
            visit(self, place);
        }
        Progress::More
    }

    /// Ends a walk, if it is under way.
    pub(super) fn end_walk(&mut self, id: usize) {
        if let Self::Many(Some(list)) = self {
            list.end_walk(id);
        }
    }

    /// Announces to all observers that they will be notified.
    pub(crate) fn prepare(&self, event: Event) {
        let (one, list) = match self {
            Self::One(one) => (Some(one), None),
            Self::Many(list) => (None, list.as_deref()),
        };
        let all = one.into_iter().chain(list.into_iter().flat_map(List::iter));
        all.for_each(|registration| registration.prepare(event));
    }
}

impl IntoIterator for Registrations {
    type Item = Registration;
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        match self {
            Self::One(one) => IntoIter { one: Some(one), list: None },
            Self::Many(list) => IntoIter { one: None, list },
        }
    }
}

/// Registrations that have left their slot, newest first.
pub(crate) struct IntoIter {
    one: Option<Registration>,
    list: Option<Box<List>>,
}

impl IntoIter {
    /// Returns the registrations that are still to come, without taking them out.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Registration> {
        self.one.iter().chain(self.list.iter().flat_map(|list| list.iter()))
    }
}

impl Iterator for IntoIter {
    type Item = Registration;

    fn next(&mut self) -> Option<Registration> {
        self.one.take().or_else(|| self.list.as_mut()?.pop_newest())
    }
}
