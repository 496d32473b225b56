mod ears {
    use weakref_core::weakrefable;

    #[weakrefable]
    pub struct Ear;
}

fn main() {}
