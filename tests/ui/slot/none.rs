use weakref_core::Weakrefable;

#[derive(Weakrefable)]
struct Image {
    name: String,
}

fn main() {}
