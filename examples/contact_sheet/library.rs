//! The pictures that are in use, each decoded once. This is the file about `weakref_core`.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use image::RgbImage;
use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter, sync::Cache};
use weakref_core::{WeakRef, WeakValueMap, weakrefable};

use crate::decode::{self, Unreadable};

/// A decoded picture.
///
/// `#[weakrefable]` adds a hidden slot, which has the list of callbacks and map entries that end
/// with the photo. Otherwise this is a struct like any other, and lives in an ordinary `Arc`.
#[weakrefable]
pub(crate) struct Photo {
    pub(crate) pixels: RgbImage,
}

impl Photo {
    fn bytes(&self) -> usize {
        self.pixels.as_raw().len()
    }
}

/// The owners of photos that the library keeps, although no view may show them.
type Front = Cache<PathBuf, Arc<Photo>, Bytes, DefaultHashBuilder, Bytes>;

/// Weighs a photo by its bytes, and has evicted ones dropped when the front is unlocked again,
/// because their drop runs callbacks.
#[derive(Clone)]
struct Bytes;

impl Weighter<PathBuf, Arc<Photo>> for Bytes {
    fn weight(&self, _: &PathBuf, photo: &Arc<Photo>) -> u64 {
        photo.bytes() as u64
    }
}

impl Lifecycle<PathBuf, Arc<Photo>> for Bytes {
    type RequestState = Vec<Arc<Photo>>;

    fn on_evict(&self, evicted: &mut Vec<Arc<Photo>>, _: PathBuf, photo: Arc<Photo>) {
        evicted.push(photo);
    }
}

/// Hands out photos, and owns no more of them than it was told to keep.
pub(crate) struct Library {
    /// A bounded front of owners. Without it, a photo would be forgotten with its last view.
    kept: Front,
    /// An entry exists as long as there is an `Arc` of the photo, and is removed with the last one.
    /// There is no size to choose, nothing to evict and nothing to sweep.
    open: WeakValueMap<PathBuf, Photo>,
    /// A callback lives as long as the weak reference that it was given to. These keep ours.
    watches: Mutex<Vec<WeakRef<Photo>>>,
    ledger: Arc<Ledger>,
}

impl Library {
    /// Returns a library that keeps photos of at most so many bytes that nobody uses.
    pub(crate) fn new(keep: u64) -> Self {
        // The front has a single shard if it expects few photos: the bound is one for all of them.
        let kept = Cache::with(32, keep, Bytes, DefaultHashBuilder::default(), Bytes);
        Self { kept, open: WeakValueMap::new(), watches: Mutex::default(), ledger: Arc::default() }
    }

    /// Returns the photo, decoded if it is neither kept nor in use.
    pub(crate) fn photo(&self, path: &Path) -> Result<Arc<Photo>, Unreadable> {
        self.ledger.requests.fetch_add(1, Relaxed);
        if let Some(photo) = self.kept.get(path) {
            self.ledger.kept.fetch_add(1, Relaxed);
            return Ok(photo);
        }
        let photo = self.open_photo(path)?;
        self.kept.insert(path.to_owned(), Arc::clone(&photo));
        Ok(photo)
    }

    /// Returns the photo, decoded if it is not in use already.
    ///
    /// If several threads ask for a picture at the same moment, one of them decodes it, and the
    /// others wait for that one only. If it fails, the next one tries.
    fn open_photo(&self, path: &Path) -> Result<Arc<Photo>, Unreadable> {
        let mut shared = true;
        let photo = self.open.get_or_try_insert_with(path.to_owned(), || {
            shared = false;
            let pixels = decode::picture(path)?;
            // `new!` takes a struct literal and fills in the hidden slot.
            let photo = Arc::new(weakref_core::new!(Photo { pixels }));
            self.watch(&photo);
            Ok(photo)
        });
        match &photo {
            Ok(_) if shared => self.ledger.shared.fetch_add(1, Relaxed),
            Ok(_) => 0,
            Err(_) => self.ledger.refused.fetch_add(1, Relaxed),
        };
        photo
    }

    /// Enters a new photo in the ledger, and registers a callback that enters its end.
    fn watch(&self, photo: &Arc<Photo>) {
        let bytes = photo.bytes();
        self.ledger.decoded(bytes);

        // The callback runs inside the drop of the last `Arc`, in whichever thread that happens.
        // It cannot reach the photo any more, so it captures what it needs.
        let ledger = Arc::clone(&self.ledger);
        let watch = WeakRef::with_callback(photo, move |_| ledger.freed(bytes));

        let mut watches = self.watches.lock().expect("nobody panics while holding it");
        watches.retain(|watch| !watch.is_dead());
        watches.push(watch);
    }

    /// Returns how many pictures are kept now, and the bytes of their pixels.
    pub(crate) fn kept(&self) -> Count {
        // The sum of lengths of vectors that are alive.
        let bytes = self.kept.weight() as usize;
        Count { pictures: self.kept.len(), bytes }
    }

    /// Returns how many pictures are in the library now, which is how many are kept or in use.
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn totals(&self) -> Totals {
        self.ledger.totals()
    }
}

/// What the library did, as counted by the threads that did it.
///
/// All counters are relaxed: they guard no other data, and they are read after the threads ended.
#[derive(Default)]
struct Ledger {
    requests: AtomicUsize,
    kept: AtomicUsize,
    shared: AtomicUsize,
    refused: AtomicUsize,
    decoded: Counter,
    freed: Counter,
    alive: AtomicUsize,
    most_alive: AtomicUsize,
}

#[derive(Default)]
struct Counter {
    pictures: AtomicUsize,
    bytes: AtomicUsize,
}

/// A number of pictures and the bytes of their pixels.
pub(crate) struct Count {
    pub(crate) pictures: usize,
    pub(crate) bytes: usize,
}

/// The ledger's last page.
pub(crate) struct Totals {
    pub(crate) requests: usize,
    pub(crate) decoded: Count,
    /// Requests that the front served.
    pub(crate) kept: usize,
    /// Requests that the map served.
    pub(crate) shared: usize,
    pub(crate) refused: usize,
    pub(crate) freed: Count,
    pub(crate) most_bytes: usize,
}

impl Ledger {
    fn decoded(&self, bytes: usize) {
        self.decoded.add(bytes);
        let alive = self.alive.fetch_add(bytes, Relaxed) + bytes;
        self.most_alive.fetch_max(alive, Relaxed);
    }

    fn freed(&self, bytes: usize) {
        self.freed.add(bytes);
        self.alive.fetch_sub(bytes, Relaxed);
    }

    fn totals(&self) -> Totals {
        Totals {
            requests: self.requests.load(Relaxed),
            decoded: self.decoded.get(),
            kept: self.kept.load(Relaxed),
            shared: self.shared.load(Relaxed),
            refused: self.refused.load(Relaxed),
            freed: self.freed.get(),
            most_bytes: self.most_alive.load(Relaxed),
        }
    }
}

impl Counter {
    fn add(&self, bytes: usize) {
        self.pictures.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }

    fn get(&self) -> Count {
        Count { pictures: self.pictures.load(Relaxed), bytes: self.bytes.load(Relaxed) }
    }
}
