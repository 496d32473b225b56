use weakref_core::weakrefable;

#[weakrefable(on_drop = Self::close)]
struct File {
    path: String,
}

impl File {
    fn close(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}
