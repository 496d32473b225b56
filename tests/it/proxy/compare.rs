//! Comparisons, and the text of a proxy.
#![allow(clippy::cmp_owned)]

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::hash::Hash;

use weakref_core::{Proxy, WeakSlot, WeakValueMap, Weakrefable, reference::Operand};
use weakref_tests::{Log, implements};

use super::super::assert_raises;
use super::{Here, Num, Obj, Ptr, owner};

macro_rules! compared {
    ($Right:ty, |$right:ident| $value:expr) => {
        impl PartialEq<$Right> for Num {
            fn eq(&self, $right: &$Right) -> bool {
                self.called("==") == $value
            }

            #[allow(clippy::partialeq_ne_impl)]
            fn ne(&self, $right: &$Right) -> bool {
                self.called("!=") != $value
            }
        }

        impl PartialOrd<$Right> for Num {
            fn partial_cmp(&self, $right: &$Right) -> Option<Ordering> {
                self.called("cmp").partial_cmp(&$value)
            }

            fn lt(&self, $right: &$Right) -> bool {
                self.called("<") < $value
            }

            fn le(&self, $right: &$Right) -> bool {
                self.called("<=") <= $value
            }

            fn gt(&self, $right: &$Right) -> bool {
                self.called(">") > $value
            }

            fn ge(&self, $right: &$Right) -> bool {
                self.called(">=") >= $value
            }
        }
    };
}

compared!(Num, |right| right.value());
compared!(i64, |right| *right);

#[test]
#[allow(clippy::eq_op, clippy::op_ref)]
fn b148_order() {
    let log = Log::default();
    let (a, b) = (Num::owner(5, &log), Num::owner(7, &log));
    let (p, q) = (Proxy::new(&a), Proxy::new(&b));
    let names = ["<", "<=", ">", ">=", "cmp"];

    assert_eq!([p < q, p <= q, p > q, p >= q], [true, true, false, false]);
    assert_eq!(p.partial_cmp(&q), Some(Ordering::Less));
    assert_eq!(log.take(), names);
    assert_eq!([p < *b, p <= *b, p > *b, p >= *b], [true, true, false, false]);
    assert_eq!(p.partial_cmp(&*b), Some(Ordering::Less));
    assert_eq!(log.take(), names);
    assert_eq!([p < 5, p <= 5, p > 5, p >= 5], [false, true, false, true]);
    assert_eq!(p.partial_cmp(&5), Some(Ordering::Equal));
    assert_eq!(log.take(), names);
    assert_eq!([&p < &q, &p > &q], [true, false]);
    log.take();

    drop(b);
    assert_raises(|| p < q);
    assert_raises(|| q < p);
    assert_raises(|| p.partial_cmp(&q));
    assert_raises(|| q <= 5);
    assert_raises(|| q > *a);
    assert_raises(|| q >= q);
    assert!(log.take().is_empty());
}

#[test]
#[allow(clippy::eq_op, clippy::op_ref, clippy::nonminimal_bool)]
fn b149_equality_and_its_opposite() {
    let log = Log::default();
    let (a, b) = (Num::owner(5, &log), Num::owner(5, &log));
    let (p, q) = (Proxy::new(&a), Proxy::new(&b));

    assert!(p == q && p == *b && p == 5 && &p == &q);
    assert_eq!(log.take(), ["=="; 4]);
    assert!(!(p != q) && !(p != *b) && !(p != 5) && !(&p != &q));
    assert_eq!(log.take(), ["!="; 4]);

    drop(b);
    assert_raises(|| p == q);
    assert_raises(|| q == p);
    assert_raises(|| p != q);
    assert_raises(|| q != p);
    assert_raises(|| q == 5);
    assert_raises(|| q != *a);
    // Nor is a dead one equal to itself.
    assert_raises(|| q == q);
    assert!(log.take().is_empty());
}

