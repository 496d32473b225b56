use weakref_core::weakrefable;

#[weakrefable]
struct File {
    path: String,
}

impl Drop for File {
    fn drop(&mut self) {}
}

fn main() {}
