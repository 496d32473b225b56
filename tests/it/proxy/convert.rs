//! Numbers and text from a proxy.

use std::num::TryFromIntError;

use weakref_core::Proxy;
use weakref_tests::{Log, implements};

use super::super::assert_raises;
use super::{Num, owner};

impl From<&Num> for i64 {
    fn from(number: &Num) -> i64 {
        number.called("i64")
    }
}

impl TryFrom<&Num> for u8 {
    type Error = String;

    fn try_from(number: &Num) -> Result<u8, String> {
        u8::try_from(number.called("u8")).map_err(|_| number.value().to_string())
    }
}

impl From<&Num> for String {
    fn from(number: &Num) -> String {
        number.called("String").to_string()
    }
}

impl From<&Num> for bool {
    fn from(number: &Num) -> bool {
        number.called("bool") != 0
    }
}

#[test]
fn b146_int_and_float() {
    let log = Log::default();
    let (a, b) = (Num::owner(7, &log), Num::owner(700, &log));
    let (p, q) = (Proxy::new(&a), Proxy::new(&b));
    assert_eq!(i64::try_from(&p), Ok(7));
    assert_eq!(u8::try_from(&p), Ok(7));
    assert_eq!(u8::try_from(&q), Err(String::from("700")));
    let converted: Result<u8, _> = (&p).try_into();
    assert_eq!(converted, Ok(7));
    assert_eq!(log.take(), ["i64", "u8", "u8", "u8"]);
    drop(a);
    assert_raises(|| i64::try_from(&p));
    assert_raises(|| u8::try_from(&p));
    assert!(log.take().is_empty());
    assert!(!implements!(f64: TryFrom<&'static Proxy<Num>>));
}

#[test]
fn b147_truth_and_b159_text() {
    let log = Log::default();
    let (zero, one) = (Num::owner(0, &log), Num::owner(1, &log));
    let (p, q) = (Proxy::new(&zero), Proxy::new(&one));
    assert_eq!((bool::try_from(&p), bool::try_from(&q)), (Ok(false), Ok(true)));
    assert_eq!(String::try_from(&q).unwrap(), "1");
    drop(one);
    assert_raises(|| bool::try_from(&q));
    assert_raises(|| String::try_from(&q));
}

macro_rules! all_numbers {
    ($($N:ident)*) => {$(
        let number = owner($N::default());
        let proxy = Proxy::new(&number);
        assert_eq!($N::try_from(&proxy), Ok($N::default()));
        drop(number);
        assert_raises(|| $N::try_from(&proxy));
    )*};
}

#[test]
fn b146_a_slotted_number_is_converted_as_the_number_is() {
    all_numbers! {
        i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char
    }
    let number = owner(-1_i64);
    let p = Proxy::new(&number);
    assert_eq!(i128::try_from(&p), Ok(-1));
    let error: TryFromIntError = u32::try_from(&p).unwrap_err();
    assert_eq!(error, u32::try_from(-1).unwrap_err());
    assert_eq!(f64::try_from(&Proxy::new(&owner(1.5_f32))), Ok(1.5));
    assert_eq!(char::try_from(&Proxy::new(&owner(97_u32))), Ok('a'));
    assert_eq!(u32::try_from(&Proxy::new(&owner('a'))), Ok(97));
    let text = owner(String::from("ann"));
    assert_eq!(String::try_from(&Proxy::new(&text)).unwrap(), "ann");
    assert_eq!(i16::try_from(&*owner(7_u8)), Ok(7));
}
