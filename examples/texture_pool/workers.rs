//! Threads that use textures, and drop them when they are done.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
};

use crate::pool::Texture;

pub(crate) struct Workers {
    workers: Vec<(Sender<Arc<Texture>>, JoinHandle<usize>)>,
    next: usize,
}

impl Workers {
    pub(crate) fn start(count: usize) -> Self {
        let start = |_| {
            let (sender, receiver) = channel();
            (sender, thread::spawn(move || work(&receiver)))
        };
        Self { workers: (0..count).map(start).collect(), next: 0 }
    }

    /// Gives the texture to so many workers, which take turns. The last one to finish drops it.
    pub(crate) fn give(&mut self, texture: Arc<Texture>, shares: usize) {
        for texture in std::iter::repeat_n(texture, shares) {
            let (sender, _) = &self.workers[self.next % self.workers.len()];
            sender.send(texture).expect("a worker ends when there is nobody to send");
            self.next += 1;
        }
    }

    /// Waits until all work is done, and returns how many bytes of textures have been looked at.
    pub(crate) fn finish(self) -> usize {
        let (senders, threads): (Vec<_>, Vec<_>) = self.workers.into_iter().unzip();
        drop(senders);
        threads.into_iter().map(|thread| thread.join().expect("a worker does not panic")).sum()
    }
}

fn work(textures: &Receiver<Arc<Texture>>) -> usize {
    // Each is dropped at the end of its turn.
    textures.iter().map(|texture| texture.size).sum()
}
