//! The list of an object with two or more registrations.
//!
//! # Terms
//!
//! - A *place* is the index of a link. The place of a registration is constant, so that it can be
//!   removed in O(1). A place is *in use* while its link has a registration, and *free* after that.
//! - A *segment* is an array of links. Each is twice as large as the one before, so that no link
//!   moves when the list grows.
//! - A *walk* visits all registrations, with the slot released in between. It has a cursor in the
//!   list, which a removal moves on.

use std::mem;

use crate::observer::{Header, Registration};

/// Memory for more registrations, allocated while the slot is not held.
pub(super) enum Room {
    /// For the second registration.
    List(Box<List>),
    /// For a list that is full.
    Segment {
        /// The new segment.
        links: Segment,
        /// An empty vector, with capacity for all segments but the first, the new one included.
        segments: Vec<Segment>,
    },
}

impl Room {
    /// Allocates a list, or if there are segments already, one segment more.
    ///
    /// # Panics
    ///
    /// If there would be room for 2^31 registrations.
    pub(super) fn new(segments: usize) -> Self {
        if segments == 0 {
            return Self::List(Box::default());
        }
        assert!(segments < SEGMENTS, "fewer than 2^31 - 4 registrations with one object");
        let links = (0..FIRST << segments).map(|_| Link::VACANT).collect();
        Self::Segment { links, segments: Vec::with_capacity(segments) }
    }
}

/// A list of registrations, linked by place from the newest to the oldest.
pub(crate) struct List {
    /// Segment 0. It is part of the list, so an object with two to four registrations has one
    /// allocation.
    first: [Link; FIRST],
    /// The other segments: segment `n` is `more[n - 1]`, and has `FIRST << n` links.
    more: Vec<Segment>,
    /// The number of places that have ever been in use: all places below are in use or free, the
    /// others are vacant. At most `capacity()`.
    used: u32,
    /// The place of the newest registration, or `NONE`.
    newest: u32,
    /// The first of the free places, or `NONE`. They are linked by `older`.
    free: u32,
    /// The number of places in use.
    len: usize,
    /// The number of registrations whose observers hold no weak pointer to the object.
    without_weak: usize,
    /// The id of the walk that is under way, or `NO_WALK`.
    walk: usize,
    /// The place in use that the walk visits next, or `NONE` at its end. Unspecified if there is no
    /// walk.
    cursor: u32,
}

pub(super) type Segment = Box<[Link]>;

/// The number of links in the first segment.
const FIRST: usize = 4;

/// The greatest number of segments. With all of them, the number of places is below `NONE`.
const SEGMENTS: usize = 29;

/// An id that no walk has.
const NO_WALK: usize = 0;

/// No place. Places are below this, as containers use the top bit of a place.
const NONE: u32 = u32::MAX >> 1;

pub(super) struct Link {
    /// `None` if the place is free or vacant.
    registration: Option<Registration>,
    /// In use: the next older registration. Free: the next free place. `NONE` at the end.
    older: u32,
    /// In use: the next newer registration, or `NONE`. Otherwise unspecified.
    newer: u32,
}

impl Link {
    /// A link that has never been used.
    const VACANT: Self = Self { registration: None, older: NONE, newer: NONE };
}

impl Default for List {
    fn default() -> Self {
        Self {
            first: [Link::VACANT; FIRST],
            more: Vec::new(),
            used: 0,
            newest: NONE,
            free: NONE,
            len: 0,
            without_weak: 0,
            walk: NO_WALK,
            cursor: NONE,
        }
    }
}

impl List {
    /// Returns the segment of a place, and the index in it.
    #[inline]
    fn locate(place: u32) -> (usize, usize) {
        // Segment `n` begins at place `FIRST * (2^n - 1)`.
        let place = place as usize;
        let segment = (place / FIRST + 1).ilog2() as usize;
        (segment, place - FIRST * ((1 << segment) - 1))
    }

    #[inline]
    fn link(&self, place: u32) -> &Link {
        match Self::locate(place) {
            (0, index) => &self.first[index],
            (segment, index) => &self.more[segment - 1][index],
        }
    }

    #[inline]
    fn link_mut(&mut self, place: u32) -> &mut Link {
        match Self::locate(place) {
            (0, index) => &mut self.first[index],
            (segment, index) => &mut self.more[segment - 1][index],
        }
    }

    /// Returns the number of places.
    fn capacity(&self) -> u32 {
        #[allow(clippy::cast_possible_truncation)]
        let all = (FIRST * ((1 << (self.more.len() + 1)) - 1)) as u32;
        all
    }

