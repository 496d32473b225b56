//! A trait, with each kind of method.

use std::cell::Cell;
use std::fmt::Debug;

use weakref_core::{Proxy, Slotted, WeakSlot, Weakrefable, error::ReferenceError, new, proxy};

use super::{Here, Obj, Ptr, owner};
use crate::proxy_macro::{MESSAGE, panics};

#[proxy]
trait Sensor {
    type Unit: Debug + PartialEq;
    const DIGITS: usize;

    fn degrees(&self) -> f64;
    fn unit(&self) -> Self::Unit;
    fn describe(&self, prefix: &str, _: u8) -> String {
        format!("{prefix}{:.*}", Self::DIGITS, self.degrees())
    }
    fn typed(self: &Self, by: f64) -> f64 {
        self.degrees() * by
    }
    fn pattern(&self, (a, b): (i32, i32), [c, ..]: [i32; 2], mut d: i32) -> i32 {
        d += 1;
        a + b + c + d
    }
    fn kind() -> &'static str {
        "sensor"
    }
    fn nothing(&self) {}
    #[proxy(skip)]
    fn name(&self) -> &str {
        "skipped"
    }
}

#[derive(Weakrefable)]
struct Thermometer {
    degrees: Cell<f64>,
    slot: WeakSlot<Here>,
}

impl Sensor for Thermometer {
    type Unit = char;
    const DIGITS: usize = 1;

    fn degrees(&self) -> f64 {
        self.degrees.get()
    }
    fn unit(&self) -> char {
        'C'
    }
    fn typed(&self, by: f64) -> f64 {
        -self.degrees() * by
    }
    fn kind() -> &'static str {
        "thermometer"
    }
    fn nothing(&self) {
        self.degrees.set(0.0);
    }
    fn name(&self) -> &str {
        "own"
    }
}

fn thermometer(degrees: f64) -> Ptr<Thermometer> {
    Ptr::new(Thermometer { degrees: Cell::new(degrees), slot: WeakSlot::new() })
}

fn generic<S: Sensor>(sensor: &S) -> (f64, S::Unit, &'static str, usize) {
    (sensor.degrees(), sensor.unit(), S::kind(), S::DIGITS)
}

#[test]
fn a_proxy_is_used_like_its_object() {
    let owner = thermometer(21.5);
    let proxy = Proxy::new(&owner);
    assert_eq!(generic(&proxy), (21.5, 'C', "thermometer", 1));
    assert_eq!(proxy.describe("t = ", 0), "t = 21.5");
    assert_eq!(proxy.typed(2.0), -43.0, "the object's own, not the default");
    assert_eq!(proxy.pattern((1, 2), [3, 0], 4), 11);
    assert_eq!(proxy.name(), "skipped", "the default, of the proxy");
    proxy.nothing();
    assert_eq!(owner.degrees.get(), 0.0);
}

#[test]
fn an_object_may_be_asked_for_by_a_trait() {
    let owner = thermometer(21.5);
    let sensors: [Box<dyn Sensor2>; 2] =
        [Box::new(Proxy::new(&owner)), Box::new(thermometer_object(1.0))];
    assert_eq!(sensors.iter().map(|sensor| sensor.read()).sum::<f64>(), 22.5);
}

#[proxy]
trait Sensor2 {
    fn read(&self) -> f64;
}

impl Sensor2 for Thermometer {
    fn read(&self) -> f64 {
        self.degrees.get()
    }
}

fn thermometer_object(degrees: f64) -> Thermometer {
    Thermometer { degrees: Cell::new(degrees), slot: WeakSlot::new() }
}

#[test]
fn when_the_object_is_dead_it_panics_where_it_is_called() {
    let proxy = Proxy::new(&thermometer(1.0));
    let here = line!() + 1;
    assert_eq!(panics(|| proxy.degrees()), (MESSAGE.to_owned(), here));
    let here = line!() + 1;
    assert_eq!(panics(|| Sensor::describe(&proxy, "", 0)), (MESSAGE.to_owned(), here));
    assert_eq!(panics(|| (&proxy as &dyn Sensor2).read()).0, MESSAGE);
    assert_eq!(generic_kind(&proxy), "thermometer", "for which there need not be an object");
}

