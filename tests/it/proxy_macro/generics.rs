//! Parameters, of traits and of methods.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::sync::Arc;

use weakref_core::{Proxy, Slotted, error::ReferenceError, proxy};

#[proxy]
trait Store<'a, K: Clone + 'a, V = String, const N: usize = 2>
where
    V: From<&'a str>,
    Self: Sync,
    Self::Error: Debug,
{
    type Error: Clone;
    type Lent<'b>
    where
        Self: 'b;
    const SIZE: usize = N;

    fn get_all(&self, key: &K) -> Result<[V; N], Self::Error>;
    fn same(&self, text: &'a str) -> &'a str;
    fn convert<T: From<u8> + Default, const M: usize>(&self, f: impl Fn(T) -> T) -> [T; M]
    where
        T: Copy;
    fn longer<'x, 'y: 'x>(&self, one: &'x str, two: &'y str) -> &'x str;
    fn own<'s>(&'s self, text: &'a str) -> Cow<'a, str>;
    fn call(&self, f: &dyn for<'x> Fn(&'x str) -> &'x str) -> Box<dyn Fn(&str) -> &str>;
    fn pointer(&self) -> fn(&str) -> &str;
    fn keys(&self) -> impl Iterator<Item = u8> + use<'a, Self, K, V, N>;
    fn only_for_values(&self) -> u8
    where
        Self: Sized,
    {
        1
    }
    #[proxy(skip)]
    fn lend(&self) -> Option<Self::Lent<'_>> {
        None
    }
}

struct Words(Vec<u8>);

impl<'a> Store<'a, u8> for Words {
    type Error = u8;
    type Lent<'b> = &'b [u8];

    fn get_all(&self, key: &u8) -> Result<[String; 2], u8> {
        if *key == 0 { Err(7) } else { Ok(["a".into(), "b".into()]) }
    }
    fn same(&self, text: &'a str) -> &'a str {
        text
    }
    fn convert<T: From<u8> + Default, const M: usize>(&self, f: impl Fn(T) -> T) -> [T; M]
    where
        T: Copy,
    {
        [f(T::from(self.0[0])); M]
    }
    fn longer<'x, 'y: 'x>(&self, one: &'x str, two: &'y str) -> &'x str {
        if one.len() > two.len() { one } else { two }
    }
    fn own<'s>(&'s self, text: &'a str) -> Cow<'a, str> {
        text.into()
    }
    fn call(&self, f: &dyn for<'x> Fn(&'x str) -> &'x str) -> Box<dyn Fn(&str) -> &str> {
        assert_eq!(f("x"), "x");
        Box::new(|text| text)
    }
    fn pointer(&self) -> fn(&str) -> &str {
        |text| text
    }
    fn keys(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.0.clone().into_iter()
    }
    fn only_for_values(&self) -> u8 {
        2
    }
    fn lend(&self) -> Option<&[u8]> {
        Some(&self.0)
    }
}

fn used<'a, S: Store<'a, u8, Error = u8>>(store: &S, text: &'a str) -> (u8, usize) {
    assert_eq!(store.get_all(&0), Err(7));
    assert_eq!(store.get_all(&1).unwrap(), ["a", "b"]);
    assert_eq!(store.same(text), text);
    assert_eq!(store.convert::<u16, 3>(|it| it + 1), [2; 3]);
    assert_eq!(store.longer("one", "three"), "three");
    assert_eq!(store.own(text), text);
    assert_eq!(store.call(&|text| text)("y"), "y");
    assert_eq!(store.pointer()("z"), "z");
    assert_eq!(store.keys().collect::<Vec<_>>(), [1, 2]);
    (store.only_for_values(), S::SIZE)
}

#[test]
fn all_of_them_are_passed_on() {
    let text = String::from("text");
    let owner: Arc<Slotted<Words>> = Arc::new(Slotted::new(Words(vec![1, 2])));
    let proxy = Proxy::new(&owner);
    assert_eq!(used(&proxy, &text), (2, 2));
    assert_eq!(used(&*owner, &text), (2, 2));
    assert!(proxy.lend().is_none(), "the default, of the proxy");
    assert_eq!((*owner).lend(), Some(&[1, 2][..]), "which is no proxy");
    assert_eq!(proxy.try_convert::<u8, 2>(|it| it), Ok([1, 1]));
    assert_eq!(proxy.try_same("s"), Ok("s"));
    let keys = proxy.try_keys().unwrap();
    drop(owner);
    assert_eq!(keys.collect::<Vec<_>>(), [1, 2]);
    assert!(matches!(proxy.try_keys(), Err(ReferenceError)));
}

/// What a supertrait asks is asked of the proxy.
#[test]
fn supertraits_are_those_of_the_proxy() {
    #[proxy]
    trait Base {
        fn base(&self) -> u8;
    }
    #[proxy]
    trait Named: Base + Debug + Send + Sync + 'static {
        fn name(&self) -> String {
            format!("{}", self.base())
        }
    }
    impl Base for u8 {
        fn base(&self) -> u8 {
            *self
        }
    }
    impl Named for u8 {}

    fn take(named: impl Named) -> String {
        assert!(format!("{named:?}").starts_with("Proxy"));
        named.name()
    }
    let owner = Arc::new(Slotted::<_>::new(7_u8));
    assert_eq!(take(Proxy::new(&owner)), "7");
    let boxed: Box<dyn TryNamed> = Box::new(Proxy::new(&owner));
    assert_eq!((boxed.base(), boxed.name().as_str()), (7, "7"));
    assert_eq!(boxed.try_name().as_deref(), Ok("7"));
}

