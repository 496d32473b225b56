//! `Slotted` values, which have operators so that their proxies have.
#![allow(clippy::cast_precision_loss, clippy::cast_lossless, clippy::float_cmp, clippy::op_ref)]

use weakref_core::Proxy;

use super::super::assert_raises;
use super::owner;

macro_rules! all_operators {
    ($N:ident: $($sign:tt)*) => {$(
        let (a, b) = (owner(12 as $N), owner(3 as $N));
        let (p, q) = (Proxy::new(&a), Proxy::new(&b));
        let expected = (12 as $N) $sign (3 as $N);
        let right = 3 as $N;
        let left = 12 as $N;
        assert_eq!([&*a $sign right, &*a $sign &right, &*a $sign &*b], [expected; 3]);
        assert_eq!([left $sign &*b, &left $sign &*b], [expected; 2]);
        assert_eq!([&p $sign right, &p $sign &right, &p $sign &*b, &p $sign &q], [expected; 4]);
        assert_eq!([left $sign &q, left $sign q.clone(), p.clone() $sign q.clone()], [expected; 3]);
        drop(b);
        assert_raises(|| &p $sign &q);
        assert_raises(|| left $sign &q);
    )*};
}

macro_rules! numbers {
    ($operators:tt: $($N:ident)*) => { $(numbers!(@ $N $operators);)* };
    (@ $N:ident ($($sign:tt)*)) => {
        #[test]
        #[allow(clippy::cast_lossless, clippy::op_ref, trivial_numeric_casts)]
        fn $N() {
            all_operators!($N: $($sign)*);
        }
    };
}

mod b124_a_proxy_of_a_number {
    use super::*;

    numbers!((+ - * / % & | ^ << >>): i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
    numbers!((+ - * / %): f32 f64);
}

#[test]
#[allow(clippy::op_ref, clippy::unnecessary_cast)]
fn b124_literals_find_their_type() {
    let (int, float) = (owner(7_i64), owner(1.5));
    let (p, q) = (Proxy::new(&int), Proxy::new(&float));
    assert_eq!(10 - &p, 3);
    assert_eq!(1 << &p, 128);
    assert_eq!(&p * 2 + 1, 15);
    assert_eq!(2.0 * &q, 3.0);
    assert_eq!(&q * &q, 2.25);
    assert_eq!(&p << 3_u8, 56);
    assert_eq!((-&p, !&p, -q), (-7, -8, -1.5));
    let truth = owner(true);
    let p = Proxy::new(&truth);
    assert_eq!((&p & false, true ^ &p, &p | &p, !p), (false, false, true, false));
}

#[test]
#[allow(clippy::op_ref)]
fn a_slotted_value_is_compared_and_written_as_the_value_is() {
    let number = owner(10);
    assert!(*number == 10 && *number < 11 && *number != 9);
    assert_eq!(
        format!(
            "{:x} {:X} {:#o} {:b} {:e} {:E}",
            *number, *number, *number, *number, *number, *number
        ),
        "a A 0o12 1010 1e1 1E1"
    );
    assert!(*owner("ann") == "ann" && *owner(String::from("ann")) == "ann");
    assert!(*owner(vec![1]) == [1] && *owner(Some(1)) == Some(1));
    let mut sum = 5_i64;
    sum += &*owner(2_i64);
    assert_eq!(sum, 7);
}
