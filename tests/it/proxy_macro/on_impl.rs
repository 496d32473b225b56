//! The methods of a type.

use std::cell::Cell;

use weakref_core::{Proxy, WeakSlot, Weakrefable, error::ReferenceError, proxy};

use super::{Here, Ptr, owner};
use crate::proxy_macro::{MESSAGE, panics};

#[derive(Weakrefable)]
struct Thermometer<A> {
    degrees: Cell<A>,
    slot: WeakSlot<Here>,
}

#[proxy]
impl<A: Copy> Thermometer<A> {
    const OF: &str = "water";

    fn new(degrees: A) -> Self {
        Self { degrees: Cell::new(degrees), slot: WeakSlot::new() }
    }
    const fn of(&self) -> &'static str {
        Self::OF
    }
    fn degrees(&self) -> A {
        self.degrees.get()
    }
    fn set(&self, degrees: A) {
        self.degrees.set(degrees);
    }
    fn twin(&self) -> Self {
        Self::new(self.degrees())
    }
    fn same_as(&self, other: &Self) -> bool
    where
        A: PartialEq,
    {
        self.degrees() == other.degrees()
    }
    fn map<B>(&self, f: impl FnOnce(A) -> B) -> Thermometer<B> {
        Thermometer { degrees: Cell::new(f(self.degrees.get())), slot: WeakSlot::new() }
    }
    fn pattern(&self, (a, _): (A, A), mut b: u32) -> (A, u32) {
        b += 1;
        (a, b)
    }
    #[proxy(skip)]
    fn place(&self) -> &Cell<A> {
        &self.degrees
    }
    #[proxy(skip)]
    fn into_inner(self: Ptr<Self>) -> Option<A> {
        Some(self.degrees.get())
    }
}

#[test]
fn a_proxy_is_used_like_its_object() {
    let owner = Ptr::new(Thermometer::new(20));
    let proxy = Proxy::new(&owner);
    proxy.set(21);
    assert_eq!((proxy.degrees(), proxy.of()), (21, "water"));
    assert!(proxy.same_as(&owner) && proxy.same_as(&proxy.twin()));
    assert_eq!(proxy.map(f64::from).degrees(), 21.0);
    assert_eq!(proxy.pattern((1, 2), 3), (1, 4));
    assert_eq!(proxy.with(|object| object.place().get()), 21);
    assert_eq!(owner.into_inner(), Some(21));
    assert_eq!(proxy.try_degrees(), Err(ReferenceError));
    assert_eq!(proxy.try_set(1), Err(ReferenceError));
    let here = line!() + 1;
    assert_eq!(panics(|| proxy.degrees()), (MESSAGE.to_owned(), here));
}

/// Enums have no slot inside; what has one beside it, has a proxy too.
#[test]
fn a_slotted_one_has_them_too() {
    enum Switch {
        On,
        Off(u8),
    }
    #[proxy]
    impl Switch {
        fn is_on(&self) -> bool {
            matches!(self, Self::On)
        }
        fn level(&self) -> Option<u8> {
            if let Self::Off(level) = self { Some(*level) } else { None }
        }
    }
    let (on, off) = (owner(Switch::On), owner(Switch::Off(2)));
    let (on_proxy, off_proxy) = (Proxy::new(&on), Proxy::new(&off));
    assert!(on_proxy.is_on() && !off_proxy.is_on());
    assert_eq!(off_proxy.try_level(), Ok(Some(2)));
    drop((on, off));
    assert_eq!(on_proxy.try_is_on(), Err(ReferenceError));
}

#[test]
fn lifetimes_need_no_names() {
    struct Text<'a>(&'a str);
    #[proxy]
    impl Text<'_> {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn twin(&self) -> Self {
            Self(self.0)
        }
    }
    #[proxy(name = Borrowed)]
    impl<'a> Text<'a> {
        fn text(&self) -> &'a str {
            self.0
        }
        fn longest<'b>(&self, other: &'b str) -> &'b str
        where
            'a: 'b,
        {
            if other.len() > self.0.len() { other } else { self.0 }
        }
    }
    let text = String::from("text");
    let owner = owner(Text(&text));
    let proxy = Proxy::new(&owner);
    assert_eq!((proxy.len(), proxy.twin().0, proxy.text()), (4, "text", "text"));
    assert_eq!(proxy.longest("longer"), "longer");
    let kept = proxy.text();
    drop(proxy);
    drop(owner);
    assert_eq!(kept, "text");
}

mod visibility {
    use super::*;

    #[derive(Weakrefable)]
    pub(super) struct Door {
        slot: WeakSlot<Here>,
    }

    #[proxy]
    impl Door {
        pub(super) fn new() -> Self {
            Self { slot: WeakSlot::new() }
        }
        pub(super) fn open(&self) -> bool {
            self.unlock()
        }
        fn unlock(&self) -> bool {
            true
        }
        fn take(self) {}
    }

    #[test]
    fn what_is_private_stays_so() {
        let door = Ptr::new(Door::new());
        assert!(Proxy::new(&door).open());
        Door::new().take();
    }
}

#[test]
fn a_trait_is_as_visible_as_the_methods() {
    use visibility::DoorProxy;
    let door = Ptr::new(visibility::Door::new());
    assert_eq!(Proxy::new(&door).try_open(), Ok(true));
}
