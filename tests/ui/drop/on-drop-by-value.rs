use weakref_core::weakrefable;

#[weakrefable(on_drop = File::close)]
struct File {
    path: String,
}

impl File {
    fn close(self) {}
}

fn main() {}
