//! Textures that any thread may drop, and one thread frees. This is the file about `weakref_core`.

use std::sync::Arc;

use weakref_core::{DeathQueue, weakrefable};

use crate::{
    device::{Counts, Device, Handle},
    drops::{Drops, NotesDrop},
};

/// A texture in the device.
///
/// It lives in an ordinary `Arc`, which can be sent to any thread. A `Drop` could not free the
/// handle: it would run in the thread that drops the last `Arc`, where the device must not be used.
#[weakrefable]
pub(crate) struct Texture {
    pub(crate) size: usize,
    /// For this example's table.
    _drop: NotesDrop,
}

/// Makes textures, and frees those that have been dropped.
pub(crate) struct Pool {
    device: Device,
    /// The handles of dropped textures. The drop, in any thread, puts the handle in and does
    /// nothing else.
    dead: DeathQueue<Handle>,
    drops: Drops,
}

impl Pool {
    pub(crate) fn new(device: Device) -> Self {
        Self { device, dead: DeathQueue::new(), drops: Drops::default() }
    }

    /// Returns a new texture. If the device is full, waits until one is dropped.
    pub(crate) fn texture(&mut self, pixels: Vec<u8>) -> Arc<Texture> {
        while self.device.is_full() {
            let handle = self.dead.recv().expect("the pool does not close its queue");
            self.device.free(handle);
        }
        let size = pixels.len();
        let handle = self.device.make(pixels);
        let texture = Arc::new(weakref_core::new!(Texture { size, _drop: self.drops.note() }));
        // The watch ends with the texture, so nothing has to be kept for it.
        self.dead.watch(&texture, handle).forget();
        texture
    }

    /// Frees the textures that were dropped since the last call. Called once a frame.
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
