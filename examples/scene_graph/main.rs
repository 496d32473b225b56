//! A tree whose nodes know their parents and siblings by proxies. It is read from the disk, a part
//! of it is moved, and a folder is deleted. Every node is dropped with its owner.
//!
//! ```text
//! cargo run --release --example scene_graph -- [DIR] [--ending ENDING] [--depth N] [--leak]
//! ```
//!
//! Read `node.rs` first: it is the part that needs `weakref_core`.

mod census;
mod content;
mod disk;
mod folder;
mod node;
mod print;
mod story;

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;

use census::Nodes;
use story::Story;

/// Reads a folder into a tree, changes the tree (not the disk), and counts its nodes
#[derive(Parser)]
#[command(name = "scene_graph")]
struct Args {
    /// Folder to read [default: the Rust sources of this repository]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,

    /// Read only files with this ending, as in `rs` [default: all]
    #[arg(long, value_name = "ENDING", requires = "folder")]
    ending: Option<String>,

    /// How many levels of the tree to print
    #[arg(long, value_name = "N", default_value_t = 2)]
    depth: u16,

    /// Let the root own itself in the end, and see how the leak is found
    #[arg(long)]
    leak: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scene_graph: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let repository = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let (folder, ending) = match &args.folder {
        Some(folder) => (folder.as_path(), args.ending.as_deref()),
        None => (repository, Some("rs")),
    };
    let nodes = Nodes::default();
    let root = disk::read(folder, ending, &nodes)?;
    Story { root, nodes: &nodes, levels: args.depth, leaks: args.leak }.run()
}
