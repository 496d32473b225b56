use weakref_core::{finalize_on, new, weakrefable};

#[weakrefable(local)]
struct Node {
    id: u32,
}

fn main() {
    let node = new!(Node { id: 1 });
    let name = String::new();
    finalize_on(&node, move || println!("{name}"));
}
