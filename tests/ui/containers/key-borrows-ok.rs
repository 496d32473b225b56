use weakref_core::{Slotted, WeakValueMap};

fn main() {
    let text = String::from("key");
    let map = WeakValueMap::<String, Slotted<u32>>::new();
    assert!(!map.contains_key(text.as_str()));
    map.entry(text);
}