fn generic_kind<S: Sensor>(_: &S) -> &'static str {
    S::kind()
}

#[test]
fn try_returns_the_error() {
    let owner = thermometer(21.5);
    let proxy = Proxy::new(&owner);
    assert_eq!(proxy.try_degrees(), Ok(21.5));
    assert_eq!(proxy.try_unit(), Ok('C'));
    assert_eq!(proxy.try_describe("t = ", 0).as_deref(), Ok("t = 21.5"));
    assert_eq!(proxy.try_pattern((1, 2), [3, 0], 4), Ok(11));
    assert_eq!(proxy.try_nothing(), Ok(()));
    let object: &dyn TrySensor2 = &proxy;
    assert_eq!(object.try_read(), Ok(0.0));
    assert_eq!(object.read(), 0.0, "it is a subtrait");
    drop(owner);
    assert_eq!(object.try_read(), Err(ReferenceError));
    assert_eq!(proxy.try_degrees(), Err(ReferenceError));
    assert_eq!(proxy.try_describe("", 0), Err(ReferenceError));
}

#[test]
fn trait_objects_are_kept_in_slotted() {
    struct Plain;
    impl Sensor2 for Plain {
        fn read(&self) -> f64 {
            3.0
        }
    }
    let owner: Ptr<Obj<dyn Sensor2>> = owner(Plain);
    let proxy: Proxy<Slotted<dyn Sensor2, Here>> = Proxy::new(&owner);
    let boxed: Box<dyn Sensor2> = Box::new(proxy.clone());
    assert_eq!(boxed.read(), 3.0);
    drop(owner);
    assert_eq!(proxy.try_read(), Err(ReferenceError));
}

/// The last owner goes during the call: the object is there until the call is over.
#[test]
fn the_object_lives_until_the_call_is_over() {
    #[proxy]
    trait Act {
        fn act(&self, f: impl FnOnce()) -> bool;
    }
    #[derive(Weakrefable)]
    struct Actor {
        slot: WeakSlot<Here>,
    }
    impl Act for Actor {
        fn act(&self, f: impl FnOnce()) -> bool {
            f();
            self.slot.count() > 0
        }
    }
    trait Count {
        fn count(&self) -> usize;
    }
    impl Count for WeakSlot<Here> {
        fn count(&self) -> usize {
            1
        }
    }
    let owner = Ptr::new(Actor { slot: WeakSlot::new() });
    let proxy = Proxy::new(&owner);
    let dead_inside = Cell::new(true);
    assert!(proxy.act(|| {
        drop(owner);
        dead_inside.set(proxy.is_dead());
    }));
    assert!(!dead_inside.get());
    assert!(proxy.is_dead());
    assert_eq!(proxy.try_act(|| unreachable!()), Err(ReferenceError));
}

/// Between the items of a function, and made by a macro.
#[test]
fn it_may_stand_anywhere() {
    macro_rules! make {
        ($name:ident { $(fn $method:ident($($arg:ident: $ty:ty),*) -> $out:ty;)* }) => {
            #[proxy]
            trait $name {
                $(fn $method(&self, $($arg: $ty),*) -> $out;)*
            }
        };
    }
    make! { Both { fn sum(guard: u8, this: u8) -> u16; fn r#type(x: &str) -> Option<u16>; } }
    impl Both for Slotted<u8, Here> {
        fn sum(&self, guard: u8, this: u8) -> u16 {
            u16::from(guard) + u16::from(this) + u16::from(**self)
        }
        fn r#type(&self, x: &str) -> Option<u16> {
            x.parse().ok()
        }
    }
    let _ = new_unit;
}

fn new_unit() {
    #[weakref_core::weakrefable]
    struct Unit;
    drop(new!(Unit));
}
