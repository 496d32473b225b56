//! The example about proxies, run as its users run it.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::examples::{self, Printed, program};

/// A folder whose output is known: (file, lines of 10 bytes).
const GARDEN: [(&str, usize); 8] = [
    ("beds/a_stone.txt", 1),
    ("beds/north/lily.txt", 2),
    ("beds/north/roses/red.txt", 3),
    ("beds/south/fern.txt", 4),
    ("beds/west/moss.txt", 1),
    ("gate.txt", 1),
    ("pond/carp.txt", 2),
    ("shed/spade.txt", 2),
];

const TOLD: &str = "\
as it is on the disk
garden (files: 8, lines: 16, bytes: 160)
├── beds (files: 5, lines: 11, bytes: 110)
│   ├── a_stone.txt (files: 1, lines: 1, bytes: 10)
│   ├── north (files: 2, lines: 5, bytes: 50)
│   │   ├── lily.txt (files: 1, lines: 2, bytes: 20)
│   │   └── roses (files: 1, lines: 3, bytes: 30)
│   │       └── red.txt (files: 1, lines: 3, bytes: 30)
│   ├── south (files: 1, lines: 4, bytes: 40)
│   │   └── fern.txt (files: 1, lines: 4, bytes: 40)
│   └── west (files: 1, lines: 1, bytes: 10)
│       └── moss.txt (files: 1, lines: 1, bytes: 10)
├── gate.txt (files: 1, lines: 1, bytes: 10)
├── pond (files: 1, lines: 2, bytes: 20)
│   └── carp.txt (files: 1, lines: 2, bytes: 20)
└── shed (files: 1, lines: 2, bytes: 20)
    └── spade.txt (files: 1, lines: 2, bytes: 20)
nodes made: 16, alive: 16, dropped: 0

garden/beds/north moves to garden
  north: parent beds, previous a_stone.txt, next south
  a file in it: garden/beds/north/lily.txt
  garden cannot be put into north: it would own itself
  north: parent garden, previous gate.txt, next pond
  a file in it: garden/north/lily.txt
garden (files: 8, lines: 16, bytes: 160)
├── beds (files: 3, lines: 6, bytes: 60)
│   ├── a_stone.txt (files: 1, lines: 1, bytes: 10)
│   ├── south (files: 1, lines: 4, bytes: 40)
│   │   └── fern.txt (files: 1, lines: 4, bytes: 40)
│   └── west (files: 1, lines: 1, bytes: 10)
│       └── moss.txt (files: 1, lines: 1, bytes: 10)
├── gate.txt (files: 1, lines: 1, bytes: 10)
├── north (files: 2, lines: 5, bytes: 50)
│   ├── lily.txt (files: 1, lines: 2, bytes: 20)
│   └── roses (files: 1, lines: 3, bytes: 30)
│       └── red.txt (files: 1, lines: 3, bytes: 30)
├── pond (files: 1, lines: 2, bytes: 20)
│   └── carp.txt (files: 1, lines: 2, bytes: 20)
└── shed (files: 1, lines: 2, bytes: 20)
    └── spade.txt (files: 1, lines: 2, bytes: 20)
nodes made: 16, alive: 16, dropped: 0

garden/beds is deleted
  a_stone.txt: parent beds, previous none, next south
  a_stone.txt cannot be put into garden: it has a parent
  seen in its drop: beds (files: 3, lines: 6, bytes: 60)
  a link to the folder: weakly-referenced object no longer exists
  a_stone.txt: parent dead, previous none, next dead
  its path: weakly-referenced object no longer exists
garden (files: 5, lines: 10, bytes: 100)
├── gate.txt (files: 1, lines: 1, bytes: 10)
├── north (files: 2, lines: 5, bytes: 50)
│   ├── lily.txt (files: 1, lines: 2, bytes: 20)
│   └── roses (files: 1, lines: 3, bytes: 30)
│       └── red.txt (files: 1, lines: 3, bytes: 30)
├── pond (files: 1, lines: 2, bytes: 20)
│   └── carp.txt (files: 1, lines: 2, bytes: 20)
└── shed (files: 1, lines: 2, bytes: 20)
    └── spade.txt (files: 1, lines: 2, bytes: 20)
nodes made: 16, alive: 11, dropped: 5

