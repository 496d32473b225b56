use weakref_core::weakrefable;

#[weakrefable]
struct File {
    path: String,
}

fn path(file: File) -> String {
    file.path
}

fn main() {}
