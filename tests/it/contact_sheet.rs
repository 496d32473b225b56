//! The example application, run as its users run it: on real photographs, and on what is none.

use std::{
    collections::{BTreeMap, HashSet},
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use image::{ImageFormat, Rgb, RgbImage};

use crate::examples::{self, program};

const PHOTOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/data/photos");

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn real_photographs_are_decoded_once_and_freed() {
    let sheet = scratch("real").join("sheet.png");
    let run = run(&[&PHOTOS, &"-o", &sheet]);
    run.succeeded();

    let sizes: Vec<u64> = fs::read_dir(PHOTOS)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension() != Some("md".as_ref()))
        .map(|path| image::image_dimensions(path).unwrap())
        .map(|(width, height)| 3 * u64::from(width) * u64::from(height))
        .collect();
    let pictures = sizes.len() as u64;
    let bytes = sizes.iter().sum();

    assert_eq!(run.row("pictures"), [pictures]);
    // Three views of each picture, of which the first had to decode it.
    assert_eq!(run.row("requests"), [3 * pictures]);
    assert_eq!(run.row("decoded"), [pictures, bytes]);
    assert_eq!(run.row("shared (served while alive)"), [2 * pictures]);
    assert_eq!(run.row("freed"), [pictures, bytes]);
    assert_eq!(run.row("left in the map at the end"), [0]);
    // The views of a few pictures are open together, never those of the whole folder.
    let most_bytes = run.row("most bytes alive at once")[0];
    assert!(most_bytes >= *sizes.iter().max().unwrap(), "{most_bytes}");
    assert!(most_bytes < bytes, "{most_bytes}");

    let sheet = image::open(sheet).unwrap().into_rgb8();
    assert!((1000..2000).contains(&sheet.width()), "{}", sheet.width());
    assert!((500..1500).contains(&sheet.height()), "{}", sheet.height());
    let colours: HashSet<_> = sheet.pixels().collect();
    assert!(colours.len() > 10_000, "{}", colours.len());
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn any_number_of_threads_and_passes_shares_the_same() {
    let folder = scratch("threads");
    copy("chelsea.png", &folder);
    copy("rocket.jpg", &folder);
    let sheet = scratch("threads_sheet").join("sheet.png");
    for (threads, passes) in [(1, 2), (2, 1), (3, 2), (16, 1)] {
        let (threads, times) = (threads.to_string(), passes.to_string());
        let run = run(&[&folder, &"-o", &sheet, &"--threads", &threads, &"--passes", &times]);
        run.succeeded();
        assert_eq!(run.row("pictures"), [2]);
        assert_eq!(run.row("requests"), [6 * passes]);
        assert_eq!(run.row("decoded")[0], 2 * passes);
        assert_eq!(run.row("shared (served while alive)"), [4 * passes]);
        assert_eq!(run.row("freed"), run.row("decoded"));
        assert_eq!(run.row("left in the map at the end"), [0]);
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_is_kept_is_bounded_and_not_decoded_again() {
    let folder = scratch("keep");
    copy("chelsea.png", &folder);
    copy("rocket.jpg", &folder);
    let sheet = scratch("keep_sheet").join("sheet.png");
    let bytes = ["chelsea.png", "rocket.jpg"].map(|photo| {
        let (width, height) = image::image_dimensions(folder.join(photo)).unwrap();
        3 * u64::from(width) * u64::from(height)
    });
    let [all, larger] = [bytes.iter().sum(), *bytes.iter().max().unwrap()];
    // No room, room for one of them, and for both.
    assert!(larger + larger / 10 < all);
    for (keep, threads, decodings) in
        [(0, 1, 6..=6), (larger + larger / 10, 1, 2..=6), (2 * all, 3, 2..=2)]
    {
        let (keeps, threads) = (keep.to_string(), threads.to_string());
        let run = run(&[
            &folder,
            &"-o",
            &sheet,
            &"--passes",
            &"3",
            &"--keep",
            &keeps,
            &"--threads",
            &threads,
        ]);
        run.succeeded();
        let [decoded, freed] = ["decoded", "freed"].map(|row| (run.row(row)[0], run.row(row)[1]));
        let [left, left_bytes] = run.row("left in the front at the end") else { panic!() };
        let [kept, shared] = ["kept (served by the front)", "shared (served while alive)"]
            .map(|row| run.row(row)[0]);
        assert!(decodings.contains(&decoded.0), "{}", run.stdout);
        assert_eq!(run.row("requests"), [18]);
        assert_eq!(decoded.0 + kept + shared, 18, "{}", run.stdout);
        assert_eq!(kept > 0, keep > 0, "{}", run.stdout);
        assert!(*left_bytes <= keep, "{}", run.stdout);
        assert_eq!(*left > 0, keep > 0, "{}", run.stdout);
        // What is kept is alive and in the map, and the rest is freed.
        assert_eq!(decoded, (freed.0 + left, freed.1 + left_bytes));
        assert_eq!(run.row("left in the map at the end"), [*left]);
        assert!(
            run.row("most bytes alive at once")[0]
                <= keep + larger * threads.parse::<u64>().unwrap()
        );
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn without_an_output_the_sheet_is_written_beside_the_program() {
    let folder = scratch("no_output");
    copy("chelsea.png", &folder);
    let run = run(&[&folder]);
    run.succeeded();
    let sheet = program("contact_sheet").with_file_name("contact_sheet.png");
    assert!(run.stdout.contains("contact_sheet.png ("), "{}", run.stdout);
    assert!(image::open(&sheet).is_ok());
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_sheet_may_be_a_jpeg() {
    let folder = scratch("jpeg");
    copy("chelsea.png", &folder);
    let sheet = folder.join("sheet.jpg");
    run(&[&folder, &"-o", &sheet]).succeeded();
    let bytes = fs::read(&sheet).unwrap();
    assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
    assert!(image::load_from_memory(&bytes).is_ok());
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn truncated_pictures_are_reported_and_crossed_out() {
    let folder = scratch("truncated");
    copy("chelsea.png", &folder);
    copy_part("coffee.png", 0.7, &folder.join("coffee.png"));
    copy_part("rocket.jpg", 0.7, &folder.join("rocket.jpg"));
    let sheet = scratch("truncated_sheet").join("sheet.png");
    let run = run(&[&folder, &"-o", &sheet, &"--passes", &"2"]);

    run.succeeded();
    for name in ["coffee.png", "rocket.jpg"] {
        let path = folder.join(name);
        // Once, although three views asked, twice.
        assert_eq!(run.stderr.matches(path.to_str().unwrap()).count(), 1, "{}", run.stderr);
    }
    assert_eq!(run.row("pictures"), [3]);
    assert_eq!(run.row("that cannot be read"), [2]);
    // A picture that failed is not tried again in the second pass.
    assert_eq!(run.row("requests"), [2 * 3 + 2 * 3]);
    assert_eq!(run.row("refused"), [2 * 3]);
    assert_eq!(run.row("decoded")[0], 2);
    assert_eq!(run.row("shared (served while alive)"), [4]);
    assert_eq!(run.row("freed"), run.row("decoded"));
    assert_eq!(run.row("left in the map at the end"), [0]);

    // Three cards in a row: the first is the cat, the second and third are crossed out.
    let sheet = image::open(sheet).unwrap().into_rgb8();
    let (middle, apart) = (sheet.width() / 2, 292);
    let columns = [middle - apart, middle, middle + apart];
    assert_eq!(columns.map(|x| crossed_out(&sheet, x)), [false, true, true]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_jpeg_that_lacks_a_little_is_truncated_too() {
    let folder = scratch("lacks_a_little");
    let sheet = scratch("lacks_a_little_sheet").join("sheet.png");
    for part in [0.01, 0.1, 0.5, 0.9, 0.9999] {
        copy_part("rocket.jpg", part, &folder.join(format!("{part}.jpg")));
    }
    copy("rocket.jpg", &folder);
    let run = run(&[&folder, &"-o", &sheet]);
    run.succeeded();
    assert_eq!(run.row("pictures"), [6]);
    assert_eq!(run.row("that cannot be read"), [5]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn only_bad_pictures_make_no_sheet() {
    let folder = scratch("only_bad");
    fs::write(folder.join("empty.png"), "").unwrap();
    fs::write(folder.join("text.jpg"), "not a picture").unwrap();
    let sheet = scratch("only_bad_sheet").join("sheet.png");
    let run = run(&[&folder, &"-o", &sheet]);
    run.failed(folder.to_str().unwrap());
    run.failed(folder.join("empty.png").to_str().unwrap());
    run.failed(folder.join("text.jpg").to_str().unwrap());
    assert!(!sheet.exists());
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_folder_must_exist_and_have_pictures() {
    let folder = scratch("folders");
    let missing = folder.join("missing");
    run(&[&missing]).failed(missing.to_str().unwrap());

    run(&[&folder]).failed(folder.to_str().unwrap());
    fs::write(folder.join("notes.txt"), "not a picture").unwrap();
    fs::create_dir(folder.join("folder.png")).unwrap();
    run(&[&folder]).failed(folder.to_str().unwrap());

    let file = folder.join("notes.txt");
    run(&[&file]).failed(file.to_str().unwrap());
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn an_output_that_cannot_be_written_is_named() {
    let folder = scratch("unwritable");
    copy("chelsea.png", &folder);
    fs::create_dir(folder.join("folder.png")).unwrap();
    for name in ["missing/sheet.png", "folder.png", "sheet.gif", "sheet"] {
        let sheet = folder.join(name);
        run(&[&folder, &"-o", &sheet]).failed(sheet.to_str().unwrap());
        assert!(!sheet.is_file());
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn no_threads_and_no_passes_are_refused() {
    for option in ["--threads", "--passes"] {
        let run = run(&[&PHOTOS, &option, &"0"]);
        assert_eq!(run.status, Some(2));
        assert!(run.stderr.contains(option), "{}", run.stderr);
    }
}

/// What the program left behind.
struct Run {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    table: BTreeMap<String, Vec<u64>>,
}

impl Run {
    #[track_caller]
    fn succeeded(&self) {
        assert_eq!(self.status, Some(0), "{}", self.stderr);
    }

    /// Asserts an orderly failure, with a message that names the culprit.
    #[track_caller]
    fn failed(&self, culprit: &str) {
        assert_eq!(self.status, Some(1), "{}", self.stderr);
        assert!(self.stderr.contains(culprit), "{}", self.stderr);
        assert_eq!(self.stdout, "");
    }

    #[track_caller]
    fn row(&self, name: &str) -> &[u64] {
        self.table.get(name).unwrap_or_else(|| panic!("no row {name:?} in\n{}", self.stdout))
    }
}

fn run(arguments: &[&dyn AsRef<OsStr>]) -> Run {
    let arguments = arguments.iter().map(AsRef::as_ref);
    let output = Command::new(program("contact_sheet")).args(arguments).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let table = stdout.lines().filter_map(parse_row).collect();
    let stderr = String::from_utf8(output.stderr).unwrap();
    Run { status: output.status.code(), stdout, stderr, table }
}

/// Splits a row into its name and its numbers, which are apart by at least two spaces.
fn parse_row(line: &str) -> Option<(String, Vec<u64>)> {
    let (name, numbers) = line.trim().split_once("  ")?;
    let numbers = numbers.split_whitespace().filter(|&word| word != "bytes");
    let numbers = numbers.map(|number| number.replace(',', "").parse().unwrap());
    Some((name.to_owned(), numbers.collect()))
}

fn scratch(name: &str) -> PathBuf {
    examples::scratch("contact_sheet", name)
}

fn copy(photo: &str, folder: &Path) {
    fs::copy(Path::new(PHOTOS).join(photo), folder.join(photo)).unwrap();
}

/// Copies the first part of a photo's file.
fn copy_part(photo: &str, part: f64, to: &Path) {
    let bytes = fs::read(Path::new(PHOTOS).join(photo)).unwrap();
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    let length = (bytes.len() as f64 * part) as usize;
    fs::write(to, &bytes[..length]).unwrap();
}

/// Tells whether the card about the column `x` has nothing but two crossing lines in its frame.
fn crossed_out(sheet: &RgbImage, x: u32) -> bool {
    // The frame's upper and lower border are left out.
    let frame = 110..280;
    let surface = Rgb([36, 38, 42]);
    let drawn = frame.filter(|&y| *sheet.get_pixel(x, y) != surface).count();
    (1..10).contains(&drawn)
}
