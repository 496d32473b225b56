use weakref_core::weakrefable;

#[weakrefable(on_drop = files::close)]
struct File {
    path: String,
}

mod files {
    pub fn close(_: &mut super::File) {}
}

fn main() {}
