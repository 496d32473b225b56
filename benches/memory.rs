//! Prints the bytes that the maps take and keep. `compare` runs it; alone, it is
//! `cargo run --release -p weakref-bench -- --bench`.

use std::error::Error;

use peak_alloc::PeakAlloc;
use weakref_bench::{footprint, options::Options};

#[global_allocator]
static METER: PeakAlloc = PeakAlloc;

fn main() -> Result<(), Box<dyn Error>> {
    footprint::print(METER, &Options::from_args())
}
