//! Textures that anybody may drop, and one thread frees. This is the file about `weakref_core`.

use std::sync::Arc;

use weakref_core::{DeathQueue, weakrefable};

use crate::{
    device::{Counts, Device, Handle},
    drops::{Drops, NotesDrop},
};

/// A texture in the device.
///
/// It lives in an ordinary `Arc`, which goes to any thread. A `Drop` could not give the handle back: it
/// would run where the last `Arc` goes, and the device does not like that.
#[weakrefable]
pub(crate) struct Texture {
    pub(crate) size: usize,
    /// For this example's table.
    _drop: NotesDrop,
}

/// Makes textures, and frees those that nobody has any more.
pub(crate) struct Pool {
    device: Device,
    /// What has died, by its handle. A death on whichever thread puts it in, and touches nothing else.
    dead: DeathQueue<Handle>,
    drops: Drops,
}

impl Pool {
    pub(crate) fn new(device: Device) -> Self {
        Self { device, dead: DeathQueue::new(), drops: Drops::default() }
    }

    /// Returns a new texture. If the device is full, waits until somebody drops one.
    pub(crate) fn texture(&mut self, pixels: Vec<u8>) -> Arc<Texture> {
        while self.device.is_full() {
            let handle = self.dead.recv();
            self.device.free(handle);
        }
        let size = pixels.len();
        let handle = self.device.make(pixels);
        let texture = Arc::new(weakref_core::new!(Texture { size, _drop: self.drops.note() }));
        // The watch is to stand as long as the texture: nobody has to keep it.
        self.dead.watch(&texture, handle).forget();
        texture
    }

    /// Frees what has died since the last time: once a frame.
    pub(crate) fn free_the_dead(&mut self) {
        for handle in self.dead.drain() {
            self.device.free(handle);
        }
    }

    pub(crate) fn drops(&self) -> &Drops {
        &self.drops
    }

    pub(crate) fn counts(&self) -> Counts {
        self.device.counts()
    }

    /// Returns how many textures are in the device.
    pub(crate) fn len(&self) -> usize {
        self.device.len()
    }
}
