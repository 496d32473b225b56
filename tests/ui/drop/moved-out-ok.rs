use weakref_core::weakrefable;

#[weakrefable(drop = "slot")]
struct File {
    path: String,
}

fn path(file: File) -> String {
    file.path
}

fn main() {}
