//! Every form of struct, and everything that may stand on one.

use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use weakref_core::{Flavor, Local, Shared, WeakRef, WeakSlot, Weakrefable, new, weakrefable};

use super::{lives_in_arc, lives_in_rc};

#[test]
fn hidden_slots() {
    #[weakrefable]
    struct Named {
        _name: String,
    }
    #[weakrefable(local)]
    struct NamedLocal {
        _name: Rc<str>,
    }
    #[weakrefable]
    struct Tuple(String, u8);
    #[weakrefable(local)]
    struct TupleLocal(Rc<str>, u8);
    #[weakrefable]
    struct Unit;
    #[weakrefable(local)]
    struct UnitLocal;
    #[weakrefable]
    struct EmptyNamed {}
    #[weakrefable(local)]
    struct EmptyTuple();

    lives_in_arc(new!(Named { _name: "a".into() }));
    lives_in_rc(new!(NamedLocal { _name: "a".into() }));
    let tuple = new!(Tuple("a".into(), 1));
    assert_eq!((&*tuple.0, tuple.1), ("a", 1), "the fields keep their numbers");
    lives_in_arc(tuple);
    let tuple = new!(TupleLocal("a".into(), 1));
    assert_eq!((&*tuple.0, tuple.1), ("a", 1));
    lives_in_rc(tuple);
    lives_in_arc(new!(Unit));
    lives_in_rc(new!(UnitLocal));
    lives_in_arc(new!(EmptyNamed {}));
    lives_in_rc(new!(EmptyTuple()));
}

#[test]
fn declared_slots() {
    type Slot = WeakSlot<Local>;
    mod renamed {
        pub type Hidden = weakref_core::WeakSlot;
    }

    #[derive(Weakrefable)]
    struct First {
        slot: WeakSlot,
        _name: String,
    }
    #[derive(Weakrefable)]
    struct Last {
        _name: Rc<str>,
        slot: weakref_core::WeakSlot<Local>,
    }
    #[derive(Weakrefable)]
    struct Explicit {
        slot: ::weakref_core::WeakSlot<weakref_core::Shared>,
    }
    #[derive(Weakrefable)]
    struct Tuple(u8, WeakSlot<Local>, u8);
    #[derive(Weakrefable)]
    struct ByMark(#[allow(dead_code)] u8, #[weakref] Slot);
    #[derive(Weakrefable)]
    struct ByPath {
        #[weakref]
        any_name: renamed::Hidden,
    }
    #[derive(Weakrefable)]
    #[allow(unused_parens)]
    struct Parens {
        slot: (WeakSlot),
    }

    lives_in_arc(First { slot: WeakSlot::new(), _name: "a".into() });
    lives_in_rc(Last { slot: WeakSlot::default(), _name: "a".into() });
    lives_in_arc(Explicit { slot: WeakSlot::new() });
    let tuple = Tuple(1, WeakSlot::new(), 2);
    assert_eq!((tuple.0, tuple.2), (1, 2));
    lives_in_rc(tuple);
    lives_in_rc(ByMark(1, Slot::new()));
    lives_in_arc(ByPath { any_name: WeakSlot::new() });
    lives_in_arc(Parens { slot: WeakSlot::new() });
}

#[test]
fn the_flavour_is_the_slots() {
    #[weakrefable]
    struct Hidden;
    #[weakrefable(local)]
    struct HiddenLocal;
    #[derive(Weakrefable)]
    struct Either<F: Flavor> {
        slot: WeakSlot<F>,
    }

    fn shared<T: Weakrefable<Flavor = Shared>>() {}
    fn local<T: Weakrefable<Flavor = Local>>() {}
    shared::<Hidden>();
    local::<HiddenLocal>();
    shared::<Either<Shared>>();
    local::<Either<Local>>();
    lives_in_rc(Either::<Local> { slot: WeakSlot::new() });
    lives_in_arc(Either::<Shared> { slot: WeakSlot::new() });
}

#[test]
fn parameters() {
    #[weakrefable]
    struct Typed<T: Clone + Debug, U = u8>
    where
        U: Display + Default,
        Vec<T>: PartialEq<Vec<T>>,
    {
        values: Vec<T>,
        unit: U,
    }
    #[weakrefable(local)]
    struct Const<const N: usize, const ON: bool = true> {
        values: [u8; N],
    }
    #[weakrefable]
    #[allow(explicit_outlives_requirements)]
    struct Borrowing<'a, 'b: 'a, T: 'a + ?Sized> {
        left: &'a T,
        right: &'b str,
    }
    #[weakrefable(local)]
    struct Phantom<T>(PhantomData<fn() -> T>);
    #[weakrefable]
    struct UnitOf<const N: usize>
    where
        [u8; N]: Default;
    #[derive(Weakrefable)]
    struct Projected<I: Iterator>
    where
        I::Item: Clone,
    {
        first: I::Item,
        slot: WeakSlot,
    }
    #[weakrefable]
    struct Higher<F>
    where
        F: for<'x> Fn(&'x str) -> &'x str,
    {
        map: F,
    }

    let typed: Typed<i32> = new!(Typed { values: vec![1, 2], unit: 3 });
    assert_eq!((typed.values.len(), typed.unit), (2, 3));
    lives_in_arc(typed);
    let sized = new!(Const::<3> { values: [1; 3] });
    assert_eq!(sized.values, [1; 3]);
    lives_in_rc(sized);
    lives_in_rc(new!(Phantom::<Rc<u8>>(PhantomData)));
    lives_in_arc(new!(UnitOf::<2>));
    let projected = Projected::<std::vec::IntoIter<u8>> { first: 3, slot: WeakSlot::new() };
    assert_eq!(projected.first, 3);
    lives_in_arc(projected);
    let higher = new!(Higher { map: |text| &text[1..] });
    assert_eq!((higher.map)("abc"), "bc");
    lives_in_arc(higher);

    let text = String::from("right");
    let borrowing = Arc::new(new!(Borrowing { left: "left", right: &text }));
    let weak = WeakRef::new(&borrowing);
    assert_eq!(weak.with(|it| (it.left.len(), it.right.len())), Some((4, 5)));
    drop(borrowing);
    assert!(weak.is_dead());
}

