//! A temporary directory that is removed when its object is dropped, when a method is called, or
//! when the program ends: the example of Python's documentation for `weakref.finalize`.
//!
//! ```text
//! cargo run --release --example temp_dir -- [--how WAY] [--exit-by END] [--files N] [--in DIR] \
//!     [--wait]
//! ```
//!
//! Read `temp_dir.rs` first: it is the part that needs `weakref_core`.

mod files;
mod temp_dir;

use std::{
    env,
    error::Error,
    io,
    path::PathBuf,
    process::{self, ExitCode},
    sync::{Arc, OnceLock},
    thread,
};

use clap::{Parser, ValueEnum};

use temp_dir::TempDir;

/// Makes a temporary directory with files, and shows how it goes away
#[derive(Parser)]
#[command(name = "temp_dir")]
struct Args {
    /// What is done to the directory
    #[arg(long, value_name = "WAY", value_enum, default_value_t = How::Dies)]
    how: How,

    /// How the program ends after that
    #[arg(long, value_name = "END", value_enum, default_value_t = ExitBy::Return)]
    exit_by: ExitBy,

    /// How many files to put into it
    #[arg(long, value_name = "N", default_value_t = 3)]
    files: u16,

    /// Where to make it [default: the system's place for such directories]
    #[arg(long = "in", value_name = "DIR")]
    parent: Option<PathBuf>,

    /// Wait for Enter before it is done, to look at the disk
    #[arg(long)]
    wait: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum How {
    /// It is a value on the stack, which goes out of scope
    Dies,
    /// It is shared by threads in an `Arc`, and the last owner goes
    Shared,
    /// Its `remove` is called
    Remove,
    /// Nothing: it is in a static, and alive when the program ends
    Exit,
}

#[derive(Clone, Copy, ValueEnum)]
enum ExitBy {
    /// `main` returns
    Return,
    /// `std::process::exit` is called
    ProcessExit,
    /// `main` panics
    Panic,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if let Err(error) = run(&args) {
        eprintln!("temp_dir: {error}");
        return ExitCode::FAILURE;
    }
    match args.exit_by {
        ExitBy::Return => {
            println!("main returns");
            ExitCode::SUCCESS
        }
        ExitBy::ProcessExit => {
            println!("main calls process::exit");
            process::exit(0)
        }
        ExitBy::Panic => {
            println!("main panics");
            panic!("as it was told")
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let parent = args.parent.clone().unwrap_or_else(env::temp_dir);
    let dir = TempDir::new_in(&parent)
        .map_err(|error| format!("cannot make a directory in {}: {error}", parent.display()))?;
    // From here on, an error that ends this function takes the directory with it.
    files::write(dir.path(), args.files)
        .map_err(|error| format!("cannot write to {}: {error}", dir.path().display()))?;
    let path = dir.path().to_owned();
    println!("{}", path.display());
    println!("files: {}", files::count(&path)?);
    if args.wait {
        println!("press Enter");
        io::stdin().read_line(&mut String::new())?;
    }

    match args.how {
        How::Dies => dies(dir),
        How::Shared => shared(dir)?,
        How::Remove => remove(&dir)?,
        How::Exit => exit(dir),
    }
    println!("on the disk: {}", if path.exists() { "yes" } else { "no" });
    Ok(())
}

fn dies(dir: TempDir) {
    println!("it goes out of scope");
    drop(dir);
}

fn shared(dir: TempDir) -> io::Result<()> {
    let dir = Arc::new(dir);
    let threads: Vec<_> = (0..2)
        .map(|_| Arc::clone(&dir))
        .map(|dir| thread::spawn(move || files::count(dir.path())))
        .collect();
    for thread in threads {
        println!("files, as a thread sees it: {}", thread.join().expect("counting panics not")?);
    }
    println!("the last owner goes");
    drop(dir);
    Ok(())
}

fn remove(dir: &TempDir) -> io::Result<()> {
    println!("removed: {}", dir.removed());
    println!("remove() is called");
    dir.remove()?;
    println!("removed: {}", dir.removed());
    // The second call has nothing left to do, nor has the drop of `dir`.
    dir.remove()
}

fn exit(dir: TempDir) {
    static KEPT: OnceLock<TempDir> = OnceLock::new();
    let dir = KEPT.get_or_init(|| dir);
    println!("it is kept in a static, removed: {}", dir.removed());
}
