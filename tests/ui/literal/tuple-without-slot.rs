use weakref_core::new;

struct Id(u32);

fn main() {
    let _value = new!(Id(3));
}