a_stone.txt goes to garden/north
  a_stone.txt cannot be put into lily.txt: that is no folder
  a_stone.txt: parent north, previous none, next lily.txt
  its path: garden/north/a_stone.txt
garden (files: 6, lines: 11, bytes: 110)
├── gate.txt (files: 1, lines: 1, bytes: 10)
├── north (files: 3, lines: 6, bytes: 60)
│   ├── a_stone.txt (files: 1, lines: 1, bytes: 10)
│   ├── lily.txt (files: 1, lines: 2, bytes: 20)
│   └── roses (files: 1, lines: 3, bytes: 30)
│       └── red.txt (files: 1, lines: 3, bytes: 30)
├── pond (files: 1, lines: 2, bytes: 20)
│   └── carp.txt (files: 1, lines: 2, bytes: 20)
└── shed (files: 1, lines: 2, bytes: 20)
    └── spade.txt (files: 1, lines: 2, bytes: 20)
nodes made: 16, alive: 11, dropped: 5

the owner of the root goes
nodes made: 16, alive: 0, dropped: 16
";

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_whole_story_of_a_small_tree() {
    let garden = garden("story");
    let run = run(&[&garden, &"--depth", &"9"]);
    run.assert_success();
    assert_eq!(run.stdout, TOLD);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_disk_is_only_read() {
    let garden = garden("only_read");
    run(&[&garden]).assert_success();
    for (path, lines) in GARDEN {
        assert_eq!(fs::read(garden.join(path)).unwrap().len(), 10 * lines);
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn the_depth_only_cuts_the_tree() {
    let garden = garden("depth");
    for depth in 0..4 {
        let run = run(&[&garden, &"--depth", &depth.to_string()]);
        run.assert_success();
        let expected: Vec<&str> = TOLD.lines().filter(|line| level(line) <= depth).collect();
        assert_eq!(run.stdout.lines().collect::<Vec<_>>(), expected, "depth {depth}");
    }
}

/// Each file and folder is a node, and none is left.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn every_node_of_this_repository_dies() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let nodes = 1 + count(repository, "rs");
    let run = run(&[]);
    run.assert_success();
    let name = repository.canonicalize().unwrap();
    let name = name.file_name().unwrap().to_str().unwrap();
    assert!(run.stdout.contains(&format!("\n{name} (files: ")), "{}", run.stdout);

    let counts = run.counts("nodes made: ");
    assert_eq!(counts.len(), 5, "{}", run.stdout);
    assert_eq!(counts[..2], [[nodes, nodes, 0]; 2]);
    // Some go with the folder, and the survivor does not, wherever it is.
    assert!((1..nodes).contains(&counts[2][2]), "{counts:?}");
    assert_eq!(counts[2], counts[3]);
    assert_eq!(counts[2][1] + counts[2][2], nodes);
    assert_eq!(counts[4], [nodes, 0, nodes]);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn an_ending_leaves_out_the_other_files_and_their_folders() {
    let garden = garden("ending");
    write(&garden, "beds/south/sun.rs", 1);
    write(&garden, "beds/south/rs", 1);
    let run = run(&[&garden, &"--ending", &"rs"]);
    run.assert_success();
    let tree = "\
garden (files: 1, lines: 1, bytes: 10)
└── beds (files: 1, lines: 1, bytes: 10)
    └── south (files: 1, lines: 1, bytes: 10)
nodes made: 4, alive: 4, dropped: 0
";
    assert!(run.stdout.contains(tree), "{}", run.stdout);
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_is_hidden_or_a_cache_or_empty_is_left_out() {
    let garden = garden("left_out");
    write(&garden, ".git/config", 1);
    write(&garden, "beds/.hidden.txt", 1);
    write(&garden, "target/CACHEDIR.TAG", 1);
    write(&garden, "target/debug/garden", 1);
    fs::create_dir_all(garden.join("empty/inside")).unwrap();
    let run = run(&[&garden, &"--depth", &"9"]);
    run.assert_success();
    assert_eq!(run.stdout, TOLD);
}

#[cfg(unix)]
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn links_on_the_disk_are_left_out() {
    let garden = garden("links");
    std::os::unix::fs::symlink("..", garden.join("beds/up")).unwrap();
    std::os::unix::fs::symlink("gate.txt", garden.join("door.txt")).unwrap();
    let run = run(&[&garden, &"--depth", &"9"]);
    run.assert_success();
    assert_eq!(run.stdout, TOLD);
}

/// Neither here is a folder that could go and leave somebody behind.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn where_nothing_can_move_the_tree_dies_all_the_same() {
    for (name, files, nodes) in [
        ("empty", &[][..], 1),
        ("flat", &["one.txt", "two.txt"], 3),
        ("alone", &["folder/inner/one.txt", "two.txt"], 5),
        ("no_folders", &["folder/one.txt", "folder/two.txt"], 4),
    ] {
        let folder = scratch(name);
        for file in files {
            write(&folder, file, 1);
        }
        let run = run(&[&folder]);
        run.assert_success();
        assert!(run.stdout.contains("\nthere is nothing to move\n"), "{}", run.stdout);
        assert_eq!(run.counts("nodes made: "), [[nodes, nodes, 0], [nodes, 0, nodes]], "{name}");
    }
}

#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn what_cannot_be_read_is_named() {
    let garden = garden("errors");
    for path in [garden.join("missing"), garden.join("gate.txt")] {
        let run = run(&[&path]);
        assert_eq!(run.status, Some(1));
        let complaint = format!("scene_graph: cannot read {}: ", path.display());
        assert!(run.stderr.starts_with(&complaint), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

/// The example shows a leak on request, and where the nodes were made that it keeps alive.
#[cfg_attr(miri, ignore = "runs a program")]
#[test]
fn a_cycle_is_found_by_the_census() {
    let garden = garden("leak");
    let run = run(&[&garden, &"--depth", &"9", &"--leak"]);
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    let (story, end) = TOLD.split_once("\nthe owner of the root goes\n").unwrap();
    let end = end.replace("alive: 0, dropped: 16", "alive: 11, dropped: 5");
    let leak = "\ngarden goes into itself\n\nthe owner of the root goes\n";
    assert_eq!(run.stdout, format!("{story}{leak}{end}"));

    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(lines[0], "scene_graph: 0 nodes can be reached, but these are alive:");
    let rows = lines[2..].iter().map(|row| row.split_whitespace().collect::<Vec<_>>());
    let rows: Vec<_> = rows.map(|row| (row[0], row[2], row[3..].join(" "))).collect();
    // The files, and the folders but for the one that was deleted.
    let [(files, at, names), (folders, under, folder_names)] = &rows[..] else {
        panic!("{}", run.stderr);
    };
    assert_eq!((*files, &**names), ("6", "a_stone.txt, carp.txt, gate.txt, lily.txt, 2 more"));
    assert_eq!((*folders, &**folder_names), ("5", "garden, north, pond, roses, 1 more"));
    assert!(at.contains("disk.rs:") && under.contains("disk.rs:") && at != under, "{rows:?}");
}

fn run(arguments: &[&dyn AsRef<OsStr>]) -> Printed {
    let arguments = arguments.iter().map(AsRef::as_ref);
    Printed::by(Command::new(program("scene_graph")).args(arguments))
}

/// How deep a line of a tree is; other lines are not.
fn level(line: &str) -> usize {
    let branches = ["├── ", "└── ", "│   ", "    "];
    let rest = branches.iter().find_map(|branch| line.strip_prefix(branch));
    rest.map_or(0, |rest| 1 + level(rest))
}

/// Counts what is in a folder: the files with this ending, and the folders with any of them.
fn count(folder: &Path, ending: &str) -> usize {
    let mut nodes = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.join("CACHEDIR.TAG").exists() {
            let inside = count(&path, ending);
            nodes += inside + usize::from(inside > 0);
        } else if path.is_file() && path.extension().is_some_and(|its| its == ending) {
            nodes += 1;
        }
    }
    nodes
}

/// Returns the folder whose output is [`TOLD`].
fn garden(name: &str) -> PathBuf {
    let garden = scratch(name).join("garden");
    for (path, lines) in GARDEN {
        write(&garden, path, lines);
    }
    garden
}

/// Writes a file with so many lines of ten bytes.
fn write(folder: &Path, path: &str, lines: usize) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "123456789\n".repeat(lines)).unwrap();
}

fn scratch(name: &str) -> PathBuf {
    examples::scratch("scene_graph", name)
}
