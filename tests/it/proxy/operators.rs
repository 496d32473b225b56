//! Operators whose result is a new value.
#![allow(clippy::float_cmp)]

use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Rem, Shl, Shr, Sub};

use weakref_core::{Proxy, WeakSlot, Weakrefable, reference::Operand};
use weakref_tests::{Log, implements};

use super::super::{assert_raises, panic_place};
use super::{Here, Num, Ptr};

/// For each operator, what the type has, and a test of all shapes in which it can be written.
macro_rules! binary {
    ($($test:ident: $Op:ident $op:ident $sign:tt;)*) => {$(
        impl $Op<i64> for &Num {
            type Output = i64;

            fn $op(self, right: i64) -> i64 {
                $Op::$op(self.called("value"), right)
            }
        }

        impl $Op<&i64> for &Num {
            type Output = i64;

            fn $op(self, right: &i64) -> i64 {
                $Op::$op(self.called("reference"), right)
            }
        }

        impl $Op<&Num> for &Num {
            type Output = i64;

            fn $op(self, right: &Num) -> i64 {
                $Op::$op(self.called("object"), right.value())
            }
        }

        impl $Op<&Num> for i64 {
            type Output = i64;

            fn $op(self, right: &Num) -> i64 {
                $Op::$op(self, right.called("reflected"))
            }
        }

        #[test]
        #[allow(clippy::op_ref)]
        fn $test() {
            let log = Log::default();
            let (a, b) = (Num::owner(52, &log), Num::owner(3, &log));
            let (p, q) = (Proxy::new(&a), Proxy::new(&b));

            let values = [&p $sign 3, p.clone() $sign 3];
            assert_eq!(log.take(), ["value", "value"]);
            let references = [&p $sign &3, p.clone() $sign &3];
            assert_eq!(log.take(), ["reference", "reference"]);
            let objects = [&p $sign &*b, p.clone() $sign &*b];
            assert_eq!(log.take(), ["object", "object"]);
            let proxies = [&p $sign &q, &p $sign q.clone(), p.clone() $sign &q, p.clone() $sign q.clone()];
            assert_eq!(log.take(), ["object", "object", "object", "object"]);
            let reflected = [52 $sign &q, 52 $sign q.clone()];
            assert_eq!(log.take(), ["reflected", "reflected"]);
            let all = [&values[..], &references, &objects, &proxies, &reflected].concat();
            assert_eq!(all, vec![52_i64 $sign 3; 12]);

            // The left one lives, the right one is dead.
            drop(b);
            assert_raises(|| &p $sign &q);
            assert_raises(|| &p $sign q.clone());
            assert_raises(|| p.clone() $sign &q);
            assert_raises(|| p.clone() $sign q.clone());
            assert_raises(|| 52 $sign &q);
            assert_raises(|| 52 $sign q.clone());
            // And the other way round.
            let c = Num::owner(3, &log);
            let r = Proxy::new(&c);
            drop(a);
            assert_raises(|| &p $sign 3);
            assert_raises(|| p.clone() $sign 3);
            assert_raises(|| &p $sign &3);
            assert_raises(|| &p $sign &*c);
            assert_raises(|| &p $sign &r);
            assert_raises(|| &p $sign r.clone());
            assert_raises(|| p.clone() $sign &r);
            assert_raises(|| p.clone() $sign r.clone());
            assert_raises(|| &p $sign &q);
            assert!(log.take().is_empty(), "nothing is called when one is dead");
        }
    )*};
}

binary! {
    b130_add: Add add +;
    b131_sub: Sub sub -;
    b132_mul: Mul mul *;
    b134_div: Div div /;
    b136_rem: Rem rem %;
    b140_shl: Shl shl <<;
    b141_shr: Shr shr >>;
    b142_and: BitAnd bitand &;
    b143_or: BitOr bitor |;
    b144_xor: BitXor bitxor ^;
}

impl Neg for &Num {
    type Output = i64;

    fn neg(self) -> i64 {
        -self.called("-")
    }
}

impl Not for &Num {
    type Output = i64;

    fn not(self) -> i64 {
        !self.called("!")
    }
}

#[test]
fn b145_neg_and_not() {
    let log = Log::default();
    let a = Num::owner(52, &log);
    let p = Proxy::new(&a);
    assert_eq!([-&p, -p.clone(), !&p, !p.clone()], [-52, -52, !52, !52]);
    assert_eq!(log.take(), ["-", "-", "!", "!"]);
    drop(a);
    assert_raises(|| -&p);
    assert_raises(|| -p.clone());
    assert_raises(|| !&p);
    assert_raises(|| !p.clone());
    assert!(log.take().is_empty());
}

/// A type that has an operator for its own and for unmarked ones.
#[derive(Debug, Weakrefable)]
struct Text {
    text: String,
    slot: WeakSlot<Here>,
}

impl Text {
    fn owner(text: &str) -> Ptr<Self> {
        Ptr::new(Self { text: text.into(), slot: WeakSlot::new() })
    }
}

impl Add<&str> for &Text {
    type Output = String;

    fn add(self, right: &str) -> String {
        format!("{}{right}", self.text)
    }
}

impl Add<&Num> for &Text {
    type Output = String;

    fn add(self, right: &Num) -> String {
        format!("{}{}", self.text, right.value())
    }
}

