use weakref_core::new;

mod gallery {
    use weakref_core::weakrefable;

    #[weakrefable]
    pub struct Image {
        pub name: &'static str,
        size: u32,
    }
}

fn main() {
    let _value = new!(gallery::Image { name: "dawn", size: 3 });
}
