use weakref_core::{new, weakrefable};

#[weakrefable(drop = "slot")]
#[derive(Default)]
struct Config {
    name: String,
    size: u32,
}

fn main() {
    let _config = new!(Config { size: 3, ..Default::default() });
}
