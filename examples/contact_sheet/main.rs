//! A contact sheet of a folder's photographs, made the way an image viewer with many open views
//! would: every view asks one library for the picture it shows, and the library decodes each
//! picture once for all the views that look at it.
//!
//! ```text
//! cargo run --release --example contact_sheet -- [DIR] [-o sheet.png] [--threads N] [--passes N] \
//!     [--keep BYTES]
//! ```
//!
//! Read `library.rs` first: it is the part that needs `weakref_core`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "drawing goes from pixels to fractions and back, all of them small and positive"
)]

mod canvas;
mod decode;
mod exhibition;
mod library;
mod sheet;
mod text;
mod views;

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, value_parser};
use image::{
    ImageFormat, RgbImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use exhibition::Exhibition;
use library::{Count, Library, Totals};
use views::Kind;

/// Shows a folder's photographs on one contact sheet
#[derive(Parser)]
#[command(name = "contact_sheet")]
struct Args {
    /// Folder with the pictures (JPEG, PNG) [default: the photographs beside this example]
    #[arg(
        value_name = "DIR",
        default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/photos"),
        hide_default_value = true,
    )]
    folder: PathBuf,

    /// Where to write the sheet, a .png or a .jpg [default: beside this program]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How many threads open and draw the views
    #[arg(
        long,
        value_name = "N",
        default_value_t = 4,
        value_parser = value_parser!(u16).range(1..=256),
    )]
    threads: u16,

    /// How often to go through the whole folder
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = value_parser!(u16).range(1..),
    )]
    passes: u16,

    /// How many bytes of decoded pictures to keep that no view shows [default: none]
    #[arg(long, value_name = "BYTES")]
    keep: Option<u64>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contact_sheet: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let output = args.output.clone().unwrap_or_else(beside_this_program);
    let format = picture_format(&output).ok_or_else(|| {
        format!("cannot write {}: the name must end in .png or .jpg", output.display())
    })?;
    let folder = &args.folder;
    let pictures = pictures_in(folder)
        .map_err(|error| format!("cannot read the folder {}: {error}", folder.display()))?;
    if pictures.is_empty() {
        return Err(format!("no pictures (JPEG, PNG) in {}", folder.display()).into());
    }

    let library = Library::new(args.keep.unwrap_or(0));
    let exhibition = show(&pictures, args, &library);
    if exhibition.tiles.is_empty() {
        return Err(format!("none of the pictures in {} can be read", folder.display()).into());
    }

    let sheet = sheet::draw(&title(folder), &pictures, &exhibition.tiles);
    save(&sheet, &output, format)
        .map_err(|error| format!("cannot write {}: {error}", output.display()))?;

    print_table(pictures.len(), exhibition.broken.len(), args.keep.is_some(), &library);
    println!("\n{} ({} x {})", from_here(&output).display(), sheet.width(), sheet.height());
    Ok(())
}

/// Opens every view of every picture, as often as there are passes.
fn show<'a>(pictures: &'a [PathBuf], args: &Args, library: &Library) -> Exhibition<'a> {
    let views = pictures.len() * Kind::ALL.len() * usize::from(args.passes);
    // Drawn on standard error, and only if that is a terminal.
    let bar = ProgressBar::new(views as u64).with_style(
        ProgressStyle::with_template("{bar:40.cyan/238} {pos}/{len} views, {msg}")
            .expect("the template is fixed"),
    );

    let mut exhibition = Exhibition::default();
    for pass in 1..=args.passes {
        bar.set_message(format!("pass {pass} of {}", args.passes));
        exhibition.visit(pictures, usize::from(args.threads), library, &bar);
    }
    bar.finish_and_clear();
    exhibition
}

fn print_table(pictures: usize, broken: usize, keeps: bool, library: &Library) {
    let Totals { requests, decoded, kept, shared, refused, freed, most_bytes } = library.totals();
    let row = |name: &str, count: usize| println!("{name:<28}{count:>8}");
    let row_of_bytes = |name: &str, count: &str, bytes: usize| {
        println!("{name:<28}{count:>8}  {:>14} bytes", HumanCount(bytes as u64).to_string());
    };

    row("pictures", pictures);
    if broken > 0 {
        row("  that cannot be read", broken);
    }
    row("requests", requests);
    if refused > 0 {
        row("  refused", refused);
    }
    row_of_bytes("decoded", &decoded.pictures.to_string(), decoded.bytes);
    if keeps {
        row("kept (served by the front)", kept);
    }
    row("shared (served while alive)", shared);
    row_of_bytes("freed", &freed.pictures.to_string(), freed.bytes);
    row_of_bytes("most bytes alive at once", "", most_bytes);
    if keeps {
        let Count { pictures, bytes } = library.kept();
        row_of_bytes("left in the front at the end", &pictures.to_string(), bytes);
    }
    row("left in the map at the end", library.len());
}

/// Returns the pictures of a folder by their names' endings, in the order of their names.
fn pictures_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut pictures = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if picture_format(&path).is_some() && !path.is_dir() {
            pictures.push(path);
        }
    }
    pictures.sort();
    Ok(pictures)
}

fn picture_format(path: &Path) -> Option<ImageFormat> {
    ImageFormat::from_path(path)
        .ok()
        .filter(|format| matches!(format, ImageFormat::Jpeg | ImageFormat::Png))
}

/// Encodes first and writes then: what cannot be encoded does not cost the file that was there.
fn save(sheet: &RgbImage, path: &Path, format: ImageFormat) -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    if format == ImageFormat::Jpeg {
        sheet.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90))?;
    } else {
        sheet.write_with_encoder(PngEncoder::new_with_quality(
            &mut bytes,
            CompressionType::Best,
            FilterType::Adaptive,
        ))?;
    }
    Ok(fs::write(path, bytes)?)
}

/// The sheet goes where the build's other products are, and never among the sources.
fn beside_this_program() -> PathBuf {
    env::current_exe().unwrap_or_default().with_file_name("contact_sheet.png")
}

fn from_here(path: &Path) -> &Path {
    env::current_dir().ok().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path)
}

/// Returns the folder's own name, also for a folder that is called `.`.
fn title(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned()
}
