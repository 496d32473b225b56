//! The example of the interner, run as its users run it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::examples::{self, program};

/// What is printed of the words themselves, and is the same each time.
const COUNTS: [&str; 8] = [
    "files",
    "files that are not UTF-8, left out",
    "words",
    "distinct words",
    "bytes, if each word were a copy",
    "bytes of the interned words",
    "distinct words of half of the files",
    "left when all files are dropped",
];

/// Files whose counts are known, in the order in which they are read.
fn shelf(name: &str) -> PathBuf {
    let shelf = scratch(name);
    write(&shelf, "a.txt", "one two two, (three)\n");
    write(&shelf, "b/code.rs", "fn main() { let größe = 0xff + 1e5 * 10_000; two_ - _x }");
    write(&shelf, "d.txt", "three/one");
    write(&shelf, "empty.txt", "");
    write(&shelf, "latin-1.txt", b"caf\xe9");
    shelf
}

/// 12 words with 44 bytes; 9 distinct ones with 33 bytes. Two are in the second half.
#[cfg(target_pointer_width = "64")]
const OF_THE_SHELF: [i64; 8] = [4, 1, 12, 9, 12 * 16 + 44, 12 * 8 + 9 * (16 + 32) + 33, 2, 0];

#[cfg(target_pointer_width = "64")]
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_counts_of_known_files() {
    let run = run(&[&shelf("known")]);
    run.succeeded();
    assert_eq!(run.counts(), OF_THE_SHELF);
    assert_eq!(run.table.len(), 12, "{}", run.stdout);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn any_number_of_threads_gives_the_same() {
    let (folder, expected) = sources("threads");
    for threads in ["1", "2", "4", "64"] {
        let run = run(&[&folder, &"--threads", &threads]);
        run.succeeded();
        assert_eq!(run.counts(), expected, "{threads} threads");
    }
}

/// As the same words are in all of them, whoever comes first makes a word that others wait for.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn many_files_with_the_same_words_have_each_once() {
    let folder = scratch("same");
    let words: Vec<_> = (0..200).map(|number| format!("word_{number:03}")).collect();
    let text = words.join(" ");
    for file in 0..100 {
        write(&folder, &format!("{file}.txt"), &text);
    }
    for threads in ["1", "4", "16"] {
        let run = run(&[&folder, &"--threads", &threads]);
        run.succeeded();
        assert_eq!(run.row("words"), 100 * 200);
        assert_eq!(run.row("distinct words"), 200);
        assert_eq!(run.row("distinct words of half of the files"), 200);
        assert_eq!(run.row("left when all files are dropped"), 0);
        assert!(run.row("bytes saved") > 200_000, "{}", run.stdout);
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn an_ending_leaves_out_the_other_files() {
    let shelf = shelf("ending");
    let run = run(&[&shelf, &"--ending", &"rs"]);
    run.succeeded();
    assert_eq!((run.row("files"), run.row("words")), (1, 6));
    // Half of a file is none.
    assert_eq!(run.row("distinct words of half of the files"), 6);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn several_paths_are_read_and_no_file_twice() {
    let shelf = shelf("several");
    let (inner, file) = (shelf.join("b"), shelf.join("d.txt"));
    let inner_and_file = run(&[&inner, &file]);
    inner_and_file.succeeded();
    assert_eq!((inner_and_file.row("files"), inner_and_file.row("words")), (2, 8));

    let outside_in = shelf.join("b/../b/code.rs");
    let twice = run(&[&shelf, &inner, &file, &outside_in, &shelf]);
    twice.succeeded();
    assert_eq!(twice.counts(), run(&[&shelf]).counts());

    // A file that is named is wanted, whatever its ending.
    let named = run(&[&file, &inner, &"--ending", &"rs"]);
    named.succeeded();
    assert_eq!(named.row("files"), 2);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_is_hidden_or_a_cache_is_left_out_unless_it_is_named() {
    let shelf = shelf("left_out");
    write(&shelf, ".hidden/file.txt", "hidden");
    write(&shelf, ".file.txt", "hidden");
    write(&shelf, "target/CACHEDIR.TAG", "Signature");
    write(&shelf, "target/debug/file.txt", "cached words");
    let outside = run(&[&shelf]);
    outside.succeeded();
    assert_eq!(outside.row("words"), 12);

    let named = run(&[&shelf.join(".hidden"), &shelf.join("target")]);
    named.succeeded();
    // The tag is a file too.
    assert_eq!((named.row("files"), named.row("words")), (3, 4));
}

#[cfg(unix)]
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn links_on_the_disk_are_left_out() {
    let shelf = shelf("links");
    std::os::unix::fs::symlink("..", shelf.join("b/up")).unwrap();
    std::os::unix::fs::symlink("a.txt", shelf.join("c.txt")).unwrap();
    let run = run(&[&shelf]);
    run.succeeded();
    assert_eq!(run.row("files"), 4);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn files_without_words_are_files() {
    let folder = scratch("no_words");
    write(&folder, "numbers.txt", "1 22 3e4 0x5f 6_000\n");
    write(&folder, "picture", [0, 159, 146, 150]);
    let run = run(&[&folder]);
    run.succeeded();
    let nothing = ["words", "distinct words", "bytes of the interned words", "bytes saved"];
    assert!(nothing.iter().all(|name| run.row(name) == 0), "{}", run.stdout);
    assert_eq!((run.row("files"), run.row("files that are not UTF-8, left out")), (1, 1));
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn where_there_is_nothing_to_read_it_says_so() {
    let empty = scratch("empty");
    let (inner, missing) = (empty.join("inner"), empty.join("missing"));
    fs::create_dir_all(&inner).unwrap();
    assert_refused(&[&empty], &format!("no files in {}\n", empty.display()));
    assert_refused(
        &[&empty, &inner, &"--ending", &"rs"],
        &format!("no files with the ending rs in {}, {}\n", empty.display(), inner.display()),
    );
    assert_refused(&[&missing], &format!("cannot read {}: ", missing.display()));
    // Though there would be something else.
    assert_refused(&[&shelf("there"), &missing], &format!("cannot read {}: ", missing.display()));
}

#[track_caller]
fn assert_refused(arguments: &[&dyn AsRef<OsStr>], complaint: &str) {
    let run = run(arguments);
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    assert!(run.stderr.starts_with(&format!("interner: {complaint}")), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn without_arguments_it_asks_cargo_and_says_if_there_is_none() {
    let run =
        Run::of(Command::new(program("interner")).env("CARGO", scratch("cargo").join("cargo")));
    assert_eq!(run.status, Some(1));
    let complaint = "interner: cannot find the dependencies of this repository: ";
    assert!(run.stderr.starts_with(complaint), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_makes_no_sense_is_refused() {
    let shelf = shelf("refused");
    let no_threads: [&dyn AsRef<OsStr>; 3] = [&shelf, &"--threads", &"0"];
    let no_paths: [&dyn AsRef<OsStr>; 2] = [&"--ending", &"rs"];
    for arguments in [&no_threads[..], &no_paths] {
        let run = run(arguments);
        assert_eq!(run.status, Some(2), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

/// What the program left behind.
struct Run {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    /// The rows of the table, but for those of time.
    table: BTreeMap<String, i64>,
}

impl Run {
    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let rows = stdout.lines().map(|line| line.rsplit_once(' ').unwrap());
        let table = rows.map(|(name, value)| {
            // Seconds are only looked at for being such.
            let value = value.replace(',', "").parse::<f64>().unwrap();
            (name.trim_end().to_owned(), format!("{value:.0}").parse().unwrap())
        });
        let table = table.collect();
        Self { status: output.status.code(), stdout, stderr, table }
    }

    #[track_caller]
    fn row(&self, name: &str) -> i64 {
        *self.table.get(name).unwrap_or_else(|| panic!("no row {name:?} in\n{}", self.stdout))
    }

    #[track_caller]
    fn counts(&self) -> Vec<i64> {
        COUNTS.map(|name| self.row(name)).into()
    }

    #[track_caller]
    fn succeeded(&self) {
        assert_eq!(self.stderr, "");
        assert_eq!(self.status, Some(0), "{}", self.stdout);
        assert_eq!(self.row("left when all files are dropped"), 0);
        let bytes = |what: &str| self.row(&format!("bytes{what}"));
        let kept = bytes(" of the interned words") + bytes(" of the set");
        assert_eq!(bytes(" saved"), bytes(", if each word were a copy") - kept);
        // An entry takes 17 bytes, and the set has room for all.
        assert!(bytes(" of the set") >= 17 * self.row("distinct words"), "{}", self.stdout);
    }
}

fn run(arguments: &[&dyn AsRef<OsStr>]) -> Run {
    Run::of(Command::new(program("interner")).args(arguments.iter().map(AsRef::as_ref)))
}

/// Returns a folder with copies of sources, and what the program must count there.
fn sources(name: &str) -> (PathBuf, Vec<i64>) {
    let folder = scratch(name);
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../weakref-derive/src");
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            // Each twice, so that all words have to be shared.
            let file_name = path.file_name().unwrap().to_str().unwrap();
            for name in [file_name.to_owned(), format!("again/{file_name}")] {
                let text = fs::read_to_string(&path).unwrap();
                write(&folder, &name, &text);
                texts.insert(PathBuf::from(name), text);
            }
        }
    }
    let texts: Vec<&String> = texts.values().collect();
    assert!(texts.len() > 4, "there are several sources");
    let expected = count(&texts);
    (folder, expected)
}

/// Counts in another way: character by character.
fn count(texts: &[&String]) -> Vec<i64> {
    let mut words = Vec::new();
    let mut distinct_of_second_half = BTreeSet::new();
    for (number, text) in texts.iter().enumerate() {
        let mut word = String::new();
        for c in text.chars().chain([' ']) {
            if c == '_' || c.is_alphanumeric() {
                word.push(c);
            } else if !word.is_empty() && !word.starts_with(char::is_numeric) {
                if number >= texts.len() / 2 {
                    distinct_of_second_half.insert(word.clone());
                }
                words.push(std::mem::take(&mut word));
            } else {
                word.clear();
            }
        }
    }
    let distinct: BTreeSet<&String> = words.iter().collect();
    let copied: usize = words.iter().map(|word| size_of::<Box<str>>() + word.len()).sum();
    // A pointer each; the two counts, the slot and the `Box<str>`.
    let interned = size_of::<usize>() * (words.len() + 6 * distinct.len())
        + distinct.iter().map(|word| word.len()).sum::<usize>();
    let second_half = distinct_of_second_half.len();
    [texts.len(), 0, words.len(), distinct.len(), copied, interned, second_half, 0]
        .map(|count| i64::try_from(count).unwrap())
        .into()
}

fn write(folder: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn scratch(name: &str) -> PathBuf {
    examples::scratch("interner", name)
}