impl Add<Option<char>> for &Text {
    type Output = Ptr<Text>;

    fn add(self, right: Option<char>) -> Ptr<Text> {
        Text::owner(&self.text.chars().chain(right).collect::<String>())
    }
}

struct Times(usize);
impl Operand for Times {}

impl Mul<Times> for &Text {
    type Output = String;

    fn mul(self, right: Times) -> String {
        self.text.repeat(right.0)
    }
}

#[test]
fn b124_operands_of_different_types() {
    let text = Text::owner("n=");
    let (p, q) = (Proxy::new(&text), Num::owner(7, &Log::default()));
    assert_eq!(&p + "x", "n=x");
    assert_eq!(&p + String::from("x").as_str(), "n=x");
    assert_eq!(&p + Proxy::new(&q), "n=7");
    assert_eq!(&p * Times(2), "n=n=");
}

#[test]
fn b126_a_result_is_what_the_object_returns() {
    let text = Text::owner("a");
    let p = Proxy::new(&text);
    let result: Ptr<Text> = &p + Some('b');
    assert_eq!(result.text, "ab");
    // It is the object that the operators of the result are called on.
    assert_eq!(&*result + "c", "abc");
}

/// A referent that borrows, and is generic.
#[derive(Weakrefable)]
struct Scale<'a, T> {
    factor: &'a T,
    slot: WeakSlot<Here>,
}

impl<T: Copy + Mul> Mul<T> for &Scale<'_, T> {
    type Output = T::Output;

    fn mul(self, right: T) -> T::Output {
        *self.factor * right
    }
}

#[test]
fn b124_a_referent_that_borrows() {
    let factor = 2.5;
    let scale = Ptr::new(Scale { factor: &factor, slot: WeakSlot::new() });
    let p = Proxy::new(&scale);
    assert_eq!(&p * 2.0, 5.0);
    assert_eq!(p * 4.0, 10.0);
}

/// A trait object has the operators that are written for it.
trait Shape: Weakrefable<Flavor = Here> {
    fn area(&self) -> f64;
}

impl Shape for Num {
    #[allow(clippy::cast_precision_loss)]
    fn area(&self) -> f64 {
        self.value() as f64
    }
}

impl Mul<f64> for &(dyn Shape + 'static) {
    type Output = f64;

    fn mul(self, right: f64) -> f64 {
        self.area() * right
    }
}

impl Add<&(dyn Shape + 'static)> for &(dyn Shape + 'static) {
    type Output = f64;

    fn add(self, right: &(dyn Shape + 'static)) -> f64 {
        self.area() + right.area()
    }
}

#[test]
fn b124_a_trait_object() {
    let shape: Ptr<dyn Shape> = Num::owner(3, &Log::default());
    let p = Proxy::new(&shape);
    assert_eq!(&p * 2.0, 6.0);
    assert_eq!(&p + &p, 6.0);
}

/// Asks for what is written, without a value on which it would be called.
#[test]
fn b124_no_operator_that_the_object_does_not_have() {
    type P = Proxy<Text>;
    assert!(implements!(&'static P: Add<&'static str>));
    assert!(!implements!(&'static P: Add<i64>));
    assert!(!implements!(&'static P: Sub<&'static str>));
    assert!(!implements!(P: Neg));
    assert!(!implements!(i64: Add<&'static P>));
    assert!(implements!(i64: Add<&'static Proxy<Num>>));
    assert!(!implements!(i32: Add<&'static Proxy<Num>>));
}

/// The guards are taken before anything is called, and kept until it has returned.
#[test]
fn b124_the_objects_live_as_long_as_the_call() {
    #[derive(Weakrefable)]
    #[weakref(drop = "slot")]
    struct Last {
        owner: std::sync::Mutex<Option<Ptr<Last>>>,
        log: Log,
        slot: WeakSlot<Here>,
    }

    impl Drop for Last {
        fn drop(&mut self) {
            self.log.note("dropped");
        }
    }

    impl Add<&Last> for &Last {
        type Output = ();

        fn add(self, right: &Last) {
            drop(self.owner.lock().unwrap().take());
            drop(right.owner.lock().unwrap().take());
            self.log.note("added");
        }
    }

    let log = Log::default();
    let [p, q] = [(); 2].map(|()| {
        let last = Ptr::new(Last { owner: None.into(), log: log.clone(), slot: WeakSlot::new() });
        let proxy = Proxy::new(&last);
        let itself = Some(Ptr::clone(&last));
        *last.owner.lock().unwrap() = itself;
        proxy
    });
    () = &p + &q;
    assert_eq!(log.take(), ["added", "dropped", "dropped"]);
    assert!(p.is_dead() && q.is_dead());
}

/// The panic is said to be where the operator is.
#[test]
fn b108_a_dead_operand_is_found_where_it_is_used() {
    let a = Num::owner(5, &Log::default());
    let mut p = Proxy::new(&a);
    drop(a);
    macro_rules! here {
        ($code:expr) => {{
            let place = panic_place(|| $code);
            assert_eq!(place, (file!().to_string(), line!()));
        }};
    }
    here!(&p + 1);
    here!(1 + &p);
    here!(&p + &p);
    here!(-&p);
    here!(p == 1);
    here!(p < p);
    here!(i64::try_from(&p));
    here!(p.get());
    here!(p.with(|_| ()));
    here!(p += 1);
}