#[test]
fn unsized_tails() {
    #[weakrefable]
    struct Hidden<T: ?Sized> {
        id: u8,
        tail: T,
    }
    #[derive(Weakrefable)]
    struct Declared<T: ?Sized + Debug>(u8, WeakSlot<Local>, T);

    let hidden: Arc<Hidden<[u16]>> = Arc::new(new!(Hidden { id: 1, tail: [1, 2, 3] }));
    let weak = WeakRef::new(&hidden);
    assert_eq!(weak.with(|it| (it.id, it.tail.len())), Some((1, 3)));
    drop(hidden);
    assert!(weak.is_dead());

    let declared: Rc<Declared<dyn Debug>> = Rc::new(Declared(1, WeakSlot::new(), "tail"));
    let weak = WeakRef::new(&declared);
    assert_eq!(weak.with(|it| format!("{}{:?}", it.0, &it.2)), Some("1\"tail\"".into()));
    drop(declared);
    assert!(weak.is_dead());
}

#[test]
fn attributes_are_kept() {
    /// A doc comment.
    #[weakrefable]
    #[repr(C, align(64))]
    #[derive(Debug)]
    #[must_use = "as it says"]
    #[cfg_attr(all(), derive(Clone, PartialEq))]
    #[cfg_attr(any(), derive(NoSuchDerive), no_such_attribute)]
    struct Aligned {
        /// A doc comment.
        #[allow(dead_code)]
        id: u8,
        #[cfg(any())]
        gone: NoSuchType,
    }
    // The slot is the third field as written, and the second as compiled.
    #[weakrefable]
    struct Numbers(#[cfg(any())] NoSuchType, #[allow(dead_code)] u8);

    assert_eq!(align_of::<Aligned>(), 64);
    let aligned = new!(Aligned { id: 1 });
    assert_eq!(aligned, aligned.clone());
    assert!(format!("{aligned:?}").starts_with("Aligned {"));
    lives_in_arc(aligned);
    lives_in_arc(new!(Numbers(1)));
}

#[test]
fn what_is_not_there_is_not_refused() {
    #[weakrefable]
    #[derive(Clone, Debug)]
    struct Declared {
        #[cfg(any())]
        slot: WeakSlot,
        #[cfg(not(any()))]
        #[cfg(any())]
        #[weakref]
        alias: NoSuchType,
        #[cfg_attr(all(), cfg(any()), cfg(all()))]
        #[cfg_attr(any(), cfg(all()))]
        local: WeakSlot<Local>,
        id: u8,
    }
    #[weakrefable(local)]
    struct Tail(u8, #[cfg(any())] str);
    #[weakrefable(local)]
    struct Either(#[cfg(not(any()))] u8, #[cfg(not(all()))] WeakSlot);
    #[weakrefable(local)]
    struct TailOf<T: ?Sized + Debug>(#[cfg(not(any()))] u8, PhantomData<T>, #[cfg(any())] T);

    let declared = new!(Declared { id: 1 });
    assert_eq!(declared.clone().id, 1);
    lives_in_arc(declared);
    let (tail, either) = (new!(Tail(1)), new!(Either(1)));
    assert_eq!((tail.0, either.0), (1, 1));
    lives_in_rc(tail);
    lives_in_rc(either);
    let tail = new!(TailOf::<str>(1, PhantomData));
    assert_eq!(tail.0, 1);
    lives_in_rc(tail);
}

#[test]
fn options_on_the_helper() {
    #[weakrefable(local)]
    #[weakref(on_drop = Self::close)]
    #[cfg_attr(any(), weakref(no_such_option))]
    struct Both(Rc<std::cell::Cell<bool>>);
    impl Both {
        fn close(&mut self) {
            self.0.set(true);
        }
    }

    let closed = Rc::new(std::cell::Cell::new(false));
    drop(new!(Both(closed.clone())));
    assert!(closed.get());
}

/// The path is read where the type stands, so a re-export will do.
mod by_another_path {
    mod library {
        pub use weakref_core::*;
    }

    #[weakref_core::weakrefable(local, crate = "self::library")]
    pub struct Hidden;

    #[derive(library::Weakrefable)]
    #[weakref(crate = "library")]
    pub struct Declared {
        pub slot: library::WeakSlot,
    }

    /// The same without quotes.
    #[weakref_core::weakrefable(local, crate = self::library)]
    pub struct HiddenByPath;

    #[derive(library::Weakrefable)]
    #[weakref(crate = library)]
    pub struct DeclaredByPath {
        pub slot: library::WeakSlot,
    }

    #[library::proxy(crate = super::by_another_path::library)]
    pub trait Sensor {
        fn degrees(&self) -> u8;
    }

    impl Sensor for HiddenByPath {
        fn degrees(&self) -> u8 {
            7
        }
    }
}

#[test]
fn the_crate_by_another_path() {
    lives_in_rc(new!(by_another_path::Hidden));
    lives_in_arc(by_another_path::Declared { slot: WeakSlot::new() });
    lives_in_arc(by_another_path::DeclaredByPath { slot: WeakSlot::new() });
    let owner = Rc::new(new!(by_another_path::HiddenByPath));
    let degrees = by_another_path::Sensor::degrees(&weakref_core::Proxy::new(&owner));
    assert_eq!(degrees, 7);
}

#[test]
fn types_that_happen_to_be_called_weak_slot() {
    mod others {
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct WeakSlot(pub u8);
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Generic<T>(pub T);
        pub mod generic {
            pub use super::Generic as WeakSlot;
        }
    }
    type Slot = WeakSlot<Local>;

    // Under the attribute, they are fields like others.
    #[weakrefable]
    #[derive(Clone, Debug, PartialEq)]
    struct Hidden {
        other: others::WeakSlot,
        more: others::generic::WeakSlot<u8>,
    }
    #[weakrefable(local)]
    struct Tuple<T>(others::generic::WeakSlot<T>, #[cfg(any())] WeakSlot);
    // A mark says which is the slot, and so does the path of the crate.
    #[derive(Weakrefable)]
    struct ByMark {
        other: others::WeakSlot,
        #[weakref]
        slot: Slot,
    }
    #[derive(Weakrefable)]
    struct Marked(others::WeakSlot, #[weakref] WeakSlot);
    #[derive(Weakrefable)]
    struct ByPath<T> {
        other: others::WeakSlot,
        more: others::generic::WeakSlot<T>,
        slot: weakref_core::WeakSlot<Local>,
    }

    let hidden = new!(Hidden { other: others::WeakSlot(1), more: others::Generic(2) });
    assert_eq!((hidden.other.0, hidden.more.0), (1, 2));
    lives_in_arc(hidden);
    let tuple = new!(Tuple(others::Generic("a")));
    assert_eq!(tuple.0.0, "a");
    lives_in_rc(tuple);
    let by_mark = ByMark { other: others::WeakSlot(1), slot: Slot::new() };
    assert_eq!(by_mark.other.0, 1);
    lives_in_rc(by_mark);
    let marked = Marked(others::WeakSlot(1), WeakSlot::new());
    assert_eq!(marked.0.0, 1);
    lives_in_arc(marked);
    let (other, more) = (others::WeakSlot(1), others::Generic(2_u8));
    let by_path = ByPath { other, more, slot: WeakSlot::new() };
    assert_eq!((by_path.other.0, by_path.more.0), (1, 2));
    lives_in_rc(by_path);
}

/// Types that a macro writes, from pieces of every kind.
macro_rules! declare {
    ($(#[$meta:meta])* $vis:vis $name:ident<$param:ident> { $($field:ident: $ty:ty),* } $slot:ty) => {
        #[weakrefable]
        $(#[$meta])*
        $vis struct $name<$param> { $($field: $ty),* }

        impl<$param> $name<$param> {
            fn make($($field: $ty),*) -> Self {
                new!($name { $($field),* })
            }
        }

        #[derive(Weakrefable)]
        $(#[$meta])*
        #[allow(dead_code)]
        $vis struct Declared<$param>($($ty,)* $slot);
    };
}

declare!(#[derive(Clone)] pub(crate) FromMacro<T> { left: T, right: Vec<T> } WeakSlot<Local>);

#[test]
fn written_by_a_macro() {
    let value = FromMacro::make(1, vec![2]);
    assert_eq!((value.left, value.right.len()), (1, 1));
    lives_in_arc(value.clone());
    lives_in_rc(Declared(1, vec![2], WeakSlot::new()).clone());
}

#[test]
fn raw_names() {
    #[weakrefable]
    #[allow(non_camel_case_types)]
    struct r#type {
        r#fn: u8,
    }
    let raw = new!(r#type { r#fn: 1 });
    assert_eq!(raw.r#fn, 1);
    lives_in_arc(raw);
}

#[test]
fn names_of_the_generated_code_are_free() {
    #[weakrefable(on_drop = on_drop)]
    #[allow(non_camel_case_types, non_upper_case_globals)]
    struct this<slot, F, const krate: usize> {
        on_drop: slot,
        slot: [F; krate],
    }
    fn on_drop<F, T, const N: usize>(_: &mut this<F, T, N>) {}
    let value = new!(this { on_drop: 1, slot: [2] });
    assert_eq!((value.on_drop, value.slot), (1, [2]));
    lives_in_arc(value);
}
