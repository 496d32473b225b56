use weakref_core::proxy;

#[proxy]
pub struct Thermometer {
    degrees: f64,
}

fn main() {
    let _ = Thermometer { degrees: 0.0 }.degrees;
}
