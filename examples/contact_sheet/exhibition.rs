//! All views of all pictures: opened together, drawn and closed by a few threads.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter, panic,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use image::RgbImage;
use indicatif::ProgressBar;

use crate::{
    decode::Unreadable,
    library::Library,
    views::{Drawing, Kind, Swatch, View},
};

/// What the views of one picture drew.
#[derive(Default)]
pub(crate) struct Tile {
    /// Width and height of the picture itself.
    pub(crate) size: (u32, u32),
    pub(crate) thumbnail: RgbImage,
    pub(crate) tones: Vec<f32>,
    pub(crate) palette: Vec<Swatch>,
}

/// What there is to see, picture by picture.
#[derive(Default)]
pub(crate) struct Exhibition<'a> {
    pub(crate) tiles: BTreeMap<&'a Path, Tile>,
    /// The pictures that could not be read. They were reported and are not tried again.
    pub(crate) broken: BTreeSet<&'a Path>,
}

impl<'a> Exhibition<'a> {
    /// Goes through the pictures, a page at a time.
    ///
    /// A page has as many pictures as there are threads. So each thread has something to decode,
    /// and the memory needed does not grow with the folder.
    pub(crate) fn visit(
        &mut self,
        pictures: &'a [PathBuf],
        threads: usize,
        library: &Library,
        bar: &ProgressBar,
    ) {
        let mut readable: Vec<_> = pictures.iter().map(PathBuf::as_path).collect();
        readable.retain(|path| !self.broken.contains(path));

        for page in readable.chunks(threads) {
            let views_of = |kind| page.iter().map(move |&path| (kind, path));
            let wanted = Kind::ALL.into_iter().flat_map(views_of).collect();

            // All views of the page open at once. The threads that come first decode a picture
            // each. Those that come later get a photo that is there, or wait until it is decoded.
            let opened = on_threads(threads, wanted, |(kind, path)| {
                (path, library.photo(path).map(|photo| View { kind, photo }))
            });

            // They close one by one, and each photo is freed along with its last view.
            let drawn = on_threads(threads, opened, |(path, view)| {
                let drawing = view.map(View::draw);
                bar.inc(1);
                (path, drawing)
            });

            for (path, drawing) in drawn {
                match drawing {
                    Ok(drawing) => self.tiles.entry(path).or_default().hang(drawing),
                    Err(error) => self.report(path, &error, bar),
                }
            }
        }
    }

    /// Says once that a picture cannot be read, although each of its views finds out.
    fn report(&mut self, path: &'a Path, error: &Unreadable, bar: &ProgressBar) {
        if self.broken.insert(path) {
            bar.suspend(|| {
                eprintln!("contact_sheet: cannot read {}: {error}", path.display());
            });
        }
    }
}

impl Tile {
    fn hang(&mut self, drawing: Drawing) {
        match drawing {
            Drawing::Thumbnail { of, pixels } => (self.size, self.thumbnail) = (of, pixels),
            Drawing::Tones(tones) => self.tones = tones,
            Drawing::Palette(palette) => self.palette = palette,
        }
    }
}

/// Does the work on so many threads, and returns the results in the order in which they came.
fn on_threads<T: Send, R: Send>(
    threads: usize,
    work: Vec<T>,
    each: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let work = Mutex::new(work.into_iter());
    // A function, so that the lock is open again before the work is done.
    let next = || work.lock().expect("nobody panics while holding it").next();
    thread::scope(|scope| {
        let worker = || iter::from_fn(next).map(&each).collect::<Vec<_>>();
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| panic::resume_unwind(panic)))
            .collect()
    })
}
