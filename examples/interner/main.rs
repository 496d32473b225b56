//! Interns every word of a code base from several threads. Equal words are one object, which is
//! owned by all documents with that word, and dropped with the last of them.
//!
//! ```text
//! cargo run --release --example interner -- [PATH].. [--ending ENDING] [--threads N]
//! ```
//!
//! Read `interner.rs` first: it is the part that needs `weakref_core`.

mod bytes;
mod document;
mod interner;
mod sources;

use std::{
    error::Error,
    num::NonZero,
    path::PathBuf,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use clap::{Parser, value_parser};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use rayon::{
    ThreadPool, ThreadPoolBuilder,
    iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _},
};

use bytes::Bytes;
use document::Document;
use interner::Interner;

/// Keeps each word of many files once, and says what that saves
#[derive(Parser)]
#[command(name = "interner")]
struct Args {
    /// Folders to read, or files [default: the Rust sources of this repository's dependencies]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Read only files with this ending, as in `rs` [default: all]
    #[arg(long, value_name = "ENDING", requires = "paths")]
    ending: Option<String>,

    /// How many threads read [default: as many as the machine runs at once]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interner: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let files = if args.paths.is_empty() {
        sources::files(&sources::dependencies()?, Some("rs"))?
    } else {
        sources::files(&args.paths, args.ending.as_deref())?
    };
    let threads = args.threads.map_or_else(all_there_are, usize::from);
    let threads = ThreadPoolBuilder::new().num_threads(threads).build()?;
    let interner = Interner::default();

    let start = Instant::now();
    let mut documents = read(&files, &interner, &threads)?;
    let interning = start.elapsed();
    row("files", documents.len());
    row("files that are not UTF-8, left out", files.len() - documents.len());
    row("words", documents.iter().map(|document| document.words().len()).sum());
    row("distinct words", interner.len());
    print_bytes(&Bytes::of(&documents, &interner));

    // The words are dropped with the documents, in any thread.
    let start = Instant::now();
    let rest = documents.split_off(documents.len() / 2);
    threads.install(|| documents.into_par_iter().for_each(drop));
    row("distinct words of half of the files", interner.len());
    threads.install(|| rest.into_par_iter().for_each(drop));
    let dropping = start.elapsed();
    row("left when all files are dropped", interner.len());
    row_of_time("seconds to read and intern", interning);
    row_of_time("seconds to drop", dropping);

    match interner.len() {
        0 => Ok(()),
        left => Err(format!("nobody has a word any more, and {left} are still there").into()),
    }
}

/// Reads all files that are UTF-8.
fn read(
    files: &[PathBuf],
    interner: &Interner,
    threads: &ThreadPool,
) -> Result<Vec<Document>, String> {
    // Drawn on standard error, and only if that is a terminal.
    let bar = ProgressBar::new(files.len() as u64).with_style(
        ProgressStyle::with_template("{bar:40.cyan/238} {pos}/{len} files")
            .expect("the template is fixed"),
    );
    let read = |path: &PathBuf| {
        let document =
            Document::read(path, interner).map_err(|error| sources::cannot_read(path, &error));
        bar.inc(1);
        document.transpose()
    };
    let documents = threads.install(|| files.par_iter().filter_map(read).collect());
    bar.finish_and_clear();
    documents
}

fn all_there_are() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn print_bytes(bytes: &Bytes) {
    row("bytes, if each word were a copy", bytes.copies);
    row("bytes of the interned words", bytes.shared);
    row("bytes of the set", bytes.set);
    // Negative if hardly any word occurs twice.
    let sign = if bytes.saved() < 0 { "-" } else { "" };
    let saved = HumanCount(bytes.saved().unsigned_abs() as u64);
    print_row("bytes saved", &format!("{sign}{saved}"));
}

fn row(name: &str, count: usize) {
    print_row(name, &HumanCount(count as u64).to_string());
}

fn row_of_time(name: &str, time: Duration) {
    print_row(name, &format!("{:.2}", time.as_secs_f64()));
}

fn print_row(name: &str, value: &str) {
    println!("{name:<36}{value:>14}");
}
