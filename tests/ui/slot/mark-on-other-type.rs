use weakref_core::Weakrefable;

#[derive(Weakrefable)]
struct Image {
    #[weakref]
    name: String,
}

fn main() {}
