use std::sync::Arc;

use weakref_core::{BoxedWeakMethod, Slotted, WeakMethod};

type Counts = Slotted<Vec<u32>>;

fn get(counts: &Counts, at: usize) -> u32 {
    counts[at]
}

fn main() {
    let counts: Arc<Counts> = Arc::new(Slotted::new(vec![1, 2]));
    let methods: Vec<BoxedWeakMethod<(usize, usize), u32>> =
        vec![Box::new(WeakMethod::new(&counts, get))];
    assert!(methods[0].try_call((1, 2)).is_ok());
}
