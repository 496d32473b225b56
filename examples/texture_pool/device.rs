//! A graphics device, as far as this example needs one: it belongs to the thread that opened it.

use std::{
    collections::HashMap,
    marker::PhantomData,
    thread::{self, ThreadId},
};

/// What the device calls a texture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Handle(u32);

/// A device with room for so many textures.
///
/// As with OpenGL, every call must come from one thread. Rust enforces that, because this is not
/// `Send`. It is asserted nevertheless, as a driver would crash.
pub(crate) struct Device {
    home: ThreadId,
    room: usize,
    textures: HashMap<Handle, Vec<u8>>,
    last: u32,
    counts: Counts,
    not_send: PhantomData<*const ()>,
}

/// What the device has done.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) made: usize,
    pub(crate) freed: usize,
    pub(crate) freed_at_home: usize,
    pub(crate) most_at_once: usize,
}

impl Device {
    pub(crate) fn open(room: usize) -> Self {
        Self {
            home: thread::current().id(),
            room,
            textures: HashMap::new(),
            last: 0,
            counts: Counts::default(),
            not_send: PhantomData,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.textures.len() == self.room
    }

    /// Returns how many textures are in the device.
    pub(crate) fn len(&self) -> usize {
        self.textures.len()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    pub(crate) fn make(&mut self, pixels: Vec<u8>) -> Handle {
        self.assert_home();
        assert!(!self.is_full(), "the device is full");
        self.last += 1;
        let handle = Handle(self.last);
        self.textures.insert(handle, pixels);
        self.counts.made += 1;
        self.counts.most_at_once = self.counts.most_at_once.max(self.textures.len());
        handle
    }

    pub(crate) fn free(&mut self, handle: Handle) {
        self.assert_home();
        assert!(self.textures.remove(&handle).is_some(), "{handle:?} is free already");
        self.counts.freed += 1;
        self.counts.freed_at_home += usize::from(thread::current().id() == self.home);
    }

    fn assert_home(&self) {
        assert_eq!(thread::current().id(), self.home, "the device belongs to another thread");
    }
}