/// A parameter that is `Self` unless it is said otherwise.
#[test]
fn a_parameter_may_have_a_default() {
    #[proxy]
    trait Join<Rhs: ?Sized = Self> {
        fn join(&self, rhs: &Rhs) -> String;
    }
    struct Text(&'static str);
    impl<T: Display + ?Sized> Join<T> for Text {
        fn join(&self, rhs: &T) -> String {
            format!("{}{rhs}", self.0)
        }
    }
    let owner = Arc::new(Slotted::<_>::new(Text("a")));
    assert_eq!(Proxy::new(&owner).join("b"), "ab");
    assert_eq!(Proxy::new(&owner).try_join(&1).as_deref(), Ok("a1"));
}

/// What is asked of a type around `Self` is asked of the proxy, as a supertrait is.
#[test]
fn a_condition_on_a_type_around_self_is_the_proxys_too() {
    #[proxy]
    trait Kept
    where
        for<'a> &'a Self: Into<String>,
    {
        fn kept(&self) -> u8;
    }
    struct Name;
    impl From<&Name> for String {
        fn from(_: &Name) -> Self {
            "name".into()
        }
    }
    impl Kept for Name {
        fn kept(&self) -> u8 {
            1
        }
    }
    #[proxy]
    trait Listed: Sized
    where
        Vec<Self>: Clone,
        Option<Self>: Debug,
    {
        fn listed(&self) -> u8;
    }
    impl Listed for u8 {
        fn listed(&self) -> u8 {
            *self
        }
    }

    assert_eq!((Name.kept(), String::from(&Name)), (1, "name".into()));
    let owner = Arc::new(Slotted::<_>::new(7_u8));
    assert_eq!(Proxy::new(&owner).listed(), 7);
    assert_eq!(Proxy::new(&owner).try_listed(), Ok(7));
}

/// A type that is there for sized objects only makes it those that have the trait.
#[test]
fn a_type_may_ask_for_a_size() {
    #[proxy]
    trait Measured {
        type Unit: Default + Into<Self::Wide>
        where
            Self: Sized;
        type Wide: From<u8>;
        fn wide(&self) -> Self::Wide;
    }
    impl Measured for u8 {
        type Unit = u8;
        type Wide = u16;
        fn wide(&self) -> u16 {
            (*self).into()
        }
    }

    fn sum<M: Measured<Wide = u16>>(measured: &M) -> u16 {
        measured.wide() + M::Unit::default().into()
    }
    let owner = Arc::new(Slotted::<_>::new(7_u8));
    assert_eq!(sum(&Proxy::new(&owner)), 7);
    assert_eq!(sum(&*owner), 7);
}

/// A supertrait may have a type of the trait's for a parameter.
#[test]
fn a_supertrait_may_name_a_type() {
    trait Gives<T> {}
    impl<T: ?Sized, U> Gives<U> for T {}
    #[proxy]
    trait Source: Gives<Self::Item> {
        type Item;
        fn item(&self) -> Self::Item;
    }
    impl Source for u8 {
        type Item = u16;
        fn item(&self) -> u16 {
            (*self).into()
        }
    }
    let owner = Arc::new(Slotted::<_>::new(7_u8));
    assert_eq!(Proxy::new(&owner).item(), 7);
}

const LENGTH: usize = 3;

/// An array's length can be a block, and the `use` in it is none of `use<..>`.
#[proxy]
trait Blocks {
    #[rustfmt::skip]
    fn bytes(&self, more: [u8; { use self::LENGTH as N; N }]) -> [u8; { use self::LENGTH; LENGTH }];
    #[rustfmt::skip]
    fn items(&self, _: [Self::Item; { use self::LENGTH as N; N }]) -> Vec<Self::Item>;
    type Item;
}

impl Blocks for Words {
    type Item = u8;
    fn bytes(&self, more: [u8; 3]) -> [u8; 3] {
        more.map(|byte| byte + self.0[0])
    }
    fn items(&self, items: [u8; 3]) -> Vec<u8> {
        items.into()
    }
}

struct Board(u8);

#[proxy]
impl Board {
    #[rustfmt::skip]
    fn row(&self, of: &[Self; { use self::LENGTH as N; N - 2 }]) -> [u8; { use self::LENGTH as N; N }] {
        [self.0 + of[0].0; LENGTH]
    }
}

#[test]
fn a_use_in_the_length_of_an_array() {
    let owner: Arc<Slotted<Words>> = Arc::new(Slotted::new(Words(vec![1, 2])));
    let proxy = Proxy::new(&owner);
    assert_eq!(proxy.bytes([1, 2, 3]), [2, 3, 4]);
    assert_eq!(proxy.try_items([1, 2, 3]), Ok(vec![1, 2, 3]));
    assert_eq!(owner.bytes([0; 3]), [1; 3]);

    let owner: Arc<Slotted<Board>> = Arc::new(Slotted::new(Board(2)));
    let proxy = Proxy::new(&owner);
    assert_eq!(proxy.row(&[Board(3)]), [5; 3]);
    drop(owner);
    assert_eq!(proxy.try_row(&[Board(3)]), Err(ReferenceError));
}