    /// Returns the number of segments.
    pub(super) fn segments(&self) -> usize {
        self.more.len() + 1
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the number of registrations whose observers hold no weak pointer to the object.
    pub(super) fn without_weak(&self) -> usize {
        self.without_weak
    }

    /// Whether more than half of the places are in use.
    pub(super) fn is_crowded(&self) -> bool {
        self.len > self.capacity() as usize / 2
    }

    /// Returns the registration at `place`.
    pub(super) fn get(&self, place: u32) -> Option<&Registration> {
        if place < self.used { self.link(place).registration.as_ref() } else { None }
    }

    /// Returns the registration at `place`, to redirect it.
    pub(super) fn get_mut(&mut self, place: u32) -> Option<&mut Registration> {
        if place < self.used { self.link_mut(place).registration.as_mut() } else { None }
    }

    /// Puts the first two registrations into a new list, at the places 0 and 1.
    pub(super) fn fill(&mut self, oldest: Registration, newest: Registration) {
        self.used = 2;
        self.link_at(0, oldest);
        self.link_at(1, newest);
    }

    /// Adds a segment, if `room` has the next one. Returns memory to be freed while the slot is not
    /// held.
    pub(super) fn grow(&mut self, room: Option<Room>) -> Option<Room> {
        match room {
            Some(Room::Segment { links, mut segments })
                if links.len() == FIRST << self.segments() =>
            {
                // Neither call allocates, as `segments` has capacity for all of them.
                segments.append(&mut self.more);
                segments.push(links);
                let old = mem::replace(&mut self.more, segments);
                Some(Room::Segment { links: Box::default(), segments: old })
            }
            other => other,
        }
    }

    /// Adds a registration and returns its place, or returns the registration if the list is full.
    #[inline]
    pub(super) fn push(&mut self, registration: Registration) -> Result<u32, Registration> {
        let place = if self.free != NONE {
            let place = self.free;
            self.free = self.link(place).older;
            place
        } else if self.used < self.capacity() {
            self.used += 1;
            self.used - 1
        } else {
            return Err(registration);
        };
        self.link_at(place, registration);
        Ok(place)
    }

    /// Removes the registration at `place`, if it is the one of `observer` with this token.
    #[inline]
    pub(super) fn remove(
        &mut self,
        place: u32,
        observer: *const Header,
        token: u32,
    ) -> Option<Registration> {
        let matches =
            place < self.used && self.link(place).registration.as_ref()?.is_from(observer, token);
        matches.then(|| self.unlink(place)).flatten()
    }

    /// Makes a registration the newest one, at a place that has none and is not linked as free.
    #[inline]
    fn link_at(&mut self, place: u32, registration: Registration) {
        self.without_weak += usize::from(!registration.has_weak());
        let newest = mem::replace(&mut self.newest, place);
        *self.link_mut(place) =
            Link { registration: Some(registration), older: newest, newer: NONE };
        if newest != NONE {
            self.link_mut(newest).newer = place;
        }
        self.len += 1;
    }

    /// Removes the registration at `place`, which is below `used`.
    pub(super) fn unlink(&mut self, place: u32) -> Option<Registration> {
        let free = self.free;
        let link = self.link_mut(place);
        let registration = link.registration.take()?;
        let (older, newer) = (mem::replace(&mut link.older, free), link.newer);
        self.free = place;
        if older != NONE {
            self.link_mut(older).newer = newer;
        }
        if newer == NONE {
            self.newest = older;
        } else {
            self.link_mut(newer).older = older;
        }
        if self.cursor == place {
            self.cursor = older;
        }
        self.len -= 1;
        self.without_weak -= usize::from(!registration.has_weak());
        Some(registration)
    }

    /// Removes those registrations, and returns them, newest first.
    pub(super) fn take_those(&mut self, which: fn(&Registration) -> bool) -> Vec<Registration> {
        let mut those = Vec::new();
        let mut next = self.newest;
        while next != NONE {
            let place = next;
            let link = self.link(place);
            next = link.older;
            if link.registration.as_ref().is_some_and(which) {
                those.extend(self.unlink(place));
            }
        }
        those
    }

    /// Removes the newest registration of a list that has left its slot. Links no free places.
    pub(super) fn pop_newest(&mut self) -> Option<Registration> {
        if self.newest == NONE {
            return None;
        }
        let link = self.link_mut(self.newest);
        let (registration, older) = (link.registration.take(), link.older);
        self.newest = older;
        registration
    }

    /// Returns the registrations, newest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Registration> {
        let mut next = self.newest;
        std::iter::from_fn(move || {
            if next == NONE {
                return None;
            }
            let link = self.link(next);
            next = link.older;
            link.registration.as_ref()
        })
    }

    /// Begins a walk, unless there is one.
    pub(super) fn begin_walk(&mut self, id: usize) -> bool {
        let begins = self.walk == NO_WALK;
        if begins {
            self.walk = id;
            self.cursor = self.newest;
        }
        begins
    }

    /// Whether this walk is under way.
    pub(super) fn has_walk(&self, id: usize) -> bool {
        self.walk == id
    }

    /// Returns the place that the walk visits next, and moves its cursor on.
    pub(super) fn next_of_walk(&mut self) -> Option<u32> {
        let place = self.cursor;
        if place == NONE {
            return None;
        }
        self.cursor = self.link(place).older;
        Some(place)
    }

    /// Ends this walk, if it is under way.
    pub(super) fn end_walk(&mut self, id: usize) {
        if self.has_walk(id) {
            self.walk = NO_WALK;
        }
    }
}
