//! `Slotted` and `WeakSlot` in serde.

use weakref_tests::implements;

use super::Obj;

#[test]
fn is_serialised_as_the_value() {
    let object = Obj::new(vec![1, 2]);
    let text = serde_json::to_string(&object).unwrap();
    assert_eq!(text, "[1,2]");
    let back: Obj<Vec<i32>> = serde_json::from_str(&text).unwrap();
    assert_eq!(back, object);
    assert!(serde_json::from_str::<Obj<u32>>("\"text\"").is_err());
    assert!(!implements!(Obj<fn()>: serde::Serialize));
}
