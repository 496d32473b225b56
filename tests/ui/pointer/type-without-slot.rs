use weakref_core::WeakRef;

struct Cache {
    last: WeakRef<String>,
}

fn main() {}
