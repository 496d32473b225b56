//! Textures of a device that can be used from one thread only, owned by many threads. The drop of
//! the last owner puts the handle into a queue, which the device's thread empties once a frame.
//!
//! ```text
//! cargo run --release --example texture_pool -- [--frames N] [--textures N] [--threads N] \
//!     [--room N]
//! ```
//!
//! Read `pool.rs` first: it is the part that needs `weakref_core`.

mod device;
mod drops;
mod pool;
mod workers;

use clap::{Parser, value_parser};

use device::{Counts, Device};
use pool::Pool;
use workers::Workers;

/// Makes textures, hands them to threads that drop them, and frees them where they were made
#[derive(Parser)]
#[command(name = "texture_pool")]
struct Args {
    /// How many frames to draw
    #[arg(
        long,
        value_name = "N",
        default_value_t = 120,
        value_parser = value_parser!(u16).range(1..),
    )]
    frames: u16,

    /// How many textures each frame makes
    #[arg(long, value_name = "N", default_value_t = 50)]
    textures: u16,

    /// How many threads use them
    #[arg(
        long,
        value_name = "N",
        default_value_t = 4,
        value_parser = value_parser!(u16).range(1..=256),
    )]
    threads: u16,

    /// How many textures the device has room for; a frame waits for some to be dropped
    #[arg(
        long,
        value_name = "N",
        default_value_t = 200,
        value_parser = value_parser!(u16).range(1..),
    )]
    room: u16,
}

/// Every so many textures, the thread of the device keeps one to itself.
const KEPT: usize = 4;

fn main() {
    let args = Args::parse();
    let mut pool = Pool::new(Device::open(usize::from(args.room)));
    let mut workers = Workers::start(usize::from(args.threads));

    for _ in 0..args.frames {
        draw_frame(&mut pool, &mut workers, usize::from(args.textures));
    }
    let seen = workers.finish();
    // The textures that the workers had not dropped before.
    pool.free_the_dead();
    print_table(usize::from(args.frames), seen, &pool);
}

fn draw_frame(pool: &mut Pool, workers: &mut Workers, textures: usize) {
    for number in 0..textures {
        let texture = pool.texture(vec![0; 64 * 64]);
        match number % KEPT {
            // Drawn here, and dropped at the end of this turn.
            0 => drop(texture),
            // Two workers look at it, and either can be the last.
            1 => workers.give(texture, 2),
            _ => workers.give(texture, 1),
        }
    }
    pool.free_the_dead();
}

fn print_table(frames: usize, seen: usize, pool: &Pool) {
    let Counts { made, freed, freed_at_home, most_at_once } = pool.counts();
    let row = |name: &str, count: usize| println!("{name:<34}{count:>10}");

    row("frames", frames);
    row("textures made", made);
    row("bytes seen by other threads", seen);
    row("dropped on the device's thread", pool.drops().here());
    row("dropped on other threads", pool.drops().elsewhere());
    row("freed", freed);
    row("freed on the device's thread", freed_at_home);
    row("most in the device at once", most_at_once);
    row("left in the device at the end", pool.len());
}
