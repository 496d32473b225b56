use weakref_core::weakrefable;

#[weakrefable(on_drop = files::close)]
struct File {
    path: String,
}

mod files {}

fn main() {}
