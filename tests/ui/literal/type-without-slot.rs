use weakref_core::new;

struct Image {
    name: &'static str,
    size: u32,
}

fn main() {
    let _value = new!(Image { name: "dawn", size: 3 });
}
