use weakref_core::Weakrefable;

#[derive(Weakrefable)]
#[weakref(on_drop = close)]
struct Holder<T> {
    #[weakref]
    value: Vec<T>,
}

fn close<T>(_: &mut Holder<T>) {}

fn main() {}
