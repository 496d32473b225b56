//! Operators that change the object: those that it has through `&`.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::{
    AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign,
    ShrAssign, SubAssign,
};
use std::sync::{Mutex, RwLock};

use weakref_core::{Proxy, weakref_count};
use weakref_tests::{Log, assert_panics, caught, implements};

use super::super::assert_raises;
use super::{Num, Obj, Ptr, owner};

macro_rules! assign {
    ($($test:ident: $Op:ident $op:ident $sign:tt;)*) => {$(
        impl $Op<i64> for &Num {
            fn $op(&mut self, right: i64) {
                let mut value = self.called("value");
                value $sign right;
                self.set(value);
            }
        }

        impl $Op<&i64> for &Num {
            fn $op(&mut self, right: &i64) {
                let mut value = self.called("reference");
                value $sign *right;
                self.set(value);
            }
        }

        impl $Op<&Num> for &Num {
            fn $op(&mut self, right: &Num) {
                let mut value = self.called("object");
                value $sign right.value();
                self.set(value);
            }
        }

        impl $Op<&Num> for i64 {
            fn $op(&mut self, right: &Num) {
                *self $sign right.called("reflected");
            }
        }

        #[test]
        fn $test() {
            let mut expected = 52_i64;
            expected $sign 3;

            let log = Log::default();
            let (a, b) = (Num::owner(52, &log), Num::owner(3, &log));
            let (mut p, q) = (Proxy::new(&a), Proxy::new(&b));
            macro_rules! changed {
                ($right:expr, $called:literal) => {
                    a.set(52);
                    p $sign $right;
                    assert_eq!(a.value(), expected);
                    assert_eq!(log.take(), [$called]);
                };
            }
            changed!(3, "value");
            changed!(&3, "reference");
            changed!(&*b, "object");
            changed!(&q, "object");
            changed!(q.clone(), "object");
            // It has stayed a proxy of the same object.
            assert!(p.is_same_reference(&Proxy::new(&a)));
            assert_eq!((Ptr::strong_count(&a), weakref_count(&a)), (1, 1));

            let mut number = 52;
            number $sign &q;
            assert_eq!(number, expected);
            number = 52;
            number $sign q.clone();
            assert_eq!(number, expected);
            assert_eq!(log.take(), ["reflected"; 2]);

            // The value in a cell, a lock, behind a proxy.
            let locked = owner(Mutex::new(52_i64));
            let mut p = Proxy::new(&locked);
            p $sign 3;
            assert_eq!(*locked.lock().unwrap(), expected);
            let locked = owner(RwLock::new(52_i64));
            let mut p = Proxy::new(&locked);
            p $sign 3;
            assert_eq!(*locked.read().unwrap(), expected);
            let cell = owner(RefCell::new(52_i64));
            let mut p = Proxy::new(&cell);
            p $sign 3;
            assert_eq!(*(**cell).borrow(), expected);
            let cell = owner(Cell::new(52_i64));
            let mut p = Proxy::new(&cell);
            p $sign 3;
            assert_eq!(cell.get(), expected);

            // With what stands beside, in a `Slotted` of its own.
            let three = owner(3_i64);
            cell.set(52);
            p $sign &Proxy::new(&three);
            assert_eq!(cell.get(), expected);
            cell.set(52);
            p $sign Proxy::new(&three);
            assert_eq!(cell.get(), expected);
            cell.set(52);
            p $sign &*three;
            assert_eq!(cell.get(), expected);

            // One of the two is dead.
            let mut p = Proxy::new(&a);
            drop(b);
            assert_raises(|| p $sign &q);
            assert_raises(|| p $sign q.clone());
            assert_raises(|| number $sign &q);
            assert_raises(|| number $sign q.clone());
            let c = Num::owner(3, &log);
            let r = Proxy::new(&c);
            drop(a);
            assert_raises(|| p $sign 3);
            assert_raises(|| p $sign &3);
            assert_raises(|| p $sign &*c);
            assert_raises(|| p $sign &r);
            assert_raises(|| p $sign r.clone());
            assert!(log.take().is_empty(), "nothing is called when one is dead");
        }
    )*};
}

assign! {
    b130_add_assign: AddAssign add_assign +=;
    b131_sub_assign: SubAssign sub_assign -=;
    b132_mul_assign: MulAssign mul_assign *=;
    b134_div_assign: DivAssign div_assign /=;
    b136_rem_assign: RemAssign rem_assign %=;
    b140_shl_assign: ShlAssign shl_assign <<=;
    b141_shr_assign: ShrAssign shr_assign >>=;
    b142_and_assign: BitAndAssign bitand_assign &=;
    b143_or_assign: BitOrAssign bitor_assign |=;
    b144_xor_assign: BitXorAssign bitxor_assign ^=;
}

/// There is no `p = p + x` instead, which would be another object.
#[test]
fn b128_only_what_the_object_itself_can_assign() {
    assert!(implements!(Proxy<Num>: AddAssign<i64>));
    assert!(implements!(Proxy<Obj<Mutex<i64>>>: AddAssign<i64>));
    assert!(!implements!(Proxy<Obj<i64>>: AddAssign<i64>));
    assert!(!implements!(Proxy<Obj<Mutex<i64>>>: AddAssign<&'static str>));
}

/// The lock is free while the right side is unwrapped, and again when the panic comes.
#[test]
fn a_dead_right_side_poisons_nothing() {
    let (locked, three) = (owner(Mutex::new(1_i64)), owner(3_i64));
    let (mut p, q) = (Proxy::new(&locked), Proxy::new(&three));
    drop(three);
    assert_raises(|| p += &q);
    assert_eq!(*locked.lock().unwrap(), 1);
}

#[test]
fn what_is_poisoned_or_borrowed_panics_as_ever() {
    let locked = owner(Mutex::new(0_u8));
    let mut p = Proxy::new(&locked);
    // Overflows inside the lock.
    assert_panics("overflow", || p -= 1);
    assert_panics("Poison", || p += 1);

    let cell = owner(RefCell::new(0));
    let mut p = Proxy::new(&cell);
    let borrow = (**cell).borrow();
    assert!(caught(|| p += 1).is_err());
    assert_eq!(*borrow, 0);
    drop(borrow);
    p += 1;
    assert_eq!(*(**cell).borrow(), 1);
}

/// What is not a number can be assigned to as well.
#[test]
fn b130_strings_and_durations() {
    let text = owner(Mutex::new(String::from("a")));
    let mut p = Proxy::new(&text);
    p += "b";
    assert_eq!(*text.lock().unwrap(), "ab");

    let time = owner(Mutex::new(std::time::Duration::from_secs(1)));
    let mut p = Proxy::new(&time);
    p *= 3;
    assert_eq!(time.lock().unwrap().as_secs(), 3);

    let set = owner(HashSet::from([1, 2]));
    assert_eq!(&Proxy::new(&set) - &HashSet::from([2]), HashSet::from([1]));
}
