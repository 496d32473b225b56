//! The forms of `new!`.

use std::rc::Rc;

use weakref_core::{WeakRef, new, weakrefable};

use super::lives_in_rc;

#[weakrefable(local)]
#[derive(Debug, PartialEq)]
struct Point<T> {
    x: T,
    y: T,
}

#[weakrefable(local)]
#[derive(Debug, PartialEq)]
struct Pair(u8, &'static str);

#[weakrefable(local)]
#[derive(Debug, PartialEq)]
struct Marker;

impl<T: Default + Copy> Point<T> {
    fn square(x: T) -> Self {
        new!(Self { x, y: x })
    }
}

impl Pair {
    const NAME: &'static str = "pair";

    fn make(id: u8) -> Self {
        new!(Self(id, Self::NAME))
    }

    fn numbered(id: u8) -> Self {
        new!(Self { 1: "one", 0: id })
    }
}

impl Marker {
    fn make() -> Self {
        new!(Self)
    }
}

#[test]
fn braces() {
    let y = 2;
    let point = new!(Point { x: 1, y });
    assert_eq!((point.x, point.y), (1, 2));
    assert_eq!(new!(Point { y, x: 1 }), point);
    assert_eq!(new!(Point::<u8> { x: 1, y: 2 }).y, 2);
    assert_eq!(new!(self::Point { x: 1, y: 2 }), point);
    assert_eq!(new!(super::literals::Point::<_> { x: 1, y: 2 }), point);
    lives_in_rc(point);
}

#[test]
fn parentheses() {
    let pair = new!(Pair(1, "one"));
    assert_eq!((pair.0, pair.1), (1, "one"));
    assert_eq!(new!(self::Pair(1, "one",)), pair);
    lives_in_rc(pair);
}

#[test]
fn numbers_for_names() {
    assert_eq!(Pair::numbered(1), new!(Pair(1, "one")));
    assert_eq!(new!(self::Pair { 0: 1, 1: "one" }), new!(Pair(1, "one")));
    lives_in_rc(Pair::numbered(1));
}

#[test]
fn constants_and_statics() {
    #[weakrefable]
    #[derive(Debug, PartialEq)]
    struct Theme<T> {
        name: &'static str,
        colors: Option<T>,
    }
    #[weakrefable]
    struct Size(u8, u8);
    #[weakrefable]
    struct Nothing;

    impl<T> Theme<T> {
        const fn named(name: &'static str) -> Self {
            new!(Self { name, colors: None })
        }
    }

    // Each use is a slot of its own.
    #[allow(clippy::declare_interior_mutable_const)]
    const LIGHT: Theme<u8> = new!(Theme { name: "light", colors: Some(3) });
    static DARK: Theme<u8> = Theme::named("dark");
    static SIZE: Size = new!(Size(1, 2));
    static NUMBERED: Size = new!(Size { 0: 3, 1: 4 });
    static NOTHING: Nothing = new!(Nothing);
    #[allow(clippy::declare_interior_mutable_const)]
    const POINT: Point<u8> = new!(Point { x: 1, y: 2 });

    assert_eq!((LIGHT.name, LIGHT.colors), ("light", Some(3)));
    assert_eq!(DARK, Theme::named("dark"));
    assert_eq!((SIZE.0 + SIZE.1, NUMBERED.0 + NUMBERED.1), (3, 7));
    assert_eq!(weakref_core::Weakrefable::weak_slot(&NOTHING), &weakref_core::WeakSlot::new());
    lives_in_rc(POINT);
    super::lives_in_arc(LIGHT);
}

#[test]
fn nothing_but_the_name() {
    lives_in_rc(new!(Marker));
    lives_in_rc(new!(self::Marker));
}

#[test]
fn self_in_all_forms() {
    lives_in_rc(Point::square(3));
    assert_eq!(Point::square(3), new!(Point { x: 3, y: 3 }));
    assert_eq!(Pair::make(3), new!(Pair(3, "pair")));
    assert_eq!(Marker::make(), new!(Marker));
}

#[test]
fn aliases() {
    type Bytes = Point<u8>;
    assert_eq!(new!(Bytes { x: 1, y: 2 }), new!(Point { x: 1, y: 2 }));
}

#[test]
fn any_expression_may_be_a_value() {
    let point = new!(Point {
        x: new!(Pair(1, "inner")),
        y: {
            let id = if let Pair(id @ 2, ..) = new!(Pair(2, "x")) { id } else { 0 };
            new!(Pair(id, "block"))
        },
    });
    assert_eq!((point.x.0, point.y.0), (1, 2));
    let values: Vec<_> = (0..3).map(|id| new!(Pair(id, "closure"))).collect();
    assert_eq!(values[2].0, 2);
    let early = |fail: bool| Some(new!(Pair((!fail).then_some(1)?, "early")));
    assert!(early(true).is_none() && early(false).is_some());
    #[rustfmt::skip]
    let by_cfg = new!(Point { #[cfg(any())] x: 0, #[cfg(all())] x: 1, y: 2 });
    assert_eq!(by_cfg.x, 1);
}

#[test]
fn values_are_evaluated_in_the_order_written() {
    let mut order = Vec::new();
    let mut note = |id: u8| {
        order.push(id);
        id
    };
    let point = new!(Point { y: note(1), x: note(2) });
    assert_eq!((point.x, point.y), (2, 1));
    assert_eq!(order, [1, 2]);
}

#[test]
fn a_base_gives_its_fields_and_keeps_its_references() {
    #[weakrefable(local, drop = "slot")]
    #[derive(Default)]
    struct Config {
        name: String,
        size: u8,
        depth: u8,
    }

    let config = new!(Config { size: 3, ..Config::default() });
    assert_eq!((config.size, config.depth), (3, 0));
    let base = Rc::new(new!(Config { name: "base".into(), size: 1, depth: 7 }));
    let weak = WeakRef::with_callback(&base, |_| ());
    // Only what is `Copy` can be taken from a base that is shared.
    let changed = new!(Config { name: String::new(), size: 2, ..*base });
    assert_eq!((&*changed.name, changed.size, changed.depth), ("", 2, 7));
    let changed = Rc::new(changed);
    assert_eq!(weakref_core::weakref_count(&changed), 0);
    assert_eq!(weakref_core::weakref_count(&base), 1);
    assert_eq!(weak.with(|base| base.name.clone()), Some("base".into()));
}

#[test]
fn inside_other_macros() {
    macro_rules! make {
        (expr $literal:expr) => {
            new!($literal)
        };
        (path $path:path, $x:expr, $y:expr) => {
            new!($path { x: $x, y: $y })
        };
        (call $path:path, $($value:expr),*) => {
            new!($path($($value),*))
        };
        (numbers $path:path, $id:expr, $name:expr) => {
            new!($path { 0: $id, 1: $name })
        };
        (unit $path:path) => {
            new!($path)
        };
        (ident $name:ident, $($value:expr),*) => {
            new!($name($($value),*))
        };
        (field $name:ident: $value:expr) => {{
            let y = 2;
            new!(Point { $name: $value, y })
        }};
    }
    let x = 1;
    let point = new!(Point { x, y: 2 });
    assert_eq!(make!(expr Point { x: 1, y: 2 }), point);
    assert_eq!(make!(path self::Point, x, 1 + 1), point);
    assert_eq!(make!(field x: 1), point);
    assert_eq!(make!(call self::Pair, 1, "one"), new!(Pair(1, "one")));
    assert_eq!(make!(call Pair, 1, "one"), new!(Pair(1, "one")));
    assert_eq!(make!(numbers self::Pair, 1, "one"), new!(Pair(1, "one")));
    assert_eq!(make!(unit self::Marker), new!(Marker));
    assert_eq!(make!(ident Pair, 1, "one"), new!(Pair(1, "one")));
    assert_eq!(vec![new!(Pair(1, "one"))].len(), 1);
}

#[test]
fn in_every_place_of_an_expression() {
    fn take(_: Marker) -> u8 {
        1
    }
    assert_eq!(take(new!(Marker)), 1);
    assert_eq!(new!(Pair(1, "one")).1.len(), 3);
    let matched = match new!(Pair(1, "one")) {
        Pair(1, ..) => true,
        Pair(..) => false,
    };
    assert!(matched && new!(Marker) == new!(Marker));
    new!(Marker);
}