#[test]
fn b115_not_the_object_but_equal_to_it() {
    let text = owner(String::from("ann"));
    let p = Proxy::new(&text);
    assert!(p == *text && p == "ann" && p == *"ann" && p == String::from("ann"));
    assert!(p != "bob" && p > String::from("a"));
    let list = owner(vec![1, 2]);
    let p = Proxy::new(&list);
    assert!(p == [1, 2] && p == vec![1, 2] && p == *list && p < vec![1, 3]);
    // Two proxies of different kinds, of equal objects.
    let with_callback = Proxy::with_callback(&list, |_: &Proxy<_>| ());
    assert!(p == with_callback && !p.is_same_reference(&with_callback));
    // Of objects of different types, if those can be compared.
    let (half, no) = (owner(Some(0.5)), owner(f64::NAN));
    assert!(Proxy::new(&half) == Some(0.5));
    let no = Proxy::new(&no);
    assert!(no != 1.0 && no != no.clone() && no.partial_cmp(&no).is_none());
}

/// A `==` that never says no, and a `!=` that never does either.
#[test]
fn b149_unequal_is_not_made_of_equal() {
    #[derive(Weakrefable)]
    struct Odd(WeakSlot<Here>);

    impl PartialEq for Odd {
        fn eq(&self, _: &Self) -> bool {
            true
        }

        #[allow(clippy::partialeq_ne_impl)]
        fn ne(&self, _: &Self) -> bool {
            true
        }
    }

    let odd = Ptr::new(Odd(WeakSlot::new()));
    let p = Proxy::new(&odd);
    assert!(p == *odd && p != *odd);
    assert!(p == p.clone() && p != p.clone());
    let odd = owner(Ptr::try_unwrap(odd).unwrap_or_else(|_| unreachable!()));
    let p = Proxy::new(&odd);
    assert!(p == *odd && p != *odd);
}

#[test]
fn b113_no_hash() {
    assert!(!implements!(Proxy<Obj<i32>>: Hash));
    assert!(!implements!(Proxy<Obj<i32>>: Eq));
    assert!(!implements!(Proxy<Obj<i32>>: Ord));
    assert!(implements!(Proxy<Obj<i32>>: PartialOrd));
}

#[test]
fn b114_neither_key_nor_element() {
    type P = Proxy<Obj<i32>>;
    type Weak = weakref_core::WeakRef<Obj<i32>>;
    assert!(implements!(HashMap<Weak, u8>: FromIterator<(Weak, u8)>));
    assert!(!implements!(HashMap<P, u8>: FromIterator<(P, u8)>));
    assert!(!implements!(HashSet<P>: FromIterator<P>));
    assert!(!implements!(BTreeSet<P>: FromIterator<P>));
    assert!(implements!(WeakValueMap<u8, Obj<i32>>: FromIterator<(u8, Ptr<Obj<i32>>)>));
    assert!(!implements!(WeakValueMap<P, Obj<i32>>: FromIterator<(P, Ptr<Obj<i32>>)>));
    assert!(!implements!(P: Weakrefable));
    assert!(!implements!(Ptr<P>: weakref_core::flavor::Pointer));
    assert!(!implements!(P: Operand));
}

#[test]
fn b159_its_text_is_that_of_the_object() {
    let number = owner(10);
    let p = Proxy::new(&number);
    assert_eq!(p.to_string(), "10");
    assert_eq!(format!("{p:>5}|{p:<5}|{p:+}|{p:05}"), "   10|10   |+10|00010");
    assert_eq!(format!("{p:b}|{p:#o}|{p:x}|{p:#06X}"), "1010|0o12|a|0x000A");
    assert_eq!(format!("{p:e}|{p:E}"), "1e1|1E1");
    let text = owner(String::from("ann"));
    assert_eq!(format!("{:*^7.2}", Proxy::new(&text)), "**an***");

    drop(number);
    assert_raises(|| p.to_string());
    assert_raises(|| format!("{p:x}"));
    assert_raises(|| format!("{p:X}"));
    assert_raises(|| format!("{p:b}"));
    assert_raises(|| format!("{p:o}"));
    assert_raises(|| format!("{p:e}"));
    assert_raises(|| format!("{p:E}"));
}

#[test]
fn b112_its_debug_is_its_own() {
    struct Silent;
    impl fmt::Debug for Silent {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            unreachable!()
        }
    }

    let object = owner(Silent);
    let p = Proxy::new(&object);
    let (text, address) = (format!("{p:?}"), format!("{:p}", Ptr::as_ptr(&object)));
    assert!(text.starts_with("Proxy(") && text.contains("Silent") && text.contains(&address));
    drop(object);
    let text = format!("{p:?}");
    assert!(text.contains("dead") && !text.contains(&address), "{text}");
}
